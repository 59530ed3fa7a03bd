"""Two user agents on a network that the test holds in its hand: its clock, its losses, its delays."""

import asyncio
from collections.abc import Callable
from random import Random

import pytest
import uvloop

from kinline.telephony.sip import Everyone, Identity, IncomingCall, Session, Target
from kinline.telephony.sip.authority import Authority
from kinline.telephony.sip.events import Event
from kinline.telephony.sip.useragent import UserAgent

OFFER = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
CALLED_PARTY = (Target("192.0.2.2"),)
ANSWER = b"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n"


class FakeFlow:
    def __init__(self, network: "Network", local, remote, transport="udp"):
        self.network = network
        self.local = local
        self.remote = remote
        self.transport = transport
        self.reliable = transport != "udp"
        self.open = True

    def send(self, data: bytes) -> None:
        self.network.send(data, self)


class Network:
    """Delivers after 10 ms what `loses` does not take away; keeps a ladder of all that was sent."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.agents: dict[tuple[str, int], UserAgent] = {}
        self.ladder: list[tuple[float, str, str, bytes]] = []
        self.loses: Callable[[bytes], bool] = lambda data: False
        self.transport = "udp"
        self._packets: list[tuple[float, bytes, FakeFlow]] = []

    def agent(self, address: str, **options) -> UserAgent:
        local = (address, 5060)
        options.setdefault("authority", Everyone())
        agent = UserAgent(
            connect=lambda transport, host, port: FakeFlow(self, local, (host, port), transport),
            clock=lambda: self.now,
            entropy=Random(address).randbytes,
            **options,
        )
        for transport in ("udp", "tcp"):
            agent.listen(transport, *local)
        self.agents[local] = agent
        return agent

    def send(self, data: bytes, flow: FakeFlow) -> None:
        self.ladder.append((self.now, flow.local[0], flow.remote[0], data))
        if not self.loses(data):
            self._packets.append((self.now + 0.01, data, flow))

    def run(self, seconds: float) -> None:
        """Let that much time go by."""
        end = self.now + seconds
        while True:
            deadlines = [agent.next_deadline for agent in self.agents.values()]
            times = [due for due in deadlines if due is not None] + [at for at, _, _ in self._packets]
            if not times or min(times) > end:
                break
            self.now = max(self.now, min(times))
            arrived = [packet for packet in self._packets if packet[0] <= self.now]
            self._packets = [packet for packet in self._packets if packet[0] > self.now]
            for _, data, flow in arrived:
                agent = self.agents.get(flow.remote)
                if agent is not None:
                    agent.receive(data, FakeFlow(self, flow.remote, flow.local, flow.transport), self.now)
            for agent in self.agents.values():
                agent.tick(self.now)
        self.now = end

    def described(self, data: bytes) -> str:
        return described(data)

    def starts(self) -> list[str]:
        """The first words of what was sent, in order: methods and statuses with their CSeq method."""
        return [described(data) for *_, data in self.ladder]

    def count(self, what: str) -> int:
        return self.starts().count(what)


def described(data: bytes) -> str:
    """`INVITE`, `180`, `200 BYE`: the method, or the status and for what."""
    text = data.decode()
    words = text.split(" ", 2)
    if words[0] != "SIP/2.0":
        return words[0]
    method = text.split("CSeq: ")[1].split("\r\n")[0].split()[1]
    return words[1] if method == "INVITE" else f"{words[1]} {method}"


class Heard(list[Event]):
    """The events of a session, in order."""

    def listen(self, session: Session) -> "Heard":
        session.on_event = self.append
        return self

    @property
    def names(self) -> list[str]:
        return [type(event).__name__ for event in self]


class Pair:
    """A caller and a called user agent, and the calls between them."""

    def __init__(self, network: Network, **options) -> None:
        self.network = network
        self.caller = network.agent("192.0.2.1", **options.pop("caller", {}))
        self.called = network.agent("192.0.2.2", on_call=self._take, **options.pop("called", {}))
        self.incoming: IncomingCall | None = None
        self.called_heard = Heard()
        self.on_call: Callable[[IncomingCall], None] = lambda call: None

    def _take(self, call: IncomingCall) -> None:
        self.incoming = call
        self.called_heard.listen(call)
        self.on_call(call)

    def call(self, offer: bytes | None = OFFER, targets=CALLED_PARTY, **options):
        heard = Heard()
        call = self.caller.call(targets, called="+15045550123", caller=Identity("+15045550100"), offer=offer, **options)
        heard.listen(call)
        return call, heard

    def assert_nothing_left(self) -> None:
        """After the longest timer both ends remember nothing."""
        self.network.run(70)
        for agent in (self.caller, self.called):
            assert not agent.sessions
            assert not agent.callers
            assert not agent.transactions.clients
            assert not agent.transactions.servers
            assert agent.transactions.proceeding == 0
            assert len(agent.timers) == 0


def pytest_asyncio_loop_factories(config, item):
    """The rim must run on Python's own loop and on uvloop, whose transports are other classes."""
    factories = {"uvloop": uvloop.new_event_loop}
    return factories | {"asyncio": asyncio.SelectorEventLoop} if item.path.stem == "test_endpoint" else factories


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture(scope="session")
def fresh_network() -> Callable[[], Network]:
    """For tests that need many."""
    return Network


@pytest.fixture
def pair(network: Network) -> Pair:
    return Pair(network)


@pytest.fixture
def make_pair(network: Network) -> Callable[..., Pair]:
    return lambda **options: Pair(network, **options)


def an_authority(accounts=(), trusted=None) -> Authority:
    """Accounts by user, identities by address."""

    class Directory:
        def account(self, user):
            return {account.user: account for account in accounts}.get(user)

        def trusted(self, address):
            return (trusted or {}).get(address)

    return Directory()


@pytest.fixture
def directory():
    return an_authority
