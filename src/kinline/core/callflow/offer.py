"""The offer: the called party hears who calls, from where, whether it is recorded and what it costs, and decides.

Only the accept key accepts: silence, a machine and any other key do not.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.callflow.commands import BlockResident, CancelTimer, Command, SetTimer
from kinline.core.callflow.end import finish
from kinline.core.callflow.events import (
    BecamePrivileged,
    Blocked,
    DigitPressed,
    Event,
    HungUp,
    MachineHeard,
    MediaLost,
    Permit,
    PlaybackFinished,
    ServiceFailed,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import Act, Attempt, CalledLeg, Caller, Turn, seconds_after
from kinline.core.callflow.talk import connect
from kinline.core.callflow.unaccepted import Unaccepted
from kinline.core.identity import Instant, Language, Side
from kinline.core.reasons import Reason
from kinline.core.speech import Digits, Say, Span

OFFER_LONGEST: Final = 180  # seconds from answer to decision, however many prices are asked
BLOCK_TRIES: Final = 3


def offer(attempt: Attempt, caller: Caller, permit: Permit, at: Instant) -> Turn:
    """The called party's phone was answered."""
    offering = Offering(attempt, caller, permit, attempt.settings.offer_repeats)
    moment, commands = offering.say(*offering.whole_offer())
    return moment, (SetTimer(Timer.LIMIT, seconds_after(at, OFFER_LONGEST)), *commands)


@dataclass(frozen=True, slots=True)
class Answered(Unaccepted):
    """A moment between answer and acceptance: the resident hears ringback, the called party hears us."""

    act: ClassVar = Act.OFFER
    timers: ClassVar = frozenset({Timer.LIMIT, Timer.OFFER})
    called_leg: ClassVar = CalledLeg.ANSWERED
    abandoned: ClassVar = Reason.OFFER_ABANDONED
    overdue: ClassVar = Reason.OFFER_NO_KEY

    caller: Caller
    permit: Permit
    repeats_left: int  # of the offer, for silence and for keys that mean nothing

    @property
    def called_language(self) -> Language:
        return self.permit.language

    def in_any_offer(self, event: Event) -> Turn:
        """The called party leaves, does not answer, or is no person."""
        match event:
            case PlaybackFinished(side=Side.CALLED_PARTY, token=token) if token == self.attempt.plays:
                wait = seconds_after(event.at, self.attempt.settings.offer_wait)
                return self, (SetTimer(Timer.OFFER, wait),)
            case TimerFired(timer=Timer.OFFER):
                return self.again(event.at, *self.whole_offer())
            case MachineHeard():
                return finish(self, event.at, Reason.OFFER_MACHINE)
            case HungUp(side=Side.CALLED_PARTY, carrier=carrier):
                gone = frozenset({Side.CALLED_PARTY})
                if carrier:
                    return finish(self, event.at, Reason.NET_CARRIER_REJECT, gone=gone)
                return finish(self, event.at, Reason.OFFER_HUNG_UP, by=Side.CALLED_PARTY, gone=gone)
            case _:
                return self.in_any_case(event)

    def say(self, *phrases: Say) -> Turn:
        """Say it to the called party, and then wait for a key of the offer."""
        attempt, commands = self.attempt.ask(Side.CALLED_PARTY, *phrases, language=self.permit.language)
        offering = Offering(attempt, self.caller, self.permit, self.repeats_left)
        return offering, (CancelTimer(Timer.OFFER), *commands)

    def again(self, at: Instant, *phrases: Say) -> Turn:
        """No decision yet: say it once more, or end it."""
        if self.repeats_left <= 0:
            return finish(self, at, Reason.OFFER_NO_KEY)
        return replace(self, repeats_left=self.repeats_left - 1).say(*phrases)

    def whole_offer(self) -> tuple[Say, ...]:
        """Who, where, recorded or not, the price, the keys."""
        settings, permit = self.attempt.settings, self.permit
        names = {"provider": settings.provider, "resident": self.caller.name, "facility": settings.facility}
        is_privileged = permit.privileged or self.attempt.became_privileged
        watched = Say.of("offer.privileged" if is_privileged else "offer.recorded")
        if permit.free:
            return Say.of("offer.intro_free", **names), watched, self.keys()
        if permit.resident_pays:
            return Say.of("offer.intro_resident_pays", **names), watched, self.keys()
        rate = Say.of("offer.rate", per_minute=permit.price_per_minute)
        intro = "offer.intro"
        if permit.is_collect:
            intro = "offer.intro_collect"
        elif permit.is_billed:
            intro = "offer.intro_billed"
        return Say.of(intro, **names), rate, watched, self.keys()

    def price(self) -> Say:
        """The total for the longest talk: one key away and free (47 CFR 64.710)."""
        permit = self.permit
        if permit.free or permit.resident_pays:
            return Say.of("offer.price_free")
        limit = Span(permit.limit_seconds)
        return Say.of("offer.price", per_minute=permit.price_per_minute, limit=limit, total=permit.price_at_limit)

    def keys(self) -> Say:
        keys = self.attempt.settings.keys
        named = {"accept": keys.accept, "refuse": keys.refuse, "block": keys.block, "price": keys.price}
        return Say.of("offer.keys", **{name: Digits(key) for name, key in named.items()})


@dataclass(frozen=True, slots=True)
class Offering(Answered):
    """The offer is being said, or a key is awaited."""

    def on(self, event: Event) -> Turn:
        match event:
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit):
                return self._pressed(digit, event.at)
            case BecamePrivileged() if not (self.permit.privileged or self.attempt.became_privileged):
                private = replace(self, attempt=replace(self.attempt, became_privileged=True))
                return private.say(*private.whole_offer())  # it was said to be recorded: no more
            case _:
                return self.in_any_offer(event)

    def _pressed(self, digit: str, at: Instant) -> Turn:
        keys = self.attempt.settings.keys
        if digit == keys.accept:
            return connect(self.attempt, self.permit, at)
        if digit == keys.refuse:
            return finish(self, at, Reason.OFFER_REFUSED, by=Side.CALLED_PARTY)
        if digit == keys.block:
            question = Say.of("offer.confirm_block", resident=self.caller.name, confirm=Digits(keys.confirm_block))
            attempt, commands = self.attempt.ask(Side.CALLED_PARTY, question, language=self.permit.language)
            confirming = ConfirmingBlock(attempt, self.caller, self.permit, self.repeats_left)
            return confirming, (CancelTimer(Timer.OFFER), *commands)
        if digit == keys.price:
            return self.say(self.price(), self.keys())
        return self.again(at, self.keys())


@dataclass(frozen=True, slots=True)
class ConfirmingBlock(Answered):
    """The block key was pressed; only the key that confirms blocks, since a wrong key would cut a family off."""

    def on(self, event: Event) -> Turn:
        match event:
            case DigitPressed(side=Side.CALLED_PARTY, digit=digit) if digit == self.attempt.settings.keys.confirm_block:
                blocking = Blocking(self.attempt, self.caller, self.permit, BLOCK_TRIES, frozenset())
                moment, commands = blocking.ask_service(event.at)
                return moment, commands
            case DigitPressed(side=Side.CALLED_PARTY):
                return self.say(self.keys())
            case _:
                return self.in_any_offer(event)


@dataclass(frozen=True, slots=True)
class Blocking(Unaccepted):
    """The block is being stored. Who hangs up now does not stop it."""

    act: ClassVar = Act.OFFER
    timers: ClassVar = frozenset({Timer.SERVICE})
    called_leg: ClassVar = CalledLeg.ANSWERED
    abandoned: ClassVar = Reason.OFFER_BLOCKED
    overdue: ClassVar = Reason.OFFER_BLOCKED

    caller: Caller
    permit: Permit
    tries_left: int
    gone: frozenset[Side]

    @property
    def called_language(self) -> Language:
        return self.permit.language

    def on(self, event: Event) -> Turn:
        match event:
            case Blocked():
                return finish(self, event.at, Reason.OFFER_BLOCKED, by=Side.CALLED_PARTY, gone=self.gone)
            case ServiceFailed(command="BlockResident") | TimerFired(timer=Timer.SERVICE):
                return self.ask_service(event.at)
            case HungUp(side=side):
                return replace(self, gone=self.gone | {side}), ()
            case MediaLost():
                return self, ()
            case _:
                return self.in_any_case(event)

    def ask_service(self, at: Instant) -> Turn:
        if self.tries_left <= 0:
            refused = Reason.OFFER_REFUSED
            return finish(self, at, refused, by=Side.CALLED_PARTY, gone=self.gone, farewell="offer.block_failed")
        block: Command = BlockResident(self.caller.resident, self.permit.called_party)
        answer_by = seconds_after(at, self.attempt.settings.service_wait)
        return replace(self, tries_left=self.tries_left - 1), (block, SetTimer(Timer.SERVICE, answer_by))
