"""The smallest back-to-back user agent on our SIP room: each call that comes in is placed again to one next hop.

    python benchmarks/back_to_back.py LISTEN_PORT NEXT_HOP_PORT [STATUS_FILE]

At SIGUSR1, and at its end, it writes how many sessions, transactions and legs there are into STATUS_FILE, as JSON.
"""

import asyncio
import gc
import json
import signal
import sys
from pathlib import Path

import uvloop

from kinline.telephony.sip import (
    Confirmed,
    Ended,
    Endpoint,
    Event,
    Everyone,
    Failed,
    Identity,
    IncomingCall,
    Limits,
    OutgoingCall,
    Rang,
    Target,
    WasAnswered,
)


class Bridge:
    """Two legs, each told what the other does."""

    def __init__(self, endpoint: Endpoint, next_hop: Target, incoming: IncomingCall, counts: dict[str, int]) -> None:
        self.counts = counts
        self.incoming = incoming
        incoming.on_event = self.caller_said
        caller = Identity(incoming.remote_identity or "anonymous")
        self.outgoing: OutgoingCall = endpoint.call(
            next_hop,
            called=incoming.called or "service",
            caller=caller,
            offer=incoming.remote_sdp,
            hops=incoming.max_forwards - 1,
        )
        self.outgoing.on_event = self.called_said
        counts["legs"] += 2

    def called_said(self, event: Event) -> None:
        match event:
            case Rang(status, sdp):
                self.incoming.ring(status, sdp)
            case WasAnswered(sdp, None):
                self.incoming.answer(sdp or b"")
            case WasAnswered(sdp, reply):
                self.reply = reply
                self.incoming.answer(sdp or b"")
            case Failed(status, phrase):
                self.counts["ended"] += 2
                self.incoming.reject(status, phrase)
            case Ended():
                self.counts["ended"] += 2
                self.incoming.hang_up()

    def caller_said(self, event: Event) -> None:
        match event:
            case Ended():
                self.counts["ended"] += 2
                self.outgoing.hang_up()
            case Confirmed(sdp) if sdp is not None:
                self.reply(sdp)


async def main(port: int, next_port: int, status: Path | None) -> None:
    counts = {"legs": 0, "ended": 0}
    next_hop = Target("127.0.0.1", next_port, patience=32.0)
    stopped = asyncio.Event()

    def on_call(call: IncomingCall) -> None:
        Bridge(endpoint, next_hop, call, counts)

    endpoint = await Endpoint.open(
        "127.0.0.1",
        port,
        transports=("udp",),
        authority=Everyone(),
        on_call=on_call,
        limits=Limits(sessions=100_000, half_open=50_000, transactions=1_000_000),
    )

    def report() -> None:
        if status is not None:
            agent = endpoint.agent
            table = agent.transactions
            status.write_text(
                json.dumps(
                    counts
                    | {
                        "sessions": len(agent.sessions),
                        "callers": len(agent.callers),
                        "client_transactions": len(table.clients),
                        "server_transactions": len(table.servers),
                        "timers": len(agent.timers),
                    }
                )
            )

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, report)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    gc.freeze()  # what is loaded by now stays; and calls leave few cycles behind, so that it pays to look seldom
    gc.set_threshold(100_000, 20, 100)
    print("ready", flush=True)
    await stopped.wait()
    report()
    await endpoint.close(0.2)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    uvloop.run(main(int(arguments[0]), int(arguments[1]), Path(arguments[2]) if len(arguments) > 2 else None))
