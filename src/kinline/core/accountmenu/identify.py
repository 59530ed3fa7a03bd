"""Which language, and whose account: the caller's number or the one they enter, and the phone PIN of its holder."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from kinline.core.accountmenu.asking import Asking, Waiting, wait
from kinline.core.accountmenu.commands import CancelTimer, CheckPin, StopPlaying
from kinline.core.accountmenu.events import DigitPressed, Event, NotRecognised, Recognised
from kinline.core.accountmenu.menu import Choosing
from kinline.core.accountmenu.moment import CALLER, Account, Turn, Visit, leave
from kinline.core.accountmenu.person import reach
from kinline.core.accountmenu.settings import PIN_DIGITS
from kinline.core.callflow.commands import Play
from kinline.core.callflow.events import Timer
from kinline.core.identity import Instant, Side
from kinline.core.speech import Digits, Say, Span

NUMBER_DIGITS: Final = 10


def greet(visit: Visit) -> Turn:
    """The call was answered."""
    if len(visit.settings.languages) > 1:
        return ChoosingLanguage(visit, visit.settings.tries).ask()
    return identify(visit, Say.of("account.welcome", provider=visit.settings.provider))


def identify(visit: Visit, *before: Say) -> Turn:
    if visit.settings.caller is None:
        return EnteringNumber(visit, visit.settings.tries).ask(*before)
    return EnteringPin(visit, visit.settings.tries, str(visit.settings.caller)).ask(*before)


@dataclass(frozen=True, slots=True)
class ChoosingLanguage(Asking):
    """Key n chooses the n-th language; each is offered in itself."""

    def ask(self, *before: Say) -> Turn:
        visit, plays = self.visit, list[Play]()
        welcome = Say.of("account.welcome", provider=visit.settings.provider)
        for key, language in enumerate(visit.settings.languages, start=1):
            choice = Say.of("language.choice", key=Digits(str(key)))
            visit, play = visit.say(*(before if key == 1 else ()), welcome, choice, language=language)
            plays.append(play)
        asking = replace(self, visit=visit, digits="")
        return asking, (CancelTimer(Timer.DIGITS), StopPlaying(CALLER), *plays)

    def entered(self, at: Instant) -> Turn:
        chosen = int(self.digits) - 1
        if chosen >= len(self.visit.settings.languages):
            return self.again(at, Say.of("account.not_understood"))
        return identify(replace(self.visit, language=self.visit.settings.languages[chosen]))


@dataclass(frozen=True, slots=True)
class EnteringNumber(Asking):
    """The telephone number of the account is awaited. None begins with 0, which reaches a person at once."""

    length: ClassVar = NUMBER_DIGITS

    def prompt(self) -> tuple[Say, ...]:
        return (Say.of("account.enter_number"),)

    def on(self, event: Event) -> Turn:
        match event:
            case DigitPressed(side=Side.RESIDENT, digit="0") if not self.digits:
                return reach(self, event.at)
            case DigitPressed(side=Side.RESIDENT, digit="1") if not self.digits:  # long distance's, from habit
                return self, (self._next_key_by(event.at),)
            case _:
                return Asking.on(self, event)

    def entered(self, at: Instant) -> Turn:
        if len(self.digits) < NUMBER_DIGITS:
            return self.again(at, Say.of("account.not_understood"))
        return EnteringPin(self.visit, self.visit.settings.tries, self.digits).ask()


@dataclass(frozen=True, slots=True)
class EnteringPin(Asking):
    """The phone PIN is awaited; `*`: another account's number."""

    length: ClassVar = PIN_DIGITS
    is_secret: ClassVar = True

    number: str

    def prompt(self) -> tuple[Say, ...]:
        return (Say.of("account.enter_pin"),)

    def entered(self, at: Instant) -> Turn:
        return wait(CheckingPin(self.visit, replace(self, digits="")), CheckPin(self.number, self.digits), at)

    def back(self, at: Instant) -> Turn:
        return EnteringNumber(self.visit, self.visit.settings.tries).ask()


@dataclass(frozen=True, slots=True)
class CheckingPin(Waiting):
    entering: EnteringPin

    def answered(self, event: Event) -> Turn | None:
        match event:
            case Recognised(customer=customer, card=card):
                visit = replace(self.visit, account=Account(customer, card))
                return Choosing(visit, visit.settings.tries).ask()
            case NotRecognised(locked_seconds=0):
                return self._wrong(event.at)
            case NotRecognised(locked_seconds=seconds):
                return leave(self, event.at, Say.of("account.pin_locked", wait=Span(seconds)))
            case _:
                return None

    def unanswered(self, at: Instant) -> Turn:
        return leave(self, at, Say.of("account.not_available"))

    def _wrong(self, at: Instant) -> Turn:
        visit = replace(self.visit, wrong_pins=self.visit.wrong_pins + 1)
        wrong = Say.of("account.wrong_pin")
        if visit.wrong_pins >= visit.settings.identify_tries:
            return leave(replace(self, visit=visit), at, wrong)
        return replace(self.entering, visit=visit).ask(wrong)
