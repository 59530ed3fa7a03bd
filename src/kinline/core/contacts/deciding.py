"""What staff can decide about a contact, and how it stands then."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from kinline.core.contacts.reasons import ContactReason, reasons_for
from kinline.core.contacts.states import DAY, Act, State, Told, WaitsFor
from kinline.core.identity import Instant


class NotDecided(StrEnum):
    """Why nothing was decided."""

    NOT_POSSIBLE = "not_possible"
    """Not of a contact that stands so."""
    FROZEN = "frozen"
    """Its resident is not in custody now."""
    LIST_FULL = "list_full"
    SHARING_NOT_AGREED = "sharing_not_agreed"
    """The number is on other lists, and who approves must say that they agree."""
    REASON_NEEDED = "reason_needed"
    WRONG_REASON = "wrong_reason"
    SAME_PERSON = "same_person"
    """An appeal is decided by another person than the decision it is about."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known when something is decided about a contact."""

    state: State
    waits_for: WaitsFor = WaitsFor.NOTHING
    is_frozen: bool = False
    listed: int = 0
    """Contacts of the resident that are approved or wait, without this one."""
    at_most: int | None = None
    is_shared: bool = False
    """The number is on the list of another resident."""
    sharing_needs_agreement: bool = False
    agrees_to_sharing: bool = False
    approval_days: int | None = None
    """For how long an approval holds at this facility; None: until removed."""
    is_of_same_person: bool = False
    """Who decides an appeal now made the decision that it is about."""


@dataclass(frozen=True, slots=True)
class Decided:
    """How the contact stands now; nothing waits any more. `expires_at` None: it holds until removed."""

    state: State
    told: Told
    expires_at: Instant | None = None


_WAITING: Final = frozenset({State.PENDING, State.SHARED})
_NEXT: Final[Mapping[tuple[State, Act], tuple[State, Told]]] = {
    (State.PENDING, Act.APPROVE): (State.APPROVED, Told.APPROVED),
    (State.PENDING, Act.REJECT): (State.REJECTED, Told.REJECTED),
    (State.PENDING, Act.FORBID): (State.NO_CONTACT_ORDER, Told.REJECTED),
    (State.PENDING, Act.WITHDRAW): (State.REMOVED, Told.WITHDRAWN),
    (State.SHARED, Act.APPROVE): (State.APPROVED, Told.APPROVED),
    (State.SHARED, Act.REJECT): (State.REJECTED, Told.REJECTED),
    (State.SHARED, Act.FORBID): (State.NO_CONTACT_ORDER, Told.REJECTED),
    (State.SHARED, Act.WITHDRAW): (State.REMOVED, Told.WITHDRAWN),
    (State.APPROVED, Act.EXTEND): (State.APPROVED, Told.EXTENDED),
    (State.APPROVED, Act.REMOVE): (State.REMOVED, Told.REMOVED),
    (State.APPROVED, Act.FORBID): (State.NO_CONTACT_ORDER, Told.REMOVED),
    (State.APPROVED, Act.WITHDRAW): (State.REMOVED, Told.WITHDRAWN),
    (State.REJECTED, Act.APPROVE): (State.APPROVED, Told.APPROVED),
    (State.REJECTED, Act.FORBID): (State.NO_CONTACT_ORDER, Told.NOTHING),
    (State.REMOVED, Act.APPROVE): (State.APPROVED, Told.APPROVED),
    (State.REMOVED, Act.FORBID): (State.NO_CONTACT_ORDER, Told.NOTHING),
    (State.NO_CONTACT_ORDER, Act.REMOVE): (State.REMOVED, Told.NOTHING),
}
"""What can be done to a contact that stands so. An order of no contact is first lifted, then the contact is asked for
again."""

_NEXT_WHILE_IT_WAITS: Final[Mapping[tuple[State, Act], tuple[State, Told]]] = {
    (State.APPROVED, Act.APPROVE): (State.APPROVED, Told.EXTENDED),
    (State.APPROVED, Act.REJECT): (State.REJECTED, Told.REJECTED),
    (State.REJECTED, Act.REJECT): (State.REJECTED, Told.REJECTED),
    (State.REMOVED, Act.REJECT): (State.REMOVED, Told.REJECTED),
    (State.NO_CONTACT_ORDER, Act.REJECT): (State.NO_CONTACT_ORDER, Told.REJECTED),
    (State.NO_CONTACT_ORDER, Act.WITHDRAW): (State.NO_CONTACT_ORDER, Told.WITHDRAWN),
    (State.REJECTED, Act.WITHDRAW): (State.REJECTED, Told.WITHDRAWN),
    (State.REMOVED, Act.WITHDRAW): (State.REMOVED, Told.WITHDRAWN),
}
"""And besides, when a request, a renewal or an appeal waits."""

Decision: TypeAlias = Decided | NotDecided


def decide(case: Case, act: Act, reason: ContactReason | None, at: Instant) -> Decision:
    """How the contact stands after an act, or why it cannot be. Refusing takes a reason of the catalogue; approving
    and extending take none. Total: every case has an answer."""
    if case.is_frozen and act is not Act.WITHDRAW:
        return NotDecided.FROZEN
    waits = case.waits_for is not WaitsFor.NOTHING
    next_ = _NEXT.get((case.state, act)) or (_NEXT_WHILE_IT_WAITS.get((case.state, act)) if waits else None)
    if next_ is None:
        return NotDecided.NOT_POSSIBLE
    if case.waits_for is WaitsFor.APPEAL and case.is_of_same_person and act is not Act.WITHDRAW:
        return NotDecided.SAME_PERSON
    fitting = reasons_for(act)
    if fitting and reason is None:
        return NotDecided.REASON_NEEDED
    if reason is not None and reason not in fitting:
        return NotDecided.WRONG_REASON
    state, told = next_
    if state is not State.APPROVED:
        return Decided(state, told)
    if case.state is not State.APPROVED:
        if case.at_most is not None and case.listed >= case.at_most:
            return NotDecided.LIST_FULL
        if case.is_shared and case.sharing_needs_agreement and not case.agrees_to_sharing:
            return NotDecided.SHARING_NOT_AGREED
    return Decided(state, told, None if case.approval_days is None else Instant(at + case.approval_days * DAY))
