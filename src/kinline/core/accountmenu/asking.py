"""The two moments of which a visit is made: a question to the caller, and one to a service."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from kinline.core.accountmenu import commands as do
from kinline.core.accountmenu.commands import CancelTimer, SetTimer, StopPlaying
from kinline.core.accountmenu.events import DigitPressed, Event, PlaybackFinished, ServiceFailed, TimerFired
from kinline.core.accountmenu.moment import CALLER, Moment, Question, Turn, Visit, leave, seconds_after
from kinline.core.accountmenu.person import reach
from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.speech import Say

PERSON_KEY: Final = "0"
MORE_PATIENCE: Final = 60  # seconds beyond the longest visit for a service that is being asked


@dataclass(frozen=True, slots=True)
class Asking(Question):
    """A prompt is said and keys are awaited: `*` goes back, `0` reaches a person (in an entry: `0` and `#`).

    The keys A to D, which no telephone of a family has, mean nothing. Silence and mistakes use up the same tries; after
    the last one the visit ends.
    """

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})
    length: ClassVar[int] = 1
    """How many keys make the entry."""
    is_secret: ClassVar = False
    """The keys pressed now are written down nowhere."""

    tries_left: int  # this one included
    digits: str = field(default="", repr=False, kw_only=True)

    def prompt(self) -> tuple[Say, ...]:
        raise NotImplementedError

    def entered(self, at: Instant) -> Turn:
        """The keys are complete, or ended by `#` or a wait: at least one."""
        raise NotImplementedError

    def back(self, at: Instant) -> Turn:
        """Where `*` leads; here: the same question again."""
        return self.ask()

    def ask(self, *before: Say) -> Turn:
        visit, play = self.visit.say(*before, *self.prompt())
        return replace(self, visit=visit, digits=""), (CancelTimer(Timer.DIGITS), StopPlaying(CALLER), play)

    def again(self, at: Instant, *mistake: Say) -> Turn:
        """Say what was wrong and ask anew, while there are tries left."""
        if self.tries_left <= 1:
            return leave(self, at, *mistake)
        return replace(self, tries_left=self.tries_left - 1).ask(*mistake)

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.visit.plays and not self.digits:
                return self, (self._next_key_by(event.at),)
            case DigitPressed(side=Side.RESIDENT, digit="*"):
                return self.back(event.at)
            case DigitPressed(side=Side.RESIDENT, digit="#") if self.digits:
                return self._ended(event.at)
            case DigitPressed(side=Side.RESIDENT, digit=digit) if not digit.isdecimal():
                return self, (self._next_key_by(event.at),)  # it means nothing, but may have cut the prompt off
            case DigitPressed(side=Side.RESIDENT, digit=digit):
                pressed = replace(self, digits=self.digits + digit)
                if len(pressed.digits) == self.length:
                    return pressed._ended(event.at)
                return pressed, (pressed._next_key_by(event.at),)
            case TimerFired(timer=Timer.DIGITS) if self.digits:
                return self._ended(event.at)
            case TimerFired(timer=Timer.DIGITS):
                return self.again(event.at, Say.of("account.no_key"))
            case _:
                return self.in_any_case(event)

    def _next_key_by(self, at: Instant) -> SetTimer:
        settings = self.visit.settings
        patience = settings.next_digit_wait if self.digits else settings.first_digit_wait
        return SetTimer(Timer.DIGITS, seconds_after(at, patience))

    def _ended(self, at: Instant) -> Turn:
        return reach(self, at) if self.digits == PERSON_KEY else self.entered(at)


@dataclass(frozen=True, slots=True)
class Waiting(Moment):
    """A service is asked. Keys pressed meanwhile are dropped, so that none of them asks again."""

    timers: ClassVar = frozenset({Timer.LIMIT, Timer.SERVICE})

    def answered(self, event: Event) -> Turn | None:
        """What the answer to the question makes; None: this is no answer to it."""
        raise NotImplementedError

    def unanswered(self, at: Instant) -> Turn:
        """The service did not answer, or failed."""
        raise NotImplementedError

    def on(self, event: Event) -> Turn:
        match event:
            case ServiceFailed() | TimerFired(timer=Timer.SERVICE):
                return self.unanswered(event.at)
            case TimerFired(timer=Timer.LIMIT):  # they shall hear what came of it
                return self, (SetTimer(Timer.LIMIT, seconds_after(event.at, MORE_PATIENCE)),)
            case _:
                turn = self.answered(event)
                return self.in_any_case(event) if turn is None else turn


def wait(waiting: Waiting, question: do.Question, at: Instant, *words: Say, seconds: int | None = None) -> Turn:
    """Ask a service, and say meanwhile what is to be said."""
    visit: Visit = waiting.visit
    answer_by = seconds_after(at, seconds or visit.settings.service_wait)
    play: tuple[do.Command, ...] = ()
    if words:
        visit, said = visit.say(*words, interruptible=False)
        play = (said,)
    return replace(waiting, visit=visit), (StopPlaying(CALLER), *play, question, SetTimer(Timer.SERVICE, answer_by))
