"""A family's call to the account number: feeds `core.accountmenu` with what happens and carries out what it commands.

Nothing of it is recorded, and its time line holds what was said by the names of the phrases, without amounts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from kinline.calls import account_menu as services
from kinline.configuration import Configuration
from kinline.core.accountmenu import State, begin, step
from kinline.core.accountmenu import commands as do
from kinline.core.accountmenu import events as happened
from kinline.core.callflow.events import Event as CallEvent
from kinline.core.callflow.events import Timer
from kinline.core.identity import CallId, Side
from kinline.core.numbering import E164, e164, masked
from kinline.core.reasons import Reason
from kinline.telephony.media import engine as media
from kinline.telephony.sip import Identity, session
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.party import Party
from kinline.telephony.switchboard.work import Work

log = structlog.get_logger("switchboard")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """The number that families call about their account, and where a person answers."""

    number: E164
    support: E164 | None


def account_line(settings: Configuration) -> AccountLine | None:
    """As configured. None: families cannot call about their account."""
    number, support = settings.account_number, settings.support_number
    return AccountLine(e164(number), e164(support) if support else None) if number else None


class MenuCall:
    """A visit from the first word to the last. Every method runs on the event loop; none of them waits."""

    def __init__(
        self,
        call_id: CallId,
        line: AccountLine,
        caller: E164 | None,
        equipment: Equipment,
        on_release: Callable[["MenuCall"], None],
    ) -> None:
        self.id = call_id
        self.state: State | None = None
        self._line = line
        self._caller = caller
        self._equipment = equipment
        self._on_release = on_release
        self._work = Work(call_id, equipment.books, self._on_timer)
        self._clock = self._work.clock
        self._parties = {side: Party(side, self._clock, self._told, self._work.note, _deaf) for side in Side}
        self._questions = 0  # asked so far: an answer to an earlier one comes too late
        self._log = log.bind(call_id=call_id)

    def begin(self, incoming: IncomingCall) -> None:
        """Answer the call and greet."""
        self._parties[Side.RESIDENT].connect(incoming)
        self._work.start(self._greet(incoming))

    async def _greet(self, incoming: IncomingCall) -> None:
        caller = self._parties[Side.RESIDENT]
        try:
            caller.leg = leg = await self._equipment.engine.open_leg(caller.on_media)
            answer = leg.answer(incoming.remote_sdp) if incoming.remote_sdp else leg.offer()
            settings = await self._work.in_turn(services.open_menu, self._caller, self._line.support)
        except (media.SdpError, media.NoCommonCodec) as error:
            self._log.info("menu.sound_refused", error=str(error))
            incoming.reject(488)
            return self._forget()
        except Exception as error:
            self._log.error("menu.not_opened", exc_info=error)
            incoming.reject(503)
            return self._forget()
        incoming.answer(answer)
        shown = masked(self._caller) if self._caller else ""
        self._log.info("menu.opened", caller=shown, is_known=settings.caller is not None)
        self._work.note("menu.opened", caller=shown)
        self.state, commands = begin(self.id, settings, self._clock.now())
        self._carry_out(commands)
        if incoming.state is session.State.OVER:  # hung up before the books had answered
            self.take(happened.HungUp(self._clock.now(), Side.RESIDENT))

    def take(self, event: happened.Event) -> None:
        """Feed the menu with an event and carry out its commands. Before the greeting and after release: nothing."""
        if self.state is None or self.state.is_over:
            return
        self.state, commands = step(self.state, event)
        self._carry_out(commands)

    def cut_off(self, reason: Reason) -> None:
        """End the call now."""
        self.take(happened.CutOff(self._clock.now(), reason))

    def _told(self, event: CallEvent) -> None:
        """A party tells of nothing but the wire and the sound."""
        match event:
            case (
                happened.DigitPressed()
                | happened.PlaybackFinished()
                | happened.HungUp()
                | happened.Ringing()
                | happened.Answered()
                | happened.LegFailed()
                | happened.MachineHeard()
                | happened.MediaLost()
            ):
                self.take(event)

    def _on_timer(self, timer: Timer) -> None:
        self.take(happened.TimerFired(self._clock.now(), timer))

    # ---- what is commanded

    def _carry_out(self, commands: tuple[do.Command, ...]) -> None:
        for command in commands:
            self._do(command)

    def _do(self, command: do.Command) -> None:
        match command:
            case do.Play(side, utterance, language, token, interruptible):
                self._work.note("prompt", side=side, language=language, phrases=[say.key for say in utterance])
                sound = self._equipment.prompts.paths(utterance, language)
                self._parties[side].play(sound, token, interruptible=interruptible)
            case do.PlayTone(side, tone):
                self._parties[side].tone(tone)
            case do.StopPlaying(side):
                self._parties[side].stop_playing()
            case do.SetTimer(timer, due):
                self._work.set_timer(timer, due)
            case do.CancelTimer(timer):
                self._work.cancel_timer(timer)
            case do.CheckPin(number, pin):
                self._ask(command, services.recognise, self.id, number, pin)
            case do.ReadBalance(customer):
                self._ask(command, services.read_balance, customer)
            case do.ReadCalls(customer):
                self._ask(command, services.read_calls, customer)
            case do.ReadBlocks(customer):
                self._ask(command, services.read_blocks, customer)
            case do.LiftBlock(customer, block):
                self._ask(command, services.lift_block, customer, block)
            case do.RedeemVoucher(customer, code):
                self._ask(command, services.redeem, customer, code, self._caller)
            case do.ChargeCard(customer, amount, attempt):
                self._ask(command, services.charge_card, self.id, customer, amount, attempt)
            case do.PlaceLeg(number):
                self._work.start(self._place_leg(number))
            case do.Bridge():
                self._bridge()
            case do.HangUp(side):
                self._parties[side].hang_up()
            case do.Release():
                for party in self._parties.values():
                    party.hang_up()
                self._forget()

    def _ask(self, question: do.Question, service: Callable[..., happened.Event], *arguments: object) -> None:
        self._questions += 1
        name = type(question).__name__
        self._work.note("menu.asked", question=name)
        self._work.start(self._answer(self._questions, name, service, arguments))

    async def _answer(
        self, question: int, name: str, service: Callable[..., happened.Event], arguments: tuple[object, ...]
    ) -> None:
        answer: happened.Event
        try:
            answer = await self._work.in_turn(service, *arguments, self._clock.now())
        except Exception as error:
            self._log.error("menu.service_failed", question=name, exc_info=error)
            answer = happened.ServiceFailed(self._clock.now(), name, type(error).__name__)
        if question == self._questions:
            self._work.note("menu.answered", question=name, answer=type(answer).__name__)
            self.take(answer)

    async def _place_leg(self, number: E164) -> None:
        person, equipment = self._parties[Side.CALLED_PARTY], self._equipment
        targets = equipment.routes.to(number)
        if not targets:
            return self.take(happened.LegFailed(self._clock.now(), 0))
        try:
            leg = await equipment.engine.open_leg(person.on_media)
        except media.MediaError as error:
            self._log.warning("menu.no_sound", error=str(error))
            return self.take(happened.LegFailed(self._clock.now(), 503))
        if person.is_gone:  # the caller went back or hung up meanwhile
            return leg.close()
        person.leg = leg
        identity = Identity(self._line.number, display="Kinline", asserted=True)
        person.connect(equipment.endpoint.call(targets, called=number, caller=identity, offer=leg.offer()))

    def _bridge(self) -> None:
        caller, person = (self._parties[side].leg for side in (Side.RESIDENT, Side.CALLED_PARTY))
        if caller and person:
            person.watch_for_machines(False)
            self._equipment.engine.bridge(caller, person)
            self._work.note("call.bridged")

    def _forget(self) -> None:
        """Free all that the call held on this machine."""
        self._work.stop_timers()
        for party in self._parties.values():
            party.close()
        self._on_release(self)


def _deaf(recorded: media.SpeechRecorded) -> None:
    """Nobody's speech is recorded here."""
