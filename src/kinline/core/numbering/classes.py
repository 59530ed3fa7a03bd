"""What kind of thing a number or a code is."""

from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from kinline.core.numbering import area_codes
from kinline.core.numbering.number import E164


class NumberClass(StrEnum):
    """A kind of destination. A number of the United States may be a mobile: its digits do not tell."""

    GEOGRAPHIC = "geographic"
    INTERNATIONAL = "international"
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"  # 900, 976 exchanges, and what other countries sell at a premium or by satellite
    PERSONAL = "personal"  # 5XX: follow-me numbers
    CARRIER = "carrier"  # 700, 710, 950, 101XXXX: services of carriers
    OPERATOR = "operator"  # 0, 00, 0+
    SERVICE_CODE = "service_code"  # N11 other than 911, 988
    STAR_CODE = "star_code"
    EMERGENCY = "emergency"
    UNKNOWN = "unknown"  # not a number of any plan


_CODES = {"911": NumberClass.EMERGENCY, "112": NumberClass.EMERGENCY, "988": NumberClass.SERVICE_CODE} | {
    f"{first}11": NumberClass.SERVICE_CODE for first in "2345678"
}

_ABROAD = {
    PhoneNumberType.TOLL_FREE: NumberClass.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberClass.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberClass.PREMIUM,
    PhoneNumberType.UAN: NumberClass.PREMIUM,
    PhoneNumberType.PAGER: NumberClass.PREMIUM,
    PhoneNumberType.PERSONAL_NUMBER: NumberClass.PERSONAL,
}

_NO_COUNTRY = ("+870", "+878", "+881", "+882", "+883", "+888", "+979")
"""Satellite and other global networks (ITU-T E.164.1): no country, prices of dollars a minute, a haunt of fraud."""


def code_class(digits: str) -> NumberClass | None:
    """The class of dialled digits that are a code and never a number; None for anything that may be a number."""
    if digits in _CODES:
        return _CODES[digits]
    if digits.startswith("*"):
        return NumberClass.STAR_CODE
    if digits.startswith("0") and not digits.startswith("011"):
        return NumberClass.OPERATOR
    if digits.startswith(("101", "950")) and len(digits) == 7:
        return NumberClass.CARRIER
    return None


@lru_cache(maxsize=65_536)
def classify(number: E164) -> NumberClass:
    """The class of a number."""
    return _classify_north_american(number) if number.startswith("+1") else _classify_abroad(number)


def _classify_north_american(number: E164) -> NumberClass:
    area, exchange = number[2:5], number[5:8]
    if number[2:] in _CODES:
        return _CODES[number[2:]]
    if len(number) != 12 or exchange[0] in "01":
        return NumberClass.UNKNOWN
    if area in area_codes.TOLL_FREE:
        return NumberClass.TOLL_FREE
    if area in area_codes.PREMIUM or (exchange == "976" and area in area_codes.STATES):
        return NumberClass.PREMIUM
    if area in area_codes.PERSONAL:
        return NumberClass.PERSONAL
    if area in area_codes.CARRIER:
        return NumberClass.CARRIER
    if area in area_codes.STATES:
        return NumberClass.GEOGRAPHIC
    return NumberClass.INTERNATIONAL if area in area_codes.COUNTRIES else NumberClass.UNKNOWN


def _classify_abroad(number: E164) -> NumberClass:
    if number.startswith(_NO_COUNTRY):
        return NumberClass.PREMIUM
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberClass.UNKNOWN
    if not phonenumbers.is_possible_number(parsed):
        return NumberClass.UNKNOWN
    return _ABROAD.get(phonenumbers.number_type(parsed), NumberClass.INTERNATIONAL)
