"""The account menu: its promises over whatever a caller presses, whenever services answer, fail or stay silent."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.accountmenu import begin, step
from kinline.core.accountmenu import commands as do
from kinline.core.accountmenu import events as happened
from kinline.core.accountmenu.commands import Command
from kinline.core.accountmenu.events import Blocked, Event, Failure, PastCall
from kinline.core.accountmenu.moment import CALLER, PERSON
from kinline.core.accountmenu.phrases import PHRASES
from kinline.core.accountmenu.settings import MenuSettings
from kinline.core.callflow.events import Timer
from kinline.core.identity import CallId, Instant, Language
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.phrases.assembly import words
from kinline.core.reasons import Reason
from kinline.core.speech import Span, SpokenName

KEYS = "0123456789*#ABCD"
"""All that DTMF has; the last four are on no telephone, but may be heard in a voice."""
PIN, NUMBER, CODE = "204060", "5045550123", "1234567890123452"
KNOWN = MenuSettings(caller=E164("+15045550123"), support=E164("+12255550198"))
STRANGER = replace(KNOWN, caller=None, languages=(Language.SPANISH,), support=None)
BALANCE = Money.parse("20.00")
PRIVATE = (
    *("account.balance", "account.enough", "account.talked", "account.added", "account.confirm", "account.call_"),
    *("account.blocked_", "account.no_blocks"),
)
ANA, JAIL = SpokenName("resident/1", "Ana Cruz"), SpokenName("facility/1", "Bayou Parish Jail")
BLOCKS = (Blocked(31, "0123", ANA), Blocked(32, "0123", where=JAIL), Blocked(33, "0456"))


@dataclass
class Visitor:
    """A caller, the services and a clock in the test's hand. The right PIN is `PIN`."""

    settings: MenuSettings = KNOWN
    card: str | None = "4242"
    at: int = 1_000_000
    commands: list[Command] = field(default_factory=list)
    timers: dict[Timer, int] = field(default_factory=dict)
    playing: list[do.Play] = field(default_factory=list)
    asked: list[Command] = field(default_factory=list)
    is_recognised: bool = False

    def __post_init__(self) -> None:
        self.state, commands = begin(CallId(1), self.settings, Instant(self.at))
        self._carry_out(commands)

    @property
    def now(self) -> Instant:
        return Instant(self.at)

    def take(self, event: Event) -> None:
        match event:
            case happened.DigitPressed() if self.playing and self.playing[0].interruptible:
                self.playing.clear()
            case happened.TimerFired(timer=timer):
                self.timers.pop(timer, None)
            case happened.Recognised() if self.asked and isinstance(self.asked[0], do.CheckPin):
                self.is_recognised = True
            case _:
                pass
        self.state, commands = step(self.state, event)
        self._carry_out(commands)

    def press(self, keys: str) -> "Visitor":
        for key in keys:
            self.at += 100
            self.take(happened.DigitPressed(self.now, CALLER, key))
        return self

    def hear_out(self) -> "Visitor":
        while self.playing:
            self.at += 3000
            self.take(happened.PlaybackFinished(self.now, CALLER, self.playing.pop(0).token))
        return self

    def fire(self) -> None:
        """The timer that is due next fires."""
        timer = min(self.timers, key=lambda each: self.timers[each])
        self.at = max(self.at, self.timers[timer])
        self.take(happened.TimerFired(self.now, timer))

    def answer(self, event: Callable[[Instant], Event] | None = None) -> "Visitor":
        """The open question gets this answer, or the one that a healthy house gives."""
        given = event(self.now) if event else self._right(self.asked[0])
        if isinstance(given, happened.Recognised):
            self.is_recognised = True
        self.asked.clear()
        self.take(given)
        return self

    def enter(self) -> "Visitor":
        """Through language and PIN, to the menu."""
        return self.press("1" + PIN).answer()

    @property
    def heard(self) -> list[str]:
        plays = (command for command in self.commands if isinstance(command, do.Play))
        return [say.key for play in plays for say in play.utterance]

    def given(self, kind: type) -> list[Command]:
        return [command for command in self.commands if isinstance(command, kind)]

    def _right(self, question: Command) -> Event:
        match question:
            case do.CheckPin(pin=pin) if pin == PIN:
                return happened.Recognised(self.now, 7, self.card)
            case do.CheckPin():
                return happened.NotRecognised(self.now)
            case do.ReadBalance():
                return happened.BalanceRead(self.now, BALANCE, 20_000)
            case do.ReadCalls():
                talked = PastCall(11, 22, 1110, 61, Money.parse("0.06"), None)
                return happened.CallsRead(self.now, (talked, replace(talked, failure=Failure.NO_ANSWER)))
            case do.ReadBlocks():
                return happened.BlocksRead(self.now, BLOCKS)
            case do.LiftBlock():
                return happened.BlockLifted(self.now)
            case do.ChargeCard(amount=amount):
                return happened.MoneyAdded(self.now, amount, BALANCE + amount)
            case _:
                return happened.MoneyAdded(self.now, BALANCE, BALANCE + BALANCE)

    def _carry_out(self, commands: tuple[Command, ...]) -> None:
        for command in commands:
            match command:
                case do.SetTimer(timer=timer, due=due):
                    self.timers[timer] = due
                case do.CancelTimer(timer=timer):
                    del self.timers[timer]
                case do.Play():
                    words(command.utterance, command.language)  # everything can be said
                    assert self.is_recognised or not any(say.key.startswith(PRIVATE) for say in command.utterance), (
                        "nothing of an account is said before its PIN was right"
                    )
                    self.playing.append(command)
                case do.StopPlaying():
                    self.playing.clear()
                case do.CheckPin():
                    self._ask(command)
                case (
                    do.ReadBalance()
                    | do.ReadCalls()
                    | do.ReadBlocks()
                    | do.LiftBlock()
                    | do.RedeemVoucher()
                    | do.ChargeCard()
                ):
                    assert self.is_recognised, "nothing is asked about an account before its PIN was right"
                    self._ask(command)
                case do.Release():
                    assert not self.commands or not self.given(do.Release)
            self.commands.append(command)

    def _ask(self, command: Command) -> None:
        self.asked[:] = [command]


def test_a_known_caller_hears_their_balance_after_the_pin_alone() -> None:
    visitor = Visitor().enter().press("1").answer()
    last = [command for command in visitor.commands if isinstance(command, do.Play)][-1]
    said = words(last.utterance, last.language)
    assert said.startswith("Your balance is twenty dollars. At the highest of your prices it is enough for five hours")


def test_whoever_calls_from_another_phone_enters_the_number_of_their_account() -> None:
    visitor = Visitor(STRANGER).press("1" + NUMBER)  # with the prefix of long distance, from habit
    assert visitor.heard[-1] == "account.enter_pin"
    visitor.press(PIN)
    assert visitor.asked == [do.CheckPin(NUMBER, PIN)]


def test_star_at_the_pin_leads_to_the_account_of_another_number() -> None:
    visitor = Visitor().press("1*" + NUMBER + PIN)
    assert visitor.asked == [do.CheckPin(NUMBER, PIN)]


def test_the_third_wrong_pin_ends_the_call_also_when_numbers_are_changed_between() -> None:
    visitor = Visitor().press("1999999").answer().press("*" + NUMBER + "888888").answer().press("777777").answer()
    assert visitor.heard[-2:] == ["account.wrong_pin", "account.goodbye"]
    assert visitor.hear_out().state.is_over


def test_a_locked_pin_ends_the_call_with_how_long_to_wait() -> None:
    visitor = Visitor().press("1" + PIN).answer(lambda at: happened.NotRecognised(at, 3600))
    assert visitor.heard[-2:] == ["account.pin_locked", "account.goodbye"]


def test_the_last_calls_are_told_with_date_length_and_price_or_why_not() -> None:
    visitor = Visitor().enter().press("2").answer()
    assert visitor.heard[-8:-4] == [
        "account.call_11",
        "account.talked",
        "account.call_11",
        "account.failed_no_answer",
    ]
    last = [command for command in visitor.commands if isinstance(command, do.Play)][-1]
    assert words(last.utterance[:2], Language.ENGLISH) == (
        "November twenty-two, six thirty p.m.: one minute and one second of talk, for six cents."
    )
    assert words(last.utterance[:1], Language.SPANISH) == "El veintidós de noviembre, a las seis y treinta de la tarde:"


def test_a_card_s_code_is_asked_again_when_it_was_mistyped_and_not_when_it_was_used() -> None:
    visitor = Visitor().enter().press("3" + CODE)
    assert visitor.asked == [do.RedeemVoucher(7, CODE)]
    visitor.answer(lambda at: happened.MoneyRefused(at, Reason.PAY_VOUCHER_MISTYPED))
    assert visitor.heard[-3:] == [
        "reason.pay.voucher_mistyped",
        "remedy.pay.voucher_mistyped",
        "account.enter_code",
    ]
    visitor.press(CODE).answer(lambda at: happened.MoneyRefused(at, Reason.PAY_VOUCHER_USED))
    assert visitor.heard[-6:-3] == ["reason.pay.voucher_used", "remedy.pay.voucher_used", "account.menu"]


@pytest.mark.parametrize("language", Language)
def test_who_must_wait_hears_how_long_and_that_the_card_keeps_its_money(language: Language) -> None:
    visitor = Visitor(replace(KNOWN, languages=(language,))).press(PIN).answer().press("3" + CODE)
    wait = (("wait", Span(900)),)
    visitor.answer(lambda at: happened.MoneyRefused(at, Reason.PAY_VOUCHER_LOCKED, wait))
    last = [command for command in visitor.commands if isinstance(command, do.Play)][-1]
    said = words(last.utterance, last.language)
    for told in {
        Language.ENGLISH: ("Your card keeps its money.", "Try again in fifteen minutes."),
        Language.SPANISH: ("Su tarjeta conserva el dinero.", "Intente de nuevo en quince minutos."),
    }[language]:
        assert told in said


def test_blocks_are_told_one_by_one_and_lifted_or_left() -> None:
    visitor = Visitor().enter().press("5").answer()
    last = [command for command in visitor.commands if isinstance(command, do.Play)][-1]
    assert words(last.utterance, last.language) == (
        "Calls from Ana Cruz to your number that ends in zero one two three are blocked. To lift this block, press 1. "
        "For the next one, press 2. To go back, press star."
    )
    visitor.press("2")  # Ana's stays
    assert visitor.heard[-4] == "account.blocked_place"
    visitor.press("1")
    assert visitor.asked == [do.LiftBlock(7, 32)]
    visitor.press("1").answer()  # a key pressed while it is lifted lifts no other
    assert visitor.heard[-4:] == [
        "account.block_lifted",
        "account.blocked_all",
        "account.block_lift",
        "account.block_back",
    ]
    visitor.press("1").answer()
    assert visitor.heard[-5:-3] == ["account.block_lifted", "account.menu"]
    assert visitor.given(do.LiftBlock) == [do.LiftBlock(7, 32), do.LiftBlock(7, 33)]


def test_who_has_no_blocks_hears_how_one_is_made() -> None:
    visitor = Visitor().enter().press("5").answer(lambda at: happened.BlocksRead(at, ()))
    assert visitor.heard[-5:-3] == ["account.no_blocks", "account.menu"]


def test_a_charge_is_asked_once_however_often_its_key_is_pressed() -> None:
    visitor = Visitor().enter().press("421111")
    assert visitor.given(do.ChargeCard) == [do.ChargeCard(7, Money.parse("20"), 1)]
    assert "account.added" in visitor.answer().heard
    visitor.press("41").press("1").answer()
    assert visitor.given(do.ChargeCard)[1:] == [do.ChargeCard(7, Money.parse("10"), 2)]


def test_after_a_charge_of_which_nothing_is_known_no_other_one_is_made_in_this_call() -> None:
    visitor = Visitor().enter().press("411")
    visitor.fire()  # the bank does not answer in time
    visitor.press("4211").press("1411")
    assert len(visitor.given(do.ChargeCard)) == 1
    assert "account.unsettled" in visitor.heard


def test_without_a_saved_card_none_is_offered() -> None:
    visitor = Visitor(card=None).enter()
    assert "account.menu_card" not in visitor.heard
    heard = visitor.press("4").heard
    assert heard[-4:] == ["account.no_card", "account.menu", "account.menu_blocks", "account.menu_end"]


def test_zero_reaches_a_person_and_nothing_is_recorded() -> None:
    visitor = Visitor().press("1").press("0#")  # at the PIN, of which 0 may be the first digit
    assert visitor.given(do.PlaceLeg) == [do.PlaceLeg(E164("+12255550198"))]
    visitor.take(happened.Answered(visitor.now))
    assert visitor.given(do.Bridge)
    visitor.take(happened.HungUp(visitor.now, PERSON))
    assert visitor.state.is_over


def test_a_person_who_does_not_answer_leads_back_to_where_the_caller_was() -> None:
    visitor = Visitor().enter().press("0")
    visitor.take(happened.LegFailed(visitor.now, 486))
    assert "account.no_person" in visitor.heard
    visitor.press("1")
    assert isinstance(visitor.asked[0], do.ReadBalance)


QUESTIONS = {
    "language": lambda: Visitor(),
    "number": lambda: Visitor(STRANGER),
    "pin": lambda: Visitor().press("1"),
    "menu": lambda: Visitor().enter(),
    "code": lambda: Visitor().enter().press("3"),
    "amount": lambda: Visitor().enter().press("4"),
    "confirm": lambda: Visitor().enter().press("41"),
    "block": lambda: Visitor().enter().press("5").answer(),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("key", KEYS)
def test_any_key_at_any_question_is_answered_or_awaits_another(question: str, key: str) -> None:
    visitor = QUESTIONS[question]()
    before = visitor.state.moment
    visitor.press(key)
    assert Timer.DIGITS in visitor.timers or visitor.playing or visitor.asked
    if key in "ABCD#":
        assert visitor.state.moment == before, "it means nothing"


def test_silence_ends_the_call_after_the_last_try() -> None:
    visitor = Visitor()
    while not visitor.state.is_over:
        visitor.hear_out()
        if not visitor.state.is_over:
            visitor.fire()
    assert visitor.heard.count("account.no_key") == KNOWN.tries
    assert visitor.at < 1_000_000 + 180_000


def test_no_pin_and_no_code_is_in_the_text_of_anything() -> None:
    visitor = Visitor().press("1" + PIN[:5])
    assert PIN[:5] not in repr(visitor.state)
    visitor.press(PIN[5])
    assert PIN not in repr(visitor.state) + repr(visitor.commands)
    visitor.answer().press("3" + CODE)
    assert CODE not in repr(visitor.state) + repr(visitor.commands)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.key)
def test_every_phrase_has_the_same_placeholders_in_both_languages(phrase: object) -> None:
    names = {"{" + name + "}" for name, _ in phrase.placeholders}  # type: ignore[attr-defined]
    for text in (phrase.english, phrase.spanish):  # type: ignore[attr-defined]
        assert {piece.split("{")[1] for piece in text.split("}")[:-1]} == {name[1:-1] for name in names}


def one_of_each(at: Instant, detail: int) -> tuple[Event, ...]:
    side = (CALLER, PERSON)[detail % 2]
    names = ("CheckPin", "ReadBalance", "ReadCalls", "LiftBlock", "RedeemVoucher", "ChargeCard", "PlaceLeg")
    return (
        happened.PlaybackFinished(at, side, detail % 9),
        happened.TimerFired(at, tuple(Timer)[detail % len(Timer)]),
        happened.HungUp(at, side),
        happened.Ringing(at),
        happened.Answered(at),
        happened.LegFailed(at, 486),
        happened.MediaLost(at, side),
        happened.CutOff(at, Reason.TALK_PLATFORM_FAULT),
        happened.ServiceFailed(at, names[detail % len(names)]),
        happened.NotRecognised(at, detail % 3 * 60),
        happened.BalanceRead(at, BALANCE, None),
        happened.CallsRead(at, ()),
        happened.BlocksRead(at, BLOCKS[: detail % 4]),
        happened.BlockLifted(at),
        happened.MoneyAdded(at, BALANCE, BALANCE),
        happened.MoneyRefused(at, Reason.PAY_DECLINED),
        happened.ChargeUnsettled(at),
    )


@given(tape=st.binary(max_size=160), stranger=st.booleans())
@settings(max_examples=examples(300), deadline=None)
def test_whatever_happens_the_visit_ends_and_charges_only_what_was_confirmed(tape: bytes, stranger: bool) -> None:
    visitor = Visitor(STRANGER if stranger else KNOWN)
    for action, detail in zip(tape[::2], tape[1::2], strict=False):
        visitor.at += detail
        match action % 8:
            case 0 | 1:
                visitor.press(KEYS[detail % 16])
            case 2:
                visitor.press((NUMBER, PIN, CODE, "411", "1", "4", "51", "52")[detail % 8])
            case 3 if visitor.asked:
                visitor.answer()
            case 4:
                visitor.hear_out()
            case 5 if visitor.timers:
                visitor.fire()
            case 6:
                visitor.take(happened.DigitPressed(visitor.now, (CALLER, PERSON)[detail % 2], "1"))
            case 7:
                events = one_of_each(visitor.now, detail)
                visitor.take(events[detail % len(events)])
    while not visitor.state.is_over:  # nobody does anything any more: the timers end it
        assert visitor.timers, visitor.state
        visitor.fire()
    charges = [command.attempt for command in visitor.commands if isinstance(command, do.ChargeCard)]
    assert charges == list(range(1, len(charges) + 1))  # each under a key of its own
    assert visitor.heard.count("account.charging") == len(charges)
    assert len(visitor.given(do.PlaceLeg)) <= 1
    before = visitor.commands[:]
    visitor.press("1")
    assert visitor.commands == before
