"""What a resident dialled: a number, a speed-dial slot, or something that is never put through."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import phonenumbers

from kinline.core.numbering.classes import NumberClass, classify, code_class
from kinline.core.numbering.number import E164
from kinline.core.reasons.reason import Reason

_LONGEST = 15  # digits of an E.164 number, country code included
_OLD_MEXICAN_MOBILE = "521"
"""Until 2019 a 1 stood between Mexico's code and a mobile number; people still dial it, and no number begins so now."""
_NOTHING: Mapping[str, E164] = MappingProxyType({})
_SHORT_CODE = re.compile(r"\*[0-9]{2}|[2-8]11|988", re.ASCII)


@dataclass(frozen=True, slots=True)
class DialledNumber:
    """A number that the network could reach; whether this resident may is for policy to say."""

    number: E164
    number_class: NumberClass


@dataclass(frozen=True, slots=True)
class SpeedDial:
    """A slot of the resident's own list, 1 to 99."""

    slot: int


@dataclass(frozen=True, slots=True)
class NotDialled:
    """Digits that are never put through. `number_class` when they are a known kind of code."""

    reason: Reason
    number_class: NumberClass | None = None


Dialled: TypeAlias = DialledNumber | SpeedDial | NotDialled


def parse_dialled(digits: str, hot_numbers: Mapping[str, E164] = _NOTHING) -> Dialled:
    """What the digits mean, without the # that ended them. Total over every string.

    Ten digits or 1 and ten digits are a number of the North American plan, 011 and a country code a number abroad, one
    or two digits a speed-dial slot. `hot_numbers` are the facility's own short codes (`*55`, `711`) and the numbers
    behind them; an emergency number cannot be among them.
    """
    hot_number = hot_numbers.get(digits)
    if hot_number is None or code_class(digits) is NumberClass.EMERGENCY:
        return _parsed(digits)
    return DialledNumber(hot_number, classify(hot_number))


def is_short_code(digits: str) -> bool:
    """Whether a facility may have residents dial it for a number of its own: `*55`, `711`, `988`; never 911."""
    return _SHORT_CODE.fullmatch(digits) is not None


@lru_cache(maxsize=65_536)
def _parsed(digits: str) -> Dialled:
    kind = code_class(digits)
    if kind is NumberClass.EMERGENCY:
        return NotDialled(Reason.POLICY_EMERGENCY_NUMBER, kind)
    if kind is not None:
        return NotDialled(Reason.POLICY_DESTINATION_CLASS, kind)
    if not (digits.isascii() and digits.isdigit()):
        return NotDialled(Reason.DIAL_INCOMPLETE if not digits else Reason.DIAL_INVALID)
    if len(digits) <= 2:
        return SpeedDial(int(digits))
    if digits.startswith("011"):
        return _abroad(digits[3:])
    national = digits[1:] if digits[0] == "1" else digits
    if len(national) < 10:
        return NotDialled(Reason.DIAL_INCOMPLETE)
    number = E164(f"+1{national}")
    number_class = classify(number)
    if number_class is NumberClass.UNKNOWN:
        return NotDialled(Reason.DIAL_INVALID)
    return DialledNumber(number, number_class)


def is_complete(digits: str) -> bool:
    """Whether no further digit can usefully follow, so that nobody need wait for one.

    Speed-dial slots are never complete: only the # or the wait after the last digit ends them.
    """
    if code_class(digits) is not None:
        # `0` may begin 011, `00` and 0+ are over; 0+ten digits were never ours to put through.
        return digits not in ("0", "01", "*") and (digits[0] != "*" or len(digits) >= 3)
    if digits.startswith("011"):
        return len(digits) - 3 >= _longest_abroad(digits[3:6])
    return len(digits) >= (11 if digits.startswith("1") else 10)


def _abroad(digits: str) -> Dialled:
    if digits.startswith("1"):  # +1 is dialled as 1 and ten digits
        return NotDialled(Reason.DIAL_INVALID)
    if digits.startswith(_OLD_MEXICAN_MOBILE):
        digits = digits.replace("1", "", 1)
    number = E164(f"+{digits}")
    number_class = classify(number)
    if number_class is not NumberClass.UNKNOWN:
        return DialledNumber(number, number_class)
    return NotDialled(Reason.DIAL_INVALID if is_complete(f"011{digits}") else Reason.DIAL_INCOMPLETE)


@lru_cache(maxsize=1024)
def _longest_abroad(first_digits: str) -> int:
    """The most digits, country code included, of a number abroad that begins so."""
    if first_digits == _OLD_MEXICAN_MOBILE:
        return 13
    for length in (1, 2, 3):
        code = first_digits[:length]
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code.isdigit() else None
        if len(code) == length and regions:
            lengths = [n for region in regions for n in _national_lengths(region)]
            return min(length + max(lengths, default=_LONGEST), _LONGEST)
    return _LONGEST


def _national_lengths(region: str) -> tuple[int, ...]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return ()
    return metadata.general_desc.possible_length
