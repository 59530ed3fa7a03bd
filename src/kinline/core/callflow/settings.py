"""What a facility decides about the course of its calls."""

from dataclasses import dataclass, field
from enum import StrEnum

from kinline.core.announcement import Announcement
from kinline.core.crediting import CreditRule
from kinline.core.identity import Language
from kinline.core.speech import SpokenName


class Entry(StrEnum):
    """How a resident says who they are."""

    ID_AND_PIN = "id_and_pin"  # two entries, each of fixed length or ended by #
    JOINED = "joined"  # ID and PIN as one string


@dataclass(frozen=True, slots=True)
class OfferKeys:
    """The keys of the offer. A block counts only when `confirm_block` follows it."""

    accept: str = "1"
    refuse: str = "2"
    block: str = "7"
    confirm_block: str = "1"
    price: str = "9"


@dataclass(frozen=True, slots=True)
class CallSettings:
    """The settings of one call, read when the station goes off-hook. Times in whole seconds."""

    facility: SpokenName
    provider: SpokenName = field(default_factory=lambda: SpokenName("provider", "Kinline"))  # 47 CFR 64.710 names it
    languages: tuple[Language, ...] = (Language.ENGLISH, Language.SPANISH)  # more than one: the resident chooses
    entry: Entry = Entry.ID_AND_PIN
    resident_number_digits: int | None = None  # None: ended by #
    pin_digits: int = 4
    identify_tries: int = 3
    keys: OfferKeys = field(default_factory=OfferKeys)
    first_digit_wait: int = 10
    next_digit_wait: int = 4
    name_seconds: int = 3
    ring_wait: int = 45
    offer_wait: int = 12  # after the offer was spoken; it is then repeated
    offer_repeats: int = 2
    branding_interval: int = 300  # 0: no branding notice
    warnings: tuple[int, ...] = (60, 15)  # seconds before the end, longest first
    extend_before: int = 30  # hold more money this long before the first warning of the funded time's end
    extra_digits: int = 3  # keys that the resident presses while talking before they are flagged; 0: never
    service_wait: int = 10
    end_on_suspicion: bool = False  # three-way or forwarding ends the call; else it is only flagged
    credit: CreditRule = field(default_factory=CreditRule)  # when the charge is given back without being asked for
    announcements: tuple[Announcement, ...] = ()  # of staff, said at off-hook
