"""Who may ask for a contact, and whether the facility must decide first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from kinline.core.contacts.states import DAY, State, WaitsFor
from kinline.core.identity import Instant
from kinline.core.numbering import NumberClass

CALLABLE: Final = frozenset({NumberClass.GEOGRAPHIC, NumberClass.INTERNATIONAL, NumberClass.TOLL_FREE})
"""Kinds of numbers that can be a person's; which of them a call may go to is decided by policy."""


class Mode(StrEnum):
    """How a facility keeps its residents' lists."""

    OPEN = "open"
    """Any number may be called; a contact that is asked for is one at once."""
    APPROVE_FIRST = "approve_first"
    """Only approved contacts may be called; residents and families ask, staff decide."""
    ALLOW_LIST = "allow_list"
    """Only approved contacts may be called, and only staff put them on the list."""


class Source(StrEnum):
    """Who asks for a contact."""

    RESIDENT = "resident"
    FAMILY = "family"
    STAFF = "staff"
    IMPORT = "import"
    LEARNED = "learned"
    """A completed call added it."""


class AskProblem(StrEnum):
    """Why a contact cannot be asked for."""

    NOT_IN_CUSTODY = "not_in_custody"
    KEPT_BY_STAFF = "kept_by_staff"
    ALREADY_CONTACT = "already_contact"
    ALREADY_ASKED = "already_asked"
    TOO_SOON = "too_soon"
    NOT_CALLABLE = "not_callable"
    LIST_FULL = "list_full"
    SHARING_NOT_AGREED = "sharing_not_agreed"
    FORBIDDEN = "forbidden"
    """A court forbids it; said to staff alone, who lift the order first."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known when somebody asks for a contact."""

    source: Source
    mode: Mode
    number_class: NumberClass
    state: State | None = None
    """Of the contact with this number; None: there is none."""
    waits_for: WaitsFor = WaitsFor.NOTHING
    expires_at: Instant | None = None
    announced: bool = False
    """The end of its approval is near enough that it may be renewed."""
    is_in_custody: bool = True
    listed: int = 0
    at_most: int | None = None
    is_shared: bool = False
    sharing_needs_agreement: bool = False
    agrees_to_sharing: bool = False
    is_noted: bool = False
    """The number is on a list (staff, former staff, victims), so that a person looks even where lists are open."""
    approval_days: int | None = None
    refused_at: Instant | None = None
    """When it was refused or removed by staff last."""
    ask_again_days: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """How the contact stands now. `waits_for` `NOTHING`: it may be called at once."""

    state: State
    waits_for: WaitsFor
    expires_at: Instant | None = None


Answer: TypeAlias = Asked | AskProblem
_BY_PEOPLE_OUTSIDE: Final = frozenset({Source.RESIDENT, Source.FAMILY})
_REFUSED: Final = frozenset({State.REJECTED, State.REMOVED, State.NO_CONTACT_ORDER})


def ask(asking: Asking, at: Instant) -> Answer:
    """How the contact stands after somebody asked, or why they cannot ask.

    A number under an order of no contact is asked for like any that was never asked for: it waits for staff. Total.
    """
    if (problem := _problem(asking, at)) is not None:
        return problem
    if asking.source in _BY_PEOPLE_OUTSIDE:
        return _asked_from_outside(asking, at)
    return Asked(State.APPROVED, WaitsFor.NOTHING, _expiry(asking, at))


def _asked_from_outside(asking: Asking, at: Instant) -> Asked:
    if asking.state is State.NO_CONTACT_ORDER:
        return Asked(State.NO_CONTACT_ORDER, WaitsFor.REQUEST)
    if asking.state is State.APPROVED and not _is_expired(asking, at):
        return Asked(State.APPROVED, WaitsFor.RENEWAL, asking.expires_at)
    if asking.is_shared and asking.sharing_needs_agreement:
        return Asked(State.SHARED, WaitsFor.REQUEST)
    was_refused = asking.state is not None and asking.state in _REFUSED
    if asking.mode is Mode.OPEN and not asking.is_noted and not was_refused:
        return Asked(State.APPROVED, WaitsFor.NOTHING, _expiry(asking, at))
    return Asked(State.PENDING, WaitsFor.REQUEST)


def _problem(asking: Asking, at: Instant) -> AskProblem | None:
    from_outside = asking.source in _BY_PEOPLE_OUTSIDE
    if not asking.is_in_custody:
        return AskProblem.NOT_IN_CUSTODY
    if from_outside and asking.mode is Mode.ALLOW_LIST:
        return AskProblem.KEPT_BY_STAFF
    if asking.number_class not in CALLABLE:
        return AskProblem.NOT_CALLABLE
    if asking.source is Source.LEARNED and (asking.mode is not Mode.OPEN or asking.state is not None):
        return AskProblem.ALREADY_CONTACT if asking.state is not None else AskProblem.KEPT_BY_STAFF
    if asking.state is State.NO_CONTACT_ORDER and not from_outside:
        return AskProblem.FORBIDDEN
    if asking.waits_for is not WaitsFor.NOTHING and from_outside:
        return AskProblem.ALREADY_ASKED
    if asking.state is State.APPROVED and not _is_expired(asking, at) and not (from_outside and asking.announced):
        return AskProblem.ALREADY_CONTACT
    if from_outside and asking.refused_at is not None and at < asking.refused_at + asking.ask_again_days * DAY:
        return AskProblem.TOO_SOON
    is_new = asking.state is None or asking.state in _REFUSED
    if is_new and asking.at_most is not None and asking.listed >= asking.at_most:
        return AskProblem.LIST_FULL
    needs_word = asking.is_shared and asking.sharing_needs_agreement and not asking.agrees_to_sharing
    if needs_word and not from_outside and asking.state is not State.APPROVED:
        return AskProblem.SHARING_NOT_AGREED
    return None


def _is_expired(asking: Asking, at: Instant) -> bool:
    return asking.expires_at is not None and asking.expires_at <= at


def _expiry(asking: Asking, at: Instant) -> Instant | None:
    return None if asking.approval_days is None else Instant(at + asking.approval_days * DAY)
