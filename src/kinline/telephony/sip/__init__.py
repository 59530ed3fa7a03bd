"""SIP: calls over UDP, TCP and TLS. A sans-I/O core (`UserAgent`) and its asyncio rim (`Endpoint`).

    endpoint = await Endpoint.open(
        host, port,                          # UDP and TCP; port 0: any free one, see `endpoint.port`
        transports=("udp", "tcp"),           # what is listened on; "tls" by giving `tls`
        tls=TlsFiles(certificate, key, port=5061, authority_file=None, verify=True),
        tls_client=client_tls(authority_file, verify=True),  # for who connects out over TLS and does not listen on it
        advertised="",                       # host that goes into Via and Contact; empty: `host`
        realm="kinline",
        digest_algorithms=("SHA-256", "MD5"),  # some old phones give up at any but MD5
        authority=authority,                 # who may call: `Authority`; `Everyone()` for a phone
        registrar=Registrar(),               # None: REGISTER is refused
        on_call=callable(IncomingCall),
        limits=Limits(),                     # sessions, half-open calls, transactions, connections, rates
        trace=callable(direction, data, local, remote, at),  # "in" | "out", bytes, (host, port) each, epoch seconds
    )
    endpoint.draining = True                 # OPTIONS and new calls get 503; calls in progress go on
    endpoint.host, endpoint.port             # as bound
    await endpoint.close()                   # BYE/CANCEL to what is left, registrations withdrawn, sockets closed

Outgoing:
    call = endpoint.call(targets, called="+15045550123", caller=Identity("+15045550100"), offer=sdp, headers=())
    targets: Sequence[Target] tried in order on silence, 503 (any 5xx), or no connection; 401/407 answered with
    the target's credentials; 3xx followed (at most 5 contacts, sip: and sips: only).
    endpoint.targets(user) -> tuple[Target, ...]: the bindings of a registered station or line, best first.
    registration = await endpoint.register(Target(host, port, credentials=...), user="+1504...", expires=300)
        returns when registered (raises `SipError` with .status when refused), keeps itself refreshed;
        `await registration.close()` withdraws it.
    await endpoint.ping(target) -> float | None    # OPTIONS: round trip in seconds of a 2xx, None: not available

Incoming: `on_call(call)` with an `IncomingCall`; set `call.on_event` in it. It may be answered at once.

Session (IncomingCall and OutgoingCall):
    .call_id            the Call-ID
    .remote_identity    incoming: the authenticated user, or what `authority.trusted` said; with `Everyone`, or "",
                        the user part of From. Outgoing: the called user.
    .source             (host, port) where the peer's INVITE came from / was sent to
    .called             user part of the request URI ("" for none)
    .request            incoming: the INVITE (`.get("p-asserted-identity")`); outgoing: None
    .remote_sdp         the peer's last SDP, bytes or None (an INVITE without an offer)
    .local_sdp          our last SDP
    .state              State.EARLY | TALKING | OVER
    .on_event           callable(Event); vocabulary in `events`
    .ring(status=180, sdp=None)      incoming, before the answer; 180 to 199
    .answer(sdp, headers=())         incoming; 200 OK, repeated until the ACK
    .reject(status, phrase="", headers=())   incoming, before the answer
    .hang_up(headers=())     in any state: BYE, CANCEL or 603/487 as the moment demands; silent when already over
    .renegotiate(sdp)        re-INVITE with a new offer -> Renegotiated | RenegotiationFailed

All callbacks run on the loop, all verbs return at once. Verbs on a session that is over do nothing.
An SDP is bytes that this room never looks into.
"""

from kinline.telephony.sip.authority import Account, Authority, Everyone
from kinline.telephony.sip.endpoint import Endpoint, RegistrationHandle
from kinline.telephony.sip.errors import SipError
from kinline.telephony.sip.events import (
    Confirmed,
    DigitInfo,
    Ended,
    Event,
    Failed,
    Offered,
    Rang,
    Renegotiated,
    RenegotiationFailed,
    WasAnswered,
)
from kinline.telephony.sip.guard import Limits
from kinline.telephony.sip.incoming import IncomingCall
from kinline.telephony.sip.outgoing import OutgoingCall
from kinline.telephony.sip.registrar import Binding, Registrar
from kinline.telephony.sip.session import Session, State
from kinline.telephony.sip.target import Credentials, Identity, Target
from kinline.telephony.sip.tls import TlsFiles, client_tls

__all__ = [
    "Account",
    "Authority",
    "Binding",
    "Confirmed",
    "Credentials",
    "DigitInfo",
    "Ended",
    "Endpoint",
    "Event",
    "Everyone",
    "Failed",
    "Identity",
    "IncomingCall",
    "Limits",
    "Offered",
    "OutgoingCall",
    "Rang",
    "Registrar",
    "RegistrationHandle",
    "Renegotiated",
    "RenegotiationFailed",
    "Session",
    "SipError",
    "State",
    "Target",
    "TlsFiles",
    "WasAnswered",
    "client_tls",
]
