"""How many simultaneous recorded calls one core carries with the embedded media engine.

    python benchmarks/media_capacity.py [--calls 100 200 250 300] [--seconds 10]

Every call is two far ends that send G.711 to each other through the engine, 50 packets a second each way, and is
recorded to disk. The engine is one process on the first core, the load one on the last. Each packet carries the
time it was sent; the load reads it when the packet comes back. Beside the engine, in the same run and under the
same load: the load alone (its packets go straight back to it: what it measures of itself), a bare uvloop relay that
moves datagrams and does nothing else (the most that Python could do), and rtpengine in userspace, without recording,
where Debian's package is installed. `added` is the median delay less that of the load alone.
"""

import argparse
import asyncio
import json
import os
import random
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
RTP = struct.Struct("!BBHII")
STAMP = struct.Struct("!QII")  # nanoseconds, stream, packet of the stream
FILLER = b"\xff" * (160 - STAMP.size)
SILENT = 0xFFFFFFFF
PACKET_SECONDS = 0.02
SLOTS = 20  # the streams are spread over as many slots of a millisecond
TARGET_CALLS, TARGET_LOSS, TARGET_ADDED_MS = 200, 0.001, 5.0


CORES = sorted(os.sched_getaffinity(0))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# The load


@dataclass(frozen=True, slots=True)
class Heard:
    """What one run of the load found. Delays in milliseconds from sending to reading."""

    sent: int
    received: int
    median: float
    p99: float

    @property
    def loss(self) -> float:
        return 1 - self.received / self.sent


class Load:
    """Far ends of many calls on a few sockets: an engine tells its legs apart by its own ports."""

    def __init__(self, sockets: int = 32) -> None:
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(sockets)]
        self._poll = select.epoll()
        for one in self.sockets:
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self._poll.register(one, select.EPOLLIN)
        self._by_descriptor = {one.fileno(): one for one in self.sockets}

    def phones(self, calls: int) -> list[tuple[int, int]]:
        """The ports of both far ends of each call."""
        ports = [one.getsockname()[1] for one in self.sockets]
        return [(ports[2 * n % len(ports)], ports[(2 * n + 1) % len(ports)]) for n in range(calls)]

    def run(self, legs: list[tuple[int, int]], seconds: float) -> Heard:
        """Talk for so long and a second of warming up; `legs` are the ports that the two sides of a call send to."""
        streams = [port for pair in legs for port in pair]
        order = list(range(len(streams)))
        random.shuffle(order)
        slots = [order[slot::SLOTS] for slot in range(SLOTS)]
        first_packet = random.randrange(1 << 15)
        delays: list[tuple[int, int]] = []  # packet, nanoseconds
        start = time.monotonic()
        rounds = round((seconds + 1) / PACKET_SECONDS)
        for count in range(rounds):
            for slot, members in enumerate(slots):
                self._receive(start + count * PACKET_SECONDS + slot * PACKET_SECONDS / SLOTS, delays)
                for stream in members:
                    head = RTP.pack(0x80, 0, (first_packet + count) & 0xFFFF, count * 160, stream + 1)
                    data = head + STAMP.pack(time.monotonic_ns(), stream, count) + FILLER
                    with suppress(BlockingIOError):  # counted as lost
                        self.sockets[stream % len(self.sockets)].sendto(data, ("127.0.0.1", streams[stream]))
        self._receive(time.monotonic() + 0.5, delays)
        warm = round(1 / PACKET_SECONDS)
        found = np.array([nanoseconds for packet, nanoseconds in delays if packet >= warm]) / 1e6
        sent = (rounds - warm) * len(streams)
        if not len(found):
            return Heard(sent, 0, float("inf"), float("inf"))
        return Heard(sent, len(found), float(np.median(found)), float(np.percentile(found, 99)))

    def _receive(self, until: float, delays: list[tuple[int, int]]) -> None:
        """Read what comes until that time, at least what is there."""
        while True:
            wait = until - time.monotonic()
            ready = self._poll.poll(max(0.0, wait))
            for descriptor, _ in ready:
                read = self._by_descriptor[descriptor].recv
                try:
                    while True:
                        data = read(2048)
                        now = time.monotonic_ns()
                        if len(data) == 172 and data[1] & 0x7F == 0:
                            sent, stream, packet = STAMP.unpack_from(data, 12)
                            if stream != SILENT:  # silence of the engine's own carries no time
                                delays.append((packet, now - sent))
                except BlockingIOError:
                    pass
            if wait <= 0:
                return

    def close(self) -> None:
        self._poll.close()
        for one in self.sockets:
            one.close()


# What is under load. Each is told the ports of the far ends and tells the ports of its legs.


class Alone:
    """Nothing: the load's packets come straight back."""

    name, pid = "load alone", None

    def open(self, phones: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return phones

    def close(self) -> None: ...


class Process:
    """This file again, as a server on the first core."""

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", kind, "--core", str(CORES[0])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def open(self, phones: list[tuple[int, int]]) -> list[tuple[int, int]]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(phones) + "\n")
        self._process.stdin.flush()
        return [tuple(pair) for pair in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        self._process.communicate(timeout=30)


class Rtpengine:
    """Debian's rtpengine without its kernel module, by its NG protocol (bencode over UDP)."""

    name = "rtpengine (userspace, not recording)"

    def __init__(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self._control = ("127.0.0.1", probe.getsockname()[1])
        program = shutil.which("rtpengine")
        assert program
        self._process = subprocess.Popen(
            (
                f"taskset -c {CORES[0]} {program} --config-file=none --table=-1 --foreground --log-stderr --log-level=3"
                f" --interface=127.0.0.1 --listen-ng=127.0.0.1:{self._control[1]} --num-threads=1"
                " --port-min=45000 --port-max=55000 --delete-delay=0"
            ).split(),
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._process.pid
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(1.0)
        for _ in range(20):
            try:
                self._ask({"command": "ping"})
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("rtpengine does not answer")

    def open(self, phones: list[tuple[int, int]]) -> list[tuple[int, int]]:
        legs = []
        flags = {"replace": ["origin", "session-connection"], "ICE": "remove", "flags": ["trust-address"]}
        for number, (one, other) in enumerate(phones):
            who = {"call-id": f"call-{number}", "from-tag": "a"} | flags
            towards_other = self._ask({"command": "offer", "sdp": sdp(one)} | who)["sdp"]
            towards_one = self._ask({"command": "answer", "to-tag": "b", "sdp": sdp(other)} | who)["sdp"]
            legs.append((audio_port(towards_one), audio_port(towards_other)))
        return legs

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=30)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        cookie = os.urandom(8).hex().encode()
        self._socket.sendto(cookie + b" " + bencode(question), self._control)
        while True:
            echoed, _, answer = self._socket.recv(65536).partition(b" ")
            if echoed == cookie:
                return bdecode(answer)[0]


def bencode(value: Any) -> bytes:
    if isinstance(value, str):
        return f"{len(value.encode())}:{value}".encode()
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def bdecode(data: bytes, start: int = 0) -> tuple[Any, int]:
    kind = data[start : start + 1]
    if kind == b"i":
        end = data.index(b"e", start)
        return int(data[start + 1 : end]), end + 1
    if kind in b"ld":
        items, start = [], start + 1
        while data[start : start + 1] != b"e":
            item, start = bdecode(data, start)
            items.append(item)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2], strict=True))), start + 1
    colon = data.index(b":", start)
    end = colon + 1 + int(data[start:colon])
    return data[colon + 1 : end].decode(), end


def sdp(port: int) -> str:
    return f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


def audio_port(description: str) -> int:
    return int(description.split("m=audio ")[1].split()[0])


# The servers


def serve(kind: str, core: int) -> None:
    import resource

    import uvloop

    os.sched_setaffinity(0, {core})
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(serve_embedded(Path(folder)) if kind == "embedded" else serve_bare())


async def question() -> list[tuple[int, int]]:
    return json.loads(await asyncio.to_thread(sys.stdin.readline))


async def serve_embedded(folder: Path) -> None:
    from kinline.telephony.media.embedded import EmbeddedEngine

    engine = EmbeddedEngine("127.0.0.1", 40000, 44999)
    ports = []
    for number, pair in enumerate(await question()):
        legs = [await engine.open_leg(lambda event: None) for _ in pair]
        for leg, phone in zip(legs, pair, strict=True):
            leg.answer(sdp(phone).encode())
        engine.bridge(*legs)
        engine.record(legs[0], legs[1], folder / f"{number}.wav")
        ports.append([leg.port for leg in legs])
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await engine.close()


async def serve_bare() -> None:
    class Relay(asyncio.DatagramProtocol):
        transport: asyncio.DatagramTransport
        other: "Relay"
        phone: tuple[str, int]

        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, source: Any) -> None:
            self.other.transport.sendto(data, self.other.phone)

    loop = asyncio.get_running_loop()
    ports = []
    for pair in await question():
        sides = [(await loop.create_datagram_endpoint(Relay, local_addr=("127.0.0.1", 0)))[1] for _ in pair]
        for side, other, phone in zip(sides, sides[::-1], pair, strict=True):
            side.other, side.phone = other, ("127.0.0.1", phone)
            side.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        ports.append([side.transport.get_extra_info("sockname")[1] for side in sides])
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)


# The run


@dataclass(frozen=True, slots=True)
class Measured:
    program: str
    calls: int
    loss: float
    median_ms: float
    added_ms: float
    p99_ms: float
    core: float  # share of one
    microseconds_per_packet: float  # of CPU, for each packet taken in and sent on


def measure(subject: Any, calls: int, seconds: float, alone: float) -> Measured:
    load = Load()
    try:
        legs = subject.open(load.phones(calls))
        before = cpu_seconds(subject.pid) if subject.pid else 0.0
        began = time.monotonic()
        heard = load.run(legs, seconds)
        spent = (cpu_seconds(subject.pid) if subject.pid else 0.0) - before
        core = spent / (time.monotonic() - began)
    finally:
        subject.close()
        load.close()
    packet = core / (calls * 2 / PACKET_SECONDS) * 1e6
    median = heard.median
    return Measured(subject.name, calls, heard.loss, median, median - alone, heard.p99, core, packet)


def line(found: Measured) -> str:
    return (
        f"{found.program:<38} {found.calls:>6} {found.loss:>9.3%} {found.median_ms:>9.2f} {found.added_ms:>9.2f}"
        f" {found.p99_ms:>8.2f} {found.core:>7.0%} {found.microseconds_per_packet:>8.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, nargs="+", default=[100, 200, 250, 300, 350, 400])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--serve", choices=["embedded", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--core", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.core)
        return
    os.sched_setaffinity(0, {CORES[-1]})
    with suppress(PermissionError):  # where it may: other work of the machine is not what is measured
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    undisturbed = os.sched_getscheduler(0) == os.SCHED_RR
    has_rtpengine = shutil.which("rtpengine")
    print(
        f"{'':<38} {'calls':>6} {'loss':>9} {'median ms':>9} {'added ms':>9} {'p99 ms':>8} {'core':>7} {'us/pkt':>8}",
        flush=True,
    )
    measured: list[Measured] = []
    carried = 0
    for calls in arguments.calls:
        alone = measure(Alone(), calls, arguments.seconds, 0.0)
        found = [
            alone,
            measure(Process("embedded engine, recording", "embedded"), calls, arguments.seconds, alone.median_ms),
        ]
        found.append(measure(Process("bare uvloop relay", "bare"), calls, arguments.seconds, alone.median_ms))
        if has_rtpengine:
            found.append(measure(Rtpengine(), calls, arguments.seconds, alone.median_ms))
        for each in found:
            print(line(each), flush=True)
        measured += found
        ours = found[1]
        if ours.loss >= TARGET_LOSS or ours.added_ms >= TARGET_ADDED_MS:
            break
        carried = calls
    engine = [each.microseconds_per_packet for each in measured if each.program.startswith("embedded")]
    ratios = {}
    for name in dict.fromkeys(each.program for each in measured if each.program != measured[1].program):
        peer = [each.microseconds_per_packet for each in measured if each.program == name]
        if peer[0]:
            ratios[name] = sum(engine) / sum(peer)
    for name, ratio in ratios.items():
        print(f"CPU for each packet, embedded engine / {name}: {ratio:.2f}")
    print(f"{carried} recorded calls on one core with less than 0.1 % loss and 5 ms added (target {TARGET_CALLS})")
    if not undisturbed:
        print("(without real-time priority: other work on the same cores counts against the engine)")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    result = {
        "cores": len(CORES),
        "memory_gib": round(memory),
        "real_time_priority": undisturbed,
        "calls_carried": carried,
        "cpu_ratio_to": ratios,
        "measured": [asdict(each) for each in measured],
    }
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "media_capacity.json").write_text(json.dumps(result, indent=1) + "\n")
    if carried < TARGET_CALLS:
        sys.exit(1)


if __name__ == "__main__":
    main()
