"""While a call runs: acceptance, signs of life, cut-offs, blocks, the time line."""

import pytest
from make import (
    MINUTE,
    NOON,
    SECOND,
    a_call_id,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    a_unit,
    authorised,
    dial,
    identified,
    off_hook,
)

from kinline.audit.models import AuditEvent
from kinline.calls import queries, services
from kinline.calls.models import Call
from kinline.calls.services import Entry, UnknownCall
from kinline.calls.services.opening import UnknownStation
from kinline.calls.services.talking import NotAuthorised
from kinline.contacts.models import Block
from kinline.core.callflow.events import Denied
from kinline.core.callflow.settings import CallSettings
from kinline.core.identity import Instant, StationId
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, HousingUnit, Station
from kinline.facilities.services import NotAnnounced, announce, end_announcement
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def jail() -> Facility:
    return a_facility("Bayou Parish Jail", call_settings={"pin_digits": 6, "keys": {"accept": "3"}})


@pytest.fixture
def unit(jail: Facility) -> HousingUnit:
    return a_unit(jail)


@pytest.fixture
def station(jail: Facility, unit: HousingUnit) -> Station:
    return a_station(jail, unit)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


@pytest.fixture
def mother(resident: Resident) -> str:
    number = a_number()
    a_contact(resident, number)
    a_customer(number, "20.00")
    return number


def test_going_off_hook_gives_the_facilitys_settings(station: Station) -> None:
    settings = services.open_call(a_call_id(), StationId(station.pk), "switchboard-1", NOON)
    assert isinstance(settings, CallSettings)
    assert settings.facility.text == "Bayou Parish Jail"
    assert (settings.pin_digits, settings.keys.accept, settings.keys.refuse) == (6, "3", "2")


def test_going_off_hook_twice_is_one_attempt(station: Station) -> None:
    call = off_hook(station)
    services.open_call(call, StationId(station.pk), "switchboard-1", NOON)
    assert Call.objects.filter(pk=call).count() == 1


def test_a_station_that_does_not_exist_cannot_call() -> None:
    with pytest.raises(UnknownStation):
        services.open_call(a_call_id(), StationId(987_654), "switchboard-1", NOON)


def test_the_first_acceptance_stays(station: Station, resident: Resident, mother: str) -> None:
    call, _ = authorised(station, resident, mother)
    services.accept(call, NOON)
    services.accept(call, Instant(NOON + MINUTE))
    assert Call.objects.get(pk=call).accepted_at == NOON


def test_nobody_accepts_a_call_without_a_hold(station: Station, resident: Resident) -> None:
    with pytest.raises(NotAuthorised):
        services.accept(identified(station, resident), NOON)


def test_a_heartbeat_is_of_every_call_of_a_switchboard(station: Station) -> None:
    calls = [off_hook(station) for _ in range(3)]
    assert services.heartbeat("switchboard-2", calls, Instant(NOON + SECOND)) == ()
    assert set(Call.objects.values_list("switchboard", "heartbeat_at")) == {("switchboard-2", NOON + SECOND)}


def test_a_heartbeat_of_a_call_not_yet_written_is_no_alarm() -> None:
    assert services.heartbeat("switchboard-1", [a_call_id()], NOON) == ()


@pytest.mark.parametrize(
    ("switch", "reason"), [("lockdown", Reason.TALK_LOCKDOWN), ("cut_off", Reason.TALK_CUTOFF), ("on", None)]
)
def test_phones_that_are_turned_off_end_their_calls(
    station: Station, unit: HousingUnit, switch: str, reason: Reason | None
) -> None:
    call = off_hook(station)
    unit.switch = switch
    unit.save()
    ended = services.heartbeat("switchboard-1", [call], NOON)
    assert ended == ((services.End(call, reason),) if reason else ())


def test_a_staffs_cut_off_reaches_the_switchboard_and_the_audit(station: Station) -> None:
    call = off_hook(station)
    services.cut_off(call, Reason.TALK_CUTOFF, "user/7", "Threats", NOON)
    assert services.heartbeat("switchboard-1", [call], NOON) == (services.End(call, Reason.TALK_CUTOFF),)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.subject, event.reason) == (
        "user/7",
        "call.cut_off",
        f"call/{call}",
        "Threats",
    )


def test_a_block_at_the_offer_stops_the_next_call(station: Station, resident: Resident, mother: str) -> None:
    call, _ = authorised(station, resident, mother)
    services.block_resident(call, NOON)
    services.block_resident(call, NOON)
    services.reap(Instant(NOON + MINUTE), 0)

    _, answer = dial(station, resident, mother, Instant(NOON + MINUTE))

    assert Block.objects.count() == AuditEvent.objects.filter(action="number.blocked").count() == 1
    assert isinstance(answer, Denied)
    assert answer.reason is Reason.BLOCK_CALLED_PARTY


def test_a_call_without_called_party_blocks_nobody(station: Station) -> None:
    with pytest.raises(UnknownCall):
        services.block_resident(off_hook(station), NOON)


def test_the_time_line_is_kept_in_order(station: Station) -> None:
    call = off_hook(station)
    later = Entry(call, Instant(NOON + SECOND), "prompt", {"text": "¿Quién llama?"})
    earlier = Entry(call, NOON, "off_hook", {})
    services.note([later, earlier])
    assert queries.events_of(call) == [earlier, later]


def test_the_recorded_name_is_known_at_the_next_call(jail: Facility, station: Station) -> None:
    newcomer = a_resident(jail, name_recording="")
    services.name_recorded(newcomer.pk, "names/5.wav")
    newcomer.refresh_from_db()
    assert newcomer.name_recording == "names/5.wav"


def test_an_announcement_is_said_where_it_was_made_until_it_expires_or_is_ended(
    jail: Facility, unit: HousingUnit, station: Station
) -> None:
    def said(at: Station, now: int) -> tuple[str, ...]:
        settings = services.open_call(a_call_id(), StationId(at.pk), "switchboard-1", Instant(now))
        return tuple(each.english for each in settings.announcements)

    neighbour, elsewhere = a_station(jail, unit), a_station(jail)
    hour = Instant(NOON + 60 * MINUTE)
    everywhere = announce(jail, "Everywhere", "En todas partes", "user/1", NOON, hour)
    announce(unit, "In the unit", "En la unidad", "user/1", NOON, Instant(NOON + MINUTE))
    announce(station, "At one phone", "En un teléfono", "user/1", NOON, hour, is_said_in_calls=True)
    assert said(station, NOON) == ("Everywhere", "In the unit", "At one phone")
    assert said(neighbour, NOON) == ("Everywhere", "In the unit")
    assert said(elsewhere, NOON) == ("Everywhere",)
    assert said(a_station(a_facility()), NOON) == ()
    assert said(neighbour, NOON + MINUTE) == ("Everywhere",)
    calls = [off_hook(station), off_hook(neighbour)]
    (order,) = services.heartbeat("switchboard-1", calls, NOON)
    assert isinstance(order, services.Tell)
    assert (order.call_id, order.announcement.english) == (calls[0], "At one phone")
    assert end_announcement(everywhere, "user/2", NOON)
    assert not end_announcement(everywhere, "user/2", NOON)
    assert said(elsewhere, NOON) == ()
    for _ in range(3):
        announce(jail, "Again", "Otra vez", "user/1", NOON, hour)
    with pytest.raises(NotAnnounced):
        announce(jail, "Too many", "Demasiados", "user/1", NOON, hour)
