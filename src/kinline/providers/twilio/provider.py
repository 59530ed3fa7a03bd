"""`POST /2010-04-01/Accounts/{account}/Messages.json`, with the account's name and token."""

import base64
import hmac
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from kinline.providers.sms import BadSignature, Inbound, SmsNotSent

_EXAMPLE: Final = "write twilio://ACCOUNT:TOKEN@api.twilio.com?from=+15045550100, or ?service=MG... for a service"
_SECONDS: Final = 15
_NUMBERS_FAULT: Final = frozenset({21211, 21214, 21217, 21408, 21610, 21612, 21614, 30003, 30005, 30006})
"""Not a number, not reachable, not a mobile, its country is not allowed, or its owner answered STOP."""


class UnreadableSmsUrl(ValueError):
    """`KINLINE_SMS_URL` names no provider; the text says why, and never the token."""


@dataclass(frozen=True, slots=True)
class TwilioAddress:
    host: str
    port: int | None
    account: str
    token: str = field(repr=False)
    sender: tuple[str, str]
    """The field of the request that says from whom, and its value."""
    is_plain: bool = False
    """Without TLS: a local fake."""


def twilio_address(url: str) -> TwilioAddress:
    """What `KINLINE_SMS_URL` says. Raises `UnreadableSmsUrl`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnreadableSmsUrl(f"it cannot be read: {_EXAMPLE}") from error
    asked = parse_qs(parts.query.replace("+", "%2B"))
    sender = (
        ("MessagingServiceSid", asked["service"][0]) if "service" in asked else ("From", asked.get("from", [""])[0])
    )
    if not parts.hostname or not parts.username or not parts.password or not sender[1]:
        raise UnreadableSmsUrl(f"it lacks host, account, token or sender: {_EXAMPLE}")
    is_plain = parts.scheme == "twilio+http"
    if parts.scheme != "twilio" and not (is_plain and parts.hostname in {"127.0.0.1", "localhost"}):
        raise UnreadableSmsUrl(f"it is no twilio:// address: {_EXAMPLE}")
    return TwilioAddress(parts.hostname, port, unquote(parts.username), unquote(parts.password), sender, is_plain)


class Twilio:
    """One connection for each message: they are few."""

    name = "Twilio"

    def __init__(self, address: TwilioAddress) -> None:
        self._address = address

    def send(self, number: str, text: str) -> str:
        body = urlencode({"To": number, self._address.sender[0]: self._address.sender[1], "Body": text})
        try:
            status, answer = self._post(body)
        except (OSError, ssl.SSLError, http.client.HTTPException, ValueError) as error:
            raise SmsNotSent(f"{self.name} is not reached ({type(error).__name__})", is_transient=True) from error
        if status in (200, 201):
            return str(answer.get("sid", ""))
        code = answer.get("code", 0)
        raise SmsNotSent(
            f"{self.name} answered {status} ({code})",
            is_transient=status == 429 or status >= 500,
            is_the_numbers_fault=code in _NUMBERS_FAULT,
        )

    def inbound(self, address: str, fields: Mapping[str, str], signature: str) -> Inbound:
        """By `X-Twilio-Signature`: HMAC-SHA1 over the address and the fields in their order, keyed with the token."""
        signed = address + "".join(name + fields[name] for name in sorted(fields))
        made = base64.b64encode(hmac.digest(self._address.token.encode(), signed.encode(), "sha1")).decode()
        if not hmac.compare_digest(made, signature):
            raise BadSignature("the signature is not Twilio's")
        return Inbound(fields.get("From", ""), fields.get("Body", ""))

    def _post(self, body: str) -> tuple[int, dict[str, Any]]:
        address = self._address
        connect = http.client.HTTPConnection if address.is_plain else http.client.HTTPSConnection
        connection = connect(address.host, address.port, timeout=_SECONDS)
        try:
            credentials = base64.b64encode(f"{address.account}:{address.token}".encode()).decode()
            connection.request(
                "POST",
                f"/2010-04-01/Accounts/{quote(address.account, safe='')}/Messages.json",
                body,
                {
                    "Authorization": f"Basic {credentials}",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                },
            )
            response = connection.getresponse()
            answer = json.loads(response.read(100_000) or b"{}")
            return response.status, answer if isinstance(answer, dict) else {}
        finally:
            connection.close()
