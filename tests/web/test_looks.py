"""Every page in a real browser: accessible, no wider than a small phone, in both languages, asking nobody else."""

import os
from pathlib import Path

import pytest

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call

PAGES = {
    "facility": ("investigator", "/facility/"),
    "call": ("investigator", "/facility/calls/{recorded}/"),
    "privileged": ("officer", "/facility/calls/{privileged}/"),
    "not_found": ("mother", "/account/calls/1/"),
}
"""Those for families are looked at by `test_family_looks.py`."""
HEADINGS = {
    "en": ("Calls and", "Call", "Call", "There is"),
    "es": ("Llamadas e", "Llamada", "Llamada", "Aquí"),
}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_accessible_and_fits(town, signed_in, address, chromium, language: str, width: int) -> None:
    town.full_of_calls()
    calls = {
        "recorded": _call(recording__gt=""),
        "privileged": _call(is_privileged=True),
    }
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for heading, (name, (who, path)) in zip(HEADINGS[language], PAGES.items(), strict=True):
        client = signed_in(getattr(town, who) if who else None)
        session = client.cookies["sessionid"].value if who else ""
        picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None

        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path.format(**calls), picture),
            session=session,
            base=address,
            language=language,
            width=width,
        )

        wrong += [f"{name}: {violation}" for violation in look.violations]
        wrong += [f"{name}: {each}" for each in look.complaints if "404" not in each or name != "not_found"]
        if look.width > width:
            wrong.append(f"{name}: {look.width} px wide")
        if heading not in look.text:
            wrong.append(f"{name}: does not say {heading!r}")
    assert wrong == []


def _call(**facts: object) -> int:
    return Call.objects.get(**facts).pk


def test_a_family_signs_in_reads_a_receipt_in_spanish_and_signs_out_without_javascript(town, address, chromium) -> None:
    town.full_of_calls()

    def journey(page) -> list[str]:
        seen = []
        page.goto("/account/")
        page.get_by_label("E-mail address").fill("mother@town.example")
        page.get_by_label("Password").fill("wrong horse")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        seen.append(page.get_by_role("alert").inner_text())
        page.get_by_label("E-mail address").fill("MOTHER@town.example")
        page.get_by_label("Password").fill("correct horse battery")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("button", name="Español").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("link", name="Todas las llamadas").click()
        page.get_by_role("link", name="Marcus Doucet").nth(1).click()
        seen.append(page.get_by_role("table").inner_text())
        page.get_by_role("button", name="Cerrar sesión").click()
        page.goto("/account/")
        seen.append(page.url)
        return seen

    refusal, english, spanish, sums, after = chromium.visit(journey, base=address, scripts=False)

    assert "do not go together" in refusal
    assert (english, spanish) == ("Can they call you now?", "¿Le pueden llamar ahora?")
    assert "Total\t$0.263214" in sums
    assert "Saldo después\t$12.34" in sums
    assert "/sign-in/?next=/account/" in after


def test_an_investigator_plays_a_recording_and_each_time_is_written_down(town, signed_in, address, chromium) -> None:
    call = town.recorded_call()
    session = signed_in(town.investigator).cookies["sessionid"].value

    def journey(page) -> float:
        page.goto(f"/facility/calls/{call.pk}/")
        page.evaluate("document.querySelector('audio').play()")
        page.wait_for_function("document.querySelector('audio').duration > 0.9")
        return page.evaluate("document.querySelector('audio').duration")

    assert AuditEvent.objects.filter(action="recording.heard").count() == 0
    assert chromium.visit(journey, session=session, base=address) == pytest.approx(1.0)
    heard = AuditEvent.objects.filter(action="recording.heard")
    assert heard.count() >= 1
    assert {(event.actor, event.subject) for event in heard} == {(f"user/{town.investigator.pk}", f"call/{call.pk}")}
