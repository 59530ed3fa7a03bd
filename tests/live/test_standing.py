"""Where calls stand, as switchboards tell it."""

import pytest
from make import MINUTE, NOON, SECOND, a_facility, a_station, given_up, off_hook

from kinline.calls import services as calls
from kinline.calls.models import CallEvent
from kinline.calls.services import Entry
from kinline.core.callflow import Act
from kinline.core.identity import CallId, Instant
from kinline.live.models import Standing, Version
from kinline.live.services import Stand, forget_ended, write_down

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> CallId:
    return off_hook(a_station(a_facility()))


def version() -> int:
    return Version.objects.get(pk=1).value


def test_a_batch_is_one_version_and_moves_each_call_to_where_it_stands_now(call: CallId) -> None:
    other = off_hook(a_station(a_facility()))
    write_down([], [Stand(call, Act.IDENTIFY, NOON), Stand(other, Act.OFF_HOOK, NOON)])
    first = version()
    write_down(
        [Entry(call, NOON, "prompt", {})], [Stand(call, Act.TALK, Instant(NOON + SECOND), Instant(NOON + MINUTE), 421)]
    )
    assert version() == first + 1
    assert list(Standing.objects.order_by("version").values_list("call_id", "version", "act", "ends_at", "mos")) == [
        (other, first, "off_hook", None, None),
        (call, first + 1, "talk", NOON + MINUTE, 421),
    ]
    assert CallEvent.objects.filter(call_id=call).count() == 1


def test_what_is_over_stays_over_whatever_comes_late(call: CallId) -> None:
    write_down([], [Stand(call, Act.END, NOON)])
    write_down([], [Stand(call, Act.TALK, NOON)])
    assert Standing.objects.get().act == "end"


def test_the_standing_of_a_call_that_a_dead_switchboard_left_ends_with_its_settlement_and_is_forgotten_later(
    call: CallId,
) -> None:
    write_down([], [Stand(call, Act.TALK, NOON)])
    assert forget_ended(Instant(NOON + MINUTE)) == 0
    calls.settle(call, given_up(Instant(NOON + MINUTE)), None, None, None, Instant(NOON + MINUTE))
    assert forget_ended(Instant(NOON + 2 * MINUTE)) == 1
    ended = Standing.objects.get()
    assert ended.act == "end"
    assert forget_ended(Instant(NOON + 20 * MINUTE)) == 1
    assert not Standing.objects.exists()
    assert Version.objects.get(pk=2).value == ended.version
