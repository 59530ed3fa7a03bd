"""One call on this switchboard: feeds `core.callflow` with what happens and carries out what it commands."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kinline.calls import services
from kinline.calls.vocabulary import RECORDING_STARTED
from kinline.core.announcement import Announcement
from kinline.core.callflow import Act, State, begin, step
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.hearing import heard_as
from kinline.core.identity import CallId, Instant, Language, ResidentId, Side
from kinline.core.numbering import E164
from kinline.core.phrases import assembly
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName
from kinline.facilities.queries import StationEntry
from kinline.live.services import Stand
from kinline.recordings import services as recordings
from kinline.telephony import prompts
from kinline.telephony.media import engine as media
from kinline.telephony.sip import session
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.switchboard.equipment import Equipment
from kinline.telephony.switchboard.party import Party
from kinline.telephony.switchboard.work import Work

log = structlog.get_logger("switchboard")

_SHOWN = (
    happened.Identified
    | happened.Authorised
    | happened.HoldExtended
    | happened.HoldNotExtended
    | happened.CutOff
    | happened.BecamePrivileged
)
"""What changes what boards show of a call that stays in its act."""
_PACKETS_TO_JUDGE_BY = 100  # two seconds of sound
CALL_HEADER = "X-Kinline-Call"
"""Header of the answer to a station: the call's id, for whoever looks for it in the books."""


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
        equipment: Equipment,
        on_release: Callable[["LiveCall"], None],
    ) -> None:
        self.id = call_id
        self.state: State | None = None
        self.is_ended = False  # its settlement was asked for: it sends no heartbeat any more
        self.station = station
        self._switchboard = switchboard
        self._equipment = equipment
        self._on_release = on_release
        self._work = Work(call_id, equipment.books, self._on_timer)
        self._clock = self._work.clock
        self._parties = {side: Party(side, self._clock, self.take, self._work.note, self._on_speech) for side in Side}
        self._recorder: Callable[[media.MediaLeg, media.MediaLeg, Path], media.Recording] | None = None
        self._recording: media.Recording | None = None
        self._is_protected = False  # privileged: it gets no recorder any more
        self._naming: ResidentId | None = None
        self._refused = Reason.NET_PLATFORM_FAULT  # why it was not even answered
        self._stand: Stand | None = None
        self._log = log.bind(call_id=call_id)

    def begin(self, incoming: IncomingCall) -> None:
        """Answer the station and start the call."""
        self._parties[Side.RESIDENT].connect(incoming)
        self._work.start(self._off_hook(incoming))

    async def _off_hook(self, incoming: IncomingCall) -> None:
        resident = self._parties[Side.RESIDENT]
        try:
            resident.leg = leg = await self._equipment.engine.open_leg(resident.on_media)
            answer = leg.answer(incoming.remote_sdp) if incoming.remote_sdp else leg.offer()
            settings = await self._work.in_turn(
                services.open_call, self.id, self.station.id, self._switchboard, self._clock.now()
            )
        except (media.SdpError, media.NoCommonCodec) as error:
            self._log.info("call.sound_refused", error=str(error))
            self._refused = Reason.NET_STATION_FAULT
            incoming.reject(488)
            return self._forget()
        except Exception as error:
            self._log.error("call.not_opened", exc_info=error)
            incoming.reject(503)
            return self._forget()
        await self._learn(settings.languages[0], settings.facility, settings.provider)
        for language in settings.languages:
            await self._learn(language, *(each.name(language) for each in settings.announcements))
        incoming.answer(answer, headers=((CALL_HEADER, str(self.id)),))
        self._log.info("call.off_hook", station=self.station.user)
        self.state, commands = begin(self.id, settings, self._clock.now())
        self._tell()
        self._carry_out(commands)
        if incoming.state is session.State.OVER:  # on-hook again before the books had answered
            self.take(happened.HungUp(self._clock.now(), Side.RESIDENT))

    def take(self, event: happened.Event) -> None:
        """Feed the call flow with an event and carry out its commands. Before off-hook and after release: nothing."""
        if self.state is None or self.state.is_over:
            return
        before = self.state.name
        self.state, commands = step(self.state, event)
        if self.state.name is not before or isinstance(event, _SHOWN):
            self._tell()
        self._carry_out(commands)

    def cut_off(self, reason: Reason) -> None:
        """End the call now, for a reason of the platform's."""
        self.take(happened.CutOff(self._clock.now(), reason))

    def obey(self, order: services.Order) -> None:
        """Do what the books ask of the call."""
        at = self._clock.now()
        match order:
            case services.End(reason=reason, at=ends_at, is_silent=is_silent):
                self.take(happened.CutOff(at, reason, ends_at, is_silent))
            case services.Tell(announcement=announcement):
                self._work.start(self._announce(announcement))
            case services.Protect():
                self._recorder, self._is_protected = None, True
                self.take(happened.BecamePrivileged(at))

    def measure(self) -> None:
        """Tell how well the talk can be heard, when the word for it has changed."""
        if self._stand is None or self._stand.act is not Act.TALK:
            return
        legs = [party.quality() for party in self._parties.values()]
        heard = [leg.mos for leg in legs if leg and leg.packets >= _PACKETS_TO_JUDGE_BY]
        mos = round(min(heard) * 100) if heard else None
        if mos is not None and (self._stand.mos is None or heard_as(mos / 100) != heard_as(self._stand.mos / 100)):
            self._stand = replace(self._stand, mos=mos)
            self._equipment.books.stand(self._stand)

    def _tell(self) -> None:
        """Tell where the call stands."""
        if self.state is None:
            return
        act, before = self.state.name, self._stand
        since = before.since if before is not None and before.act is act else self._clock.now()
        self._stand = Stand(self.id, act, since, self.state.ends_at, before.mos if before else None)
        self._equipment.books.stand(self._stand)

    async def _announce(self, announcement: Announcement) -> None:
        if self.state is not None and self.state.awaits(announcement):
            await self._learn(self.state.language, announcement.name(self.state.language))
            self.take(happened.Announced(self._clock.now(), announcement))

    @property
    def reason(self) -> Reason:
        """Why it ended; of one that is over."""
        return self._refused if self.state is None else self.state.reason

    # ---- what is commanded

    def _carry_out(self, commands: tuple[do.Command, ...]) -> None:
        for command in commands:
            self._do(command)

    def _do(self, command: do.Command) -> None:
        match command:
            case do.Play():
                self._play(command)
            case do.PlayTone(side, tone):
                self._parties[side].tone(tone)
            case do.StopPlaying(side):
                self._parties[side].stop_playing()
            case do.SetTimer(timer, due):
                self._work.set_timer(timer, due)
            case do.CancelTimer(timer):
                self._work.cancel_timer(timer)
            case do.Identify(resident_number, pin):
                self._ask(command, services.identify, self.id, resident_number, pin)
            case do.RecordName(resident, seconds):
                self._record_name(resident, seconds)
            case do.Authorise(resident, dialled):
                self._ask(command, services.authorise, self.id, resident, dialled)
            case do.PlaceLeg(called_party):
                self._work.start(self._place_leg(called_party))
            case do.BlockResident():
                self._ask(command, self._blocked, self.id)
            case do.Accept(at):
                self._work.note("call.accepted")
                self._work.start(self._write_acceptance(at))
            case do.Bridge():
                self._bridge()
            case do.StartRecording():
                self._start_recording()
            case do.AllowListening():
                self._work.note("call.listening_allowed")
            case do.StopRecording():
                self._seal_recording()
            case do.ForbidListening():
                self._work.note("call.became_privileged")
            case do.ExtendHold():
                self._ask(command, services.extend_hold, self.id)
            case do.Unbridge():
                self._unbridge()
            case do.Flag(side, suspicion):
                self._work.note("call.suspicion", side=side, suspicion=suspicion)
            case do.HangUp(side):
                self._parties[side].hang_up()
            case do.Settle():
                self.is_ended = True
                self._work.start(self._settle(command))
            case do.Release():
                for party in self._parties.values():
                    party.hang_up()
                self._forget()

    def _play(self, play: do.Play) -> None:
        words = assembly.words(play.utterance, play.language)
        self._work.note("prompt", side=play.side, language=play.language, text=words)
        sound = self._equipment.prompts.paths(play.utterance, play.language)
        self._parties[play.side].play(sound, play.token, interruptible=play.interruptible)

    def _on_timer(self, timer: happened.Timer) -> None:
        self.take(happened.TimerFired(self._clock.now(), timer))

    async def _place_leg(self, number: E164) -> None:
        called_party, equipment = self._parties[Side.CALLED_PARTY], self._equipment
        targets = equipment.routes.to(number)
        if not targets:
            return self.take(happened.LegFailed(self._clock.now(), 0))
        try:
            leg = await equipment.engine.open_leg(called_party.on_media)
        except media.MediaError as error:
            self._log.warning("call.no_sound", error=str(error))
            return self.take(happened.LegFailed(self._clock.now(), 503))
        if called_party.is_gone:  # the resident hung up meanwhile
            return leg.close()
        called_party.leg = leg
        self._work.note("called_party.invited", targets=len(targets))
        called_party.connect(
            equipment.endpoint.call(
                targets, called=number, caller=equipment.routes.caller_for(self.station), offer=leg.offer()
            )
        )

    def _bridge(self) -> None:
        resident, called_party = (self._parties[side].leg for side in (Side.RESIDENT, Side.CALLED_PARTY))
        if resident and called_party:
            called_party.watch_for_machines(False)
            self._equipment.engine.bridge(resident, called_party)
            self._work.note("call.bridged")

    def _start_recording(self) -> None:
        resident, called_party = (self._parties[side].leg for side in (Side.RESIDENT, Side.CALLED_PARTY))
        if self._recorder is None or resident is None or called_party is None:
            return
        name = recording_name(self.id, self._clock.now())
        path = self._equipment.recordings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._recording = self._recorder(resident, called_party, path)
        self._work.note(RECORDING_STARTED, path=str(name))
        self._work.start(self._register(recordings.started, str(name)))

    def _seal_recording(self) -> None:
        """What was recorded stays as it is, and nothing follows it; the CDR names no recording."""
        if self._recording is None:
            return
        recording, self._recording = self._recording, None
        recording.close()
        name = recording.path.relative_to(self._equipment.recordings)
        self._work.start(self._register(recordings.sealed, str(name)))

    def _unbridge(self) -> None:
        if self._recording:
            self._recording.close()
        resident, called_party = (self._parties[side].leg for side in (Side.RESIDENT, Side.CALLED_PARTY))
        if resident and called_party:
            self._equipment.engine.unbridge(resident, called_party)

    def _record_name(self, resident: ResidentId, seconds: int) -> None:
        if leg := self._parties[Side.RESIDENT].leg:
            self._naming = resident
            path = self._equipment.prompts.names / "heard" / f"{self.id}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            leg.record_speech(path, seconds=seconds)

    def _on_speech(self, recorded: media.SpeechRecorded) -> None:
        self._work.start(self._keep_name(recorded))

    async def _keep_name(self, recorded: media.SpeechRecorded) -> None:
        is_heard = recorded.seconds > 0
        if is_heard and self._naming:
            path = self._equipment.prompts.name_path(f"resident/{self._naming}")
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                recorded.path.replace(path)
                self._equipment.engine.forget(path)
                await self._work.in_turn(services.name_recorded, self._naming, path)
            except Exception as error:
                return self._failed("RecordName", error)
        self.take(happened.NameRecorded(self._clock.now(), is_heard))

    # ---- services

    def _ask(self, command: do.Command, service: Callable[..., happened.Event], *arguments: object) -> None:
        self._work.start(self._answer(command, service, arguments))

    async def _answer(
        self, command: do.Command, service: Callable[..., happened.Event], arguments: tuple[object, ...]
    ) -> None:
        try:
            event = await self._work.in_turn(service, *arguments, self._clock.now())
        except Exception as error:
            return self._failed(type(command).__name__, error)
        match event:
            case happened.Authorised(permit=permit) if not (permit.privileged or self._is_protected):
                self._recorder = self._equipment.engine.record
            case happened.Identified(name=name, language=language):
                await self._learn(language, name)
        self.take(event)

    async def _learn(self, language: Language, *names: SpokenName) -> None:
        """Have names ready before they are said. One that nobody recorded is synthesised, in a thread: it takes up to
        100 ms, for which every call would fall silent if the loop waited."""
        library = self._equipment.prompts
        for name in names:
            if name.text and not library.name_path(name.subject).exists():
                with suppress(prompts.SpeechMissing):
                    await asyncio.to_thread(library.synthesise_name, name.subject, name.text, language)

    @staticmethod
    def _blocked(call_id: CallId, at: Instant) -> happened.Event:
        services.block_resident(call_id, at)
        return happened.Blocked(at)

    async def _write_acceptance(self, at: Instant) -> None:
        try:
            await self._work.in_turn(services.accept, self.id, at)
        except Exception as error:  # the talk goes on: the settlement carries the same instant
            self._failed("Accept", error)

    async def _settle(self, settle: do.Settle) -> None:
        resident, called_party = self._parties[Side.RESIDENT], self._parties[Side.CALLED_PARTY]
        heard = resident.quality(), called_party.quality()
        recording = self._recording.path if self._recording else None
        await self._equipment.books.flush()
        try:
            receipt = await self._work.in_turn(
                services.settle, self.id, settle, *heard, recording, self._clock.now(), called_party.answered_at
            )
        except Exception as error:
            return self._failed("Settle", error)
        self._log.info(
            "call.settled", disposition=settle.disposition, reason=settle.reason, seconds=receipt.billed_seconds
        )
        self.take(happened.Settled(self._clock.now(), receipt))
        if recording:
            await self._register(recordings.finished)

    async def _register(self, service: Callable[..., object], *arguments: object) -> None:
        """Tell the register of recordings; what it misses, the worker finds."""
        try:
            await self._work.in_turn(service, self.id, *arguments, self._clock.now())
        except Exception as error:
            self._log.error("recording.not_registered", service=service.__name__, exc_info=error)

    def _failed(self, command: str, error: Exception) -> None:
        self._log.error("call.service_failed", command=command, exc_info=error)
        self.take(happened.ServiceFailed(self._clock.now(), command, type(error).__name__))

    # ---- the rest

    def _forget(self) -> None:
        """Free all that the call held on this machine."""
        self._work.stop_timers()
        if self._recording:
            self._recording.close()
        for party in self._parties.values():
            party.close()
        self._on_release(self)


def recording_name(call_id: CallId, at: Instant) -> Path:
    """Where a call's recording lies within the recordings folder: a folder for each day (UTC)."""
    return Path(datetime.fromtimestamp(at / 1000, UTC).strftime("%Y/%m/%d")) / f"{call_id}.wav"
