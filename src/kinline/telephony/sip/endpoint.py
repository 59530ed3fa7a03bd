"""The asyncio rim: one user agent on its sockets."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
import time
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from functools import lru_cache

from kinline.telephony.sip.auth import ALGORITHMS
from kinline.telephony.sip.authority import Authority
from kinline.telephony.sip.draft import Draft
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Endpoints, Flow
from kinline.telephony.sip.guard import Limits
from kinline.telephony.sip.message import Response
from kinline.telephony.sip.outgoing import OutgoingCall
from kinline.telephony.sip.registrar import Registrar
from kinline.telephony.sip.registration import Registration
from kinline.telephony.sip.target import Headers, Identity, Target, Transport
from kinline.telephony.sip.tls import TlsFiles, client_tls
from kinline.telephony.sip.transports import Connection, NamedFlow, Trace, UdpFlow, UdpPort
from kinline.telephony.sip.useragent import OnCall, UserAgent

_RESOLUTION = 0.05
"""Seconds; timers that are due within it run together."""
_SWEEP = 15.0
_SILENT_FOR = 15.0
_IDLE_FOR = 900.0


class Endpoint:
    """See the package for what it offers. Made by `open`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, agent: UserAgent, trace: Trace | None) -> None:
        self.agent = agent
        self.host = ""
        self.port = 0
        self.tls_port = 0
        self._accepted: Counter[str] = Counter()  # connections for each source
        self._armed: float | None = None
        self._connections: dict[tuple[Transport, str, int], Connection] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._loop = loop
        self._registrations: list[RegistrationHandle] = []
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._tls_client: ssl.SSLContext | None = None
        self._trace = trace
        self._udp: UdpPort | None = None
        agent.timers.sooner = self._arm

    @classmethod
    async def open(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        authority: Authority,
        on_call: OnCall | None = None,
        registrar: Registrar | None = None,
        transports: Iterable[Transport] = ("udp", "tcp"),
        tls: TlsFiles | None = None,
        tls_client: ssl.SSLContext | None = None,
        advertised: str = "",
        realm: str = "kinline",
        digest_algorithms: Sequence[str] = ALGORITHMS,
        limits: Limits | None = None,
        session_expires: int = 1800,
        trace: Trace | None = None,
    ) -> Endpoint:
        """Bind the sockets and start. Raises `OSError` when a port is taken."""
        loop = asyncio.get_running_loop()
        agent = UserAgent(
            connect=_refuse, clock=loop.time, entropy=os.urandom, authority=authority, on_call=on_call,
            registrar=registrar, realm=realm, digest_algorithms=digest_algorithms, limits=limits,
            session_expires=session_expires,
        )  # fmt: skip
        endpoint = cls(loop, agent, trace)
        agent.connect = endpoint._connect
        endpoint._tls_client = tls_client or (tls.client() if tls else None)
        try:
            await endpoint._bind(host, port, frozenset(transports), tls, advertised or host)
        except BaseException:
            endpoint._shut()
            raise
        endpoint._sweep()
        return endpoint

    @property
    def draining(self) -> bool:
        return self.agent.draining

    @draining.setter
    def draining(self, draining: bool) -> None:
        self.agent.draining = draining

    def call(
        self, targets: Sequence[Target] | Target, *, called: str, caller: Identity, offer: bytes | None = None,
        headers: Headers = (), hops: int = 70,
    ) -> OutgoingCall:  # fmt: skip
        """Place a call; set `on_event` on it at once."""
        tried = (targets,) if isinstance(targets, Target) else targets
        return self.agent.call(tried, called=called, caller=caller, offer=offer, headers=headers, hops=hops)

    def targets(self, user: str) -> tuple[Target, ...]:
        """Where a registered user can be called, best first; none when no phone of theirs is registered."""
        registrar = self.agent.registrar
        if registrar is None:
            return ()
        return tuple(binding.target() for binding in registrar.bindings(user, self._loop.time()))

    def registrations(self) -> dict[str, list[float]]:
        """Who is registered, and until when each of their phones, on the loop's clock."""
        registrar = self.agent.registrar
        return {} if registrar is None else registrar.everybody(self._loop.time())

    async def ping(self, target: Target, timeout: float = 4.0) -> float | None:  # noqa: ASYNC109 - part of the question
        """Ask a trunk with OPTIONS whether it is there: seconds until it answers; None when it does not, or
        cannot serve (408, 5xx). Many answer 403, 404 or 405, and are there."""
        agent = self.agent
        done: asyncio.Future[int] = self._loop.create_future()
        host = target.host if target.port == 5060 else f"{target.host}:{target.port}"
        uri = target.uri or f"sip:{host}"
        draft = Draft(
            "OPTIONS", uri, from_=f"<sip:{agent.domain}>;tag={agent.tokens.draw()}", to=f"<{uri}>",
            call_id=agent.tokens.draw(32), cseq=1,
            extra=agent.contact_of(target.transport) + "Accept: application/sdp\r\n",
        )  # fmt: skip

        def told(response: Response, now: float) -> None:
            if response.status >= 200 and not done.done():
                done.set_result(response.status)

        start = time.perf_counter()
        agent.send(draft, target.flow or self._connect(target.transport, target.host, target.port), told, agent.clock())
        try:
            status = await asyncio.wait_for(done, timeout)
        except TimeoutError:
            return None
        return time.perf_counter() - start if status < 500 and status != 408 else None

    async def register(self, registrar: Target, *, user: str, expires: int = 300) -> RegistrationHandle:
        """Register `user` and keep it so. Raises `SipError` with the status that refused it."""
        handle = RegistrationHandle(self, registrar, user, expires)
        try:
            status = await handle.first()
        except BaseException:
            handle.abandon()
            raise
        if not 200 <= status < 300:
            handle.abandon()
            raise SipError(f"registering {user[:4]}... was refused", status)
        self._registrations.append(handle)
        return handle

    async def close(self, grace: float = 1.0) -> None:
        """Hang up what is left, withdraw registrations, and free every socket and timer, within `grace` seconds.
        Idempotent."""
        if self._udp is None:
            return
        for session in list(self.agent.sessions.values()):
            session.hang_up()
        await asyncio.gather(*(handle.close(grace) for handle in list(self._registrations)))
        for _ in range(int(grace / 0.02)):
            if not any(client.is_waiting for client in self.agent.transactions.clients.values()):
                break
            await asyncio.sleep(0.02)
        self._shut()
        await asyncio.sleep(0)  # connections tell that they are closed

    # Sockets -----------------------------------------------------------------------------------------------------

    async def _bind(
        self, host: str, port: int, transports: frozenset[Transport], tls: TlsFiles | None, advertised: str
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for attempt in range(20):
            udp = socket.socket(family, socket.SOCK_DGRAM)
            tcp = socket.socket(family, socket.SOCK_STREAM)
            try:
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                udp.bind((host, port))
                tcp.bind((host, udp.getsockname()[1]))
                break
            except OSError:
                udp.close()
                tcp.close()
                if port or attempt == 19:
                    raise
        self.host, self.port = udp.getsockname()[:2]
        shown = f"[{advertised}]" if ":" in advertised and not advertised.startswith("[") else advertised
        if "udp" in transports:
            self.agent.listen("udp", shown, self.port)
        self._udp = UdpPort(self.agent, self._loop, udp, self._trace)  # also without listening: to send
        if "tcp" in transports:
            await self._serve("tcp", tcp, None)
            self.agent.listen("tcp", shown, self.port)
        else:
            tcp.close()
        if tls is not None:
            secure = socket.socket(family, socket.SOCK_STREAM)
            secure.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                secure.bind((host, tls.port))
            except OSError:
                secure.close()
                raise
            self.tls_port = secure.getsockname()[1]
            await self._serve("tls", secure, tls.server())
            self.agent.listen("tls", shown, self.tls_port)

    async def _serve(self, transport: Transport, bound: socket.socket, context: ssl.SSLContext | None) -> None:
        def accept() -> Connection:
            return Connection(
                self.agent, self._loop, transport, ("", 0), self._trace, self._closed, self._opened
            )  # fmt: skip

        wait = 10.0 if context is not None else None
        self._servers.append(
            await self._loop.create_server(accept, sock=bound, ssl=context, backlog=512, ssl_handshake_timeout=wait)
        )

    def _opened(self, connection: Connection) -> bool:
        """A peer connected: is there room for it?"""
        limits = self.agent.limits
        host, port = connection.remote
        if len(self._connections) >= limits.connections or self._accepted[host] >= limits.connections_per_source:
            return False
        self._accepted[host] += 1
        connection.accepted = True
        self._connections[connection.transport, host, port] = connection
        return True

    def _closed(self, connection: Connection) -> None:
        for key in [key for key, held in self._connections.items() if held is connection]:
            del self._connections[key]
        if connection.accepted:
            host = connection.remote[0]
            self._accepted[host] -= 1
            if not self._accepted[host]:
                del self._accepted[host]

    def _connect(self, transport: Transport, host: str, port: int) -> Flow:
        """The flow to a hop, at once; names are resolved and connections opened while what is sent waits."""
        host = host.strip("[]")
        if transport == "udp":
            assert self._udp is not None  # noqa: S101 - set by `open`
            if _is_address(host):
                return UdpFlow(self._udp, (host, port))
            flow = NamedFlow(self._udp, (host, port))
            self._start(self._resolve(flow, host, port))
            return flow
        connection = self._connections.get((transport, host, port))
        if connection is None or not connection.open:
            connection = Connection(self.agent, self._loop, transport, (host, port), self._trace, self._closed)
            self._connections[transport, host, port] = connection
            self._start(self._dial(connection, host, port))
        return connection

    async def _dial(self, connection: Connection, host: str, port: int) -> None:
        context = None
        if connection.transport == "tls":
            context = self._tls_client = self._tls_client or client_tls()
        try:
            async with asyncio.timeout(5.0):
                await self._loop.create_connection(lambda: connection, host, port, ssl=context)
        except (OSError, TimeoutError, ssl.SSLError):
            connection.lost()

    async def _resolve(self, flow: NamedFlow, host: str, port: int) -> None:
        try:
            async with asyncio.timeout(5.0):
                found = await self._loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
            address: Endpoints = found[0][4][:2]  # type: ignore[assignment]
        except (OSError, TimeoutError, IndexError):
            self.agent.lost(flow, self._loop.time())
        else:
            flow.resolved(address)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Time --------------------------------------------------------------------------------------------------------

    def _arm(self, due: float) -> None:
        if self._armed is None or due < self._armed:
            if self._handle is not None:
                self._handle.cancel()
            self._armed = due
            self._handle = self._loop.call_at(due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time() + 0.0005  # loops may wake a little early
        self._armed = self._handle = None
        if self._udp is not None:
            self._udp.drain()  # an answer that waits in the socket makes repeating the question pointless
        try:
            self.agent.tick(now)
        finally:  # whatever the application did in an event, time goes on
            due = self.agent.next_deadline
            if due is not None:
                self._arm(max(due, now + _RESOLUTION))

    def _sweep(self, now: float = 0.0) -> None:
        """Close connections that say nothing, forget bindings that expired."""
        now = self._loop.time()
        for connection in list(self._connections.values()):
            if now - connection.active_at > (_IDLE_FOR if connection.heard else _SILENT_FOR):
                connection.close()
        if self.agent.registrar is not None:
            self.agent.registrar.tick(now)
        self.agent.timers.set(now + _SWEEP, self._sweep)

    def _shut(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self.agent.timers.sooner = None
        for server in self._servers:
            server.close()
        for connection in list(self._connections.values()):
            connection.close()
        for task in self._tasks:
            task.cancel()
        if self._udp is not None:
            self._udp.close()
            self._udp = None


class RegistrationHandle:
    """A registration of ours; see `Endpoint.register`."""

    def __init__(self, endpoint: Endpoint, registrar: Target, user: str, expires: int) -> None:
        self._endpoint = endpoint
        self._verdict: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._registration = Registration(endpoint.agent, registrar, user, expires, self._told)

    @property
    def is_registered(self) -> bool:
        return self._registration.registered

    async def first(self) -> int:
        """The first verdict of the registrar."""
        return await self._verdict

    def abandon(self) -> None:
        """Stop without a word."""
        self._registration.stop()

    async def close(self, grace: float = 1.0) -> None:
        """Withdraw it; waits for the registrar's answer `grace` seconds at most."""
        if self in self._endpoint._registrations:
            self._endpoint._registrations.remove(self)
        self._verdict = asyncio.get_running_loop().create_future()
        self._registration.withdraw(self._told)
        await asyncio.wait([self._verdict], timeout=grace)

    def _told(self, status: int) -> None:
        if not self._verdict.done():
            self._verdict.set_result(status)


def _refuse(transport: Transport, host: str, port: int) -> Flow:
    raise SipError("the endpoint is not open", 503)


@lru_cache(maxsize=1024)
def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
