"""The identities that must not be mixed, and the instant at which a thing happens."""

from enum import StrEnum
from typing import NewType

CallId = NewType("CallId", int)
"""63 bits: 42 of milliseconds since 2020, 21 random. Text form: decimal (a JSON number would lose digits)."""
ResidentId = NewType("ResidentId", int)
StationId = NewType("StationId", int)
FacilityId = NewType("FacilityId", int)
AccountId = NewType("AccountId", int)

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01 00:00 UTC. Always an argument, never read from a clock in here."""

_EPOCH_2020 = 1_577_836_800_000
_RANDOM_BITS = 21


def new_call_id(at: Instant, random_bits: int) -> CallId:
    """A time-ordered call id; `random_bits` are 21 fresh random bits."""
    return CallId(((at - _EPOCH_2020) << _RANDOM_BITS) | (random_bits & ((1 << _RANDOM_BITS) - 1)))


def call_began(call_id: CallId) -> Instant:
    """When the id of a call was given, which is when its station went off-hook."""
    return Instant((call_id >> _RANDOM_BITS) + _EPOCH_2020)


class Language(StrEnum):
    """A language in which every text of the service exists."""

    ENGLISH = "en"
    SPANISH = "es"


class Side(StrEnum):
    """A leg of a call: the wall phone, or whoever answers the dialled number."""

    RESIDENT = "resident"
    CALLED_PARTY = "called_party"

    @property
    def other(self) -> "Side":
        return Side.CALLED_PARTY if self is Side.RESIDENT else Side.RESIDENT
