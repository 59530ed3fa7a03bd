"""Peers that were not written here: SIPp as station and as carrier, sipvicious as a scanner."""

import asyncio
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from kinline.telephony.sip import (
    Account,
    Confirmed,
    Credentials,
    Ended,
    Endpoint,
    Identity,
    Offered,
    Registrar,
    Target,
    WasAnswered,
)

HERE = "127.0.0.1"
SCENARIOS = Path(__file__).parent / "sipp"
STATION = Account.of("station-a1", "kinline", "right")

needs_sipp = pytest.mark.skipif(shutil.which("sipp") is None, reason="SIPp is not installed (sip-tester)")


async def run(*command, seconds=40.0):
    """The exit status and the output of a program."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        output, _ = await process.communicate()
    return process.returncode, output.decode(errors="replace")


class Answering:
    """Rings, answers, takes every re-INVITE, and remembers the events of each call."""

    def __init__(self, *, answer=True):
        self.answer = answer
        self.calls = []
        self.events = []

    def __call__(self, call):
        self.calls.append(call)
        call.on_event = self.heard
        call.ring()
        if self.answer:
            call.answer(b"v=0\r\no=k 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")

    def heard(self, event):
        self.events.append(event)
        if isinstance(event, Offered):
            event.reply(b"v=0\r\no=k 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")

    def count(self, kind):
        return sum(isinstance(event, kind) for event in self.events)


@needs_sipp
async def test_sipp_as_a_station_authenticates_calls_holds_and_hangs_up(directory, tmp_path):
    on_call = Answering()
    endpoint = await Endpoint.open(
        HERE,
        on_call=on_call,
        authority=directory([STATION]),
        digest_algorithms=["MD5"],  # SIPp 3.6 knows no other
    )
    status, output = await run(
        "sipp", "-sf", SCENARIOS / "station.xml", "-s", "+15045550123", "-m", 20, "-r", 20, "-i", HERE, "-nostdin",
        f"{HERE}:{endpoint.port}",
    )  # fmt: skip
    assert status == 0, output[-2000:]
    assert {call.remote_identity for call in on_call.calls} == {"station-a1"}
    assert (on_call.count(Confirmed), on_call.count(Offered), on_call.count(Ended)) == (20, 20, 20)
    assert not endpoint.agent.sessions
    await endpoint.close(0)


@needs_sipp
async def test_sipp_gives_up_while_it_rings(directory):
    on_call = Answering(answer=False)
    endpoint = await Endpoint.open(HERE, on_call=on_call, authority=directory([], {HERE: "trunk"}))
    status, output = await run(
        "sipp", "-sf", SCENARIOS / "impatient.xml", "-s", "+15045550123", "-m", 20, "-r", 50, "-i", HERE, "-nostdin",
        f"{HERE}:{endpoint.port}",
    )  # fmt: skip
    assert status == 0, output[-2000:]
    assert on_call.events == [Ended(None, by_peer=True)] * 20
    assert not endpoint.agent.sessions
    await endpoint.close(0)


@needs_sipp
async def test_sipp_as_a_carrier_challenges_answers_and_is_hung_up(directory, unused_udp_port):
    endpoint = await Endpoint.open(HERE, authority=directory([], {HERE: "carrier"}))
    sipp = asyncio.create_task(
        run("sipp", "-sf", SCENARIOS / "carrier.xml", "-m", 10, "-i", HERE, "-p", unused_udp_port, "-nostdin")
    )
    target = Target(HERE, unused_udp_port, credentials=Credentials("kinline", "trunk"), patience=10)
    answered = asyncio.Semaphore(0)
    calls = []
    await asyncio.sleep(1)
    for number in range(10):
        call = endpoint.call(
            target, called=f"+1504555{number:04}", caller=Identity("+19855550100", asserted=True), offer=b"v=0\r\n"
        )
        call.on_event = lambda event: answered.release() if isinstance(event, WasAnswered) else None
        calls.append(call)
    async with asyncio.timeout(20):
        for _ in calls:
            await answered.acquire()
    await asyncio.sleep(0.5)
    for call in calls:
        call.hang_up()
    status, output = await sipp
    assert status == 0, output[-2000:]
    assert not endpoint.agent.sessions
    await endpoint.close(0)


def sipvicious(name):
    found = Path(sysconfig.get_path("scripts"), f"sipvicious_{name}")
    if not found.exists():
        pytest.skip("sipvicious is not installed")
    return sys.executable, found


@pytest.fixture
async def target(directory):
    """A switchboard with a few users that a scanner would like to find."""
    accounts = [Account.of(user, "kinline", password) for user, password in (("100", "100"), ("101", "x7f-Long-One"))]
    on_call = Answering()
    endpoint = await Endpoint.open(
        HERE,
        on_call=on_call,
        registrar=Registrar(),
        authority=directory(accounts),
        digest_algorithms=["MD5"],
    )
    yield endpoint
    assert not on_call.calls
    assert len(endpoint.agent.registrar) == 0
    assert not endpoint.agent.transactions.servers
    await endpoint.close(0)


async def test_svmap_finds_nothing_with_options(target, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    _, output = await run(*sipvicious("svmap"), "-p", target.port, HERE)
    assert "found nothing" in output
    assert "kinline" not in output.lower()


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "OPTIONS"])
async def test_svwar_cannot_tell_which_extensions_exist(target, tmp_path, monkeypatch, method):
    monkeypatch.setenv("HOME", str(tmp_path))
    _, output = await run(
        *sipvicious("svwar"), "-m", method, "-e", "98-105", "-p", target.port, HERE, "--force", seconds=20
    )
    found = {line.split("|")[1].strip() for line in output.splitlines() if line.count("|") == 3 and "10" in line}
    existing, absent = {"100", "101"}, {"98", "99", "102", "103", "104", "105"}
    assert not (found & existing and not found & absent), output


async def test_svcrack_is_stopped_before_it_has_tried_many_passwords(target, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    before = target.agent.guard.silenced
    _, output = await run(*sipvicious("svcrack"), "-u", "101", "-r", "1-500", "-p", target.port, HERE, seconds=6)
    assert "x7f-Long-One" not in output
    assert target.agent.guard.silenced > before
