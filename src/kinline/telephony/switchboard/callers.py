"""Who calls in from the telephone network or from a registered line, and which of our numbers they called."""

from typing import Final

from kinline.core.numbering import E164, NotANumber, e164
from kinline.telephony.sip import IncomingCall, SipError
from kinline.telephony.sip.uri import addresses
from kinline.telephony.switchboard.directory import Directory

_SCHEMES: Final = ("sip", "sips", "tel")


def is_called(number: E164, incoming: IncomingCall) -> bool:
    """Whether the request URI names the number: `+12255550150`, `12255550150` or `2255550150`."""
    return _number(incoming.called) == number


def caller_of(incoming: IncomingCall, directory: Directory) -> E164 | None:
    """The caller's number: of a line, whose password was shown, its own; from a trusted carrier what it asserts, else
    its From (RFC 3325). A claim that anybody can make is worth nothing."""
    identity = incoming.remote_identity
    if line := directory.line(identity):
        return line.number
    if not directory.is_trunk(identity):
        return None
    try:
        asserted = addresses(incoming.request.headers.get("p-asserted-identity", []))
        claimed = asserted or [incoming.request.from_]
    except SipError:
        return None
    numbers = (_number(_user(address.uri)) for address in claimed)
    return next((number for number in numbers if number is not None), None)


def _user(uri: str) -> str:
    scheme, _, rest = uri.partition(":")
    return rest.partition("@")[0].partition(";")[0] if scheme.lower() in _SCHEMES else ""


def _number(text: str) -> E164 | None:
    try:
        return e164(text)
    except NotANumber:
        return None
