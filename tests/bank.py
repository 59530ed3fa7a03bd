"""The card world of the tests: localstripe in a process of its own, and before it what localstripe lacks.

The product's Stripe SDK speaks to `Bank`, over HTTP on loopback. It passes everything on to localstripe, and adds what
Stripe has and localstripe has not: idempotency keys, the payments of one customer, the finer codes of a declined card,
the place where a holder confirms to their bank, disputes, and Stripe's script for browsers. It can also break down:
before a request, after it (the answer is lost), or with a 500.
"""

import hashlib
import hmac
import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from ports import free_ports

from kinline.configuration import configuration
from kinline.providers.cards import card_provider

KEY, PUBLISHABLE, SECRET = "sk_test_kinline", "pk_test_kinline", "whsec_of_the_tests"
GOOD, DECLINED_LATER, NEEDS_3DS = "4242424242424242", "4000000000000341", "4000002760003184"
NEEDS_3DS_THEN_DECLINED, DECLINED_WHEN_SAVED = "4000008400001629", "4000000000000002"

_LOCALSTRIPE = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda store: None  # it would leave a file behind
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""

_SCRIPT = """
window.Stripe = (key, options) => ({
  elements: ({clientSecret}) => ({
    secret: clientSecret,
    create: () => ({
      mount: (place) => {
        const input = document.createElement("input");
        input.id = "card-number";
        input.setAttribute("aria-label", "Card number");
        (typeof place === "string" ? document.querySelector(place) : place).appendChild(input);
      },
      on: (what, then) => setTimeout(then, 0),
    }),
    submit: async () => ({}),
  }),
  confirmPayment: (data) => confirm("payment_intents", data),
  confirmSetup: (data) => confirm("setup_intents", data),
});
async function confirm(kind, {elements, confirmParams}) {
  const body = new URLSearchParams({
    key: "PUBLISHABLE", secret: elements.secret, number: document.getElementById("card-number").value});
  const answer = await fetch(new URL("/_browser/" + kind, SOURCE), {method: "POST", body});
  const found = await answer.json();
  if (found.error) return {error: found.error};
  location.href = confirmParams.return_url;
  return new Promise(() => {});
}
"""


class Bank:
    """A running localstripe and the front before it. What a test may do to it are its methods."""

    def __init__(self) -> None:
        (self.stripe_port,) = free_ports(1)
        self._process = subprocess.Popen([sys.executable, "-c", _LOCALSTRIPE, str(self.stripe_port)])
        self._answers: dict[str, tuple[bytes, int, bytes]] = {}
        self._return_urls: dict[str, str] = {}
        self.decline_codes: dict[str, tuple[str, str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.breakdowns: list[str] = []
        """For each of the next requests: cut, 500, answer_lost, or nothing."""
        self.refuse_refunds = False
        self.balance: dict[str, dict[str, Any]] = {}
        """Balance transactions by id, as a test wants them instead of what happened: {} for one that is not there."""
        self.requests: list[tuple[str, str, str]] = []
        """Method, path and idempotency key of everything that was asked."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _front(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        _wait_for(self.stripe_port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._process.terminate()
        self._process.wait(10)

    def restart(self) -> None:
        """As new: forget what a test has set."""
        self._answers.clear()
        self.decline_codes.clear()
        self.disputes.clear()
        self.balance.clear()
        self.breakdowns.clear()
        self.refuse_refunds = False
        self.requests.clear()
        self.ask("DELETE", "/_config/data")
        self.send_messages_to("http://127.0.0.1:9/", "nobody listens there any more")

    def send_messages_to(self, url: str, secret: str = SECRET) -> None:
        """From now on localstripe itself tells what happens: signed, a second later."""
        self.ask("POST", "/_config/webhooks/kinline", url=url, secret=secret)

    def ask(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        """Ask localstripe itself, as nobody but a bank or a browser would."""
        status, body = self.pass_on(method, path, urlencode(fields).encode(), {})
        found = json.loads(body) if body else {}
        if status >= 400 and status != 402:
            raise AssertionError(f"{method} {path}: {status} {found}")
        return found

    def pass_on(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.stripe_port, timeout=20)
        try:
            sent = {
                "Authorization": headers.get("Authorization", f"Bearer {KEY}"),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def card(self, number: str = GOOD, *, code: str = "card_declined", decline_code: str = "") -> str:
        """A card as the provider's form makes one: its id. `DECLINED_LATER` is declined with these codes."""
        fields = {"card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2034, "card[cvc]": "123"}
        made = self.ask("POST", "/v1/payment_methods", type="card", **fields)["id"]
        if decline_code or code != "card_declined":
            self.decline_codes[made] = (code, decline_code)
        return made

    def enter(self, intent: str, card: str) -> dict[str, Any]:
        """The browser of somebody who fills in the form of a payment."""
        self.ask("POST", f"/v1/payment_intents/{intent}", payment_method=card)
        self.ask("POST", f"/v1/payment_intents/{intent}/confirm")
        return self.ask("GET", f"/v1/payment_intents/{intent}")

    def confirm_to_bank(self, intent: str, *, success: bool) -> None:
        """The card holder answers their bank (3-D Secure)."""
        secret = self.ask("GET", f"/v1/payment_intents/{intent}")["client_secret"]
        path = f"/v1/payment_intents/{intent}/_authenticate"
        self.ask("POST", path, client_secret=secret, success=str(success).lower())

    def dispute(self, intent: str, cents: int, status: str = "needs_response") -> str:
        """The holder of the card tells their bank that a payment was not theirs."""
        made = f"du_{len(self.disputes)}_{intent[3:]}"
        self.disputes[made] = {
            "id": made,
            "object": "dispute",
            "amount": cents,
            "currency": "usd",
            "payment_intent": intent,
            "reason": "fraudulent",
            "status": status,
        }
        return made

    def message(self, kind: str, thing: dict[str, Any], event_id: str = "") -> tuple[bytes, dict[str, str]]:
        """An event as Stripe sends it: body and headers."""
        event_id = event_id or f"evt_{hashlib.sha1(f'{kind}{thing}{time.time_ns()}'.encode()).hexdigest()[:16]}"
        return signed(json.dumps({"id": event_id, "object": "event", "type": kind, "data": {"object": thing}}).encode())

    def about(self, intent: str) -> dict[str, Any]:
        return self.ask("GET", f"/v1/payment_intents/{intent}")

    def charged_cents(self) -> int:
        """What all cards together were charged."""
        found = self.ask("GET", "/v1/payment_intents?limit=100")["data"]
        return sum(each["amount"] for each in found if each["status"] == "succeeded")

    # What the front does with a request of the product.

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes] | None:
        """None: the line is cut."""
        key = headers.get("Idempotency-Key", "")
        self.requests.append((method, urlsplit(path).path, key))
        breakdown = self.breakdowns.pop(0) if self.breakdowns else ""
        if breakdown == "cut":
            return None
        if breakdown == "500":
            return 500, b'{"error": {"type": "api_error", "message": "we are down"}}'
        with self._lock:
            status, answered = self._once(method, path, body, headers, key)
        return None if breakdown == "answer_lost" else (status, answered)

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str], key: str) -> tuple[int, bytes]:
        if method == "POST" and key in self._answers:
            asked, status, answered = self._answers[key]
            if asked != body:
                return 400, b'{"error": {"type": "idempotency_error", "message": "the key was used otherwise"}}'
            return status, answered
        status, answered = self._act(method, path, body, headers)
        if method == "POST" and key and status < 500:
            self._answers[key] = (body, status, answered)
        return status, answered

    def _act(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if path.startswith("/v1/disputes/"):
            found = self.disputes.get(path.rpartition("/")[2])
            missing = b'{"error": {"type": "invalid_request_error", "code": "resource_missing"}}'
            return (200, json.dumps(found).encode()) if found else (404, missing)
        asked = dict(parse_qsl(urlsplit(path).query))
        if urlsplit(path).path == "/v1/balance_transactions":
            return 200, json.dumps(self._balance_transactions(asked)).encode()
        if (method, urlsplit(path).path) == ("GET", "/v1/payment_intents"):
            return 200, json.dumps(self._payments_of(asked)).encode()
        if self.refuse_refunds and (method, path) == ("POST", "/v1/refunds"):
            return 400, b'{"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}}'
        fields = dict(parse_qsl(body.decode()))
        return_url = fields.pop("return_url", "")
        status, answered = self.pass_on(method, path, urlencode(fields).encode(), headers)
        found = json.loads(answered) if answered else {}
        if status == 402:
            self._refine(found["error"], fields)
        elif found.get("object") == "payment_intent":
            self._return_urls.setdefault(found["id"], return_url)
            self._refine_intent(found)
        elif found.get("object") == "setup_intent" and found["status"] == "canceled":
            # Stripe asks for another card.
            found.update(status="requires_payment_method", last_setup_error={"code": "card_declined"})
        return status, json.dumps(found).encode()

    def _payments_of(self, asked: dict[str, str]) -> dict[str, Any]:
        """A customer's, the newest first; two on a page."""
        every = self.ask("GET", "/v1/payment_intents?limit=100")["data"]
        found = [each for each in reversed(every) if each["customer"] == asked["customer"]]
        names = [each["id"] for each in found]
        left = found[names.index(asked["starting_after"]) + 1 :] if "starting_after" in asked else found
        for each in left[:2]:
            self._refine_intent(each)
        return {"object": "list", "url": "/v1/payment_intents", "data": left[:2], "has_more": len(left) > 2}

    def _balance_transactions(self, asked: dict[str, str]) -> dict[str, Any]:
        """What happened, as Stripe books it: 2.9 % and 30 cents of a charge are kept; two on a page."""
        charges = [
            _balance_transaction("charge", each, each["amount"], {"object": "charge", "payment_intent": each["id"]})
            for each in self.ask("GET", "/v1/payment_intents?limit=100")["data"]
            if each["status"] == "succeeded"
        ]
        refunds = [
            _balance_transaction("refund", each, -each["amount"], each)
            for each in self.ask("GET", "/v1/refunds?limit=100")["data"]
        ]
        disputes = [
            _balance_transaction("dispute", each, -each["amount"], each)
            for each in self.disputes.values()
            if each["status"] in ("needs_response", "lost", "won")
        ]
        returned = [
            _balance_transaction("dispute_reversal", {**each, "id": f"back_{each['id']}"}, each["amount"], each)
            for each in self.disputes.values()
            if each["status"] == "won"
        ]
        refused = [
            _balance_transaction(
                "refund_failure",
                {**each["source"], "id": f"back_{each['source']['id']}"},
                -each["amount"],
                each["source"],
            )
            for each in refunds
            if each["source"]["status"] == "failed"
        ]
        happened = {each["id"]: each for each in (*charges, *refunds, *refused, *disputes, *returned)}
        found = sorted((each for each in {**happened, **self.balance}.values() if each), key=lambda each: each["id"])
        within = range(int(asked["created[gte]"]), int(asked["created[lt]"]))
        left = [each for each in found if each["created"] in within and each["id"] > asked.get("starting_after", "")]
        assert "data.source" in asked.values()
        return {"object": "list", "url": "/v1/balance_transactions", "data": left[:2], "has_more": len(left) > 2}

    def _refine(self, error: dict[str, Any], fields: dict[str, str]) -> None:
        """A decline as Stripe words it, with the payment that it is about."""
        reference = fields.get("metadata[reference]", "")
        for intent in self.ask("GET", "/v1/payment_intents?limit=100")["data"]:
            if intent["metadata"].get("reference") == reference:
                self._refine_intent(intent)
                error.update(intent["last_payment_error"] or {}, type="card_error", payment_intent=intent)
        if fields.get("payment_method") in self.decline_codes:
            error["code"], error["decline_code"] = self.decline_codes[fields["payment_method"]]

    def _refine_intent(self, intent: dict[str, Any]) -> None:
        return_url = self._return_urls.get(intent["id"], "")
        codes = self.decline_codes.get(intent["payment_method"] or "")
        if codes and intent["last_payment_error"]:
            intent["last_payment_error"]["code"], intent["last_payment_error"]["decline_code"] = codes
        if intent["next_action"] and return_url:
            url = f"{self.url}/_bank/{intent['id']}?return_url={return_url}"
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}

    def browse(self, path: str, fields: dict[str, str]) -> dict[str, Any]:
        """The script's request: pay, or save, with what was typed into the form."""
        kind = path.rpartition("/")[2]
        thing = fields["secret"].partition("_secret_")[0]
        if kind == "payment_intents":
            found = self.enter(thing, self.card(fields["number"]))
            error = found["last_payment_error"]
            return {"error": {"message": error["message"]}} if error else {}
        self.ask("POST", f"/v1/setup_intents/{thing}/confirm", payment_method=self.card(fields["number"]))
        return {}


def _balance_transaction(category: str, thing: dict[str, Any], amount: int, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"txn_{thing['id']}",
        "object": "balance_transaction",
        "reporting_category": category,
        "amount": amount,
        "fee": amount * 29 // 1000 + 30 if category == "charge" else 0,
        "currency": thing["currency"],
        "created": thing.get("created", int(time.time())),
        "source": source,
    }


def signed(payload: bytes, secret: str = SECRET, at: int | None = None) -> tuple[bytes, dict[str, str]]:
    """A body and the headers under which it counts as Stripe's."""
    at = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), b"%d.%s" % (at, payload), hashlib.sha256).hexdigest()
    return payload, {"Stripe-Signature": f"t={at},v1={mac}", "Content-Type": "application/json"}


def _front(bank: Bank) -> type[BaseHTTPRequestHandler]:
    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        """Head and body are two writes: the second would wait 40 ms until the first is acknowledged."""

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # who asked died in the middle of it
                self.close_connection = True
                return None
            if self.path.startswith("/js.stripe.com/"):
                script = f'const SOURCE = "{bank.url}";\n{_SCRIPT}'
                return self._send(200, script.encode(), "text/javascript")
            if self.path.startswith("/_browser/"):
                found = bank.browse(self.path, dict(parse_qsl(body.decode())))
                return self._send(200, json.dumps(found).encode())
            if self.path.startswith("/_bank/"):
                url = urlsplit(self.path)
                bank.confirm_to_bank(url.path.rpartition("/")[2], success=True)
                self.send_response(303)
                self.send_header("Location", dict(parse_qsl(url.query))["return_url"])
                self.send_header("Content-Length", "0")
                return self.end_headers()
            answer = bank.answer(self.command, self.path, body, dict(self.headers))
            if answer is None:
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return None
            return self._send(*answer)

        def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked died meanwhile
                self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 (named by http.server)

    return Front


def _wait_for(port: int) -> None:
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("localstripe did not start")


@contextmanager
def set_up_with(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[None]:
    """The product, configured so."""
    for name, value in settings.items():
        monkeypatch.setenv(f"KINLINE_{name.upper()}", value)
    configuration.cache_clear()
    card_provider.cache_clear()
    yield
    monkeypatch.undo()
    configuration.cache_clear()
    card_provider.cache_clear()


@pytest.fixture(scope="session")
def running_bank() -> Iterator[Bank]:
    bank = Bank()
    yield bank
    bank.close()


@pytest.fixture
def bank(running_bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """The bank, as new, and the product set up to use it."""
    running_bank.restart()
    keys = {"stripe_key": KEY, "stripe_publishable_key": PUBLISHABLE, "stripe_webhook_secret": SECRET}
    with set_up_with(monkeypatch, **keys, stripe_api=running_bank.url):
        yield running_bank
