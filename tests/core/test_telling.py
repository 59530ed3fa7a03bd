"""Which way a notice goes and when, and when a low balance is told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.telling import DAY, Answered, QuietHours, SubjectRule, Way, due, meant, watched, ways

ZONES = ("America/Chicago", "America/New_York", "America/Puerto_Rico", "America/Phoenix")
instants = st.integers(1_767_225_600_000, 1_798_761_600_000).map(Instant)  # 2026
minutes = st.integers(0, DAY - 1)
quiet_hours = st.builds(QuietHours, minutes, minutes, st.sampled_from(ZONES))
some_ways = st.frozensets(st.sampled_from(Way))


@given(some_ways, some_ways, st.dictionaries(st.sampled_from(Way), st.booleans()), st.booleans())
def test_nobody_is_texted_without_consent_and_what_the_law_requires_is_told(
    usual: frozenset[Way], required: frozenset[Way], chosen: dict[Way, bool], may_text: bool
) -> None:
    told = ways(SubjectRule(usual, required), chosen, may_text=may_text)
    assert may_text or Way.SMS not in told
    assert required - {Way.SMS} <= told
    for way, is_on in chosen.items():
        if way is not Way.SMS and way not in required:
            assert (way in told) == is_on


def _local_minute(at: Instant, zone: str) -> int:
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


@given(instants, quiet_hours)
def test_what_waits_is_sent_at_the_end_of_the_quiet_hours_and_never_in_them(at: Instant, quiet: QuietHours) -> None:
    sent = due(at, quiet, is_urgent=False)
    assert at <= sent <= at + 25 * 3_600_000
    assert due(at, quiet, is_urgent=True) == due(at, None, is_urgent=False) == at
    if sent != at:
        assert quiet.holds(_local_minute(at, quiet.zone))
        # An end that the clocks skip in spring comes an hour later.
        assert (_local_minute(sent, quiet.zone) - quiet.end) % DAY in (0, 60)
    else:
        assert not quiet.holds(_local_minute(at, quiet.zone))


def test_examples_of_quiet_hours() -> None:
    night = QuietHours(21 * 60, 8 * 60, "America/Chicago")
    ten_at_night = Instant(int(datetime(2026, 11, 21, 4, 0, tzinfo=UTC).timestamp() * 1000))  # 22:00 in Chicago
    eight = Instant(int(datetime(2026, 11, 21, 14, 0, tzinfo=UTC).timestamp() * 1000))
    assert due(ten_at_night, night, is_urgent=False) == eight
    assert due(eight, night, is_urgent=False) == eight
    assert due(ten_at_night, QuietHours(0, 0, "America/Chicago"), is_urgent=False) == ten_at_night


@given(st.lists(st.integers(0, 20), max_size=40), st.integers(1, 10))
def test_a_low_balance_is_told_once_for_each_fall(balances: list[int], threshold: int) -> None:
    is_armed, told, falls, above = False, 0, 0, False
    for balance in balances:
        seen = watched(is_armed, Money(balance), Money(threshold))
        is_armed, told = seen.is_armed, told + seen.tells
        falls += above and balance < threshold
        above = balance >= threshold
    assert told == falls


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("STOP", Answered.STOP),
        (" stop. ", Answered.STOP),
        ("Stop texting me", Answered.STOP),
        ("Opt-out", Answered.STOP),
        ("No más", Answered.STOP),
        ("BASTA!", Answered.STOP),
        ("start", Answered.START),
        ("Thanks, do not stop", Answered.OTHER),
        ("", Answered.OTHER),
    ],
)
def test_what_people_answer_to_a_text_message(text: str, meaning: Answered) -> None:
    assert meant(text) is meaning
