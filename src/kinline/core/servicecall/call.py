"""The whole service call: its first state, and what an event makes of any state."""

from dataclasses import dataclass

from kinline.core.callflow.events import Timer
from kinline.core.callflow.timers import fired, kept
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164
from kinline.core.servicecall.commands import Command, SetTimer
from kinline.core.servicecall.events import Event, TimerFired
from kinline.core.servicecall.greeting import ring
from kinline.core.servicecall.moment import Moment, Over, Visit, seconds_after
from kinline.core.servicecall.settings import ServiceSettings, Task


@dataclass(frozen=True, slots=True)
class State:
    """A service call between two events: the moment it is at, and the timers that run."""

    moment: Moment
    timers: tuple[tuple[Timer, Instant], ...]

    @property
    def is_over(self) -> bool:
        """`Release` was given."""
        return isinstance(self.moment, Over)


def begin(
    number: E164, task: Task, language: Language, settings: ServiceSettings, at: Instant
) -> tuple[State, tuple[Command, ...]]:
    """A switchboard took it up."""
    moment, commands = ring(Visit(number, task, language, settings))
    limits = (
        SetTimer(Timer.LIMIT, seconds_after(at, settings.longest)),
        SetTimer(Timer.RINGING, seconds_after(at, settings.ring_wait)),
    )
    return _kept(moment, (*limits, *commands), {})


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
