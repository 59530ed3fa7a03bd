"""Peers around an installation: SIPp wall phones on one side, SIPp carriers on the other."""

from pathlib import Path

from acceptance.installation import CARRIER_ADDRESS, Installation, now
from acceptance.rtp import Speech
from acceptance.sipp import Sipp
from ports import free_ports

from kinline.demo import SCENARIOS, Scenario, station_password

RESIDENT_TONE = 440.0
CALLED_TONE = 700.0
"""Hertz, by which the voices are told apart."""
REFUSE, ACCEPT = "2", "1"
LONG_ENOUGH = 30.0
"""Seconds that a voice lasts."""


class Exchange:
    """Starts peers and lets go of them."""

    def __init__(self, installed: Installation, folder: Path) -> None:
        self.installed = installed
        self.began = now()
        self._folder = folder
        self._peers: list[Sipp] = []

    def station(
        self, scenario: str, call: Scenario, *, hang_up_after: float | None = None, transport: str = "udp"
    ) -> Sipp:
        """A SIPp wall phone on which the resident of the demo's scenario makes their call."""
        words = () if hang_up_after is None else ("-set", "hang_up_after", str(int(hang_up_after * 1000)))
        return self._peer(
            Sipp(
                scenario,
                self._folder,
                address=self.installed.host,
                port=free_ports(1)[0],
                server=(self.installed.host, self.installed.sip_port),
                user=call.station,
                password=station_password(call.station),
                speech=keys_of(call).tone(RESIDENT_TONE, LONG_ENOUGH),
                words=(*words, "-t", {"udp": "u1", "tcp": "t1"}[transport]),
            )
        )

    def carrier(
        self, scenario: str, keys: str = ACCEPT, *, hang_up_after: float = 0.0, reason: str = "", calls: int = 1
    ) -> Sipp:
        """A SIPp carrier at the far end of the installation's gateway."""
        words = ("-key", "reason", reason) if reason else ()
        if hang_up_after:
            words += ("-set", "hang_up_after", str(int(hang_up_after * 1000)))
        return self._peer(
            Sipp(
                scenario,
                self._folder,
                address=CARRIER_ADDRESS,
                port=self.installed.carrier_port,
                speech=Speech().silence(0.8).keys(keys).tone(CALLED_TONE, LONG_ENOUGH),
                words=words,
                calls=calls,
            )
        )

    def call_id(self, call: Scenario) -> str:
        """The call that the scenario's resident made in this test."""
        return self.installed.books.call_of(call.resident_number, self.began)

    def close(self) -> None:
        """Let go of the peers; what they and the installation said is shown of a test that failed."""
        for peer in self._peers:
            peer.kill()
            print(f"--- {peer.scenario}\n{peer.messages[-6000:]}\n{peer.errors[-2000:]}")
        print(f"--- the installation\n{self.installed.last_log()}")

    def _peer(self, peer: Sipp) -> Sipp:
        self._peers.append(peer)
        return peer


def keys_of(call: Scenario, language: str = "1") -> Speech:
    """Everything that a resident in a hurry presses until the phone rings at the other end, and the last key again and
    again, which skips the quote of the price whenever that begins."""
    speech = Speech().silence(0.3).keys(language).silence(0.15).keys(call.resident_number).silence(0.15).keys(call.pin)
    speech.silence(0.5).keys(call.dialled + "#" * (len(call.dialled) < 10))
    for _ in range(4):
        speech.silence(0.4).keys("#")
    return speech


CALL_HOME = SCENARIOS["interstate"]
"""Andre calls his grandmother, whose phone is reached through the carrier: prepaid, recorded."""
