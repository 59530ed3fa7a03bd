"""A real call on the live board: pages by uvicorn, SIP and sound beside them, and a browser that watches."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pictures import for_docs
from playwright.sync_api import Page
from ports import free_ports
from telephony.switchboard.conftest import Exchange, hung_up_on, until
from web.conftest import Chromium

from kinline.audit.models import AuditEvent
from kinline.demo import SCENARIOS
from kinline.facilities.models import Station
from kinline.operation.supervisor import die_with
from kinline.people.models import Role, StaffRole, User
from kinline.telephony.phone.phone import Incoming

ORDINARY = SCENARIOS["ordinary"]


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    browser = Chromium()
    yield browser
    browser.close()


@pytest.fixture
def address(seeded: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The pages, served by a process of their own from the same database."""
    port, files_port = free_ports(2)
    environment = {
        "KINLINE_DATA": str(tmp_path),
        **seeded,
        "KINLINE_WEB_PORT": str(port),
        "KINLINE_FILES_PORT": str(files_port),
        "KINLINE_SECRET_KEY": settings.SECRET_KEY,  # sessions are made here
        "DJANGO_SETTINGS_MODULE": "kinline.settings",
    }
    web = subprocess.Popen((sys.executable, "-m", "kinline", "web"), env=environment, preexec_fn=die_with(os.getpid()))
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while not _answers(f"{address}/healthz"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield address
    finally:
        web.terminate()
        web.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False


def an_officer() -> str:
    """The session of an officer of the demo's jail, who is signed in with both steps."""
    facility = Station.objects.get(sip_user=ORDINARY.station).facility
    user = User.objects.create_user("night.officer@jail.example", name="Night officer")
    StaffRole.objects.create(user=user, role=Role.OFFICER, agency=facility.agency, facility=facility)
    client = Client()
    client.force_login(user)
    session, now = client.session, int(time.time())
    session.update({"second_step_by": user.pk, "opened_at": now, "seen_at": now})
    session.save()
    return str(session.session_key)


async def test_a_call_appears_changes_and_is_cut_off_from_the_board_by_keyboard(
    exchange: Exchange, chromium: Chromium, address: str
) -> None:
    session = await exchange.books.ask(an_officer)
    mother = await exchange.family(ORDINARY.number)
    watching = asyncio.ensure_future(exchange.board.keep_watch())
    loop = asyncio.get_running_loop()

    def act(what: Coroutine) -> object:
        return asyncio.run_coroutine_threadsafe(what, loop).result(60)

    def journey(page: Page) -> str:
        page.goto("/facility/live/")
        page.get_by_text("The board changes by itself.").wait_for()
        page.get_by_text("Nobody is on the phone.").wait_for()
        resident = act(exchange.dialled(ORDINARY))
        row = page.locator("#live tr[data-unit]")
        row.get_by_text("Ringing").wait_for()
        act(until(mother, Incoming))
        act(mother.answer())
        row.get_by_text("At the offer").wait_for()
        mother.press("1")
        row.get_by_text("Talking").wait_for()
        told = row.inner_text()
        for_docs(page, "facility-live", height=520)
        page.get_by_role("link", name="Cut off the call at Phone A1").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Cut off").wait_for()
        page.keyboard.press("Tab")  # from the heading to the reason
        page.keyboard.type("Thr")
        page.keyboard.press("Tab")
        page.keyboard.type("of a witness")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text("That is written down with your name.").wait_for()
        act(hung_up_on(resident))
        act(hung_up_on(mother))
        page.get_by_text("Nobody is on the phone.").wait_for()
        return told

    told = await asyncio.to_thread(partial(chromium.visit, journey, base=address, session=session))
    watching.cancel()
    assert "Marcus" in told or "…" in told
    assert "… 0123" in told
    facts = await exchange.settled(ORDINARY)
    assert facts["reason"] == "talk.cutoff"
    event = await exchange.books.ask(lambda: AuditEvent.objects.get(action="call.cut_off"))
    assert event.reason == "threat: of a witness"
