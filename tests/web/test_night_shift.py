"""A night at the desk, by keyboard alone and without JavaScript: residents, rules and history in a real browser."""

from kinline.facilities.models import RuleRow
from kinline.people.models import Resident, Role


def test_an_administrator_works_a_night_by_keyboard_alone(town, signed_in, chromium, address) -> None:
    town.full_of_calls()
    unit = town.jail.units.get()
    session = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR)).cookies["sessionid"].value

    def fill(page, label: str, text: str, **how) -> None:
        page.get_by_label(label, **how).first.focus()
        page.keyboard.type(text)

    def enter(page) -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    def night(page) -> list[str]:
        seen = []
        page.goto("/facility/residents/book/")
        fill(page, "Resident number", "100077")
        fill(page, "Name, as it is spoken", "Ana Paz")
        enter(page)
        seen.append(page.locator(".pin").inner_text())
        page.goto("/facility/residents/?find=100077")
        page.get_by_role("link", name="Ana Paz").focus()
        enter(page)
        page.get_by_role("heading", name="Suspension").wait_for()
        page.get_by_label("Until, in the facility’s time").fill("2099-01-01T08:00")
        page.locator("#id_suspend-reason").focus()
        page.keyboard.type("Fight")
        enter(page)
        seen.append(page.locator(".facts").inner_text())
        page.goto("/facility/rules/try/")
        fill(page, "Resident’s number", "100077")
        fill(page, "Number to call", "5045550901")
        enter(page)
        seen.append(page.get_by_role("main").inner_text())
        page.goto(f"/facility/rules/unit/{unit.pk}/")
        fill(page, "Longest call, minutes", "12")
        fill(page, "Reason for the change", "Handbook")
        enter(page)
        seen.append(page.get_by_role("main").inner_text())
        page.goto("/facility/")
        fill(page, "Number, or its last digits", "0902")
        enter(page)
        seen.append(page.get_by_role("main").inner_text())
        return seen

    pin, facts, tried, ruled, found = chromium.visit(night, base=address, session=session, scripts=False)

    assert len(pin) == 4
    assert "Suspended" in facts
    assert "suspended" in tried
    assert "12 min" in ruled
    assert RuleRow.objects.get(level="unit").says == {"maximum_seconds": 720}
    assert "0902" in found.replace("(504) 555-", "")
    assert Resident.objects.get(resident_number="100077").suspension_reason == "Fight"
