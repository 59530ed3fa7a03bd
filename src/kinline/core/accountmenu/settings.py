"""What the provider decides about the account menu."""

from dataclasses import dataclass, field
from typing import Final

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.speech import SpokenName

PIN_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class MenuSettings:
    """The settings of one visit, read when its call comes in. Times in whole seconds."""

    caller: E164 | None
    """The caller's number, when its account has a phone PIN; else the caller says whose account it is."""
    provider: SpokenName = field(default_factory=lambda: SpokenName("provider", "Kinline"))
    languages: tuple[Language, ...] = (Language.ENGLISH, Language.SPANISH)
    support: E164 | None = None  # where a person answers
    amounts: tuple[Money, ...] = (Money.parse("10"), Money.parse("20"), Money.parse("50"))  # by the keys 1, 2, 3
    tries: int = 3  # of each entry: silences and mistakes together
    identify_tries: int = 3  # wrong PINs in one call
    first_digit_wait: int = 8
    next_digit_wait: int = 5
    service_wait: int = 10
    charge_wait: int = 40  # a bank may take its time
    ring_wait: int = 45
    visit_longest: int = 900
    talk_longest: int = 3600  # with a person
