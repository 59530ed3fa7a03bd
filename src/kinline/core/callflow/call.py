"""The whole call: its first state, and what an event makes of any state."""

from dataclasses import dataclass
from typing import Final

from kinline.core.announcement import Announcement
from kinline.core.callflow.announce import off_hook
from kinline.core.callflow.commands import Command, SetTimer
from kinline.core.callflow.end import Ending, Over
from kinline.core.callflow.events import Event, Timer, TimerFired
from kinline.core.callflow.moment import Act, Attempt, Moment, seconds_after
from kinline.core.callflow.settings import CallSettings
from kinline.core.callflow.talk import Talking
from kinline.core.callflow.timers import fired, kept
from kinline.core.identity import CallId, Instant, Language
from kinline.core.reasons import Reason

PREPARING_LONGEST: Final = 300  # seconds from off-hook until the called party is rung


@dataclass(frozen=True, slots=True)
class State:
    """A call between two events: the moment it is at, and the timers that run."""

    moment: Moment
    timers: tuple[tuple[Timer, Instant], ...]

    @property
    def name(self) -> Act:
        """The act that is on."""
        return self.moment.act

    @property
    def is_over(self) -> bool:
        """`Release` was given."""
        return isinstance(self.moment, Over)

    @property
    def accepted_at(self) -> Instant | None:
        match self.moment:
            case Talking(accepted_at=accepted_at):
                return accepted_at
            case Ending(settle=settle) | Over(settle=settle):
                return settle.accepted_at
            case _:
                return None

    @property
    def reason(self) -> Reason:
        """Why it ended. Only of a call that is over or ending."""
        if not isinstance(self.moment, Ending | Over):
            raise TypeError(f"{self.moment.act} is not the end")
        return self.moment.settle.reason

    @property
    def language(self) -> Language:
        """In which the resident is spoken to."""
        return self.moment.attempt.language

    def awaits(self, announcement: Announcement) -> bool:
        """Whether the resident would hear it now, and did not yet."""
        return isinstance(self.moment, Talking) and announcement.number not in self.moment.attempt.heard

    @property
    def ends_at(self) -> Instant | None:
        """When the talk ends, if the money suffices; None: nobody talks."""
        return self.moment.longest if isinstance(self.moment, Talking) else None

    @property
    def hears_secret(self) -> bool:
        """Keys pressed now may be part of a PIN: they are written down nowhere."""
        return self.moment.hears_secret


def begin(call_id: CallId, settings: CallSettings, at: Instant) -> tuple[State, tuple[Command, ...]]:
    """The station went off-hook and its call was answered."""
    moment, commands = off_hook(Attempt(call_id, settings, settings.languages[0]))
    limit = SetTimer(Timer.LIMIT, seconds_after(at, PREPARING_LONGEST))
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
