"""One side of a call: its SIP session and its sound, whose events it tells in the words of the call flow."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from kinline.calls.vocabulary import ANSWERED
from kinline.core.callflow import commands as do
from kinline.core.callflow import events as happened
from kinline.core.identity import Instant, Side
from kinline.telephony import sip
from kinline.telephony.media import engine as media
from kinline.telephony.sip.session import Session
from kinline.telephony.switchboard.clock import Clock

log = structlog.get_logger("switchboard")

_Q850_NORMAL_CLEARING = 16


class Note(Protocol):
    """Adds an entry to the call's time line."""

    def __call__(self, kind: str, /, **fields: object) -> None: ...


class Party:
    """The resident or the called party. What is asked of a party without sound or session is done to nobody."""

    def __init__(
        self,
        side: Side,
        clock: Clock,
        tell: Callable[[happened.Event], None],
        note: Note,
        on_speech: Callable[[media.SpeechRecorded], None],
    ) -> None:
        self.side = side
        self.leg: media.MediaLeg | None = None
        self.answered_at: Instant | None = None
        self.is_gone = False  # it was hung up, perhaps before it could be called
        self._session: Session | None = None
        self._clock = clock
        self._tell = tell
        self._note = note
        self._on_speech = on_speech

    def connect(self, session: Session) -> None:
        """This is the party's session from now on."""
        self._session = session
        session.on_event = self._on_session

    def quality(self) -> media.Quality | None:
        return self.leg.quality() if self.leg else None

    def play(self, sound: list[Path], token: int, *, interruptible: bool) -> None:
        if self.leg is None:  # nobody waits for the end of what nobody hears
            asyncio.get_running_loop().call_soon(self.on_media, media.PlaybackEnded(token))
        else:
            self.leg.play(sound, token=token, interruptible=interruptible)

    def tone(self, tone: do.Tone) -> None:
        if self.leg:
            self.leg.tone(tone)

    def stop_playing(self) -> None:
        if self.leg:
            self.leg.stop()

    def hang_up(self) -> None:
        self.is_gone = True
        if self._session:
            self._session.hang_up()

    def close(self) -> None:
        """Free the ports. Idempotent."""
        if self.leg:
            self.leg.close()
            self.leg = None

    # ---- what happens

    def _on_session(self, event: sip.Event) -> None:
        now = self._clock.now()
        match event:
            case sip.Rang():
                self._tell(happened.Ringing(now))
            case sip.WasAnswered(sdp=sdp):
                self._answered(sdp)
            case sip.Failed(status=status):
                self._note("sip.failed", side=self.side, status=status)
                self.close()
                self._tell(happened.LegFailed(now, status))
            case sip.Ended(cause=cause, by_peer=by_peer):
                self._note("sip.ended", side=self.side, cause=cause, by_peer=by_peer)
                carrier = not by_peer or cause not in (None, _Q850_NORMAL_CLEARING)
                self._tell(happened.HungUp(now, self.side, carrier))
            case sip.Offered(sdp=offer, reply=reply):
                self._renegotiate(offer, reply)
            case sip.Confirmed(sdp=bytes(answer)) | sip.Renegotiated(sdp=bytes(answer)):
                if not self._accepts(answer):
                    self.hang_up()
                    self._tell(happened.HungUp(now, self.side, carrier=True))
            case sip.DigitInfo(digit=digit):
                self._tell(happened.DigitPressed(now, self.side, digit))

    def _answered(self, sdp: bytes | None) -> None:
        if sdp is None or self.leg is None or not self._accepts(sdp):
            self.hang_up()
            return self._tell(happened.LegFailed(self._clock.now(), 488))
        self.answered_at = self._clock.now()
        self._note(ANSWERED)
        self.leg.watch_for_machines(True)
        self._tell(happened.Answered(self.answered_at))

    def _accepts(self, answer: bytes) -> bool:
        try:
            if self.leg:
                self.leg.accept(answer)
        except media.MediaError as error:
            log.warning("party.sound_refused", side=self.side, error=str(error))
            return False
        return True

    def _renegotiate(self, offer: bytes | None, reply: Callable[[bytes | None], None]) -> None:
        try:
            reply(None if self.leg is None else self.leg.offer() if offer is None else self.leg.answer(offer))
        except media.MediaError as error:
            log.info("party.sound_refused", side=self.side, error=str(error))
            reply(None)

    def on_media(self, event: media.MediaEvent) -> None:
        """Told by the engine."""
        now = self._clock.now()
        match event:
            case media.Digit(digit=digit):
                self._tell(happened.DigitPressed(now, self.side, digit))
            case media.PlaybackEnded(token=token):
                self._tell(happened.PlaybackFinished(now, self.side, token))
            case media.Dead():
                self._tell(happened.MediaLost(now, self.side))
            case media.SpeechRecorded():
                self._on_speech(event)
            case media.MachineDetected(machine=machine):
                self._note("called_party.machine", machine=machine)
                self._tell(happened.MachineHeard(now, machine))
