"""The talk: both sides hear each other, until a side leaves or the time that is allowed and paid for is over."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.announcement import Announcement
from kinline.core.callflow.commands import (
    Accept,
    AllowListening,
    Bridge,
    CancelTimer,
    Command,
    ExtendHold,
    Flag,
    ForbidListening,
    SetTimer,
    StartRecording,
    StopPlaying,
    StopRecording,
)
from kinline.core.callflow.end import finish
from kinline.core.callflow.events import (
    Announced,
    BecamePrivileged,
    CutOff,
    DigitPressed,
    Event,
    HoldExtended,
    HoldNotExtended,
    HungUp,
    MediaLost,
    Permit,
    ServiceFailed,
    Suspected,
    Suspicion,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import Act, Attempt, CalledLeg, Moment, Turn, seconds_after
from kinline.core.callflow.unaccepted import SUSPICION_REASONS
from kinline.core.identity import Instant, Language, Side
from kinline.core.reasons import Reason
from kinline.core.speech import Say, Span

EXTEND_TRIES: Final = 3  # when the service fails; money that is not there is not asked for again
SILENCE_GRACE: Final = 2  # seconds between the two sides falling silent when the whole line is dead


def connect(attempt: Attempt, permit: Permit, at: Instant) -> Turn:
    """The called party accepted: from this instant on it is charged, and both sides hear each other."""
    attempt, connected = attempt.say(Side.RESIDENT, Say.of("talk.connected"), interruptible=False)
    talking = Talking(attempt, permit, at, permit.funded_seconds)
    watched: tuple[Command, ...] = () if talking.is_privileged else (StartRecording(), AllowListening())
    commands = (Accept(at), StopPlaying(Side.RESIDENT), StopPlaying(Side.CALLED_PARTY), *watched, Bridge(), connected)
    return talking, (*commands, *talking.time_left(at), *talking.next_branding(at))


@dataclass(frozen=True, slots=True)
class Talking(Moment):
    """The two are talking. It is recorded unless its number is privileged: by the permit, or since it was verified."""

    act: ClassVar = Act.TALK
    timers: ClassVar = frozenset({Timer.LIMIT, Timer.WARNING, Timer.BRANDING, Timer.EXTEND, Timer.SERVICE, Timer.MEDIA})
    called_leg: ClassVar = CalledLeg.ANSWERED

    permit: Permit
    accepted_at: Instant
    funded_seconds: int
    extends_left: int = EXTEND_TRIES  # 0: no more money will come
    silent: Side | None = None  # the first side from which nothing arrives
    digits: int = 0  # that the resident pressed
    cut: CutOff | None = None  # staff end the talk at its `ends_at`

    @property
    def called_language(self) -> Language:
        return self.permit.language

    @property
    def ends_at(self) -> Instant:
        """The end of what is allowed and paid for; nothing after it is charged."""
        ends_at = seconds_after(self.accepted_at, max(0, min(self.funded_seconds, self.permit.limit_seconds)))
        ends = (ends_at, self.permit.closes_at, self.cut.ends_at if self.cut else None)
        return min(end for end in ends if end is not None)

    @property
    def longest(self) -> Instant:
        """The end of what is allowed, if more money comes where it may."""
        if not self.may_be_extended:
            return self.ends_at
        allowed = seconds_after(self.accepted_at, self.permit.limit_seconds)
        return allowed if self.permit.closes_at is None else min(allowed, self.permit.closes_at)

    @property
    def is_privileged(self) -> bool:
        return self.permit.privileged or self.attempt.became_privileged

    @property
    def may_be_extended(self) -> bool:
        if self.cut is not None:
            return False
        is_open = self.permit.closes_at is None or self.ends_at < self.permit.closes_at
        return is_open and self.extends_left > 0 and self.funded_seconds < self.permit.limit_seconds

    def on(self, event: Event) -> Turn:
        match event:
            case HungUp(side=side, carrier=True):
                return self._finish(event.at, Reason.TALK_CARRIER_DROP, gone=side)
            case HungUp(side=Side.RESIDENT):
                return self._finish(event.at, Reason.TALK_HANGUP_RESIDENT, by=Side.RESIDENT, gone=Side.RESIDENT)
            case HungUp(side=Side.CALLED_PARTY):
                return self._finish(event.at, Reason.TALK_HANGUP_CALLED, by=Side.CALLED_PARTY, gone=Side.CALLED_PARTY)
            case CutOff(ends_at=ends_at) if ends_at is not None and ends_at > event.at:
                return self._announce(event) if ends_at < self.ends_at else (self, ())
            case CutOff(reason=reason, is_silent=is_silent):
                return self._finish(event.at, reason, is_silent=is_silent)
            case Announced(announcement=announcement) if announcement.number not in self.attempt.heard:
                return self._say_of_staff(announcement)
            case BecamePrivileged() if not self.is_privileged:
                private = replace(self, attempt=replace(self.attempt, became_privileged=True))
                private, notices = private._signal(Say("talk.privileged"), Side.RESIDENT, Side.CALLED_PARTY)
                return private, (StopRecording(), ForbidListening(), *notices)
            case TimerFired(timer=timer):
                return self._on_timer(timer, event.at)
            case HoldExtended(funded_seconds=funded) if funded > self.funded_seconds:
                talking = replace(self, funded_seconds=funded, extends_left=EXTEND_TRIES)
                return talking, (CancelTimer(Timer.SERVICE), *talking.time_left(event.at))
            case HoldExtended() | HoldNotExtended():
                talking = replace(self, extends_left=0)
                return talking, (CancelTimer(Timer.SERVICE), *talking.time_left(event.at))
            case ServiceFailed(command="ExtendHold"):
                return self._extend_later(event.at)
            case DigitPressed(side=Side.RESIDENT):
                talking = replace(self, digits=self.digits + 1)
                flagged = talking.digits == self.attempt.settings.extra_digits
                return talking, (Flag(Side.RESIDENT, Suspicion.EXTRA_DIGITS),) if flagged else ()
            case Suspected(side=side, suspicion=suspicion):
                flag = Flag(side, suspicion)
                why = SUSPICION_REASONS.get(suspicion)
                if why is None or not self.attempt.settings.end_on_suspicion:
                    return self, (flag,)
                moment, commands = self._finish(event.at, why)
                return moment, (flag, *commands)
            case MediaLost(side=side) if self.silent is None:
                return replace(self, silent=side), (SetTimer(Timer.MEDIA, seconds_after(event.at, SILENCE_GRACE)),)
            case MediaLost(side=side) if side is not self.silent:
                return self._finish(event.at, Reason.TALK_MEDIA_DEAD)
            case _:  # among them a failed `Accept`: `Settle` says again when it was
                return self, ()

    def time_left(self, at: Instant) -> tuple[Command, ...]:
        """The clocks of the end: the limit, and either the next hold or, once the end is certain, the next warning."""
        limit = SetTimer(Timer.LIMIT, self.ends_at)
        if self.may_be_extended:
            ahead = self.attempt.settings.extend_before + max(self.attempt.settings.warnings, default=0)
            extend = SetTimer(Timer.EXTEND, max(at, seconds_after(self.ends_at, -ahead)))
            return limit, CancelTimer(Timer.WARNING), extend
        return limit, CancelTimer(Timer.EXTEND), *self.next_warning(at)

    def next_warning(self, at: Instant) -> tuple[Command, ...]:
        signals = (seconds_after(self.ends_at, -left) for left in self.attempt.settings.warnings)
        coming = [due for due in signals if due > at]
        return (SetTimer(Timer.WARNING, min(coming)),) if coming else ()

    def next_branding(self, at: Instant) -> tuple[Command, ...]:
        interval = self.attempt.settings.branding_interval
        return (SetTimer(Timer.BRANDING, seconds_after(at, interval)),) if interval else ()

    def _on_timer(self, timer: Timer, at: Instant) -> Turn:
        match timer:
            case Timer.LIMIT:
                return self._finish(at, self._reason_of_end())
            case Timer.WARNING:
                left = Span((self.ends_at - at + 500) // 1000)
                talking, signals = self._signal(Say.of("talk.warning", left=left), Side.RESIDENT, Side.CALLED_PARTY)
                return talking, (*signals, *self.next_warning(at))
            case Timer.BRANDING:
                notice = Say.of("talk.branding", facility=self.attempt.settings.facility)
                talking, notices = self._signal(notice, Side.CALLED_PARTY)
                return talking, (*notices, *self.next_branding(at))
            case Timer.EXTEND:
                answer_by = seconds_after(at, self.attempt.settings.service_wait)
                return self, (ExtendHold(), SetTimer(Timer.SERVICE, answer_by))
            case Timer.SERVICE:
                return self._extend_later(at)
            case Timer.MEDIA:
                return self._finish(at, Reason.TALK_ONE_WAY)
            case _:
                return self, ()

    def _announce(self, cut: CutOff) -> Turn:
        """Both sides hear how much time is left."""
        talking = replace(self, cut=cut)
        left = Span(max((talking.ends_at - cut.at + 500) // 1000, 1))
        talking, signals = talking._signal(Say.of("talk.warning", left=left), Side.RESIDENT, Side.CALLED_PARTY)
        return talking, (*signals, *talking.time_left(cut.at))

    def _say_of_staff(self, announcement: Announcement) -> Turn:
        """To the resident alone, over the talk, as a time signal is."""
        attempt = replace(self.attempt, heard=self.attempt.heard | {announcement.number})
        told = replace(self, attempt=attempt)
        if not announcement.text(attempt.language):
            return told, ()
        told, words = told._signal(announcement.says(attempt.language), Side.RESIDENT)
        return told, tuple(words)

    def _reason_of_end(self) -> Reason:
        if self.cut is not None and self.ends_at == self.cut.ends_at:
            return self.cut.reason
        if self.ends_at == self.permit.closes_at:
            return Reason.TALK_SCHEDULE_END
        return self.permit.limit_reason if self.funded_seconds >= self.permit.limit_seconds else Reason.TALK_FUNDS_END

    def _signal(self, phrase: Say, *sides: Side) -> tuple["Talking", list[Command]]:
        attempt, signals = self.attempt, list[Command]()
        for side in sides:
            language = self.called_language if side is Side.CALLED_PARTY else attempt.language
            attempt, play = attempt.say(side, phrase, language=language, interruptible=False)
            signals.append(play)
        return replace(self, attempt=attempt), signals

    def _extend_later(self, at: Instant) -> Turn:
        talking = replace(self, extends_left=max(0, self.extends_left - 1))
        if not talking.may_be_extended:
            return talking, (CancelTimer(Timer.SERVICE), *talking.time_left(at))
        again = seconds_after(at, self.attempt.settings.service_wait)
        return talking, (CancelTimer(Timer.SERVICE), SetTimer(Timer.EXTEND, again))

    def _finish(
        self, at: Instant, reason: Reason, *, by: Side | None = None, gone: Side | None = None, is_silent: bool = False
    ) -> Turn:
        ended_at = max(self.accepted_at, min(at, self.ends_at))  # a late clock is not the payer's to pay
        left = frozenset({gone}) if gone else frozenset[Side]()
        accepted_at = self.accepted_at
        return finish(
            self, at, reason, by=by, gone=left, accepted_at=accepted_at, ended_at=ended_at, is_silent=is_silent
        )
