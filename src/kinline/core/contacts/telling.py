"""How a contact stands for its family: never more than they were told."""

from enum import StrEnum
from typing import Final

from kinline.core.contacts.states import DAY, State, Told, WaitsFor
from kinline.core.identity import Instant

REFUSALS: Final = frozenset({Told.REJECTED, Told.REMOVED})


class FamilyState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    EXPIRED = "expired"
    NOT_APPROVED = "not_approved"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    APPEALED = "appealed"


def family_state(state: State, waits_for: WaitsFor, told: Told, expires_at: Instant | None, at: Instant) -> FamilyState:
    """An order of no contact shows as what the family was told last, like any refusal."""
    if waits_for is WaitsFor.APPEAL:
        return FamilyState.APPEALED
    if state is State.APPROVED:
        return FamilyState.EXPIRED if expires_at is not None and expires_at <= at else FamilyState.APPROVED
    if waits_for is not WaitsFor.NOTHING:
        return FamilyState.WAITING
    if told is Told.WITHDRAWN:
        return FamilyState.WITHDRAWN
    return FamilyState.REMOVED if told is Told.REMOVED or told is Told.APPROVED else FamilyState.NOT_APPROVED


def may_appeal(
    waits_for: WaitsFor, told: Told, decided_at: Instant | None, is_of_appeal: bool, appeal_days: int, at: Instant
) -> bool:
    """Whether the family may appeal the last decision: a refusal, once, in time, and not one that decided an appeal."""
    if waits_for is not WaitsFor.NOTHING or told not in REFUSALS or is_of_appeal or decided_at is None:
        return False
    return at < decided_at + appeal_days * DAY
