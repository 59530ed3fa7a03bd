"""A call that the platform places to a family: feeds `core.servicecall` with what happens and carries out what it
commands.

Its time line names phrases, never what they say: a code is heard on the phone and written nowhere. What a family says
in a test lies in a file until it was played to them and measured.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

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
from kinline.core.servicecall.findings import KeySignal, LineResult, Measurement
from kinline.core.servicecall.moment import FAMILY, PERSON
from kinline.core.servicecall.settings import ServiceSettings
from kinline.servicecalls import services
from kinline.servicecalls.services import Taken
from kinline.telephony.media import engine as media
from kinline.telephony.media.loudness import Loudness, loudness
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
        note = self._work.note
        self._family = Party(FAMILY, self._clock, self._told, note, self._on_speech)
        self._person = Party(PERSON, self._clock, self._told_by_person, note, _deaf)
        self._parties = {FAMILY: self._family, PERSON: self._person}
        self._spoken = spoken_folder(equipment) / f"{call_id}.wav"
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

    def _told_by_person(self, event: CallEvent) -> None:
        match event:
            case happened.Answered(at=at):
                if self._person.leg:
                    self._person.leg.watch_for_machines(False)
                self.take(happened.PersonAnswered(at))
            case happened.LegFailed(at=at):
                self.take(happened.PersonFailed(at))
            case happened.HungUp() | happened.MediaLost():
                self.take(event)

    def _on_speech(self, recorded: media.SpeechRecorded) -> None:
        self.take(happened.SpeechRecorded(self._clock.now(), recorded.seconds))

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
            case do.PlaceLeg(number):
                self._work.start(self._ring(self._family, number, self._told))
            case do.RingPerson(number):
                self._work.start(self._ring(self._person, number, self._told_by_person))
            case do.Bridge():
                self._bridge()
            case do.RecordSpeech(seconds):
                self._record(seconds)
            case do.PlayRecording(token):
                self._family.play([self._spoken], token, interruptible=False)
            case do.Measure():
                self._work.start(self._measure())
            case do.DeleteRecording():
                self._delete_recording()
            case do.Tell(stage):
                self._work.start(self._tell(stage))
            case do.HangUp(side):
                self._parties[side].hang_up()
            case do.Report(outcome, result):
                self._work.start(self._report(outcome, result))
            case do.Release():
                self._work.stop_timers()
                for party in self._parties.values():
                    party.hang_up()
                    party.close()

    async def _ring(self, party: Party, number: E164, tell: Callable[[CallEvent], None]) -> None:
        equipment = self._equipment
        targets = equipment.routes.to(number)
        if not targets:
            return tell(happened.LegFailed(self._clock.now(), 0))
        try:
            leg = await equipment.engine.open_leg(party.on_media)
        except media.MediaError as error:
            self._log.warning("service_call.no_sound", error=str(error))
            return tell(happened.LegFailed(self._clock.now(), 503))
        if party.is_gone:
            return leg.close()
        party.leg = leg
        party.connect(equipment.endpoint.call(targets, called=number, caller=self._identity, offer=leg.offer()))

    def _bridge(self) -> None:
        if self._family.leg and self._person.leg:
            self._equipment.engine.bridge(self._family.leg, self._person.leg)
            self._work.note("call.bridged")

    def _record(self, seconds: int) -> None:
        if self._family.leg:
            self._family.leg.watch_for_machines(False)
            self._spoken.parent.mkdir(parents=True, exist_ok=True)
            self._family.leg.record_speech(self._spoken, seconds=seconds)

    async def _measure(self) -> None:
        """The quality of the leg as it is now, and the loudness of what was recorded."""
        leg, measurement = self._family.leg, None
        try:
            voice = await asyncio.to_thread(loudness, self._spoken)
            if leg is not None:
                measurement = _measurement(leg.quality(), voice, leg.keys_heard_as())
        except (OSError, RuntimeError) as error:
            self._log.error("service_call.not_measured", exc_info=error)
        self.take(happened.Measured(self._clock.now(), measurement))

    def _delete_recording(self) -> None:
        self._spoken.unlink(missing_ok=True)
        self._equipment.engine.forget(self._spoken)
        self._work.note("service_call.recording_deleted")

    async def _tell(self, stage: Stage) -> None:
        try:
            await self._work.in_turn(services.tell, self._order.id, self._switchboard, stage, self._clock.now())
        except Exception as error:  # the call goes on: a page that waits shows the stage before
            self._log.error("service_call.stage_not_written", exc_info=error)

    async def _report(self, outcome: Outcome, result: LineResult | None) -> None:
        """The last that is done: only then is this call forgotten, so that a stop waits for it."""
        self._log.info("service_call.over", outcome=outcome)
        self._work.note("service_call.over", outcome=outcome)
        try:
            finish = partial(services.finish, self._order.id, self._switchboard, outcome, result)
            await self._work.in_turn(finish, self._clock.now())
        except Exception as error:  # the worker gives it up as lost
            self._log.error("service_call.outcome_not_written", exc_info=error)
        self._on_release(self)


def spoken_folder(equipment: Equipment) -> Path:
    """Where what families say in tests lies for the minute until it is deleted."""
    return equipment.prompts.names / "tests"


def _measurement(quality: media.Quality, voice: Loudness | None, keys: KeySignal | None) -> Measurement:
    return Measurement(
        packets=quality.packets,
        loss=quality.loss,
        jitter_ms=quality.jitter_ms,
        round_trip_ms=quality.round_trip_ms,
        mos=quality.mos,
        level=None if voice is None else voice.level,
        clipped=0.0 if voice is None else voice.clipped,
        keys=keys,
    )


def _deaf(recorded: media.SpeechRecorded) -> None:
    """What customer service says is not recorded."""
