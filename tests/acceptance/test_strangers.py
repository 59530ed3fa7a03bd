"""Whoever is no station, line or trunk learns nothing, and cannot take the service from those who are."""

import re
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from acceptance.exchange import CALL_HOME, Exchange
from acceptance.installation import CARRIER_ADDRESS, Installation, resident_memory
from acceptance.judgement import assert_priced

from kinline.demo import MOTHER

STRANGER = "127.0.0.9"
"""Not the stations' address: strangers are rate limited by address."""
FLOODER = "127.0.0.8"
MEGABYTE = 1_000_000
TELLING = re.compile(rb"^(server|user-agent|x-[a-z-]+|allow|contact|organization):", re.IGNORECASE | re.MULTILINE)


def request(
    installed: Installation, method: str, user: str, number: int, source: str, port: int, header: str = ""
) -> bytes:
    uri = f"sip:{user}@{installed.host}:{installed.sip_port}"
    return (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{method}{port}x{number}\r\n"
        f"From: <sip:{user}@{installed.host}>;tag=t{number}\r\nTo: <{uri}>\r\nCall-ID: {port}-{number}@{source}\r\n"
        f"CSeq: 1 {method}\r\nContact: <sip:{user}@{source}:{port}>\r\nMax-Forwards: 70\r\n{header}"
        "Content-Length: 0\r\n\r\n"
    ).encode()


class Wire:
    """A UDP socket of somebody."""

    def __init__(self, installed: Installation, address: str) -> None:
        self.installed = installed
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.address, self.port = self.socket.getsockname()

    def send(self, method: str, user: str, number: int, header: str = "") -> None:
        data = request(self.installed, method, user, number, self.address, self.port, header)
        self.socket.sendto(data, (self.installed.host, self.installed.sip_port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def answer(self, seconds: float = 3.0) -> bytes | None:
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(65535)
        except TimeoutError:
            return None


@pytest.fixture
def stranger(installed: Installation) -> Iterator[Wire]:
    with Wire(installed, STRANGER) as wire:
        yield wire


def what_is_said(answer: bytes | None) -> bytes | None:
    """An answer without what differs by nature: who asked, and the nonce."""
    if answer is None:
        return None
    kept = [line for line in answer.split(b"\r\n") if not re.match(rb"(?i)(via|from|to|call-id|contact):", line)]
    return re.sub(rb'nonce="[^"]*"', b"nonce", b"\r\n".join(kept))


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE", "OPTIONS", "BYE", "NONSENSE"])
def test_a_user_who_exists_is_answered_like_one_who_does_not(stranger: Wire, method: str) -> None:
    said = []
    for number, user in enumerate(("station-a1", MOTHER, "nobody", "1000", "admin")):
        stranger.send(method, user, number)
        answer = stranger.answer(1.0)
        assert answer is None or not TELLING.search(answer), answer
        assert b"kinline/" not in (answer or b"").lower()
        said.append(what_is_said(answer))
    assert len(set(said)) == 1, said


def test_a_wrong_password_is_answered_like_an_unknown_user(stranger: Wire) -> None:
    stranger.send("REGISTER", "station-a1", 100)
    challenge = stranger.answer()
    assert challenge is not None
    nonce = re.search(rb'nonce="([^"]*)"', challenge).group(1).decode()  # type: ignore[union-attr]
    said = []
    for number, user in enumerate(("station-a1", "nobody"), start=101):
        header = (
            f'Authorization: Digest username="{user}", realm="kinline", nonce="{nonce}", uri="sip:x", '
            f'response="{"0" * 32}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"\r\n'
        )
        stranger.send("REGISTER", user, number, header)
        said.append(what_is_said(stranger.answer()))
    assert said[0] == said[1]
    assert said[0] is not None
    assert said[0].startswith(b"SIP/2.0 401")


def sipvicious(program: str, *words: str, folder: Path, seconds: float = 25) -> str:
    """What one of sipvicious' scanners has found when it gives up, or when we have seen enough."""
    path = Path(sysconfig.get_path("scripts"), f"sipvicious_{program}")
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}
    try:
        done = subprocess.run(
            (sys.executable, str(path), *words),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
        return done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace")


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "INVITE"])
def test_svmap_finds_no_product(installed: Installation, tmp_path: Path, method: str) -> None:
    port = str(installed.sip_port)
    found = sipvicious("svmap", "-m", method, "-p", port, installed.host, folder=tmp_path)
    assert "kinline" not in found.lower(), found
    for line in found.splitlines():
        if port in line and "|" in line:
            assert line.rstrip(" |").endswith("unknown"), found


@pytest.mark.parametrize("method", ["REGISTER", "INVITE"])
def test_svwar_finds_no_user(installed: Installation, tmp_path: Path, method: str) -> None:
    guesses = tmp_path / "guesses"
    guesses.write_text("\n".join(("nobody", "station-a1", "station-b2", MOTHER, "100", "admin")) + "\n")
    port = str(installed.sip_port)
    found = sipvicious(
        "svwar", "-m", method, "-d", str(guesses), "-p", port, "--force", installed.host, folder=tmp_path
    )
    assert "found nothing" in found, found


@pytest.mark.usefixtures("raw_sockets")
def test_floods_do_not_touch_a_call_in_progress(exchange: Exchange, installed: Installation) -> None:
    switchboard = installed.program("switchboard")
    assert switchboard is not None
    carrier = exchange.carrier("carrier_hangs_up", hang_up_after=16, reason="Q.850;cause=16")
    station = exchange.station("station_stays", CALL_HOME)
    call_id = exchange.call_id(CALL_HOME)
    before = resident_memory(switchboard)

    with Wire(installed, FLOODER) as flooder, Wire(installed, CARRIER_ADDRESS) as trunk:
        for number in range(20_000):  # of a stranger: challenged now and then, and forgotten
            flooder.send("INVITE", f"user{number}", number)
        for number in range(10_000):  # of an address that is trusted: refused, and never acknowledged
            trunk.send("INVITE", "station-a1", number)

    station.assert_done()
    carrier.assert_done()
    facts = installed.books.settled(call_id, within=40)
    assert (facts["disposition"], facts["reason"]) == ("completed", "talk.hangup_called")
    assert facts["billed_seconds"] >= 8
    assert_priced(facts)
    assert installed.program("switchboard") == switchboard, "it crashed and was started again"
    grown = resident_memory(switchboard) - before
    assert grown < 150 * MEGABYTE, f"grew by {grown / MEGABYTE:.0f} MB"
    assert not installed.logged("call.service_failed")
