"""Text messages go out through Twilio's protocol, spoken here by a server that holds its callers to it."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from make import NOON

from kinline.configuration import Configuration
from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.notices import services, sms
from kinline.notices.kinds import Kind
from kinline.notices.models import Message, MessageState
from kinline.providers import smsfolder, twilio
from kinline.providers.sms import SmsNotSent
from kinline.providers.twilio.provider import Twilio, UnreadableSmsUrl, twilio_address

ACCOUNT, TOKEN, FROM, TO = "AC0123", "hush/hush", "+15045550100", "+15045550123"


class Carrier(ThreadingHTTPServer):
    """Answers as `api.twilio.com` does. `refusing`: status and code of the next answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.taken: list[dict[str, str]] = []
        self.refusing: list[tuple[int, int]] = []

    @property
    def url(self) -> str:
        return f"twilio+http://{ACCOUNT}:hush%2Fhush@127.0.0.1:{self.server_address[1]}?from={FROM}"


class _Exchange(BaseHTTPRequestHandler):
    server: Carrier

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
        fields = {name: values[0] for name, values in asked.items()}
        wanted = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            self._answer(404, {"code": 20404, "status": 404})
        elif self.headers["Authorization"] != wanted:
            self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        elif self.server.refusing:
            status, code = self.server.refusing.pop(0)
            self._answer(status, {"code": code, "message": f"no {fields['To']}", "status": status})
        elif fields.keys() != {"To", "From", "Body"}:
            self._answer(400, {"code": 21604, "status": 400})
        else:
            self.server.taken.append(fields)
            self._answer(201, {"sid": f"SM{len(self.server.taken):032}", "status": "queued"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with Carrier() as made:
        threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        yield made
        made.shutdown()


def test_a_message_is_handed_over_with_its_words_unchanged(carrier: Carrier) -> None:
    sid = Twilio(twilio_address(carrier.url)).send(TO, "Su código: 123456 & más + «todo»")
    assert sid.startswith("SM")
    assert carrier.taken == [{"To": TO, "From": FROM, "Body": "Su código: 123456 & más + «todo»"}]


@pytest.mark.parametrize(
    ("status", "code", "is_transient", "is_the_numbers_fault"),
    [
        (400, 21610, False, True),  # answered STOP
        (400, 21614, False, True),  # not a mobile
        (401, 20003, False, False),
        (429, 20429, True, False),
        (503, 0, True, False),
    ],
)
def test_a_refusal_says_whether_another_try_can_help_and_not_whose_number_it_was(
    carrier: Carrier, status: int, code: int, is_transient: bool, is_the_numbers_fault: bool
) -> None:
    carrier.refusing = [(status, code)]
    with pytest.raises(SmsNotSent) as refused:
        Twilio(twilio_address(carrier.url)).send(TO, "hello")
    assert (refused.value.is_transient, refused.value.is_the_numbers_fault) == (is_transient, is_the_numbers_fault)
    assert TO not in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_a_provider_that_is_away_may_be_there_later(carrier: Carrier) -> None:
    address = twilio_address(carrier.url)
    carrier.server_close()
    with pytest.raises(SmsNotSent) as refused:
        Twilio(address).send(TO, "hello")
    assert refused.value.is_transient


def test_the_address_is_read_and_a_bad_one_is_named_without_its_token() -> None:
    found = twilio_address("twilio://AC1:to%2Fken@api.twilio.com?service=MG77")
    assert (found.host, found.account, found.token, found.sender) == (
        "api.twilio.com",
        "AC1",
        "to/ken",
        ("MessagingServiceSid", "MG77"),
    )
    for wrong in ("https://AC1:secret@a?from=+1", "twilio://AC1:secret@a", "twilio+http://AC1:secret@a?from=+1504"):
        with pytest.raises(UnreadableSmsUrl) as refused:
            twilio_address(wrong)
        assert "secret" not in str(refused.value)
    assert "hush" not in repr(twilio_address("twilio://AC1:hush@a?from=+15045550100"))


def test_an_installation_sends_through_what_it_is_set_up_for(tmp_path: Path) -> None:
    demo = Configuration(data=tmp_path, demo=True)
    assert twilio.open_provider(demo) is None
    folder = smsfolder.open_provider(demo)
    assert folder is not None
    folder.send(TO, "Su código")
    [file] = demo.sms.iterdir()
    assert file.read_text("utf-8") == f"To: {TO}\n\nSu código\n"
    real = Configuration(data=tmp_path, demo=False, sms_url="twilio://AC1:t@api.twilio.com?from=+15045550100")
    assert smsfolder.open_provider(real) is None
    assert twilio.open_provider(real) is not None


def test_a_notice_to_a_number_goes_out_as_text_and_one_that_no_phone_takes_has_failed(
    db: None, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms, "sms_provider", lambda: Twilio(twilio_address(carrier.url)))
    for key in ("one", "two"):
        services.tell_number(TO, Language.SPANISH, Kind.COLLECT_INVITATION, key, NOON, owed=Money.parse("3.00"))
    carrier.refusing = [(400, 21614)]
    assert services.deliver(Instant(NOON), lambda name, language: None) == 1
    [text] = carrier.taken
    assert "$3.00" in text["Body"]
    assert "\n" not in text["Body"]
    assert sorted(Message.objects.values_list("state", flat=True)) == [MessageState.FAILED, MessageState.SENT]
