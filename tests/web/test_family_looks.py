"""Every page for families in a real browser: accessible in both languages, readable on a small phone and at 200 % zoom,
asking nobody else, and all of the way from signing in to a dispute by keyboard alone."""

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from family_addresses import ADDRESSES
from pictures import for_docs

from kinline.support.models import Case

SHOWN = [name for name, each in ADDRESSES.items() if each.heading]
GROUPS = 4
PHONE, ZOOMED, DESK = 320, 640, 1280
IN_THE_GUIDE = (
    *("sign_up", "find_resident", "contacts", "calls", "receipt", "dispute", "statement", "wishes", "phone_tests"),
    *("help", "settings", "new_case"),
)
"""Pages whose pictures are in `docs/family.md`."""
"""CSS pixels; a window of 1280 at 200 % zoom is 640 of them."""


def test_every_page_is_looked_at_here_or_elsewhere() -> None:
    pages = {name for name, each in ADDRESSES.items() if not each.posts and (each.heading or each.seen)}
    answers = {"calls_export", "card_saved", "document", "rates_machine_readable", "welcome", "manifest"}
    answers |= {"service_worker", "health"}
    assert {name for name, each in ADDRESSES.items() if not each.posts} - pages == answers


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize(("language", "width"), [("en", DESK), ("es", PHONE)])
def test_every_page_is_accessible_and_fits(
    town, signed_in, address, chromium, language: str, width: int, group: int
) -> None:
    town.full_of_calls()
    client = signed_in(town.mother)
    client.post("/prove/", {"next": "/account/", "password": "correct horse battery"})
    session = client.cookies["sessionid"].value
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for name in SHOWN[group::GROUPS]:
        shown = ADDRESSES[name]
        named = shown.of(town) if shown.of else {}
        path = reverse(name, kwargs={**named, **({"language": language} if "language" in named else {})}) + shown.query
        picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None

        def look(page, name=name, path=path, picture=picture):
            seen = chromium.look_at(page, path, picture)
            widths = {width: seen.width}
            for other in {PHONE, ZOOMED, DESK} - {width}:
                page.set_viewport_size({"width": other, "height": 900})
                widths[other] = page.evaluate("document.documentElement.scrollWidth")
            if name in IN_THE_GUIDE and language == "en":
                page.set_viewport_size({"width": 360, "height": 780})
                for_docs(page, f"family-{name.replace('_', '-')}", height=900)
            return seen, widths, page.get_by_role("heading", level=1).inner_text()

        own = "" if shown.is_public and name != "guide" else session
        seen, widths, heading = chromium.visit(look, session=own, base=address, language=language, width=width)

        wrong += [f"{name}: {violation}" for violation in seen.violations]
        wrong += [f"{name}: {complaint}" for complaint in seen.complaints]
        wrong += [f"{name}: {came} px wide at {asked}" for asked, came in widths.items() if came > asked]
        if not heading.startswith(shown.heading[0 if language == "en" else 1]):
            wrong.append(f"{name}: begins with {heading!r}")
    assert wrong == []


def test_from_signing_in_to_a_dispute_by_keyboard_alone(town, address, chromium) -> None:
    town.call()

    def press_until(page, name: str, role: str, key: str = "Enter") -> None:
        """Go on with Tab until what has the focus is what is meant, which must show that it has it; then press it."""
        for _ in range(60):
            page.keyboard.press("Tab")
            told = page.evaluate(
                "(() => { const it = document.activeElement;"
                " const label = it.labels && it.labels.length ? it.labels[0].innerText : it.innerText;"
                " const style = getComputedStyle(it);"
                " return [label.trim(), it.matches(':focus-visible'), style.outlineStyle]; })()"
            )
            if told[0].startswith(name):
                assert told[1:] == [True, "solid"], f"{name} does not show the focus"
                assert page.locator(":focus").evaluate("it => it.getBoundingClientRect().height") >= 18
                break
        else:
            raise AssertionError(f"{name} is not reached by Tab on {page.url} ({role})")
        page.keyboard.press(key)

    def journey(page) -> list[str]:
        seen = []
        page.goto("/sign-in/")
        press_until(page, "Skip to the content", "link")
        press_until(page, "E-mail address", "textbox", "End")
        page.keyboard.type("mother@town.example")
        press_until(page, "Password", "textbox", "End")
        page.keyboard.type("correct horse battery")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/account/(#content)?$"))
        seen.append(page.get_by_role("heading", level=1).inner_text())
        press_until(page, "Calls", "link")
        page.wait_for_url("**/account/calls/")
        press_until(page, "Marcus Doucet", "link")
        page.wait_for_url("**/account/calls/*/")
        press_until(page, "Something was wrong with this call", "link")
        page.wait_for_url("**/dispute/")
        press_until(page, "I did not take this call", "radio", "ArrowDown")
        press_until(page, "What happened", "textbox", "End")
        page.keyboard.type("A hum all the time.")
        press_until(page, "Send", "button")
        page.wait_for_url("**/help/cases/*/")
        return [*seen, page.get_by_role("main").inner_text()]

    home, told = chromium.visit(journey, base=address, width=PHONE)

    assert home == "Can they call you now?"
    assert "A hum all the time." in told
    assert Case.objects.get().topic == "bad_sound"
