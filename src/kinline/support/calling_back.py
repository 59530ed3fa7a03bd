"""A wish to be called back later: a case that carries the number and the hours, for staff to call in."""

from dataclasses import asdict, dataclass
from typing import Final

from kinline.core.identity import Instant, Language
from kinline.people.models import Customer
from kinline.support import services
from kinline.support.errors import NotTheirs
from kinline.support.models import Case
from kinline.support.queries import facts_of
from kinline.support.topics import Topic

_HOUR: Final = 3_600_000
AHEAD: Final = 8 * 24 * _HOUR
"""How far in the future hours may lie."""


class NotThen(Exception):
    """These hours are over, too far away, or none at all."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Where and when. `begin` and `end` are instants."""

    number: str
    begin: int
    end: int


def wish_call_back(
    customer: Customer, wish: Wish, words: str, at: Instant, *, language: Language, reference: str
) -> Case:
    """Open a case that asks for a call back. The same `reference` opens one.

    Raises `NotTheirs` for a number that is no confirmed one of theirs, `NotThen`, and what `services.open_case` raises.
    """
    if not customer.numbers.filter(number=wish.number, is_verified=True).exists():
        raise NotTheirs(f"number of customer {customer.pk}")
    if not at < wish.end <= at + AHEAD or wish.begin >= wish.end:
        raise NotThen
    return services.open_case(
        customer,
        Topic.CALL_BACK,
        words,
        at,
        language=language,
        reference=reference,
        known={"call_back": asdict(wish)},
    )


def wish_of(case: Case) -> Wish | None:
    """What a case of this topic asks for."""
    known = facts_of(case).get("call_back")
    return Wish(known["number"], known["begin"], known["end"]) if known else None
