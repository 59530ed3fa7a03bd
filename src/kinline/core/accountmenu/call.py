"""The whole visit: its first state, and what an event makes of any state."""

from dataclasses import dataclass

from kinline.core.accountmenu.asking import Asking, Waiting
from kinline.core.accountmenu.commands import Command, SetTimer
from kinline.core.accountmenu.events import Event, TimerFired
from kinline.core.accountmenu.identify import greet
from kinline.core.accountmenu.moment import Moment, Over, Visit, seconds_after
from kinline.core.accountmenu.settings import MenuSettings
from kinline.core.callflow.events import Timer
from kinline.core.callflow.timers import fired, kept
from kinline.core.identity import CallId, Instant


@dataclass(frozen=True, slots=True)
class State:
    """A visit between two events: the moment it is at, and the timers that run."""

    moment: Moment
    timers: tuple[tuple[Timer, Instant], ...]

    @property
    def is_over(self) -> bool:
        """`Release` was given."""
        return isinstance(self.moment, Over)

    @property
    def hears_secret(self) -> bool:
        """Keys pressed now may be part of a PIN or of a card's code: they are written down nowhere."""
        return isinstance(self.moment, Waiting) or (isinstance(self.moment, Asking) and self.moment.is_secret)


def begin(call_id: CallId, settings: MenuSettings, at: Instant) -> tuple[State, tuple[Command, ...]]:
    """A call to the account number was answered."""
    moment, commands = greet(Visit(call_id, settings, settings.languages[0]))
    limit = SetTimer(Timer.LIMIT, seconds_after(at, settings.visit_longest))
    return _kept(moment, (limit, *commands), {})


def step(state: State, event: Event) -> tuple[State, tuple[Command, ...]]:
    """What happens next. Total: an event that comes late or out of order changes nothing."""
    running = dict(state.timers)
    if isinstance(event, TimerFired):
        late = fired(event, running)
        if late is not None:
            return state, late
    return _kept(*state.moment.on(event), running)


def _kept(
    moment: Moment, given: tuple[Command, ...], running: dict[Timer, Instant]
) -> tuple[State, tuple[Command, ...]]:
    commands, timers = kept(moment.timers, given, running)
    return State(moment, timers), commands
