"""The portal's navigation: few sections, the pages of the one that one is in, and nothing that would not open."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from kinline.people.models import Role
from kinline.people.permissions import Permission, may
from kinline.web.staff.navigation import NAVIGATION, landing, offered, section_of


def permissions_of(role: Role) -> frozenset[Permission]:
    return frozenset(each for each in Permission if may(role, each))


@pytest.mark.parametrize("role", Role)
def test_a_role_is_offered_at_most_seven_sections_that_each_lead_to_a_page_of_theirs(role: Role) -> None:
    permissions = permissions_of(role)
    sections = offered(permissions)

    assert 1 <= len(sections) <= 7
    for section in sections:
        assert section.url_name == section.entries[0].url_name
        assert all(entry.permission in permissions for entry in section.entries)
    entries = [entry.url_name for section in sections for entry in section.entries]
    left_out = {e.url_name for s in NAVIGATION for e in s.entries if e.permission in permissions} - set(entries)
    assert left_out == set()
    assert landing(permissions) in entries


def test_a_section_with_one_page_left_has_the_name_of_that_page() -> None:
    approver, administrator = (offered(permissions_of(role)) for role in (Role.APPROVER, Role.FACILITY_ADMINISTRATOR))

    assert str(section_of("reports", approver).label) == "Reports"
    assert str(section_of("reports", administrator).label) == "Calls"
    assert section_of("deposits", approver) is None


def test_the_pages_of_a_section_are_shown_inside_it_alone_and_say_where_one_is(town, signed_in) -> None:
    browser = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    inside = browser.get(reverse("imports_of_facility", args=[town.jail.pk])).text
    elsewhere = browser.get(reverse("live")).text

    assert '<a href="/facility/residents/" aria-current="true">Residents</a>' in inside
    assert '<a href="/facility/imports/" aria-current="true">Import</a>' in inside
    assert '<a href="/facility/residents/">Residents</a>' in inside
    assert '<a href="/facility/live/" aria-current="page">Live</a>' in elsewhere
    assert "/facility/imports/" not in elsewhere


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_navigation_is_accessible_and_fits_a_small_phone(town, signed_in, address, chromium, language: str) -> None:
    visits = {
        Role.OFFICER: "/facility/rules/try/",
        Role.FACILITY_ADMINISTRATOR: "/facility/registry/",
        Role.FINANCE: "/provider/credit/",
        Role.PLATFORM_ADMINISTRATOR: "/staff/who-may-do-what/",
    }
    pictures = os.environ.get("KINLINE_PICTURES")
    sessions = {role: signed_in(town.staff(role)).cookies["sessionid"].value for role in visits}
    wrong = []
    for width in (320, 1280):
        for role, path in visits.items():
            picture = Path(pictures) / f"navigation-{role}-{language}-{width}.png" if pictures else None
            look = chromium.visit(
                lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
                session=sessions[role],
                base=address,
                language=language,
                width=width,
            )
            wrong += [f"{role} at {width}: {each}" for each in (*look.violations, *look.complaints)]
            if look.width > width:
                wrong.append(f"{role}: {look.width} px wide at {width}")
    assert wrong == []


def test_a_keyboard_alone_reaches_a_page_of_another_section_without_scripts(town, signed_in, address, chromium) -> None:
    session = signed_in(town.officer).cookies["sessionid"].value

    def journey(page) -> list[str]:
        page.goto("/facility/")
        seen = []
        for name in ("Rules", "May they call?"):
            for _ in range(20):
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement.textContent").strip() == name:
                    break
            with page.expect_navigation():
                page.keyboard.press("Enter")
            seen.append(page.evaluate("location.pathname"))
        return seen

    assert chromium.visit(journey, base=address, session=session, scripts=False) == [
        "/facility/rules/",
        "/facility/rules/try/",
    ]
