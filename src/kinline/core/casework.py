"""What becomes of a case, a question or a dispute of a family, from opening to end; and how long an answer takes.

`TABLE` is the whole state machine: for each state, what may happen in it and which state follows. What is not in a
state's row cannot happen there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from kinline.core.identity import Instant


class CaseState(StrEnum):
    OPEN = "open"
    """Nobody of ours has taken it up yet."""
    WAITING_FOR_US = "waiting_for_us"
    WAITING_FOR_YOU = "waiting_for_you"
    """The last word is ours: the family's turn."""
    RESOLVED = "resolved"
    """Decided, with its outcome; the family may still say that it is not."""
    CLOSED = "closed"
    """Over. Nothing happens any more."""


class CaseEvent(StrEnum):
    WROTE = "wrote"
    """The family said something more."""
    TAKEN = "taken"
    """Somebody of ours is responsible now."""
    NOTED = "noted"
    """Staff wrote a note for each other."""
    ANSWERED = "answered"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    """The family needs no more."""
    FELL_SILENT = "fell_silent"
    """Nobody said anything for `QUIET`."""


TABLE: Final[Mapping[CaseState, Mapping[CaseEvent, CaseState]]] = {
    CaseState.OPEN: {
        CaseEvent.WROTE: CaseState.OPEN,
        CaseEvent.TAKEN: CaseState.WAITING_FOR_US,
        CaseEvent.NOTED: CaseState.OPEN,
        CaseEvent.ANSWERED: CaseState.WAITING_FOR_YOU,
        CaseEvent.RESOLVED: CaseState.RESOLVED,
        CaseEvent.WITHDRAWN: CaseState.CLOSED,
    },
    CaseState.WAITING_FOR_US: {
        CaseEvent.WROTE: CaseState.WAITING_FOR_US,
        CaseEvent.TAKEN: CaseState.WAITING_FOR_US,
        CaseEvent.NOTED: CaseState.WAITING_FOR_US,
        CaseEvent.ANSWERED: CaseState.WAITING_FOR_YOU,
        CaseEvent.RESOLVED: CaseState.RESOLVED,
        CaseEvent.WITHDRAWN: CaseState.CLOSED,
    },
    CaseState.WAITING_FOR_YOU: {
        CaseEvent.WROTE: CaseState.WAITING_FOR_US,
        CaseEvent.TAKEN: CaseState.WAITING_FOR_YOU,
        CaseEvent.NOTED: CaseState.WAITING_FOR_YOU,
        CaseEvent.ANSWERED: CaseState.WAITING_FOR_YOU,
        CaseEvent.RESOLVED: CaseState.RESOLVED,
        CaseEvent.WITHDRAWN: CaseState.CLOSED,
        CaseEvent.FELL_SILENT: CaseState.CLOSED,
    },
    CaseState.RESOLVED: {
        CaseEvent.WROTE: CaseState.WAITING_FOR_US,
        CaseEvent.TAKEN: CaseState.RESOLVED,
        CaseEvent.NOTED: CaseState.RESOLVED,
        CaseEvent.ANSWERED: CaseState.RESOLVED,
        CaseEvent.WITHDRAWN: CaseState.CLOSED,
        CaseEvent.FELL_SILENT: CaseState.CLOSED,
    },
    CaseState.CLOSED: {CaseEvent.NOTED: CaseState.CLOSED},
}
OURS: Final = (CaseState.OPEN, CaseState.WAITING_FOR_US)
"""The family waits for an answer."""

_DAY: Final = 24 * 3_600_000
QUIET: Final[Mapping[CaseState, int]] = {CaseState.WAITING_FOR_YOU: 30 * _DAY, CaseState.RESOLVED: 14 * _DAY}
"""Milliseconds without a word after which a case closes by itself."""


class NotNow(Exception):
    """This cannot happen to a case in this state."""

    def __init__(self, state: CaseState, event: CaseEvent) -> None:
        super().__init__(f"a case that is {state} cannot be {event}")
        self.state, self.event = state, event


def after(state: CaseState, event: CaseEvent) -> CaseState:
    """The state that follows. Raises `NotNow`."""
    following = TABLE[state].get(event)
    if following is None:
        raise NotNow(state, event)
    return following


def waiting_since(state: CaseState, before: Instant | None, at: Instant) -> Instant | None:
    """Since when the family waits, once something has led to `state`; None: it does not. More words of a family that
    waits already do not send it to the end of the queue."""
    if state not in OURS:
        return None
    return before if before is not None else at


WINDOW: Final = 30 * _DAY
"""How far back the answers lie that a promise is made from."""
ENOUGH: Final = 5
"""Fewer answers than this say nothing about the next."""
FALLBACK: Final = 48 * 3600
"""Seconds, while there are not enough recent answers to measure."""
_HALF_HOUR: Final = 1800


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long an answer is likely to take, in seconds; `is_measured`: from recent answers, else it is our promise."""

    seconds: int
    is_measured: bool


def expected_answer(waits: Sequence[int]) -> Expectation:
    """From how long families waited for the answers of the last `WINDOW` (milliseconds): their median, up to the next
    half hour, at least one."""
    if len(waits) < ENOUGH:
        return Expectation(FALLBACK, is_measured=False)
    seconds = int(-(-median(waits) // 1000))
    return Expectation(max(-(-seconds // _HALF_HOUR), 1) * _HALF_HOUR, is_measured=True)
