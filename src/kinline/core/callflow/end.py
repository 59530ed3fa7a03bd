"""The last act: both sides are told, the legs end, the attempt goes into the books, and the call is released.

The books come first and do not wait for the goodbyes; a goodbye does not wait for the books.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.callflow.commands import (
    Command,
    Disposition,
    HangUp,
    Release,
    SetTimer,
    Settle,
    StopPlaying,
    Unbridge,
)
from kinline.core.callflow.events import (
    Answered,
    Event,
    HungUp,
    PlaybackFinished,
    Ringing,
    ServiceFailed,
    Settled,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import Act, CalledLeg, Moment, Turn, reason_phrase, seconds_after
from kinline.core.identity import Instant, Language, Side
from kinline.core.reasons import Reason
from kinline.core.speech import Say, Value

SETTLE_TRIES: Final = 5
SETTLE_PAUSE: Final = 2  # seconds between a failure of the books and the next try
GOODBYE_LONGEST: Final = 20  # seconds

_ABANDONED: Final = frozenset(
    {
        Reason.IDENTIFY_ABANDONED,
        Reason.IDENTIFY_TIMEOUT,
        Reason.DIAL_ABANDONED,
        Reason.DIAL_TIMEOUT,
        Reason.RING_ABANDONED,
        Reason.OFFER_ABANDONED,
    }
)
_FAULTS: Final = frozenset({Reason.TALK_PLATFORM_FAULT, Reason.TALK_CARRIER_DROP, Reason.TALK_MEDIA_DEAD})
_FAREWELLS: Final[dict[Reason, str | None]] = {
    Reason.OFFER_REFUSED: "offer.refused",
    Reason.OFFER_BLOCKED: "offer.blocked",
    Reason.OFFER_NO_KEY: "offer.no_key",
    Reason.OFFER_ABANDONED: "offer.caller_left",
    Reason.OFFER_MACHINE: None,  # nothing is left on an answering machine
    Reason.TALK_HANGUP_RESIDENT: "end.other_left",
    Reason.TALK_TIME_LIMIT: "end.time_limit",
    Reason.TALK_DAY_LIMIT: "end.day_limit",
    Reason.TALK_SCHEDULE_END: "end.schedule_end",
    Reason.TALK_FUNDS_END: "end.funds_end",
}


def disposition(reason: Reason, *, accepted: bool) -> Disposition:
    """How a call that ended for this reason ended, in one word."""
    if accepted:
        return Disposition.COMPLETED
    if reason in _ABANDONED:
        return Disposition.ABANDONED
    match reason, reason.stage:
        case Reason.RING_BUSY, _:
            return Disposition.BUSY
        case Reason.RING_NO_ANSWER, _:
            return Disposition.NO_ANSWER
        case _, "offer":
            return Disposition.REFUSED
        case _, "ring" | "net":
            return Disposition.FAILED
        case _, "talk" if reason in _FAULTS:
            return Disposition.FAILED
        case _:
            return Disposition.DENIED


def finish(
    moment: Moment,
    at: Instant,
    reason: Reason,
    *,
    by: Side | None = None,
    gone: frozenset[Side] = frozenset(),
    accepted_at: Instant | None = None,
    ended_at: Instant | None = None,
    values: tuple[tuple[str, Value], ...] = (),
    farewell: str | None = None,
    is_silent: bool = False,
) -> Turn:
    """End the call now: settle it as ended at `ended_at` (now, unless given), and tell whoever is not `gone` yet, or
    hang up on them without a word (`is_silent`).

    The resident hears the reason with its `values`; the called party, if they answered, `farewell` or the words
    that belong to the reason.
    """
    word = disposition(reason, accepted=accepted_at is not None)
    settle = Settle(word, reason, accepted_at, at if ended_at is None else ended_at, by)
    commands: list[Command] = [Unbridge()] if accepted_at is not None else []
    commands += [settle, SetTimer(Timer.SERVICE, seconds_after(at, moment.attempt.settings.service_wait))]
    attempt = moment.attempt
    telling: list[tuple[Side, int]] = []

    def tell(side: Side, phrase: Say, language: Language) -> None:
        nonlocal attempt
        attempt, goodbye = attempt.say(side, phrase, language=language, interruptible=False)
        commands.extend((StopPlaying(side), goodbye))
        telling.append((side, goodbye.token))

    if is_silent:
        is_called = moment.called_leg is not CalledLeg.NONE and Side.CALLED_PARTY not in gone
        there = (*(() if Side.RESIDENT in gone else (Side.RESIDENT,)), *((Side.CALLED_PARTY,) if is_called else ()))
        return Ending(attempt, settle, SETTLE_TRIES - 1, ()), (*commands, *(HangUp(side) for side in there))
    if Side.RESIDENT not in gone:
        tell(Side.RESIDENT, reason_phrase(reason, values), attempt.language)
    if Side.CALLED_PARTY not in gone and moment.called_leg is not CalledLeg.NONE:
        words = farewell or _FAREWELLS.get(reason, "end.ended")
        if moment.called_leg is CalledLeg.ANSWERED and words is not None:
            tell(Side.CALLED_PARTY, Say(words), moment.called_language)
        else:
            commands.append(HangUp(Side.CALLED_PARTY))
    if telling:
        commands.append(SetTimer(Timer.GOODBYE, seconds_after(at, GOODBYE_LONGEST)))
    return Ending(attempt, settle, SETTLE_TRIES - 1, tuple(telling)), tuple(commands)


@dataclass(frozen=True, slots=True)
class Ending(Moment):
    """The attempt is being settled, and whoever is still there is being told."""

    act: ClassVar = Act.END
    timers: ClassVar = frozenset({Timer.GOODBYE, Timer.SERVICE})

    settle: Settle
    settles_left: int | None  # times that the books may be asked again; None: settled, or left to the reaper
    telling: tuple[tuple[Side, int], ...]  # the legs that hear a goodbye, with its token

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token):
                return self._let_go(*(side for side, goodbye in self.telling if goodbye == token))
            case TimerFired(timer=Timer.GOODBYE):
                return self._let_go(*(side for side, _ in self.telling))
            case HungUp(side=side):
                return self._without(side)._released()
            case Ringing() | Answered():  # picked up while we stopped ringing
                return self, (HangUp(Side.CALLED_PARTY),)
            case Settled():
                return replace(self, settles_left=None)._released()
            case ServiceFailed(command="Settle") if self.settles_left:
                return self, (SetTimer(Timer.SERVICE, seconds_after(event.at, SETTLE_PAUSE)),)
            case ServiceFailed(command="Settle") | TimerFired(timer=Timer.SERVICE):
                return self._settle_again(event.at)
            case _:
                return self, ()

    def _settle_again(self, at: Instant) -> Turn:
        if not self.settles_left:  # the reaper stands in: no heartbeat has come since `Settle` was first given
            return replace(self, settles_left=None)._released()
        again = SetTimer(Timer.SERVICE, seconds_after(at, self.attempt.settings.service_wait))
        return replace(self, settles_left=self.settles_left - 1), (self.settle, again)

    def _let_go(self, *sides: Side) -> Turn:
        moment, release = self._without(*sides)._released()
        return moment, (*(HangUp(side) for side in sides), *release)

    def _without(self, *sides: Side) -> "Ending":
        return replace(self, telling=tuple(told for told in self.telling if told[0] not in sides))

    def _released(self) -> Turn:
        if self.telling or self.settles_left is not None:
            return self, ()
        return Over(self.attempt, self.settle), (Release(),)


@dataclass(frozen=True, slots=True)
class Over(Moment):
    """Released: whatever still arrives finds nothing to do."""

    act: ClassVar = Act.END
    timers: ClassVar = frozenset()

    settle: Settle

    def on(self, event: Event) -> Turn:
        return self, ()
