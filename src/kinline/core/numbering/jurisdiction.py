"""What the two ends of a call are to each other: the ground for its price, its cap and its taxes."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers

from kinline.core.numbering import area_codes
from kinline.core.numbering.number import E164


class Jurisdiction(StrEnum):
    """Local and intrastate calls stay in one state or territory, interstate ones in the United States."""

    LOCAL = "local"
    INTRASTATE = "intrastate"
    INTERSTATE = "interstate"
    INTERNATIONAL = "international"

    @property
    def stays_in_state(self) -> bool:
        return self in (Jurisdiction.LOCAL, Jurisdiction.INTRASTATE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number lies as far as its digits tell. Mobiles travel and numbers are ported: a good guess, no more."""

    country: str  # ISO 3166; "" when unknown
    state: str | None = None  # of the United States
    area_code: str | None = None


@lru_cache(maxsize=65_536)
def place_of(number: E164) -> Place:
    if not number.startswith("+1"):
        return Place("")
    area = number[2:5]
    if (state := area_codes.STATES.get(area)) is not None:
        return Place("US", state, area)
    if area in area_codes.TOLL_FREE:
        return Place("US")
    return Place(area_codes.COUNTRIES.get(area, ""), None, area)


@lru_cache(maxsize=65_536)
def country_of(number: E164) -> str:
    """The country (ISO 3166) in which a number lies as far as its digits tell; "" when unknown."""
    if number.startswith("+1"):
        return place_of(number).country
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    # Of countries that share a code, the main one where the digits tell no more.
    return phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )


def standing_in(state: str, number: E164) -> Place:
    """Where a facility stands, and so where its calls begin, whatever number they show (FCC 21-60: the physical end
    counts). The area code of its number tells more only where it is one of that state."""
    there = place_of(number)
    return there if there.state == state else Place("US", state)


def relation(facility: Place, called: E164) -> Jurisdiction:
    """What a call from the facility to the number is.

    Canada and the Caribbean countries under +1 are international; the territories of the United States (Puerto Rico,
    the Virgin Islands, Guam, Samoa, the Northern Marianas) are domestic, each like a state of its own. Local means the
    same state and area code.
    """
    there = place_of(called)
    if there.country != "US":
        return Jurisdiction.INTERNATIONAL
    if facility.state is None or facility.state != there.state:
        return Jurisdiction.INTERSTATE
    return Jurisdiction.LOCAL if facility.area_code == there.area_code else Jurisdiction.INTRASTATE
