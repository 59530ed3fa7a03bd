"""A dialog: what both ends keep so that later requests find their way (RFC 3261 12)."""

from kinline.telephony.sip.draft import Draft
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.flow import Flow
from kinline.telephony.sip.message import Request, Response
from kinline.telephony.sip.uri import Uri, parse_uri


class Dialog:
    """One end of a dialog. `local` and `remote` are the From and To values of the requests that we send."""

    __slots__ = (
        "_path", "behind_nat", "call_id", "flow", "local", "local_cseq", "remote", "remote_cseq", "remote_tag",
        "routes", "settled", "target",
    )  # fmt: skip

    def __init__(
        self, *, call_id: str, local: str, local_cseq: int, remote: str, remote_tag: str, remote_cseq: int,
        target: str, routes: list[str], flow: Flow, behind_nat: bool,
    ) -> None:  # fmt: skip
        self.call_id = call_id
        self.local = local
        self.local_cseq = local_cseq
        self.remote = remote
        self.remote_tag = remote_tag
        self.remote_cseq = remote_cseq
        self.target = target
        self.routes = routes
        self.flow = flow
        self.settled = False  # `flow` is known to lead to the target or the first route
        self.behind_nat = behind_nat  # its Contact cannot be reached; the address that it sends from can
        self._path: tuple[str, str] | None = None

    @classmethod
    def as_server(cls, request: Request, local_tag: str, flow: Flow) -> "Dialog":
        """RFC 3261 12.1.1: the route set in the order of Record-Route."""
        target = request.contact
        if target is None:
            raise SipError("an INVITE without a Contact")
        return cls(
            call_id=request.call_id,
            local=f"{request.headers['to'][0]};tag={local_tag}",
            local_cseq=0,
            remote=request.headers["from"][0],
            remote_tag=request.from_tag,
            remote_cseq=request.cseq[0],
            target=target,
            routes=request.listed("record-route") if "record-route" in request.headers else [],
            flow=flow,
            behind_nat=flow.remote[0] != request.via.host and "record-route" not in request.headers,
        )

    @classmethod
    def as_client(cls, draft: Draft, response: Response, flow: Flow, *, behind_nat: bool = False) -> "Dialog":
        """RFC 3261 12.1.2: the route set in the reverse order of Record-Route."""
        routes = response.listed("record-route") if "record-route" in response.headers else []
        return cls(
            call_id=draft.call_id,
            local=draft.from_,
            local_cseq=draft.cseq,
            remote=response.headers["to"][0],
            remote_tag=response.to_tag,
            remote_cseq=-1,
            target=response.contact or draft.uri,
            routes=routes[::-1],
            flow=flow,
            behind_nat=behind_nat and not routes,
        )

    def move(self, target: str | None) -> None:
        """A target refresh: the peer is at another Contact from now on (RFC 3261 12.2)."""
        if target is not None and target != self.target:
            self.target = target
            self._path = None
            self.settled = False

    def route_again(self, response: Response) -> None:
        """The 2xx fixes the route set anew, whatever the provisional answers said (RFC 3261 13.2.2.4)."""
        if "record-route" in response.headers or self.routes:
            self.routes = response.listed("record-route")[::-1]
            self._path = None
            self.settled = False

    def draft(self, method: str, extra: str = "", body: bytes = b"", cseq: int = 0) -> Draft:
        """A request inside the dialog; `cseq` 0: the next one (an ACK repeats that of its INVITE)."""
        if not cseq:
            self.local_cseq += 1
            cseq = self.local_cseq
        uri, routes = self._path or self._laid()
        return Draft(
            method, uri, from_=self.local, to=self.remote, call_id=self.call_id, cseq=cseq,
            routes=routes, extra=extra, body=body,
        )  # fmt: skip

    def next_hop(self) -> Uri:
        """Where requests of this dialog are sent: the first route, else the target."""
        return parse_uri(_uri_of(self.routes[0]) if self.routes else self.target)

    def follows(self, cseq: int) -> bool:
        """Is this the CSeq of a new request of the peer? Then it is remembered (RFC 3261 12.2.2)."""
        if cseq <= self.remote_cseq:
            return False
        self.remote_cseq = cseq
        return True

    def _laid(self) -> tuple[str, str]:
        """Request URI and Route lines (RFC 3261 12.2.1.1); a first route without lr is a strict router's."""
        routes = self.routes
        uri = self.target
        if routes:
            first = _uri_of(routes[0])
            if "lr" not in parse_uri(first).parameters:
                routes = [*routes[1:], f"<{self.target}>"]
                uri = first
        text = "".join(f"Route: {route}\r\n" for route in routes)
        self._path = uri, text
        return self._path


def _uri_of(route: str) -> str:
    opening = route.find("<")
    return route[opening + 1 : route.find(">", opening)] if opening >= 0 else route.partition(";")[0]
