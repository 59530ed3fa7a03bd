"""The network side of a leg: its two sockets, its two streams, and the relay from one leg to the other.

Everything in `_receive` and `relay` runs for each packet of each call, so both are written for few steps.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from kinline.telephony.media import rtp
from kinline.telephony.media.g711 import PCMU, Codec, transcode
from kinline.telephony.media.latch import Latch, SocketAddress
from kinline.telephony.media.negotiation import Agreed
from kinline.telephony.media.playout import Playout
from kinline.telephony.media.recording import Track
from kinline.telephony.media.rtcp import Control, is_rtcp
from kinline.telephony.media.rtp import HEADER, LARGEST, VERSION, IncomingStream, OutgoingStream

OnAudio = Callable[[Codec, int, bytes, float], None]  # codec, timestamp, payload, at
OnKeyEvent = Callable[[int, int, bool, bytes, float], None]  # ssrc, timestamp, marker, payload, at

_PLAIN: Final = VERSION  # the first byte of nearly every packet: no padding, extension or contributing sources


class Wire:
    """One RTP session with a far end. `peer` is the wire that hears what comes in here; None: nobody does."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sockets: tuple[socket.socket, socket.socket],
        control: Control,
        playout: Playout,
        on_key_event: OnKeyEvent,
    ) -> None:
        self.agreed: Agreed | None = None
        self.incoming = IncomingStream()
        self.outgoing = OutgoingStream()
        self.control = control
        self.latch = Latch()
        self.peer: Wire | None = None
        self.track: Track | None = None
        self.on_audio: OnAudio | None = None
        self.pressing = False  # a key is being sent: relayed audio would lie over it
        self.relayed_at = 0.0
        self._control_source: SocketAddress | None = None
        self._on_key_event = on_key_event
        self._playout = playout
        self._loop = loop
        self._rtp, self._rtcp = sockets
        self._take = self._rtp.recvfrom
        self._give = self._rtp.sendto
        loop.add_reader(self._rtp, self._receive)
        loop.add_reader(self._rtcp, self._receive_control)

    @property
    def port(self) -> int:
        return int(self._rtp.getsockname()[1])

    def agree(self, agreed: Agreed) -> None:
        self.agreed = agreed
        self.latch.signal(agreed.remote)

    def _receive(self) -> None:
        try:
            data, source = self._take(LARGEST)
        except OSError:  # nothing there after all, or an ICMP error of an earlier packet
            return
        at = monotonic()
        agreed = self.agreed
        if agreed is None or len(data) < HEADER.size:
            return
        latch = self.latch
        if source != latch.source and not latch.admits(source, at):
            return
        first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
        if first == _PLAIN:
            payload = data[12:]
        elif (packet := rtp.parse(data)) is not None:
            payload = packet.payload
        else:
            return
        payload_type = second & 0x7F
        codec = agreed.audio_in.get(payload_type)
        if codec is not None:
            latch.heard_at = at
            self.incoming.received(ssrc, sequence, timestamp, at)
            if not payload:
                return
            if self.track is not None:
                self.track.append((at, ssrc, timestamp, payload if codec is PCMU else transcode(payload, codec, PCMU)))
            if self.peer is not None:
                self.peer.relay(codec, payload, at, ssrc, sequence, timestamp)
            if self.on_audio is not None:
                self.on_audio(codec, timestamp, payload, at)
        elif payload_type == agreed.events_in:
            latch.heard_at = at
            self.incoming.received(ssrc, sequence, timestamp, at, timed=False)
            self._on_key_event(ssrc, timestamp, second > 0x7F, payload, at)
        elif is_rtcp(data):
            if agreed.rtcp_mux:
                self.control.received(data, at, self.outgoing)
        else:  # comfort noise and the like: a sign of life
            latch.heard_at = at
            self.incoming.received(ssrc, sequence, timestamp, at, timed=False)

    def relay(self, codec: Codec, payload: bytes, at: float, ssrc: int, sequence: int, timestamp: int) -> None:
        """Send on what another wire received, with what plays here mixed over it."""
        agreed = self.agreed
        if agreed is None or not agreed.far_end_listens or self.pressing:
            return
        if codec is not agreed.codec:
            payload = transcode(payload, codec, agreed.codec)
        if self._playout.active:
            over = self._playout.frame(agreed.codec, len(payload))
            if over is not None:
                payload = agreed.codec.mix(payload, over)
        self.relayed_at = at
        self._send(self.outgoing.relayed(agreed.audio_out, payload, at, ssrc, sequence, timestamp))

    def send_audio(self, payload: bytes, at: float) -> None:
        """Send a frame of our own; a far end on hold is sent nothing, but time passes for it."""
        if self.agreed is None or not self.agreed.far_end_listens:
            self.outgoing.skip(len(payload))
        else:
            self._send(self.outgoing.own(self.agreed.audio_out, payload, at))

    def send_key_event(self, payload: bytes, at: float, *, first: bool) -> None:
        if self.agreed is not None and self.agreed.events_out is not None:
            self._send(self.outgoing.event(self.agreed.events_out, payload, at, first=first))

    def _send(self, datagram: bytes) -> None:
        destination = self.latch.destination
        if destination is not None:
            try:  # noqa: SIM105 - `suppress` takes half a microsecond, for each packet
                self._give(datagram, destination)
            except OSError:
                pass  # a full buffer or an unreachable network is a lost packet, which RTP is made for

    def _receive_control(self) -> None:
        try:
            data, source = self._rtcp.recvfrom(LARGEST)
        except OSError:
            return
        # The far end's RTCP comes from the host of its RTP, or from where the SDP says.
        expected = self.latch.source or (self.agreed and self.agreed.remote_rtcp)
        if self.agreed is not None and expected and source[0] == expected[0]:
            self._control_source = source
            self.control.received(data, monotonic(), self.outgoing)

    def send_report(self, at: float, *, goodbye: bool = False) -> None:
        if self.agreed is None:
            return
        make = self.control.goodbye if goodbye else self.control.report
        destination = self._control_source or self.agreed.remote_rtcp
        through = self._rtcp
        if self.agreed.rtcp_mux:
            destination, through = self.latch.destination, self._rtp
        if destination is not None:
            with suppress(OSError):
                through.sendto(make(at, self.outgoing, self.incoming), destination)

    def close(self) -> None:
        for one in (self._rtp, self._rtcp):
            if one.fileno() >= 0:
                self._loop.remove_reader(one)
                one.close()
