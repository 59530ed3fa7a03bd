"""Who is calling: number and PIN, tries, locks, and nobody on two calls."""

import pytest
from make import MINUTE, NOON, PIN, a_facility, a_resident, a_station, completed, given_up, identified, off_hook

from kinline.calls import services
from kinline.calls.services import CallIsOver, OtherQuestion, UnknownCall
from kinline.core.callflow.events import Identified, NotIdentified
from kinline.core.identity import CallId, Instant
from kinline.core.reasons import Reason
from kinline.core.speech import Span, SpokenName
from kinline.facilities.models import Facility, Station
from kinline.people.models import Resident, ResidentStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def jail() -> Facility:
    return a_facility(pin_tries=4, pin_lock_seconds=600)


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail, name="Daniel Reyes", language="es")


def test_the_right_pin_tells_who_it_is(station: Station, resident: Resident) -> None:
    answer = services.identify(off_hook(station), resident.resident_number, PIN, NOON)
    assert isinstance(answer, Identified)
    assert answer.resident == resident.pk
    assert answer.name == SpokenName(f"resident/{resident.pk}", "Daniel Reyes")
    assert answer.name_recorded
    assert answer.language == "es"


def test_asked_again_the_answer_is_the_same(station: Station, resident: Resident) -> None:
    call = off_hook(station)
    first = services.identify(call, resident.resident_number, PIN, NOON)
    assert services.identify(call, resident.resident_number, PIN, NOON) == first


def test_each_wrong_pair_uses_up_a_try_and_tells_nothing_else(station: Station, resident: Resident) -> None:
    call = off_hook(station)
    wrong_pin = services.identify(call, resident.resident_number, "0000", NOON)
    nobody = services.identify(call, "999999", PIN, NOON)
    last = services.identify(call, resident.resident_number, "1111", NOON)
    assert wrong_pin == NotIdentified(NOON, Reason.IDENTIFY_BAD_PIN, tries_left=2)
    assert nobody == NotIdentified(NOON, Reason.IDENTIFY_BAD_PIN, tries_left=1)
    assert last == NotIdentified(NOON, Reason.IDENTIFY_BAD_PIN, tries_left=0)


def test_too_many_wrong_pins_over_all_calls_lock_the_pin_for_a_while(station: Station, resident: Resident) -> None:
    for _ in range(4):
        services.identify(off_hook(station), resident.resident_number, "0000", NOON)

    locked = services.identify(off_hook(station), resident.resident_number, PIN, Instant(NOON + MINUTE))
    open_again = services.identify(off_hook(station), resident.resident_number, PIN, Instant(NOON + 10 * MINUTE))

    assert locked == NotIdentified(
        Instant(NOON + MINUTE), Reason.IDENTIFY_PIN_LOCKED, tries_left=0, values=(("wait", Span(540)),)
    )
    assert isinstance(open_again, Identified)


def test_a_right_pin_forgives_the_wrong_ones_before(station: Station, resident: Resident) -> None:
    for _ in range(3):
        services.identify(off_hook(station), resident.resident_number, "0000", NOON)
    call = identified(station, resident)
    services.settle(call, given_up(NOON), None, None, None, NOON)
    services.identify(off_hook(station), resident.resident_number, "0000", NOON)
    assert isinstance(services.identify(off_hook(station), resident.resident_number, PIN, NOON), Identified)


def test_who_was_released_is_not_active(station: Station, jail: Facility) -> None:
    released = a_resident(jail, status=ResidentStatus.RELEASED)
    answer = services.identify(off_hook(station), released.resident_number, PIN, NOON)
    assert answer == NotIdentified(NOON, Reason.IDENTIFY_NOT_ACTIVE, tries_left=0)


def test_a_resident_of_the_agencys_other_facility_is_not_here_yet(station: Station, jail: Facility) -> None:
    moving = a_resident(a_facility(agency=jail.agency))
    answer = services.identify(off_hook(station), moving.resident_number, PIN, NOON)
    wrong = services.identify(off_hook(station), moving.resident_number, "0000", NOON)
    assert answer == NotIdentified(NOON, Reason.IDENTIFY_PIN_NOT_HERE, tries_left=0)
    assert isinstance(wrong, NotIdentified)
    assert wrong.reason is Reason.IDENTIFY_BAD_PIN


def test_other_agencies_residents_are_nobody(station: Station) -> None:
    stranger = a_resident(a_facility())
    answer = services.identify(off_hook(station), stranger.resident_number, PIN, NOON)
    assert isinstance(answer, NotIdentified)
    assert answer.reason is Reason.IDENTIFY_BAD_PIN


def test_a_resident_is_on_one_call_at_a_time(station: Station, resident: Resident) -> None:
    first = identified(station, resident)
    second = services.identify(off_hook(station), resident.resident_number, PIN, NOON)
    services.settle(first, given_up(NOON), None, None, None, NOON)
    third = services.identify(off_hook(station), resident.resident_number, PIN, NOON)
    assert second == NotIdentified(NOON, Reason.IDENTIFY_IN_USE, tries_left=0)
    assert isinstance(third, Identified)


def test_a_call_is_of_one_resident(station: Station, jail: Facility, resident: Resident) -> None:
    call = identified(station, resident)
    with pytest.raises(OtherQuestion):
        services.identify(call, a_resident(jail).resident_number, PIN, NOON)


def test_a_call_that_is_over_identifies_nobody(station: Station, resident: Resident) -> None:
    call = off_hook(station)
    services.settle(call, completed(NOON, NOON), None, None, None, NOON)
    with pytest.raises(CallIsOver):
        services.identify(call, resident.resident_number, PIN, NOON)


def test_a_call_that_never_was_identifies_nobody(resident: Resident) -> None:
    with pytest.raises(UnknownCall):
        services.identify(CallId(7), resident.resident_number, PIN, NOON)


def test_a_pin_is_stored_so_that_it_cannot_be_read(resident: Resident) -> None:
    assert PIN not in resident.pin_hash
    assert resident.pin_hash.startswith("$argon2id$")
