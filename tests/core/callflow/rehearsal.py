"""A rehearsal of a call: people, services, sound and a clock that a test holds in its hand, around the real flow."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kinline.core.callflow import State, begin, step
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.callflow.commands import Command
from kinline.core.callflow.events import Event, Permit, Timer
from kinline.core.callflow.settings import CallSettings
from kinline.core.identity import CallId, Instant, Language, ResidentId, Side
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.phrases.assembly import words
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName

RESIDENT, CALLED = Side.RESIDENT, Side.CALLED_PARTY
NUMBER, PIN, MOTHER = "10001", "86420975", "5045550123"

JAIL = CallSettings(
    facility=SpokenName("facility/1", "Bayou Parish Jail"), resident_number_digits=5, pin_digits=len(PIN)
)
PREPAID = Permit(
    called_party=E164("+15045550123"),
    language=Language.SPANISH,
    privileged=False,
    free=False,
    price_per_minute=Money.parse("0.06"),
    price_at_limit=Money.parse("0.90"),
    limit_seconds=900,
    limit_reason=Reason.TALK_TIME_LIMIT,
    funded_seconds=900,
)
ATTORNEY = replace(PREPAID, language=Language.ENGLISH, privileged=True, free=True)
RECEIPT = happened.Receipt(60, Money.parse("0.06"), Money.parse("0.00"), Money.parse("2.10"), Money.parse("2.04"))


@dataclass(frozen=True)
class Line:
    """One event and what came of it."""

    at: int
    event: Event | None  # None: off-hook
    commands: tuple[Command, ...]
    state: State


@dataclass
class Rehearsal:
    """The call as it went so far. Nobody answers, hears or hangs up unless the test says so; timers fire in `wait`."""

    settings: CallSettings = JAIL
    permit: Permit = PREPAID
    at: int = 0
    lines: list[Line] = field(default_factory=list)
    timers: dict[Timer, int] = field(default_factory=dict)
    playing: dict[Side, list[do.Play]] = field(default_factory=lambda: {RESIDENT: [], CALLED: []})
    legs: set[Side] = field(default_factory=lambda: {RESIDENT})
    asked: list[Command] = field(default_factory=list)  # services whose answers are awaited

    def __post_init__(self) -> None:
        self.state, commands = begin(CallId(1), self.settings, Instant(self.at))
        self._carry_out(None, commands)

    # ---- what happens

    def take(self, event: Event) -> tuple[Command, ...]:
        """Hand any event to the flow and carry out what it commands."""
        match event:
            case happened.HungUp(side=side):
                self.legs.discard(side)
            case happened.LegFailed():
                self.legs.discard(CALLED)
            case happened.DigitPressed(side=side) if self.playing[side] and self.playing[side][0].interruptible:
                self.playing[side].clear()
            case happened.TimerFired(timer=timer):
                self.timers.pop(timer, None)
            case _:
                pass
        self.state, commands = step(self.state, event)
        self._carry_out(event, commands)
        return commands

    def press(self, side: Side, keys: str) -> None:
        for key in keys:
            self.at += 100
            self.take(happened.DigitPressed(self.now, side, key))

    def hear_out(self, *sides: Side) -> None:
        """Whatever plays on the sides (both, unless named) is heard to its end: three seconds for each utterance."""
        for side in sides or (RESIDENT, CALLED):
            while self.playing[side]:
                self.at += 3000
                self.take(happened.PlaybackFinished(self.now, side, self.playing[side].pop(0).token))

    def wait(self, seconds: float) -> None:
        """Let time pass; timers fire when they are due."""
        until = self.at + round(seconds * 1000)
        while (timer := self.next_timer()) and self.timers[timer] <= until:
            self.fire(timer)
        self.at = max(self.at, until)

    def fire(self, timer: Timer) -> None:
        self.at = max(self.at, self.timers.pop(timer))
        self.take(happened.TimerFired(self.now, timer))

    def next_timer(self) -> Timer | None:
        return min(self.timers, key=lambda timer: self.timers[timer], default=None)

    def answer(self, answer: Callable[[Instant], Event]) -> None:
        """The service that was asked longest ago answers."""
        self.asked.pop(0)
        self.at += 5
        self.take(answer(self.now))

    def hang_up(self, side: Side, *, carrier: bool = False) -> None:
        self.take(happened.HungUp(self.now, side, carrier))

    # ---- the usual course, to begin a test where it matters

    def identify(self) -> "Rehearsal":
        self.press(RESIDENT, "1" + NUMBER + PIN if len(self.settings.languages) > 1 else NUMBER + PIN)
        self.answer(identified)
        return self

    def authorise(self) -> "Rehearsal":
        self.identify()
        self.press(RESIDENT, MOTHER)
        self.answer(lambda at: happened.Authorised(at, self.permit))
        return self

    def ring(self) -> "Rehearsal":
        self.authorise()
        self.hear_out(RESIDENT)
        return self

    def offer(self) -> "Rehearsal":
        self.ring()
        self.at += 4000
        self.take(happened.Answered(self.now))
        return self

    def talk(self) -> "Rehearsal":
        self.offer()
        self.press(CALLED, self.settings.keys.accept)
        self.hear_out(RESIDENT)
        return self

    def end(self) -> "Rehearsal":
        """The books answer and everybody hears their goodbye."""
        self.answer(lambda at: happened.Settled(at, RECEIPT))
        self.hear_out()
        assert self.state.is_over
        return self

    # ---- what came of it

    @property
    def now(self) -> Instant:
        return Instant(self.at)

    @property
    def commands(self) -> list[Command]:
        return [command for line in self.lines for command in line.commands]

    def given(self, kind: type) -> list[Command]:
        return [command for command in self.commands if isinstance(command, kind)]

    @property
    def settle(self) -> do.Settle:
        settle = self.given(do.Settle)[0]
        assert isinstance(settle, do.Settle)
        return settle

    def heard(self, side: Side) -> list[str]:
        """The keys of the phrases that a side was played, in order."""
        plays = (command for command in self.commands if isinstance(command, do.Play) and command.side is side)
        return [say.key for play in plays for say in play.utterance]

    def _carry_out(self, event: Event | None, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case do.SetTimer(timer=timer, due=due):
                    self.timers[timer] = due
                case do.CancelTimer(timer=timer):
                    del self.timers[timer]
                case do.Play(side=side):
                    self.playing[side].append(command)
                case do.StopPlaying(side=side):
                    self.playing[side].clear()
                case do.PlaceLeg():
                    self.legs.add(CALLED)
                case do.HangUp(side=side):
                    self.legs.discard(side)
                    self.playing[side].clear()
                case (
                    do.Identify()
                    | do.RecordName()
                    | do.Authorise()
                    | do.BlockResident()
                    | do.ExtendHold()
                    | do.Settle()
                ):
                    self.asked.append(command)
                case _:
                    pass
        self.lines.append(Line(self.at, event, commands, self.state))


def identified(at: Instant) -> Event:
    return happened.Identified(at, ResidentId(42), SpokenName("resident/42", "Sam"), True, Language.ENGLISH)


def first_use(at: Instant) -> Event:
    return replace(identified(at), name_recorded=False)


def ladder(call: Rehearsal) -> str:
    """The call as a person reads it: when, what happened, what was done, and every word that was said."""
    rows = []
    for line in call.lines:
        rows.append(f"{line.at / 1000:8.1f}  {'off-hook' if line.event is None else in_words(line.event)}")
        rows.extend(f"{'':12}{in_words(command)}" for command in line.commands)
    return "\n".join(rows) + "\n"


def in_words(thing: Event | Command) -> str:
    """An event or a command in one line, without its time and tokens."""
    match thing:
        case do.Play(side=side, utterance=utterance, language=language):
            return f'{side} hears: "{words(utterance, language)}"'
        case do.SetTimer(timer=timer, due=due):
            return f"SetTimer {timer} {due / 1000:.1f}"
        case do.Settle(disposition=disposition, reason=reason, accepted_at=accepted_at, ended_at=ended_at, ended_by=by):
            talked = "not accepted" if accepted_at is None else f"{(ended_at - accepted_at) / 1000:.1f} s"
            return f"Settle {disposition} {reason} {talked}, ended by {by or 'the platform'}"
    kept = [
        str(getattr(value, "value", value))
        for name in thing.__dataclass_fields__
        if name not in ("at", "token", "permit", "receipt", "pin", "detail", "values")
        and (value := getattr(thing, name)) not in (False, ())
    ]
    return " ".join([type(thing).__name__, *kept])
