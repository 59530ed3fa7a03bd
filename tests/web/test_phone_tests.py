"""The page on which a family has its phone tested."""

import os
from dataclasses import asdict
from pathlib import Path

import pytest

from kinline.audit.models import AuditEvent
from kinline.core.identity import CallId, Instant
from kinline.core.servicecall.course import Outcome
from kinline.core.servicecall.findings import KeySignal, LineResult, Measurement
from kinline.people.models import CustomerNumber
from kinline.servicecalls import services
from kinline.servicecalls.models import ServiceCall

PAGE = "/account/test-my-phone/"
BAD = LineResult(
    Measurement(
        packets=900, loss=0.061, jitter_ms=3.2, round_trip_ms=84, mos=3.9, level=-41.5, clipped=0.0, keys=KeySignal.TONE
    ),
    are_keys_right=True,
    speech_seconds=2.1,
    heard_well=False,
)


def finished(test: ServiceCall, result: LineResult | None, outcome: Outcome) -> ServiceCall:
    at = Instant(test.ordered_at)
    services.take(test.pk, "one", CallId(5), at)
    services.finish(test.pk, "one", outcome, result, at)
    return test


@pytest.fixture
def mother(town, signed_in):
    return signed_in(town.mother.user)


def ordered(mother, town) -> ServiceCall:
    answer = mother.post(PAGE, {"number": town.mother.numbers.get().number})
    test = ServiceCall.objects.latest("pk")
    assert answer["location"] == f"{PAGE}{test.pk}/"
    return test


def test_a_family_orders_a_test_of_a_number_of_its_own_and_of_no_other(town, mother) -> None:
    test = ordered(mother, town)
    assert (test.kind, test.customer, test.number) == ("line_test", town.mother, "+15045550901")
    assert "A call to this number is under way" in mother.post(PAGE, {"number": test.number}).content.decode()
    assert "Choose a number." in mother.post(PAGE, {"number": town.father.numbers.get().number}).content.decode()
    CustomerNumber.objects.create(customer=town.mother, number="+15045550999", order=1)
    assert "Choose a number." in mother.post(PAGE, {"number": "+15045550999"}).content.decode()
    assert ServiceCall.objects.count() == 1


def test_it_says_why_a_call_failed_and_what_to_do(town, mother) -> None:
    test = finished(ordered(mother, town), None, Outcome.MACHINE)
    page = mother.get(f"{PAGE}{test.pk}/").content.decode()
    assert "An answering machine or voicemail answered." in page
    assert "A machine cannot accept a call from a facility." in page


def test_a_test_that_nobody_took_up_is_over_by_itself(town, mother) -> None:
    test = ordered(mother, town)
    ServiceCall.objects.update(ordered_at=test.ordered_at - 60_000, due_by=test.ordered_at - 30_000)
    assert "We could not place the call." in mother.get(f"{PAGE}{test.pk}/").content.decode()


def test_another_family_s_test_is_not_found_and_the_attempt_is_written_down(town, mother, signed_in) -> None:
    test = finished(ordered(mother, town), BAD, Outcome.TESTED)
    assert signed_in(town.father.user).get(f"{PAGE}{test.pk}/").status_code == 404
    entry = AuditEvent.objects.get(action="access.refused")
    assert (entry.actor, entry.subject) == (f"user/{town.father.user.pk}", f"service_call/{test.pk}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_family_follows_its_test_in_a_browser(town, signed_in, address, chromium, language: str) -> None:
    session = signed_in(town.mother.user).cookies["sessionid"].value
    folder = os.environ.get("KINLINE_PICTURES")
    wrong: list[str] = []

    def look(page, name: str) -> str:
        seen = chromium.look_at(page, page.url, Path(folder) / f"{name}-{language}.png" if folder else None)
        # The next page may break off what this one still loads: an icon that failed is no complaint here.
        wrong.extend([*seen.violations, *(each for each in seen.complaints if not each.endswith(" failed"))])
        wrong.extend([f"{name} is {seen.width} px wide"] if seen.width > 320 else [])
        return seen.text

    def order(page) -> str:
        page.goto(PAGE)
        page.get_by_role("button", name={"en": "Call me now", "es": "Llámenme ahora"}[language]).click()
        page.wait_for_url("**/test-my-phone/*/")
        return look(page, "phone_test_waits")

    def follow(page) -> tuple[str, str]:
        page.get_by_text({"en": "What we measured", "es": "Lo que medimos"}[language]).wait_for()
        result = look(page, "phone_test")
        page.goto(PAGE)
        return result, look(page, "phone_tests")

    waits = chromium.visit(order, base=address, session=session, language=language, width=320)
    finished(ServiceCall.objects.get(), BAD, Outcome.TESTED)
    result, every = chromium.go_on(follow)
    assert wrong == []
    assert {"en": "We are about to call you.", "es": "Estamos por llamarlo."}[language] in waits
    for word in ("6.1", "-42 dB", {"en": "Speak closer", "es": "Hable más cerca"}[language]):
        assert word in result
    assert {"en": "Calls will work", "es": "Las llamadas funcionarán"}[language] in every


def test_without_javascript_a_link_shows_how_far_it_is(town, signed_in, address, chromium) -> None:
    session = signed_in(town.mother.user).cookies["sessionid"].value

    def journey(page) -> str:
        page.goto(PAGE)
        page.get_by_role("button", name="Call me now").click()
        page.get_by_role("link", name="See how far it is").click()
        return page.get_by_role("main").inner_text()

    assert "We are about to call you." in chromium.visit(journey, base=address, session=session, scripts=False)


def test_a_result_comes_back_as_it_was_stored(town, mother) -> None:
    test = finished(ordered(mother, town), BAD, Outcome.TESTED)
    test.refresh_from_db()
    assert test.result == asdict(BAD)
