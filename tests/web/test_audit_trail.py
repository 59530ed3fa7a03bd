"""Who answers for a place reads who did what there, with what was before and after."""

from pictures import for_docs

from kinline.audit.models import AuditEvent
from kinline.core.identity import Instant
from kinline.people import residents
from kinline.people.models import Role

NOON = 1_795_111_200_000


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_entries_are_found_by_person_action_subject_and_day_and_only_of_ones_own_place(
    town, signed_in, chromium, address
) -> None:
    who = f"user/{town.officer.pk}"
    residents.set_care(town.marcus, "es", ["tty"], True, who, Instant(NOON))
    residents.suspend(town.marcus, Instant(NOON + 10**9), "Fight", who, Instant(NOON + 1))
    residents.set_care(town.dana, "es", [], False, f"user/{town.other_investigator.pk}", Instant(NOON + 2))
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    page = text(administrator.get("/facility/audit/"))
    assert "language: en → es" in page
    assert "resident.suspended" in page
    assert "suspended_until: – → 2026-12-" in page
    assert f"resident/{town.dana.pk}" not in page.partition("<tbody>")[2]
    for asked, hit, miss in (
        ("who=officer", "resident.suspended", "audit.seen"),
        ("action=resident.suspended", "Fight", "language: en"),
        ("about=100001", "language: en", "audit.seen"),
        ("first=2026-11-21&last=2026-11-21", "Nothing fits", "Fight"),
        ("about=200001", "Nothing fits", "language"),
    ):
        found = text(administrator.get(f"/facility/audit/?{asked}")).partition("</form>")[2]
        found = found.partition("</form>")[2] or found
        assert hit in found, asked
        assert miss not in found.partition("<tbody>")[2], asked
    provider = text(signed_in(town.staff(Role.COMPLIANCE)).get("/facility/audit/?about=200001"))
    assert f"resident/{town.dana.pk}" in provider
    assert AuditEvent.objects.filter(action="audit.seen").count() == 7
    assert signed_in(town.officer).get("/facility/audit/").status_code == 404

    def looking(page):
        look = chromium.look_at(page, "/facility/audit/")
        if look.width == 1280:
            for_docs(page, "facility-audit", height=800)
        return look

    session = administrator.cookies["sessionid"].value
    for language, width in (("en", 1280), ("es", 320)):
        look = chromium.visit(looking, base=address, session=session, language=language, width=width)
        assert (look.violations, look.complaints, look.width) == ([], [], width)


def test_a_long_trail_comes_page_by_page_without_a_gap(town, signed_in) -> None:
    for number in range(60):
        residents.suspend(town.marcus, Instant(NOON + 9**13 + number), "Fight", "user/1", Instant(NOON))
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    first = administrator.get("/facility/audit/?action=resident.suspended")
    second = administrator.get(f"/facility/audit/?{first.context['older']}")
    shown = [row["event"].pk for answer in (first, second) for row in answer.context["rows"]]
    assert (len(shown), len(set(shown)), sorted(shown, reverse=True)) == (60, 60, shown)
