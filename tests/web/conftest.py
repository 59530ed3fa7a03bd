"""A small town for the pages: two families, two facilities, staff of each kind, and calls of every outcome."""

import json
import struct
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from threading import Lock

import pytest
from attacks import a_picture
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kinline.calls.models import Call, CallEvent
from kinline.configuration import configuration
from kinline.contacts.models import Contact
from kinline.core.identity import Instant, Language, new_call_id
from kinline.documents.models import Document, Purpose
from kinline.documents.services import keep
from kinline.enrolment import agreements
from kinline.facilities.models import Agency, Facility, HousingUnit, Station, TariffRow
from kinline.ledger.models import Account
from kinline.people.models import PROVIDER_ROLES, Customer, CustomerNumber, Resident, Role, StaffRole, User
from kinline.web.staff.session import COOKIE

NOON = 1_795_111_200_000
"""2026-11-20 12:00 at the jail in Louisiana, 18:00 UTC."""
MOTHER, FATHER, ATTORNEY = "+15045550901", "+15045550902", "+15045550903"


class Town:
    """Everybody and everything by name; made anew for each test."""

    def __init__(self) -> None:
        agency = Agency.objects.create(name="Cypress County Sheriff")
        elsewhere = Agency.objects.create(name="Lake County Sheriff")
        self.jail = self._facility(agency, "Cypress County Jail", "America/Chicago")
        self.other_jail = self._facility(elsewhere, "Lake County Jail", "America/New_York")
        self.marcus = Resident.objects.create(
            facility=self.jail, unit=self.jail.units.get(), resident_number="100001", name="Marcus Doucet", pin_hash="-"
        )
        self.dana = Resident.objects.create(
            facility=self.other_jail, resident_number="200001", name="Dana Reyes", pin_hash="-"
        )
        self.mother = self._customer("mother@town.example", "Rosa Doucet", MOTHER, balance=12_340_000)
        self.father = self._customer("father@town.example", "Paul Doucet", FATHER, balance=0)
        for number, name, relationship in ((MOTHER, "Rosa Doucet", "mother"), (FATHER, "Paul Doucet", "father")):
            Contact.objects.create(
                resident=self.marcus, number=number, name=name, relationship=relationship, state="approved"
            )
        self.officer = self._staff(Role.OFFICER, agency, self.jail)
        self.investigator = self._staff(Role.INVESTIGATOR, agency, self.jail)
        self.approver = self._staff(Role.APPROVER, agency, self.jail)
        self.other_investigator = self._staff(Role.INVESTIGATOR, elsewhere, None)
        self.support = self._staff(Role.SUPPORT, None, None)

    def _facility(self, agency: Agency, name: str, zone: str) -> Facility:
        facility = Facility.objects.create(
            agency=agency,
            name=name,
            time_zone=zone,
            number="+15045550000",
            state="LA",
            average_daily_population=420,
            languages=["en", "es"],
        )
        for jurisdiction in ("local", "intrastate", "interstate"):
            TariffRow.objects.create(facility=facility, jurisdiction=jurisdiction, effective="2026-01-01", price=60_000)
        unit = HousingUnit.objects.create(facility=facility, name="Unit A")
        Station.objects.create(facility=facility, unit=unit, name="Phone 1", sip_user=f"phone-{facility.pk}")
        return facility

    def _customer(self, email: str, name: str, number: str, balance: int) -> Customer:
        user = User.objects.create_user(email, "correct horse battery", name=name)
        customer = Customer.objects.create(user=user)
        CustomerNumber.objects.create(customer=customer, number=number, is_verified=True)
        Account.objects.create(kind="customer_prepaid", customer=customer, posted=balance)
        agreements.accept(user, Language.ENGLISH, Instant(NOON))
        return customer

    def staff(self, role: Role, unit: HousingUnit | None = None) -> User:
        """Somebody with this role: the provider's everywhere, others at the jail or in one of its units."""
        if role in PROVIDER_ROLES:
            return self._staff(role, None, None)
        user = self._staff(role, self.jail.agency, self.jail)
        user.roles.update(unit=unit)
        return user

    def _staff(self, role: Role, agency: Agency | None, facility: Facility | None) -> User:
        user = User.objects.create_user(
            f"{role}{User.objects.count()}@town.example", "correct horse battery", name=role
        )
        StaffRole.objects.create(user=user, role=role, agency=agency, facility=facility)
        return user

    def call(self, at: int = NOON, number: str = MOTHER, resident: Resident | None = None, **changes: object) -> Call:
        """A settled call of four minutes and twelve seconds, unless `changes` say otherwise."""
        resident = resident or self.marcus
        station = resident.facility.stations.earliest("pk")
        fields: dict[str, object] = {
            "id": new_call_id(Instant(at), Call.objects.count()),
            "state": "settled",
            "switchboard": "a",
            "heartbeat_at": at,
            "station": station,
            "unit": station.unit,
            "facility": resident.facility,
            "day_started_at": at - 43_200_000,
            "week_started_at": at - 43_200_000,
            "month_started_at": at - 43_200_000,
            "resident": resident,
            "dialled": number,
            "called_party": number,
            "payer": "customer_prepaid",
            "account": Account.objects.filter(customer__numbers__number=number).first(),
            "price_per_minute": 62_670,
            "opened_at": at,
            "accepted_at": at + 40_000,
            "ended_at": at + 40_000 + 252_000,
            "settled_at": at + 300_000,
            "disposition": "completed",
            "reason": "talk.hangup_called",
            "billed_seconds": 252,
            "charge": 263_214,
            "taxes": 11_214,
            "balance_before": 12_603_214,
            "balance_after": 12_340_000,
        }
        return Call.objects.create(**{**fields, **changes})

    def failed_call(self, reason: str, disposition: str, **changes: object) -> Call:
        nothing = {"accepted_at": None, "billed_seconds": 0, "charge": 0, "taxes": 0, "balance_before": None}
        return self.call(reason=reason, disposition=disposition, **{**nothing, "balance_after": None, **changes})

    def recorded_call(self, **changes: object) -> Call:
        """A call with a second of silence as its recording."""
        call = self.call(recording="2026/11/20/call.wav", **changes)
        path = configuration().recordings / call.recording
        path.parent.mkdir(parents=True, exist_ok=True)
        frames = bytes(32_000)
        header = b"RIFF" + struct.pack("<I", 36 + len(frames)) + b"WAVEfmt "
        header += struct.pack("<IHHIIHH", 16, 1, 2, 8000, 32_000, 4, 16) + b"data" + struct.pack("<I", len(frames))
        path.write_bytes(header + frames)
        return call

    def document(self, purpose: str, owner: Customer | None = None) -> Document:
        """A page that the mother sent in, for the jail's staff."""
        upload = SimpleUploadedFile("passport.png", a_picture("PNG"))
        owner = owner or self.mother
        return keep(owner.user, Purpose(purpose), upload, Instant(NOON), facility=self.jail)

    def full_of_calls(self) -> None:
        """Something of everything, for looking at."""
        hour = 3_600_000
        recorded = self.recorded_call()
        for after, kind, fields in (
            (0, "off_hook", {}),
            (9_200, "identified", {}),
            (24_000, "said", {"side": "called_party", "text": "You have a call from Marcus Doucet."}),
            (40_000, "accepted", {"key": "1"}),
        ):
            CallEvent.objects.create(call_id=recorded.pk, at=NOON + after, kind=kind, fields=json.dumps(fields))
        self.failed_call("ring.no_answer", "no_answer", at=NOON - hour)
        self.failed_call(
            "fund.insufficient",
            "denied",
            at=NOON - 2 * hour,
            number=FATHER,
            reason_values='{"balance": ["Money", 40000], "needed": ["Money", 62670]}',
        )
        self.call(
            at=NOON - 3 * hour, number=ATTORNEY, is_privileged=True, charge=0, taxes=0, payer="free", account=None
        )
        self.call(at=NOON - 4 * hour, reason="talk.media_dead", credited=263_214)
        self.failed_call("identify.bad_pin", "denied", at=NOON - 5 * hour, number="", resident=self.marcus)
        self.failed_call("offer.refused", "refused", at=NOON - 26 * hour)
        self.call(at=NOON + hour, state="accepted", disposition="", reason="", ended_at=None, settled_at=None, charge=0)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The end of a request leaves the connection open, with the transaction that the test will roll back.

    Django's test client hands the signal that would close it back to whoever asks next: a server in another thread.
    """
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def town(db) -> Town:
    return Town()


@pytest.fixture
def signed_in():
    """A browser without a screen: `signed_in(user, language)`; nobody: `signed_in(None)`. Staff did their second step,
    and their session opens both areas."""

    def sign_in(who: User | Customer | None, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if who is not None:
            user = who.user if isinstance(who, Customer) else who
            client.force_login(user)
            session, now = client.session, int(time.time())
            if user.roles.exists():
                session.update({"second_step_by": user.pk, "opened_at": now, "seen_at": now})
                session.save()
            client.cookies[COOKIE] = session.session_key
        return client

    return sign_in


@dataclass
class Look:
    """What a real browser made of a page."""

    violations: list[str]
    complaints: list[str]
    width: int
    text: str


class Chromium:
    """Debian's Chromium in a thread of its own: Playwright keeps an event loop running, which Django would refuse."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._browser: Browser = self._do(self._start)
        self._window: BrowserContext | None = None
        self._wanted: dict[str, object] = {}
        self._page: Page | None = None

    def _do(self, task, *words):
        future: Future = self._thread.submit(task, *words)
        return future.result()

    def _start(self) -> Browser:
        self._playwright = sync_playwright().start()
        return self._playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-dev-shm-usage",
                "--process-per-site",
            ],
        )

    def close(self) -> None:
        self._do(self._browser.close)
        self._do(self._playwright.stop)
        self._thread.shutdown()

    def _close_window(self) -> None:
        if self._window is not None:
            self._window.close()
            self._page = None

    def visit(
        self,
        journey,
        *,
        base: str,
        session: str = "",
        language: str = "en",
        width: int = 1280,
        scripts=True,
        workers=False,
    ):
        """Do `journey(page)` in a fresh page, nobody signed in; its answer. A window like the last one is that one.

        Without `workers`, no service worker is installed, whose requests would outlive the test and its server."""
        wanted = {
            "base_url": base,
            "locale": language,
            "viewport": {"width": width, "height": 900},
            "java_script_enabled": scripts,
            "service_workers": "allow" if workers else "block",
        }

        def go():
            if self._wanted != wanted:
                self._close_window()
                self._window, self._wanted = self._browser.new_context(**wanted), wanted
            self._window.clear_cookies()
            if session:
                names = (settings.SESSION_COOKIE_NAME, COOKIE)
                self._window.add_cookies([{"name": name, "value": session, "url": base} for name in names])
            before, self._page = self._page, self._window.new_page()
            if before is not None:
                before.close()  # only now: the process that draws one page goes on with the next
            self._page.set_default_timeout(20_000)
            return journey(self._page)

        return self._do(go)

    def go_on(self, journey):
        """Do `journey(page)` in the page of the last visit, as it was left."""
        return self._do(lambda: journey(self._page))

    @staticmethod
    def look_at(page: Page, path: str, picture: Path | None = None) -> Look:
        """Open a page; what axe finds, what the browser complains of, how wide it came out, and its text."""
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(f"{request.url} failed"))
        page.on(
            "request",
            lambda request: None if request.url.startswith("http://localhost") else complaints.append(request.url),
        )
        page.goto(path)
        if picture:
            picture.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(picture), full_page=True)
        text = page.locator("body").inner_text()
        width = page.evaluate("document.documentElement.scrollWidth")
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        violations = [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]
        return Look(violations, complaints, width, text)


class _Server(ThreadedWSGIServer):
    def get_request(self):
        """Head and body are two writes: the second would wait 40 ms until the browser acknowledges the first."""
        connection, client = super().get_request()
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        return connection, client

    def _close_connections(self) -> None:
        """The one connection is the test's: it stays open."""


class _ServerThread(LiveServerThread):
    server_class = _Server


class _OneAtATime:
    """All requests share the connection, and with it the transaction, of the test."""

    _turn = Lock()

    def __init__(self, application):
        self._application = application

    def __call__(self, environ, start_response):
        with self._turn:
            return self._application(environ, start_response)


@pytest.fixture
def address(db):
    """The address of a web server that sees what the test has put into the database, and forgets it with the test."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    server = _ServerThread("localhost", _OneAtATime, connections_override={connection.alias: connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()
    connection.dec_thread_sharing()


@pytest.fixture(scope="session")
def chromium():
    browser = Chromium()
    yield browser
    browser.close()
