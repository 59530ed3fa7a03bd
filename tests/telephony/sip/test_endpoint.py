"""Endpoints on real sockets: UDP, TCP in fragments, TLS with a certificate, limits, pings, registration."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kinline.telephony.sip import (
    Account,
    Confirmed,
    Credentials,
    Ended,
    Endpoint,
    Everyone,
    Failed,
    Identity,
    Limits,
    Registrar,
    SipError,
    Target,
    TlsFiles,
    WasAnswered,
    client_tls,
)

CALLER = Identity("+15045550100")
HERE = "127.0.0.1"


@pytest.fixture
def certificate(tmp_path):
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kinline test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


class Ear:
    """Waits for events of a session."""

    def __init__(self, session):
        self.events = []
        self.arrived = asyncio.Event()
        session.on_event = self.hear

    def hear(self, event):
        self.events.append(event)
        self.arrived.set()

    async def until(self, kind):
        async with asyncio.timeout(10):
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        return event
                self.arrived.clear()
                await self.arrived.wait()


class Peers:
    def __init__(self):
        self.opened = []

    async def open(self, **options):
        options.setdefault("authority", Everyone())
        endpoint = await Endpoint.open(HERE, **options)
        self.opened.append(endpoint)
        return endpoint


@pytest.fixture
async def peers():
    peers = Peers()
    yield peers
    for endpoint in peers.opened:
        await endpoint.close(0.5)


async def a_whole_call(caller, target):
    """INVITE to BYE; the events of both sides are checked on the way."""
    call = caller.call(target, called="+15045550123", caller=CALLER, offer=b"v=0 offer")
    ear = Ear(call)
    assert await ear.until(WasAnswered) == WasAnswered(b"v=0 answer")
    call.hang_up()


def answering():
    """An `on_call` that answers, and the ears that it made."""
    ears = []

    def on_call(call):
        ears.append(Ear(call))
        call.ring()
        call.answer(b"v=0 answer")

    return on_call, ears


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_over_udp_and_tcp(peers, transport):
    on_call, ears = answering()
    called = await peers.open(on_call=on_call)
    await a_whole_call(await peers.open(), Target(HERE, called.port, transport))
    await ears[0].until(Confirmed)
    assert await ears[0].until(Ended) == Ended(None, by_peer=True)


async def test_a_call_over_tls_with_a_verified_certificate(peers, certificate):
    on_call, ears = answering()
    called = await peers.open(on_call=on_call, tls=TlsFiles(*certificate, port=0))
    caller = await peers.open(tls_client=client_tls(certificate[0]))
    await a_whole_call(caller, Target(HERE, called.tls_port, "tls"))
    await ears[0].until(Ended)


async def test_a_certificate_that_nobody_vouches_for_is_no_connection(peers, certificate):
    called = await peers.open(tls=TlsFiles(*certificate, port=0))
    caller = await peers.open()
    ear = Ear(caller.call(Target(HERE, called.tls_port, "tls"), called="1", caller=CALLER, offer=b"v=0"))
    assert (await ear.until(Failed)).status == 503


async def test_a_refused_connection_passes_on_to_the_next_target(peers):
    on_call, ears = answering()
    called = await peers.open(on_call=on_call)
    nobody = await peers.open(transports=("udp",))
    caller = await peers.open()
    await a_whole_call(caller, [Target(HERE, nobody.port, "tcp"), Target(HERE, called.port, "udp")])
    await ears[0].until(Ended)


async def test_a_host_name_is_resolved(peers):
    on_call, ears = answering()
    called = await peers.open(on_call=on_call)
    await a_whole_call(await peers.open(), Target("localhost", called.port))
    await ears[0].until(Ended)


OPTIONS = (
    "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{0}\r\nFrom: <sip:a@b>;tag=1\r\n"
    "To: <sip:x>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


async def test_a_stream_in_small_fragments_and_pings_between_messages(peers):
    endpoint = await peers.open()
    reader, writer = await asyncio.open_connection(HERE, endpoint.port)
    stream = "\r\n\r\n".join(OPTIONS.format(number) for number in range(3)).encode()
    for at in range(0, len(stream), 7):
        writer.write(stream[at : at + 7])
        await writer.drain()
    answers = b""
    async with asyncio.timeout(10):
        while answers.count(b"SIP/2.0 200 OK\r\n") < 3 or answers.count(b"\r\n\r\n\r\n") < 2:
            answers += await reader.read(65536)
    writer.close()


@pytest.mark.parametrize("garbage", [b"G" * 70_000, b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999\r\n\r\n"])
async def test_a_stream_that_is_not_sip_is_closed(peers, garbage):
    endpoint = await peers.open()
    reader, writer = await asyncio.open_connection(HERE, endpoint.port)
    writer.write(garbage)
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()


async def test_connections_of_one_source_are_bounded(peers):
    endpoint = await peers.open(limits=Limits(connections_per_source=3))
    streams = [await asyncio.open_connection(HERE, endpoint.port) for _ in range(5)]
    closed = 0
    for number, (reader, writer) in enumerate(streams):
        try:
            writer.write(OPTIONS.format(number).encode())
            async with asyncio.timeout(10):
                closed += not await reader.read(100)
        except ConnectionError:
            closed += 1
        writer.close()
    assert closed == 2


async def test_ping_measures_a_ready_peer_and_finds_a_draining_or_absent_one_unavailable(peers):
    asked, asking = await peers.open(), await peers.open()
    target = Target(HERE, asked.port)
    assert 0 < await asking.ping(target) < 4
    asked.draining = True
    assert await asking.ping(target) is None
    gone = Target(HERE, asked.port + 1 if asked.port < 65535 else 1, "tcp")
    assert await asking.ping(gone, timeout=2) is None


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_phone_registers_and_is_called_where_it_registered(peers, directory, transport):
    line = Account.of("+15045550123", "kinline", "line-password")
    switchboard = await peers.open(registrar=Registrar(), authority=directory([line]))
    on_call, ears = answering()
    phone = await peers.open(on_call=on_call)
    here = Target(HERE, switchboard.port, transport, credentials=Credentials("+15045550123", "line-password"))
    registration = await phone.register(here, user="+15045550123")
    assert registration.is_registered
    await a_whole_call(switchboard, switchboard.targets("+15045550123"))
    await ears[0].until(Ended)
    await registration.close()
    assert switchboard.targets("+15045550123") == ()

    wrong = Target(HERE, switchboard.port, transport, credentials=Credentials("+15045550123", "guess"))
    with pytest.raises(SipError) as refused:
        await phone.register(wrong, user="+15045550123")
    assert refused.value.status == 401


async def test_a_port_that_is_taken_is_an_error_at_once(peers):
    endpoint = await peers.open()
    with pytest.raises(OSError, match="in use"):
        await Endpoint.open(HERE, endpoint.port, authority=Everyone())


async def test_closing_hangs_up_what_is_left(peers):
    on_call, ears = answering()
    called, caller = await peers.open(on_call=on_call), await peers.open()
    ear = Ear(caller.call(Target(HERE, called.port), called="1", caller=CALLER, offer=b"v=0"))
    await ear.until(WasAnswered)
    await ears[0].until(Confirmed)
    await caller.close()
    await ears[0].until(Ended)


async def test_the_trace_shows_every_message_in_order(peers):
    seen = []
    on_call, ears = answering()
    called = await peers.open(
        on_call=on_call, trace=lambda direction, data, local, remote, at: seen.append((direction, data.split(b" ")[:2]))
    )
    await a_whole_call(await peers.open(), Target(HERE, called.port))
    await ears[0].until(Ended)
    assert [(direction, words[0] if words[0] != b"SIP/2.0" else words[1]) for direction, words in seen] == [
        ("in", b"INVITE"), ("out", b"180"), ("out", b"200"), ("in", b"ACK"), ("in", b"BYE"), ("out", b"200"),
    ]  # fmt: skip


def test_client_tls_verifies_unless_told_otherwise():
    assert client_tls().verify_mode is ssl.CERT_REQUIRED
    assert client_tls(verify=False).verify_mode is ssl.CERT_NONE


async def test_a_fault_of_the_application_does_not_deafen_the_endpoint(peers):
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context["exception"]))

    def faulty(call):
        raise RuntimeError("a bug")

    called, caller = await peers.open(on_call=faulty), await peers.open()
    for transport in ("udp", "tcp"):
        target = Target(HERE, called.port, transport)
        for _ in range(100):
            caller.call(target, called="1", caller=CALLER, offer=b"v=0").hang_up()
        assert await caller.ping(target) is not None
    assert faults
    assert all(isinstance(fault, RuntimeError) for fault in faults)
