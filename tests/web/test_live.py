"""The live board's pages: who sees which calls, cut-offs, announcements, how phones are."""

import json
import os
import time
from pathlib import Path

import pytest
from django.test import Client

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call, CutOff
from kinline.core.callflow import Act
from kinline.core.identity import CallId, Instant
from kinline.facilities.models import Announcement, HousingUnit, Station, Trunk
from kinline.facilities.models.wires import TrunkKind
from kinline.live.services import Stand, StationNews, TrunkNews, tell_health, write_down
from kinline.people.models import Resident, Role


def now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)


class Board:
    """Calls that are going on in the town."""

    def __init__(self, town) -> None:
        self.town = town

    def call(self, act: Act = Act.TALK, unit: HousingUnit | None = None, mos: int | None = None, **fields) -> Call:
        """One that has been talking for two minutes, unless it is said otherwise; the first is Marcus'."""
        at, number = now() - 120_000, Call.objects.count()
        unit = unit or self.town.jail.units.get(name="Unit A")
        station, _ = Station.objects.get_or_create(
            unit=unit, defaults={"facility": unit.facility, "name": f"Phone {unit.name}", "sip_user": f"of-{unit.pk}"}
        )
        if "resident" not in fields:
            fields["resident"] = self._resident(number) if number else self.town.marcus
        talks = {"state": "accepted", "accepted_at": at} if act is Act.TALK else {"state": "open", "accepted_at": None}
        nothing = {"disposition": "", "reason": "", "ended_at": None, "settled_at": None, "charge": 0}
        where = {"unit": unit, "station": station}
        call = self.town.call(at=at - 30_000 - number, **{**nothing, **talks, **where, **fields})
        write_down(
            [], [Stand(CallId(call.pk), act, Instant(at), Instant(at + 900_000) if act is Act.TALK else None, mos)]
        )
        return call

    def _resident(self, number: int) -> Resident:
        return Resident.objects.create(
            facility=self.town.jail, resident_number=f"{100_100 + number}", name=f"Resident {number}", pin_hash="-"
        )


@pytest.fixture
def board(town) -> Board:
    return Board(town)


@pytest.fixture
def unit_b(town) -> HousingUnit:
    return HousingUnit.objects.create(facility=town.jail, name="Unit B")


def test_a_board_shows_each_call_in_its_unit_with_what_staff_need_to_know(town, board, unit_b, signed_in) -> None:
    board.call(mos=425)
    board.call(Act.IDENTIFY, unit_b, called_party="", dialled="", payer="")
    page = signed_in(town.investigator).get("/facility/live/")
    units = {unit["name"]: unit["rows"] for unit in page.context["units"]}
    (talk,), (identifying,) = units["Unit A"], units["Unit B"]
    assert (talk.act, talk.resident, talk.number, talk.hearing) == ("talk", "Marcus Doucet", "+15045550901", "good")
    assert talk.seconds in range(115, 130)
    assert talk.seconds_left in range(770, 785)
    assert identifying.act == "identify"
    text = page.content.decode()
    assert "Talking" in text
    assert "(504)\u00a0555-0901" in text
    assert "This board does not change by itself." in text


def test_the_number_is_masked_for_an_officer_and_cut_off_is_offered_to_who_may(town, board, signed_in) -> None:
    call = board.call()
    officer = signed_in(town.officer).get("/facility/live/").content.decode()
    assert "… 0901" in officer
    assert "555-0901" not in officer
    assert f"/facility/calls/{call.pk}/#cut-off" in officer
    support = signed_in(town.support).get(f"/facility/live/?facility={town.jail.pk}").content.decode()
    assert "#cut-off" not in support
    assert "… 0901" in support


def test_who_is_in_one_unit_sees_its_calls_alone_and_another_facilitys_board_does_not_exist(
    town, board, unit_b, signed_in
) -> None:
    mine, theirs = board.call(), board.call(unit=unit_b)
    officer = signed_in(town.staff(Role.OFFICER, town.jail.units.get(name="Unit A")))
    page = officer.get("/facility/live/")
    assert [row.call_id for unit in page.context["units"] for row in unit["rows"]] == [mine.pk]
    assert [unit["name"] for unit in page.context["units"]] == ["Unit A"]
    for path in ("live/", "live/events", "phones/", "announcements/"):
        assert officer.get(f"/facility/{path}?facility={town.other_jail.pk}").status_code == 404
    assert AuditEvent.objects.filter(action="access.refused").count() == 4
    assert officer.post(f"/facility/calls/{theirs.pk}/cut-off/", {"reason": "threat", "how": "told"}).status_code == 404
    assert not CutOff.objects.exists()


@pytest.mark.parametrize(
    ("how", "signal", "is_silent"), [("told", False, False), ("silent", False, True), ("30", True, False)]
)
def test_a_call_is_cut_off_with_a_reason_that_is_written_down(
    town, board, signed_in, how: str, signal: bool, is_silent: bool
) -> None:
    call = board.call()
    officer = signed_in(town.officer)
    assert "Cut off the call" in officer.get(f"/facility/calls/{call.pk}/").content.decode()
    officer.post(f"/facility/calls/{call.pk}/cut-off/", {"reason": "threat", "note": "of a witness", "how": how})
    order = CutOff.objects.get(pk=call.pk)
    assert ((order.ends_at is not None), order.is_silent) == (signal, is_silent)
    assert Call.objects.get(pk=call.pk).cut_off == "talk.cutoff"
    event = AuditEvent.objects.get(action="call.cut_off")
    assert (event.actor, event.reason) == (f"user/{town.officer.pk}", "threat: of a witness")
    assert json.loads(event.after) == {"signal_seconds": 30 if signal else 0, "silent": is_silent}
    assert "being cut off" in officer.get("/facility/live/").content.decode()


def test_a_reason_of_ones_own_needs_words_and_a_call_that_is_over_cannot_be_cut_off(town, board, signed_in) -> None:
    call, over = board.call(), town.call()
    officer = signed_in(town.officer)
    page = officer.post(f"/facility/calls/{call.pk}/cut-off/", {"reason": "other", "how": "told"}, follow=True)
    assert "Please say in a few words why." in page.content.decode()
    page = officer.post(f"/facility/calls/{over.pk}/cut-off/", {"reason": "threat", "how": "told"}, follow=True)
    assert "The call was over already." in page.content.decode()
    assert not CutOff.objects.exists()


def test_staff_announce_a_prepared_text_and_end_it_early(town, signed_in) -> None:
    officer = signed_in(town.officer)
    unit = town.jail.units.get()
    officer.post(
        "/facility/announcements/",
        {"what": "announce", "place": f"unit-{unit.pk}", "prepared": "count", "minutes": "15", "in_calls": "on"},
    )
    row = Announcement.objects.get()
    assert (row.unit, row.station, row.is_said_in_calls) == (unit, None, True)
    assert row.english.startswith("Count begins in ten minutes")
    assert row.spanish.startswith("El conteo empieza")
    assert row.expires_at - row.made_at == 900_000
    assert "1 announcement is said" in officer.get("/facility/live/").content.decode()
    officer.post("/facility/announcements/", {"what": "end", "announcement": row.pk})
    assert Announcement.objects.get().ended_at is not None
    assert "announcement" not in officer.get("/facility/live/").context["notices"]
    actions = list(AuditEvent.objects.order_by("id").values_list("action", "actor"))
    who = f"user/{town.officer.pk}"
    assert actions == [("announcement.made", who), ("announcement.ended", who)]


def test_a_text_of_ones_own_is_wanted_in_every_language_of_the_phones(town, signed_in) -> None:
    officer = signed_in(town.officer)
    typed = {"what": "announce", "place": "facility", "minutes": "60", "english": "Mail is late."}
    page = officer.post("/facility/announcements/", typed).content.decode()
    assert "Please write it in this language too" in page
    assert "Mail is late." in page
    assert not Announcement.objects.exists()
    officer.post("/facility/announcements/", {**typed, "spanish": "El correo llega tarde."})
    assert Announcement.objects.get().unit is None


def test_who_is_in_one_unit_announces_there_alone(town, unit_b, signed_in) -> None:
    officer = signed_in(town.staff(Role.OFFICER, town.jail.units.get(name="Unit A")))
    for place in ("facility", f"unit-{unit_b.pk}"):
        officer.post(
            "/facility/announcements/", {"what": "announce", "place": place, "prepared": "count", "minutes": "15"}
        )
    elsewhere = Announcement.objects.create(
        facility=town.jail, unit=unit_b, english="x", made_at=now(), expires_at=now() + 60_000, actor="user/1"
    )
    assert officer.post("/facility/announcements/", {"what": "end", "announcement": elsewhere.pk}).status_code == 404
    assert Announcement.objects.get().ended_at is None


def test_more_than_three_announcements_at_one_place_are_refused(town, signed_in) -> None:
    officer: Client = signed_in(town.officer)
    typed = {"what": "announce", "place": "facility", "prepared": "meal", "minutes": "15"}
    pages = [officer.post("/facility/announcements/", typed) for _ in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 302, 200]
    assert "Three announcements are on there already." in pages[-1].content.decode()


def test_faults_of_phones_and_carriers_are_said_in_plain_words_on_the_board_and_listed(town, unit_b, signed_in) -> None:
    station = town.jail.stations.get()
    other = Station.objects.create(facility=town.jail, unit=unit_b, name="Phone 9", sip_user="phone-nine")
    Trunk.objects.create(name="Gulf Carrier", kind=TrunkKind.GATEWAY, priority=1, host="192.0.2.1")
    at = now()
    tell_health(
        [
            StationNews(station.pk, Instant(at - 3_600_000), Instant(at - 3_700_000), Instant(at - 3_700_000)),
            StationNews(other.pk, Instant(at + 200_000), at, error="net.station_fault", error_at=at),
        ],
        [TrunkNews("Gulf Carrier", at, None)],
    )
    for second in range(3):
        town.failed_call("net.station_fault", "failed", at=at - second * 1000, station=other, unit=unit_b)
    page = signed_in(town.officer).get("/facility/live/").content.decode()
    assert "<strong>Phone 1</strong>: has not been heard of for more than fifteen minutes" in page
    assert "<strong>Phone 9</strong>: many of its calls today had no sound" in page
    assert "The carrier Gulf Carrier does not answer." in page
    stations = signed_in(town.officer).get("/facility/phones/").context["stations"]
    told = {each["station"].name: (each["state"], each["station"].calls, each["station"].failures) for each in stations}
    assert told == {"Phone 1": ("no longer registered", 0, 0), "Phone 9": ("registered", 3, 3)}
    scoped = signed_in(town.staff(Role.OFFICER, unit_b)).get("/facility/phones/").context["stations"]
    assert [each["station"].name for each in scoped] == ["Phone 9"]


def a_night(town, board: Board, unit_b: HousingUnit) -> Call:
    """Ten calls in two units, an announcement and a phone that is silent, for looking at; one of the calls."""
    acts = [Act.OFF_HOOK, Act.IDENTIFY, Act.DIAL, Act.RING, Act.OFFER]
    for number, act in enumerate([*acts, *[Act.TALK] * 4]):
        talks = act is Act.TALK
        board.call(
            act,
            unit_b if number % 3 == 1 else None,
            mos=(430, 380, 330, 250)[number % 4] if talks else None,
            payer=("customer_prepaid", "resident_debit", "collect")[number % 3] if talks else "",
            dialled="+15045550901" if number > 1 else "",
            called_party="+15045550901" if number > 2 else "",
            price_per_minute=62_670 if number > 2 else None,
        )
    privileged = board.call(is_privileged=True, payer="free", cut_off="talk.cutoff", price_per_minute=0)
    at = now()
    Announcement.objects.create(
        facility=town.jail,
        unit=unit_b,
        english="Count begins in ten minutes. Please end your call before then.",
        spanish="El conteo empieza en diez minutos. Por favor, termine su llamada antes.",
        is_said_in_calls=True,
        made_at=at,
        expires_at=at + 600_000,
        actor="user/1",
    )
    station = town.jail.stations.first()
    tell_health([StationNews(station.pk, Instant(at - 3_600_000), Instant(at - 3_700_000))], [])
    Trunk.objects.create(name="Gulf Carrier", kind=TrunkKind.GATEWAY, priority=1, host="192.0.2.1")
    tell_health([], [TrunkNews("Gulf Carrier", at, 23)])
    return privileged


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_look_well_and_hinder_nobody(
    town, board, unit_b, signed_in, address, chromium, language: str
) -> None:
    call = a_night(town, board, unit_b)
    pages = {
        "live": "/facility/live/",
        "phones": "/facility/phones/",
        "announcements": "/facility/announcements/",
        "cutting": f"/facility/calls/{call.pk}/",
    }
    session = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR)).cookies["sessionid"].value
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for width in (320, 1280):

        def journey(page, width=width) -> None:
            shown = pages if (language, width) in (("en", 1280), ("es", 320)) else {"live": pages["live"]}
            for name, path in shown.items():
                picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None
                look = chromium.look_at(page, path, picture)
                # The next page comes while the board still waits for its first event.
                complaints = [each for each in look.complaints if "/facility/live/events" not in each]
                wrong.extend(f"{name} {width}: {each}" for each in (*look.violations, *complaints))
                if look.width > width:
                    wrong.append(f"{name}: {look.width} px wide at {width}")

        chromium.visit(journey, base=address, session=session, language=language, width=width)
    assert wrong == []
