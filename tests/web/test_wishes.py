"""The page on which a family says which calls it wishes."""

import os
from pathlib import Path

import pytest

from kinline.audit.models import AuditEvent
from kinline.contacts import services
from kinline.contacts.models import Block, QuietHours, SpendingLimit
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.numbering import E164

PAGE = "/account/wishes/"
NOON = Instant(1_795_111_200_000)
MOTHER = E164("+15045550901")
NIGHTS = {"what": "quiet", "number": MOTHER, "weekdays": ["4", "5"], "opens": "21:30", "closes": "07:00"}


@pytest.fixture
def mother(town, signed_in):
    return signed_in(town.mother.user)


def text(answer) -> str:
    return answer.content.decode()


def test_a_family_blocks_and_unblocks_a_resident_a_facility_and_everybody(town, mother) -> None:
    for whose in (f"resident-{town.marcus.pk}", f"facility-{town.jail.pk}", "all"):
        mother.post(PAGE, {"what": "block", "number": MOTHER, "whose": whose})
    blocks = list(Block.objects.order_by("pk"))
    assert [(each.resident, each.facility) for each in blocks] == [(town.marcus, None), (None, town.jail), (None, None)]
    assert "All calls from every facility" in text(mother.get(PAGE))
    for block in blocks:
        mother.post(PAGE, {"what": "unblock", "block": block.pk})
    assert not Block.objects.filter(lifted_at=None).exists()
    assert "Nobody is blocked." in text(mother.get(PAGE))


def test_a_block_asked_for_in_a_call_says_so_and_can_be_lifted(town, mother) -> None:
    block = Block.objects.create(number=MOTHER, resident=town.marcus, blocked_by="called_party", at=NOON, call_id=3)
    assert "by the key in a call, since " in text(mother.get(PAGE))
    mother.post(PAGE, {"what": "unblock", "block": block.pk})
    assert "Nobody is blocked." in text(mother.get(PAGE))


def test_a_family_pauses_and_resumes(town, mother) -> None:
    mother.post(PAGE, {"what": "pause", "hours": "24"})
    assert "No call rings you until" in text(mother.get(PAGE))
    mother.post(PAGE, {"what": "resume"})
    town.mother.refresh_from_db()
    assert town.mother.calls_paused_until is None


def test_quiet_hours_are_added_and_removed_one_by_one(town, mother) -> None:
    mother.post(PAGE, {**NIGHTS, "time_zone": "America/New_York"})
    mother.post(
        PAGE, {**NIGHTS, "weekdays": ["0"], "opens": "12:00", "closes": "13:00", "time_zone": "America/New_York"}
    )
    hours = QuietHours.objects.get()
    assert (hours.windows, hours.time_zone) == ([[[4, 5], 1290, 420], [[0], 720, 780]], "America/New_York")
    page = text(mother.get(PAGE))
    assert "Friday, Saturday: 9:30 p.m. – 7 a.m. of the next day" in page
    assert "Eastern time" in page
    mother.post(PAGE, {"what": "no_longer_quiet", "number": MOTHER, "place": "0"})
    assert QuietHours.objects.get().windows == [[[0], 720, 780]]
    mother.post(PAGE, {"what": "no_longer_quiet", "number": MOTHER, "place": "0"})
    assert not QuietHours.objects.exists()


def test_limits_are_set_changed_and_removed(town, mother) -> None:
    mother.post(PAGE, {"what": "limit", "who": f"resident-{town.marcus.pk}", "amount": "5"})
    mother.post(PAGE, {"what": "limit", "who": "all", "amount": "10.50"})
    mother.post(PAGE, {"what": "limit", "who": "all", "amount": "12"})
    assert dict(SpendingLimit.objects.values_list("resident", "amount")) == {
        town.marcus.pk: 5_000_000,
        None: 12_000_000,
    }
    mother.post(PAGE, {"what": "no_longer_limited", "limit": SpendingLimit.objects.get(resident=None).pk})
    assert SpendingLimit.objects.get().resident == town.marcus


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"what": "block", "number": "+15045550902", "whose": "all"}, "Choose one from the list."),
        ({"what": "block", "number": MOTHER, "whose": "resident-999"}, "Choose one from the list."),
        ({**NIGHTS, "weekdays": [], "time_zone": "America/Chicago"}, "Choose at least one day."),
        ({**NIGHTS, "opens": "25:00", "time_zone": "America/Chicago"}, "Write a time, for example 21:00."),
        ({"what": "limit", "who": "all", "amount": "lots"}, "Write dollars with digits and a point"),
        ({"what": "limit", "who": "all", "amount": ""}, "Write the amount, for example 12.50."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(town, mother, sent: dict[str, object], says: str) -> None:
    assert says in text(mother.post(PAGE, sent))
    assert [model.objects.count() for model in (Block, QuietHours, SpendingLimit)] == [0, 0, 0]


def test_another_family_s_wishes_are_not_found_and_the_attempts_are_written_down(town, mother, signed_in) -> None:
    father = signed_in(town.father.user)
    block = services.block_calls(town.mother, MOTHER, "user/1", NOON)
    services.limit_spending(town.mother, None, Money.parse("5"), "user/1", NOON)
    mother.post(PAGE, {**NIGHTS, "time_zone": "America/Chicago"})
    for sent in (
        {"what": "unblock", "block": block.pk},
        {"what": "no_longer_limited", "limit": SpendingLimit.objects.get().pk},
        {"what": "no_longer_quiet", "number": MOTHER, "place": "0"},
    ):
        assert father.post(PAGE, sent).status_code == 404
    refused = AuditEvent.objects.filter(action="access.refused", actor=f"user/{town.father.user.pk}")
    assert {event.subject.partition("/")[0] for event in refused} == {"block", "spending_limit", "quiet_hours"}
    assert Block.objects.get().lifted_at is None
    assert QuietHours.objects.exists()
    assert father.post(PAGE, {"what": "nothing"}).status_code == 404
    assert father.post(PAGE, {"what": "unblock", "block": "x"}).status_code == 404


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_family_says_its_wishes_in_a_browser(town, signed_in, address, chromium, language: str) -> None:
    session = signed_in(town.mother.user).cookies["sessionid"].value
    folder = os.environ.get("KINLINE_PICTURES")
    words = {
        "en": ("Block these calls", "Add quiet hours", "Set the limit", "Unblock", "wish is saved"),
        "es": (
            "Bloquear estas llamadas",
            "Agregar horas de descanso",
            "Poner el límite",
            "Desbloquear",
            "quedó guardado",
        ),
    }[language]

    def journey(page):
        page.goto(PAGE)
        page.get_by_role("button", name=words[0]).click()
        page.get_by_role("button", name=words[1]).click()
        page.locator("#limit-amount").fill("7.50")
        page.get_by_role("button", name=words[2]).click()
        said = page.get_by_role("status").inner_text()
        look = chromium.look_at(page, PAGE, Path(folder) / f"wishes-{language}.png" if folder else None)
        page.get_by_role("button", name=words[3]).first.click()
        return said, look, page.get_by_role("status").inner_text()

    said, look, after = chromium.visit(
        journey, base=address, session=session, language=language, width=320, scripts=True
    )
    assert words[4] in said
    assert words[4] in after
    assert [*look.violations, *(each for each in look.complaints if not each.endswith(" failed"))] == []
    assert look.width <= 320
    assert "$7.50" in look.text
    assert Block.objects.get().lifted_at is not None
