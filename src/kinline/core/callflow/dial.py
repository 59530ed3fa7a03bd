"""Dialling: the digits, the permission and its price told to the resident, and the ringing.

One attempt for each off-hook: misdialled digits may be dialled again, any other refusal is said and ends the call.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core import reasons
from kinline.core.callflow.commands import Authorise, CancelTimer, Command, PlaceLeg, PlayTone, SetTimer, Tone
from kinline.core.callflow.end import finish
from kinline.core.callflow.events import (
    Answered,
    Authorised,
    Denied,
    DigitPressed,
    Event,
    HungUp,
    LegFailed,
    Permit,
    PlaybackFinished,
    ServiceFailed,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import Act, Attempt, CalledLeg, Caller, Moment, Turn, reason_phrase, seconds_after
from kinline.core.callflow.offer import offer
from kinline.core.callflow.unaccepted import Unaccepted
from kinline.core.identity import Instant, Language, Side
from kinline.core.numbering import is_complete
from kinline.core.reasons import Reason
from kinline.core.speech import Say, Span

DIAL_TRIES: Final = 3


def dial(attempt: Attempt, caller: Caller, at: Instant, typed_ahead: str = "") -> Turn:
    """The resident is known; keys pressed before they were asked to dial count."""
    dialling = Dialling(attempt, caller, DIAL_TRIES)
    typed_ahead = typed_ahead.lstrip("#")  # many end a PIN with it
    return dialling.type_ahead(typed_ahead, at) if typed_ahead else dialling.ask()


@dataclass(frozen=True, slots=True)
class Dialling(Unaccepted):
    """The resident dials a number or a speed-dial slot."""

    act: ClassVar = Act.DIAL
    timers: ClassVar = frozenset({Timer.LIMIT, Timer.DIGITS})
    abandoned: ClassVar = Reason.DIAL_ABANDONED
    overdue: ClassVar = Reason.DIAL_TIMEOUT

    caller: Caller
    tries_left: int  # this one included
    digits: str = ""

    def on(self, event: Event) -> Turn:
        settings = self.attempt.settings
        match event:
            case DigitPressed(side=Side.RESIDENT, digit=digit):
                return self._pressed(digit, event.at)
            case PlaybackFinished(token=token) if token == self.attempt.plays and not self.digits:
                return self, (SetTimer(Timer.DIGITS, seconds_after(event.at, settings.first_digit_wait)),)
            case TimerFired(timer=Timer.DIGITS) if self.digits:
                return self._authorise(event.at)
            case TimerFired(timer=Timer.DIGITS):
                return self.again(event.at, Denied(event.at, Reason.DIAL_TIMEOUT))
            case _:
                return self.in_any_case(event)

    def ask(self, *before: Say) -> Turn:
        attempt, commands = self.attempt.ask(Side.RESIDENT, *before, Say.of("dial.enter_number"))
        return replace(self, attempt=attempt, digits=""), (CancelTimer(Timer.DIGITS), *commands)

    def again(self, at: Instant, denied: Denied) -> Turn:
        """What was dialled is no number: say so, and let them dial again while tries are left."""
        if self.tries_left <= 1:
            return finish(self, at, denied.reason, values=denied.values)
        return replace(self, tries_left=self.tries_left - 1).ask(reason_phrase(denied.reason, denied.values))

    def type_ahead(self, digits: str, at: Instant) -> Turn:
        moment: Moment = self
        commands: list[Command] = []
        for digit in digits:
            moment, more = moment.on(DigitPressed(at, Side.RESIDENT, digit))
            commands.extend(more)
        return moment, tuple(commands)

    def _pressed(self, digit: str, at: Instant) -> Turn:
        settings = self.attempt.settings
        if digit == "#" and self.digits:
            return self._authorise(at)
        if digit == "#" or (digit == "*" and self.digits):  # as the first key a star begins a code
            wait = SetTimer(Timer.DIGITS, seconds_after(at, settings.first_digit_wait))
            return replace(self, digits=""), (wait,)
        dialling = replace(self, digits=self.digits + digit)
        if is_complete(dialling.digits):
            return dialling._authorise(at)
        return dialling, (SetTimer(Timer.DIGITS, seconds_after(at, settings.next_digit_wait)),)

    def _authorise(self, at: Instant) -> Turn:
        answer_by = seconds_after(at, self.attempt.settings.service_wait)
        authorising = Authorising(self.attempt, self.caller, self.tries_left, self.digits)
        return authorising, (Authorise(self.caller.resident, self.digits), SetTimer(Timer.SERVICE, answer_by))


@dataclass(frozen=True, slots=True)
class Authorising(Unaccepted):
    """May this resident call what was dialled, and who pays?"""

    act: ClassVar = Act.DIAL
    timers: ClassVar = frozenset({Timer.LIMIT, Timer.SERVICE})
    abandoned: ClassVar = Reason.DIAL_ABANDONED
    overdue: ClassVar = Reason.NET_PLATFORM_FAULT

    caller: Caller
    tries_left: int
    digits: str

    def on(self, event: Event) -> Turn:
        match event:
            case Authorised(permit=permit):
                attempt, commands = self.attempt.ask(Side.RESIDENT, quote(permit), Say.of("dial.wait"))
                return Quoting(attempt, self.caller, permit), commands
            case Denied(reason=reason) if reason.stage == "dial":
                return Dialling(self.attempt, self.caller, self.tries_left).again(event.at, event)
            case Denied(reason=reason, values=values):
                return finish(self, event.at, reason, values=values)
            case ServiceFailed(command="Authorise") | TimerFired(timer=Timer.SERVICE):
                return finish(self, event.at, Reason.NET_PLATFORM_FAULT)
            case _:
                return self.in_any_case(event)


@dataclass(frozen=True, slots=True)
class Quoting(Unaccepted):
    """The resident hears what the call costs, before anybody is rung; a key skips it."""

    act: ClassVar = Act.DIAL
    timers: ClassVar = frozenset({Timer.LIMIT})
    abandoned: ClassVar = Reason.DIAL_ABANDONED
    overdue: ClassVar = Reason.DIAL_TIMEOUT

    caller: Caller
    permit: Permit

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.attempt.plays:
                return self._ring(event.at)
            case DigitPressed(side=Side.RESIDENT):
                return self._ring(event.at)
            case _:
                return self.in_any_case(event)

    def _ring(self, at: Instant) -> Turn:
        give_up = SetTimer(Timer.RINGING, seconds_after(at, self.attempt.settings.ring_wait))
        place = PlaceLeg(self.permit.ring or self.permit.called_party)
        return Calling(self.attempt, self.caller, self.permit), (place, PlayTone(Side.RESIDENT, Tone.RINGBACK), give_up)


@dataclass(frozen=True, slots=True)
class Calling(Unaccepted):
    """The called party's phone is being rung; the resident hears our ringback, never the network's early sound."""

    act: ClassVar = Act.RING
    timers: ClassVar = frozenset({Timer.RINGING})
    called_leg: ClassVar = CalledLeg.RINGING
    abandoned: ClassVar = Reason.RING_ABANDONED
    overdue: ClassVar = Reason.RING_NO_ANSWER

    caller: Caller
    permit: Permit

    @property
    def called_language(self) -> Language:
        return self.permit.language

    def on(self, event: Event) -> Turn:
        gone = frozenset({Side.CALLED_PARTY})
        match event:
            case Answered():
                return offer(self.attempt, self.caller, self.permit, event.at)
            case LegFailed(sip_status=status):
                return finish(self, event.at, reasons.from_sip_status(status), gone=gone)
            case HungUp(side=Side.CALLED_PARTY):
                return finish(self, event.at, Reason.RING_UNREACHABLE, gone=gone)
            case TimerFired(timer=Timer.RINGING):
                return finish(self, event.at, Reason.RING_NO_ANSWER)
            case ServiceFailed(command="PlaceLeg"):
                return finish(self, event.at, Reason.NET_PLATFORM_FAULT)
            case _:
                return self.in_any_case(event)


def quote(permit: Permit) -> Say:
    """What the resident hears of the price, whoever pays."""
    if permit.free:
        return Say.of("quote.free")
    limit = Span(permit.limit_seconds)
    return Say.of("quote.price", per_minute=permit.price_per_minute, limit=limit, total=permit.price_at_limit)
