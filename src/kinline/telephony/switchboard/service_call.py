"""A call that the platform places to a family: feeds `core.servicecall` with what happens and carries out what it
commands.

Its time line names phrases, never what they say: a code is heard on the phone and written nowhere.
"""

from collections.abc import Callable

import structlog

from kinline.core.callflow.events import Event as CallEvent
from kinline.core.callflow.events import Timer
from kinline.core.identity import CallId
from kinline.core.numbering import E164, masked
from kinline.core.reasons import Reason
from kinline.core.servicecall import State, begin, step
from kinline.core.servicecall import commands as do
from kinline.core.servicecall import events as happened
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.moment import FAMILY
from kinline.core.servicecall.settings import ServiceSettings
from kinline.servicecalls import services
from kinline.servicecalls.services import Taken
from kinline.telephony.media import engine as media
from kinline.telephony.sip import Identity
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.party import Party
from kinline.telephony.switchboard.work import Work

log = structlog.get_logger("switchboard")


class PlacedCall:
    """From the first ring to the last word. Every method runs on the event loop; none of them waits."""

    def __init__(
        self,
        call_id: CallId,
        order: Taken,
        switchboard: str,
        identity: Identity,
        equipment: Equipment,
        on_release: Callable[["PlacedCall"], None],
    ) -> None:
        self.id = call_id
        self.state: State | None = None
        self._order = order
        self._switchboard = switchboard
        self._identity = identity
        self._equipment = equipment
        self._on_release = on_release
        self._work = Work(call_id, equipment.books, self._on_timer)
        self._clock = self._work.clock
        self._family = Party(FAMILY, self._clock, self._told, self._work.note, _deaf)
        self._log = log.bind(call_id=call_id)

    def begin(self) -> None:
        """Ring."""
        order = self._order
        kind = type(order.task).__name__
        self._log.info("service_call.taken", order=order.id, kind=kind, number=masked(order.number))
        self._work.note("service_call.taken", order=order.id, kind=kind, number=masked(order.number))
        self.state, commands = begin(order.number, order.task, order.language, ServiceSettings(), self._clock.now())
        self._carry_out(commands)

    def take(self, event: happened.Event) -> None:
        """Feed the flow with an event and carry out its commands. After release: nothing."""
        if self.state is None or self.state.is_over:
            return
        self.state, commands = step(self.state, event)
        self._carry_out(commands)

    def cut_off(self, reason: Reason) -> None:
        """End the call now."""
        self.take(happened.CutOff(self._clock.now(), reason))

    def _told(self, event: CallEvent) -> None:
        """The family's party tells of nothing but the wire and the sound."""
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
                self._family.play(sound, token, interruptible=interruptible)
            case do.StopPlaying():
                self._family.stop_playing()
            case do.SetTimer(timer, due):
                self._work.set_timer(timer, due)
            case do.CancelTimer(timer):
                self._work.cancel_timer(timer)
            case do.PlaceLeg(number):
                self._work.start(self._place_leg(number))
            case do.Tell(stage):
                self._work.start(self._tell(stage))
            case do.Report(outcome):
                self._work.start(self._report(outcome))
            case do.Release():
                self._family.hang_up()
                self._work.stop_timers()
                self._family.close()

    async def _place_leg(self, number: E164) -> None:
        family, equipment = self._family, self._equipment
        targets = equipment.routes.to(number)
        if not targets:
            return self.take(happened.LegFailed(self._clock.now(), 0))
        try:
            leg = await equipment.engine.open_leg(family.on_media)
        except media.MediaError as error:
            self._log.warning("service_call.no_sound", error=str(error))
            return self.take(happened.LegFailed(self._clock.now(), 503))
        if family.is_gone:
            return leg.close()
        family.leg = leg
        family.connect(equipment.endpoint.call(targets, called=number, caller=self._identity, offer=leg.offer()))

    async def _tell(self, stage: Stage) -> None:
        try:
            await self._work.in_turn(services.tell, self._order.id, self._switchboard, stage, self._clock.now())
        except Exception as error:  # the call goes on: a page that waits shows the stage before
            self._log.error("service_call.stage_not_written", exc_info=error)

    async def _report(self, outcome: Outcome) -> None:
        """The last that is done: only then is this call forgotten, so that a stop waits for it."""
        self._log.info("service_call.over", outcome=outcome)
        self._work.note("service_call.over", outcome=outcome)
        try:
            await self._work.in_turn(services.finish, self._order.id, self._switchboard, outcome, self._clock.now())
        except Exception as error:  # the worker gives it up as lost
            self._log.error("service_call.outcome_not_written", exc_info=error)
        self._on_release(self)


def _deaf(recorded: media.SpeechRecorded) -> None:
    """Nobody's speech is recorded here."""
