"""One call on this switchboard: feeds `core.callflow` with what happens and carries out what it commands."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import structlog

from kinline.calls import services
from kinline.calls.services import Entry
from kinline.calls.vocabulary import ANSWERED, RECORDING_STARTED
from kinline.core import speech
from kinline.core.callflow import State, begin, step
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.identity import CallId, Instant, Language, ResidentId, Side
from kinline.core.reasons import Reason
from kinline.facilities.queries import StationEntry
from kinline.telephony import sip
from kinline.telephony.media import engine as media
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.sip.session import Session
from kinline.telephony.switchboard.clock import Clock
from kinline.telephony.switchboard.equipment import Equipment

log = structlog.get_logger()
Answer = TypeVar("Answer")

Q850_NORMAL_CLEARING = 16
CALL_HEADER = "X-Kinline-Call"


class LiveCall:
    """A call from off-hook to release. Every method runs on the event loop; none of them waits.

    The recorder is handed to the call when it is authorised, and only if it is not privileged: a privileged call
    has no way to reach one.
    """

    def __init__(
        self,
        call_id: CallId,
        station: StationEntry,
        switchboard: str,
        incoming: IncomingCall,
        equipment: Equipment,
        on_release: Callable[["LiveCall"], None],
    ) -> None:
        self.id = call_id
        self.state: State | None = None
        self.is_ended = False  # its settlement was asked for: it sends no heartbeat any more
        self._station = station
        self._switchboard = switchboard
        self._equipment = equipment
        self._on_release = on_release
        self._clock = Clock()
        self._sessions: dict[Side, Session] = {Side.RESIDENT: incoming}
        self._legs: dict[Side, media.MediaLeg] = {}
        self._timers: dict[happened.Timer, asyncio.TimerHandle] = {}
        self._recorder: Callable[[media.MediaLeg, media.MediaLeg, Path], media.Recording] | None = None
        self._recording: media.Recording | None = None
        self._naming: ResidentId | None = None
        self._gone: set[Side] = set()  # sides that were hung up, also those that never had a leg
        self._turn = asyncio.Lock()  # the services of one call are asked one after the other
        self._work: set[asyncio.Task[None]] = set()
        self._log = log.bind(call_id=call_id)

    # ---- off-hook

    def begin(self, incoming: IncomingCall) -> None:
        """Answer the station and start the call."""
        incoming.on_event = self._on_resident_event
        self._start(self._off_hook(incoming))

    async def _off_hook(self, incoming: IncomingCall) -> None:
        try:
            leg = await self._equipment.engine.open_leg(lambda event: self._on_media(Side.RESIDENT, event))
        except media.MediaError as error:
            return self._refuse(incoming, 503, error)
        self._legs[Side.RESIDENT] = leg
        try:
            answer = leg.answer(incoming.remote_sdp) if incoming.remote_sdp else leg.offer()
        except media.MediaError as error:
            return self._refuse(incoming, 488, error)
        try:
            settings = await self._equipment.books.ask(
                services.open_call, self.id, self._station.id, self._clock.now(), self._switchboard
            )
        except Exception as error:
            return self._refuse(incoming, 503, error)
        incoming.answer(answer, headers=((CALL_HEADER, str(self.id)),))
        self._log.info("call.off_hook", station=self._station.user)
        self.state, commands = begin(self.id, settings, self._clock.now())
        self._carry_out(commands)

    def _refuse(self, incoming: IncomingCall, status: int, error: Exception) -> None:
        self._log.warning("call.refused", status=status, error=f"{type(error).__name__}: {error}")
        incoming.reject(status)
        self._forget()

    # ---- what happens

    def take(self, event: happened.Event) -> None:
        """Feed the call flow with an event and carry out its commands. Before off-hook and after release: nothing."""
        if self.state is None or self.state.is_over:
            return
        self.state, commands = step(self.state, event)
        self._carry_out(commands)

    def cut_off(self, reason: Reason) -> None:
        """End the call now, for a reason of the platform's or the staff's."""
        self.take(happened.CutOff(self._clock.now(), reason))

    def _on_resident_event(self, event: sip.Event) -> None:
        match event:
            case sip.Confirmed(sdp=bytes(answer)):  # the station's INVITE came without an offer
                self._accept_media(Side.RESIDENT, answer)
            case sip.Ended() if self.state is None:  # gone before the books answered
                self._forget()
            case _:
                self._on_session(Side.RESIDENT, event)

    def _on_called_event(self, event: sip.Event) -> None:
        now = self._clock.now()
        match event:
            case sip.Rang():
                self.take(happened.Ringing(now))
            case sip.WasAnswered(sdp=bytes(answer)):
                if self._accept_media(Side.CALLED_PARTY, answer):
                    self._note(ANSWERED)
                    self._legs[Side.CALLED_PARTY].watch_for_machines(True)
                    self.take(happened.Answered(now))
            case sip.Failed(status=status):
                self._close_leg(Side.CALLED_PARTY)
                self.take(happened.LegFailed(now, status))
            case _:
                self._on_session(Side.CALLED_PARTY, event)

    def _on_session(self, side: Side, event: sip.Event) -> None:
        match event:
            case sip.Ended(cause=cause, by_peer=by_peer):
                carrier = not by_peer or cause not in (None, Q850_NORMAL_CLEARING)
                self._note("sip.ended", side=side, cause=cause, by_peer=by_peer)
                self.take(happened.HungUp(self._clock.now(), side, carrier=carrier))
            case sip.Offered(sdp=offer, reply=reply):
                self._renegotiate(side, offer, reply)
            case sip.Renegotiated(sdp=bytes(answer)):
                self._accept_media(side, answer)
            case sip.DigitInfo(digit=digit):
                self._on_media(side, media.Digit(digit))

    def _renegotiate(self, side: Side, offer: bytes | None, reply: Callable[[bytes | None], None]) -> None:
        leg = self._legs.get(side)
        try:
            reply(None if leg is None else leg.offer() if offer is None else leg.answer(offer))
        except media.MediaError as error:
            self._log.info("call.media_refused", side=side, error=str(error))
            reply(None)

    def _accept_media(self, side: Side, answer: bytes) -> bool:
        try:
            self._legs[side].accept(answer)
        except media.MediaError as error:
            self._log.warning("call.media_refused", side=side, error=str(error))
            self._hang_up(side)
            if side is Side.CALLED_PARTY:
                self.take(happened.LegFailed(self._clock.now(), 488))
            return False
        return True

    def _on_media(self, side: Side, event: media.MediaEvent) -> None:
        now = self._clock.now()
        match event:
            case media.Digit(digit=digit):
                self.take(happened.DigitPressed(now, side, digit))
            case media.PlaybackEnded(token=token):
                self.take(happened.PlaybackFinished(now, side, token))
            case media.Dead():
                self.take(happened.MediaLost(now, side))
            case media.SpeechRecorded():
                self._start(self._store_name(event))
            case media.MachineDetected(machine=machine):
                self._note("called_party.machine", machine=machine)
                self.take(happened.MachineHeard(now, machine))

    # ---- what is commanded

    def _carry_out(self, commands: tuple[do.Command, ...]) -> None:
        for command in commands:
            self._do(command)

    def _do(self, command: do.Command) -> None:
        match command:
            case do.Play(side, utterance, language, token, interruptible):
                self._play(side, utterance, language, token, interruptible)
            case do.PlayTone(side, tone):
                if leg := self._legs.get(side):
                    leg.tone(tone)
            case do.StopPlaying(side):
                if leg := self._legs.get(side):
                    leg.stop()
            case do.SetTimer(timer, due):
                self._set_timer(timer, due)
            case do.CancelTimer(timer):
                if handle := self._timers.pop(timer, None):
                    handle.cancel()
            case do.Identify(resident_number, pin):
                self._ask(command, services.identify, self.id, resident_number, pin)
            case do.RecordName(resident, seconds):
                self._record_name(resident, seconds)
            case do.Authorise(resident, dialled):
                self._ask(command, services.authorise, self.id, resident, dialled)
            case do.PlaceLeg():
                self._start(self._place_leg(command))
            case do.BlockResident():
                self._start(self._block())
            case do.Accept(at):
                self._note("call.accepted", at=at)
                self._start(self._write_acceptance(at))
            case do.Bridge():
                self._legs[Side.CALLED_PARTY].watch_for_machines(False)
                self._equipment.engine.bridge(self._legs[Side.RESIDENT], self._legs[Side.CALLED_PARTY])
                self._note("call.bridged")
            case do.StartRecording():
                self._start_recording()
            case do.AllowListening():
                self._note("call.listening_allowed")
            case do.ExtendHold():
                self._ask(command, services.extend_hold, self.id)
            case do.Unbridge():
                self._unbridge()
            case do.Flag(side, suspicion):
                self._note("call.suspicion", side=side, suspicion=suspicion)
            case do.HangUp(side):
                self._hang_up(side)
            case do.Settle():
                self._start(self._settle(command))
            case do.Release():
                self._release()

    def _play(
        self, side: Side, utterance: speech.Utterance, language: Language, token: int, interruptible: bool
    ) -> None:
        leg = self._legs.get(side)
        if leg is None:  # hung up meanwhile: nobody is kept waiting for the end of it
            asyncio.get_running_loop().call_soon(self._on_media, side, media.PlaybackEnded(token))
            return
        self._note("prompt", side=side, language=language, text=speech.words(utterance, language))
        leg.play(self._equipment.prompts.paths(utterance, language), token=token, interruptible=interruptible)

    def _set_timer(self, timer: happened.Timer, due: Instant) -> None:
        if running := self._timers.pop(timer, None):
            running.cancel()
        seconds = max(0, due - self._clock.now()) / 1000
        self._timers[timer] = asyncio.get_running_loop().call_later(seconds, self._on_timer, timer)

    def _on_timer(self, timer: happened.Timer) -> None:
        self._timers.pop(timer, None)
        self.take(happened.TimerFired(self._clock.now(), timer))

    async def _place_leg(self, command: do.PlaceLeg) -> None:
        equipment = self._equipment
        try:
            leg = await equipment.engine.open_leg(lambda event: self._on_media(Side.CALLED_PARTY, event))
        except media.MediaError as error:
            self._log.warning("call.no_media", error=str(error))
            return self.take(happened.LegFailed(self._clock.now(), 503))
        if Side.CALLED_PARTY in self._gone:  # the resident hung up meanwhile
            return leg.close()
        self._legs[Side.CALLED_PARTY] = leg
        targets = equipment.routes.to(command.called_party)
        if not targets:
            self._close_leg(Side.CALLED_PARTY)
            return self.take(happened.LegFailed(self._clock.now(), 0))
        outgoing = equipment.endpoint.call(
            targets,
            called=command.called_party,
            caller=equipment.routes.caller_for(self._station),
            offer=leg.offer(),
        )
        outgoing.on_event = self._on_called_event
        self._sessions[Side.CALLED_PARTY] = outgoing
        self._note("called_party.invited", targets=len(targets))

    async def _block(self) -> None:
        try:
            await self._in_turn(services.block_resident, self.id, self._clock.now())
        except Exception as error:
            return self._failed("BlockResident", error)
        self.take(happened.Blocked(self._clock.now()))

    async def _write_acceptance(self, at: Instant) -> None:
        try:
            await self._in_turn(services.accept, self.id, at)
        except Exception as error:  # the talk goes on: the settlement carries the same instant
            self._failed("Accept", error)

    def _start_recording(self) -> None:
        if self._recorder is None:
            return
        path = self._equipment.recordings / recording_name(self.id, self._clock.now())
        path.parent.mkdir(parents=True, exist_ok=True)
        self._recording = self._recorder(self._legs[Side.RESIDENT], self._legs[Side.CALLED_PARTY], path)
        self._note(RECORDING_STARTED, path=str(path.relative_to(self._equipment.recordings)))

    def _unbridge(self) -> None:
        if self._recording is not None:
            self._recording.close()
        if len(self._legs) == len(Side):
            self._equipment.engine.unbridge(self._legs[Side.RESIDENT], self._legs[Side.CALLED_PARTY])

    def _record_name(self, resident: ResidentId, seconds: int) -> None:
        leg = self._legs.get(Side.RESIDENT)
        if leg is None:
            return self.take(happened.NameRecorded(self._clock.now(), heard=False))
        self._naming = resident
        path = self._equipment.prompts.names / "heard" / f"{self.id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        leg.record_speech(path, seconds=seconds)

    async def _store_name(self, recorded: media.SpeechRecorded) -> None:
        heard = recorded.seconds > 0 and self._naming is not None
        if heard:
            path = self._equipment.prompts.name_path(f"resident/{self._naming}")
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                recorded.path.replace(path)
                await self._in_turn(services.name_recorded, self._naming, path)
            except Exception as error:
                return self._failed("RecordName", error)
        self.take(happened.NameRecorded(self._clock.now(), heard))

    # ---- services

    def _ask(self, command: do.Command, service: Callable[..., happened.Event], *arguments: object) -> None:
        self._start(self._answer(command, service, arguments))

    async def _answer(
        self, command: do.Command, service: Callable[..., happened.Event], arguments: tuple[object, ...]
    ) -> None:
        try:
            event = await self._in_turn(service, *arguments, self._clock.now())
        except Exception as error:
            return self._failed(type(command).__name__, error)
        if isinstance(event, happened.Authorised) and not event.permit.privileged:
            self._recorder = self._equipment.engine.record
        self.take(event)

    async def _in_turn(self, service: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer of a service, asked when all that this call asked before it is answered."""
        async with self._turn:
            return await self._equipment.books.ask(service, *arguments)

    def _failed(self, command: str, error: Exception) -> None:
        self._log.error("call.service_failed", command=command, exc_info=error)
        self.take(happened.ServiceFailed(self._clock.now(), command, type(error).__name__))

    async def _settle(self, command: do.Settle) -> None:
        self.is_ended = True
        quality = {side: leg.quality() for side, leg in self._legs.items()}
        recording = self._recording.path if self._recording else None
        await self._equipment.books.flush()
        try:
            receipt = await self._in_turn(
                services.settle,
                self.id,
                command,
                quality.get(Side.RESIDENT),
                quality.get(Side.CALLED_PARTY),
                recording,
                self._clock.now(),
            )
        except Exception as error:
            return self._failed("Settle", error)
        self._log.info(
            "call.settled", disposition=command.disposition, reason=command.reason, seconds=receipt.billed_seconds
        )
        self.take(happened.Settled(self._clock.now(), receipt))

    # ---- the end

    def _hang_up(self, side: Side) -> None:
        self._gone.add(side)
        if session := self._sessions.get(side):
            session.hang_up()

    def _release(self) -> None:
        for side in Side:
            self._hang_up(side)
        self._forget()

    def _forget(self) -> None:
        """Free all that the call held on this machine."""
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        if self._recording is not None:
            self._recording.close()
        for leg in self._legs.values():
            leg.close()
        self._legs.clear()
        self._on_release(self)

    def _close_leg(self, side: Side) -> None:
        if leg := self._legs.pop(side, None):
            leg.close()

    def _note(self, kind: str, *, at: Instant | None = None, **fields: object) -> None:
        self._equipment.books.note(Entry(self.id, at or self._clock.now(), kind, fields))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def recording_name(call_id: CallId, at: Instant) -> Path:
    """Where a call's recording lies within the recordings folder: a folder for each day (UTC)."""
    return Path(datetime.fromtimestamp(at / 1000, UTC).strftime("%Y/%m/%d")) / f"{call_id}.wav"
