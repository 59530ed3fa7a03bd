"""The demo's cast: each scenario goes the way it says, and seeding twice changes nothing."""

import pytest
from django.test import Client
from make import off_hook

import kinline.demo as demo
from kinline.calls import services
from kinline.core.callflow.events import Identified
from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.facilities.digest import digest_secrets
from kinline.facilities.models import Station
from kinline.facilities.queries import directory
from kinline.ledger import queries
from kinline.people.models import Resident, Role, StaffRole, User

pytestmark = pytest.mark.django_db

LATER_SLICES = {
    Reason.IDENTIFY_IN_USE,  # needs a second call at the same time
    Reason.IDENTIFY_VOICE_MISMATCH,
    Reason.IDENTIFY_NOT_ENROLLED,
    Reason.IDENTIFY_TIMEOUT,  # what the resident does, not what the books say
    Reason.IDENTIFY_ABANDONED,
    Reason.DIAL_TIMEOUT,
    Reason.DIAL_ABANDONED,
    Reason.POLICY_KEPT_APART,  # needs a second call at the same time
    Reason.FUND_WRONG_WALLET,
    Reason.FUND_CARD_PIN_BAD,
}


@pytest.fixture(autouse=True)
def cast() -> None:
    assert demo.seed()


def test_every_scenario_goes_the_way_it_says() -> None:
    now = Instant(int(Resident.objects.get(resident_number="100003").suspended_until or 0) - 364 * 86_400_000)
    found: dict[str, Reason | None] = {}
    for name, scenario in demo.SCENARIOS.items():
        call = off_hook(Station.objects.get(sip_user=scenario.station), now)
        answer = services.identify(call, scenario.resident_number, scenario.pin, now)
        if isinstance(answer, Identified):
            decision = services.authorise(call, answer.resident, scenario.dialled, now)
            found[name] = getattr(decision, "reason", None)
        else:
            found[name] = answer.reason
        services.reap(Instant(now + 1), 0)
    assert found == {name: scenario.reason for name, scenario in demo.SCENARIOS.items()}


def test_there_is_a_scenario_for_every_reason_that_the_books_can_give() -> None:
    stages = {"identify", "policy", "dial", "block", "fund", "tariff"}
    wanted = {reason for reason in Reason if reason.stage in stages} - LATER_SLICES
    assert wanted - {scenario.reason for scenario in demo.SCENARIOS.values()} == set()


def test_seeding_again_changes_nothing() -> None:
    before = queries.trial_balance()
    assert not demo.seed()
    assert queries.trial_balance() == before
    assert queries.discrepancies() == []


def test_stations_and_lines_register_with_the_passwords_that_are_shown() -> None:
    entries = directory()
    station, line = entries.stations["station-a1"], entries.lines[demo.MOTHER]
    assert station.secrets == digest_secrets("station-a1", demo.station_password("station-a1"))
    assert line.secrets == digest_secrets(demo.MOTHER, demo.line_password(demo.MOTHER))


@pytest.mark.parametrize("log_in", demo.LOG_INS, ids=lambda log_in: log_in.who)
def test_log_ins_open(log_in: demo.LogIn) -> None:
    user = User.objects.get(email=log_in.email)
    assert user.check_password(demo.PASSWORD)
    roles = [Role(role) for role in StaffRole.objects.filter(user=user).values_list("role", flat=True)]
    assert roles == ([log_in.role] if log_in.role else [])


def test_families_of_the_demo_land_on_their_page_and_are_asked_for_nothing(client: Client) -> None:
    for email in ("rosa@demo.example", "lucia@demo.example"):
        page = client.post("/sign-in/", {"username": email, "password": demo.PASSWORD}, follow=True)
        assert [where for where, _ in page.redirect_chain] == ["/welcome/", "/account/"]
        client.logout()
