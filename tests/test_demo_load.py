"""The large demo: as many calls as wanted, plausible, resumable, and never beside anything real."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db.models import QuerySet
from make import a_customer, a_facility

from kinline import demo
from kinline.calls.models import Call, HistoryEntry
from kinline.calls.queries import cdrs
from kinline.calls.services import enter_settled
from kinline.core.callflow.end import disposition
from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.demo import loading
from kinline.demo.crowd import DEPARTMENT
from kinline.demo.loading import NotLoaded, load
from kinline.ledger import queries
from kinline.operation.demo import load as load_by_hand
from kinline.people.models import Resident

pytestmark = pytest.mark.django_db

SIZE = 1_500


def loaded() -> QuerySet[Call]:
    return Call.objects.filter(facility__agency__name=DEPARTMENT)


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def stop_after(calls: int) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        if done >= calls:
            raise Stopped

    return tell


def test_a_load_that_was_stopped_goes_on_and_a_whole_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    demo.seed()
    balances = queries.trial_balance()
    monkeypatch.setattr(loading, "_BATCH", 200)
    with pytest.raises(Stopped):
        load(SIZE, stop_after(500))
    there = loaded().count()
    assert 500 <= there < SIZE
    with pytest.raises(NotLoaded, match="cannot become one of 1,000"):
        load(1_000, stop_after(SIZE * 2))
    told: list[tuple[int, int]] = []
    assert load(SIZE, lambda done, total: told.append((done, total))) == SIZE - there
    assert (told[0], told[-1]) == ((there, SIZE), (SIZE, SIZE))
    assert loaded().count() == HistoryEntry.objects.count() == SIZE
    assert load_by_hand(SIZE) == 1
    assert loaded().count() == SIZE
    assert queries.trial_balance() == balances
    assert queries.discrepancies() == []


def test_the_calls_are_plausible_and_their_entries_are_as_the_worker_would_make_them() -> None:
    demo.seed()
    load(SIZE, lambda done, total: None)
    calls = list(loaded())
    ends = Counter(call.disposition for call in calls)
    assert 0.5 < ends["completed"] / SIZE < 0.75
    assert set(ends) == {"completed", "no_answer", "busy", "refused", "failed", "denied", "abandoned"}
    for call in calls:
        talked = call.accepted_at is not None
        assert call.disposition == disposition(Reason(call.reason), accepted=talked)
        course = (
            call.opened_at,
            call.identified_at,
            call.authorised_at,
            call.answered_at,
            call.accepted_at,
            call.ended_at,
        )
        known = [each for each in course if each is not None]
        assert known == sorted(known)
        assert not talked or call.ended_at - call.accepted_at <= 900_000
    zone = ZoneInfo("America/Chicago")
    hours = Counter(datetime.fromtimestamp(call.opened_at / 1000, UTC).astimezone(zone).hour for call in calls)
    assert hours[3] == 0
    assert hours[19] > 2 * hours[11]
    assert Resident.objects.filter(facility__is_prison=True).count() == SIZE // 100
    entries = list(HistoryEntry.objects.order_by("id").values())
    HistoryEntry.objects.all().delete()
    enter_settled(Instant(2**42))
    assert list(HistoryEntry.objects.filter(pk__in=loaded()).order_by("id").values()) == entries
    assert {each["charge_usd"] for each in cdrs()} == {"0.00"}


def test_nothing_is_loaded_where_there_is_anything_real(capsys: pytest.CaptureFixture[str]) -> None:
    demo.seed()
    a_customer("+15045550999")
    assert load_by_hand(10) == 1
    assert "people who are not of its cast" in capsys.readouterr().err
    a_facility()
    assert load_by_hand(10) == 1
    assert "more than the demo" in capsys.readouterr().err
    assert not loaded().exists()
