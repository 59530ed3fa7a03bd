"""The rules of many levels together: each can only tighten, the decision names whose rule it was, and why is the same
decision taken apart."""

from dataclasses import fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.identity import AccountId, Instant, Language, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import E164, Jurisdiction, NumberClass
from kinline.core.policy import (
    Allow,
    Arrangement,
    CallFacts,
    Deny,
    FreeCalls,
    Ground,
    Level,
    Payer,
    Rules,
    Separation,
    Standing,
    Switch,
    Usage,
    decide,
    examine,
    kept_apart,
    obstacles,
    question_in_words,
    rule_in_words,
    rules_in_words,
)
from kinline.core.reasons import Reason
from kinline.core.tariff import Tariff
from kinline.core.windows import Hours, Window, closes_at, is_open, opens_at

CHICAGO = ZoneInfo("America/Chicago")
MOTHER, ABROAD = E164("+15045550123"), E164("+525512345678")


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> Instant:
    return Instant(int(datetime(year, month, day, hour, minute, tzinfo=CHICAGO, fold=fold).timestamp()) * 1000)


NOON = at(2026, 11, 20, 12)

spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] < span[1])
hours = st.builds(
    Hours.of,
    st.lists(st.builds(lambda day, span: Window(day, *span), st.integers(0, 6), spans), max_size=5),
    st.dictionaries(st.dates(date(2026, 11, 18), date(2026, 11, 24)), st.lists(spans, max_size=2), max_size=3),
)
small = st.none() | st.integers(0, 5)
lengths = st.none() | st.integers(0, 7200)
names = st.sampled_from(["+15045550123", "+1504*", "+52*", "+1225*"])


def levels(*which: Level) -> st.SearchStrategy[Rules]:
    return st.builds(
        Rules,
        level=st.sampled_from(which or tuple(Level)),
        place=st.sampled_from(["", "B"]),
        switch=st.sampled_from([Switch.ON, Switch.ON, Switch.ON, Switch.CUT_OFF]),
        hours=st.none() | hours,
        own_unit_only=st.booleans(),
        list_required=st.booleans(),
        barred=st.none() | st.frozensets(st.sampled_from(NumberClass), max_size=2),
        destinations=st.none() | st.frozensets(st.sampled_from(Jurisdiction), min_size=1),
        countries=st.none() | st.frozensets(st.sampled_from(["MX", "CA"])),
        numbers_allowed=st.none() | st.lists(names, max_size=2).map(tuple),
        numbers_blocked=st.lists(names, max_size=1).map(tuple),
        maximum_seconds=st.none() | st.integers(1, 7200),
        wait_seconds=lengths,
        attempts_per_hour=small,
        calls_per_day=small,
        calls_per_week=small,
        calls_per_month=small,
        seconds_per_day=lengths,
        seconds_per_week=lengths,
        seconds_per_month=lengths,
    )


WIDEST = Rules(Level.FACILITY, "Jail", barred=frozenset({NumberClass.PREMIUM}))
"""Somebody has said which kinds of numbers are barred: a first word on that stands in place of what is usual."""

calls = st.builds(
    CallFacts,
    at=st.integers(at(2026, 11, 16), at(2026, 11, 26)).map(Instant),
    zone=st.just(CHICAGO),
    number=st.sampled_from([MOTHER, ABROAD]),
    tariff=st.just(Tariff(Money.parse("0.06"))),
    rules=st.lists(levels(), max_size=3).map(lambda rules: (WIDEST, *rules)),
    usage=st.builds(
        Usage,
        last_call_ended_at=st.none() | st.just(Instant(NOON - 600_000)),
        attempts_in_hour=st.lists(st.just(Instant(NOON - 60_000)), max_size=3).map(tuple),
        calls_today=st.integers(0, 3),
        calls_this_week=st.integers(0, 5),
        calls_this_month=st.integers(0, 5),
        seconds_today=st.integers(0, 3600),
        seconds_this_week=st.integers(0, 7200),
        seconds_this_month=st.integers(0, 7200),
    ),
    standing=st.sampled_from([Standing.APPROVED, Standing.UNLISTED]),
    payers=st.just((Payer(AccountId(1), Arrangement.PREPAID, Money.parse("9.00")),)),
    jurisdiction=st.sampled_from(Jurisdiction),
    is_hotline=st.sampled_from([False, False, False, True]),
    is_in_own_unit=st.booleans(),
)


@settings(max_examples=examples(150))
@given(facts=calls, more=levels(), where=st.integers(0, 4))
def test_a_level_more_never_allows_more(facts: CallFacts, more: Rules, where: int) -> None:
    rules = (*facts.rules[:where], more, *facts.rules[where:])
    before, after = decide(facts), decide(replace(facts, rules=rules))
    if isinstance(before, Deny):
        assert isinstance(after, Deny)
    elif isinstance(after, Allow):
        assert after.limit.seconds <= before.limit.seconds
        assert after.funded_seconds <= before.funded_seconds


@settings(max_examples=examples(150))
@given(facts=calls)
def test_why_is_the_decision_taken_apart_and_says_whose_rule_it_was(facts: CallFacts) -> None:
    examined = examine(facts)
    assert examined.decision == decide(facts)
    refusals = [step.refusal for step in examined.steps if step.refusal is not None]
    if refusals:
        assert examined.decision == refusals[0]
    elif isinstance(examined.decision, Allow):
        assert examined.limits[0].seconds == examined.decision.limit.seconds
    for answer in (*refusals, *examined.limits):
        if answer.ground is not None:
            assert answer.ground.rules in facts.rules
            assert answer.decided_by is answer.ground.rules.level
    for language in Language:
        for step in examined.steps:
            assert question_in_words(step.question, language)
        for rules in facts.rules:
            assert all(rules_in_words(rules, language))


@settings(max_examples=examples(150))
@given(facts=calls)
def test_what_is_in_the_way_begins_with_the_reason_of_the_decision(facts: CallFacts) -> None:
    decision, found = decide(facts), obstacles(facts)
    assert (found == ()) is isinstance(decision, Allow)
    assert found[:1] == ((decision,) if isinstance(decision, Deny) else ())


def test_closed_phones_do_not_hide_that_money_is_missing_too() -> None:
    closed = Rules(Level.UNIT, "B", hours=Hours.daily(480, 1260))
    poor = Payer(AccountId(1), Arrangement.PREPAID, Money.parse("0.01"))
    tariff = Tariff(Money.parse("0.06"))
    found = obstacles(
        CallFacts(at(2026, 11, 20, 7), CHICAGO, MOTHER, tariff, (closed,), standing=Standing.APPROVED, payers=(poor,))
    )
    assert [refusal.reason for refusal in found] == [Reason.POLICY_UNIT_CLOSED, Reason.FUND_INSUFFICIENT]


def test_a_rule_is_told_with_its_place_in_both_languages() -> None:
    unit = Rules(Level.UNIT, "B", hours=Hours.daily(480, 1260))
    refusal = decide(CallFacts(at(2026, 11, 20, 7), CHICAGO, MOTHER, Tariff(Money(1)), (unit,)))
    assert isinstance(refusal, Deny)
    assert refusal.ground == Ground(unit, "hours")
    assert rule_in_words(refusal.ground, Language.ENGLISH) == "Unit B: hours Mon-Sun 08:00-21:00"
    assert rule_in_words(refusal.ground, Language.SPANISH) == "Unidad B: horario lun-dom 08:00-21:00"


def test_every_rule_has_words() -> None:
    silent = Rules(Level.UNIT)
    said = replace(
        silent,
        switch=Switch.LOCKDOWN,
        hours=Hours.daily(0, 60),
        own_unit_only=True,
        list_required=True,
        barred=frozenset(NumberClass),
        destinations=frozenset(Jurisdiction),
        countries=frozenset({"MX"}),
        numbers_allowed=(MOTHER,),
        numbers_blocked=("+1900*",),
        **{field.name: 60 for field in fields(Rules) if field.type == (int | None) or str(field.type) == "int | None"},
    )
    for language in Language:
        assert rules_in_words(silent, language) == ()
        words = rules_in_words(said, language)
        assert len(words) == len(fields(Rules)) - 2  # all but the level and its place
        assert len(set(words)) == len(words)


def test_a_date_out_of_turn_replaces_the_week_for_that_day_alone() -> None:
    christmas = Hours.of([Window(day, 480, 1260) for day in range(7)], {date(2026, 12, 25): [(600, 660)]})
    assert not is_open(christmas, CHICAGO, at(2026, 12, 25, 9))
    assert is_open(christmas, CHICAGO, at(2026, 12, 25, 10, 30))
    assert closes_at(christmas, CHICAGO, at(2026, 12, 25, 10, 30)) == at(2026, 12, 25, 11)
    assert opens_at(christmas, CHICAGO, at(2026, 12, 25, 11)) == at(2026, 12, 26, 8)


def test_phones_closed_for_weeks_say_when_they_open() -> None:
    closed = {date(2026, 12, day): () for day in range(1, 29)}
    quarantine = Hours.of([Window(day) for day in range(7)], closed)
    assert opens_at(quarantine, CHICAGO, at(2026, 12, 1, 12)) == at(2026, 12, 29)
    assert opens_at(quarantine & Hours.daily(480, 1260), CHICAGO, at(2026, 12, 1, 12)) == at(2026, 12, 29, 8)


def test_a_date_out_of_turn_holds_from_midnight_to_midnight_when_the_clock_changes() -> None:
    spring, autumn = date(2026, 3, 8), date(2026, 11, 1)  # a day of 23 hours, and one of 25
    hours_ = Hours.of([Window(day, 480, 1260) for day in range(7)], {spring: [(0, 1440)], autumn: [(60, 120)]})
    assert opens_at(hours_, CHICAGO, at(2026, 3, 7, 22)) == at(2026, 3, 8)
    assert closes_at(hours_, CHICAGO, at(2026, 3, 8)) == at(2026, 3, 9)
    assert at(2026, 3, 9) - at(2026, 3, 8) == 23 * 3_600_000
    once, again = at(2026, 11, 1, 1, 30), at(2026, 11, 1, 1, 30, fold=1)
    assert again - once == 3_600_000
    assert is_open(hours_, CHICAGO, once)
    assert is_open(hours_, CHICAGO, again)
    assert closes_at(hours_, CHICAGO, once) == at(2026, 11, 1, 2)


@settings(max_examples=examples(60))
@given(one=hours, other=hours, when=st.integers(at(2026, 10, 30), at(2026, 11, 30)).map(Instant))
def test_open_at_two_levels_is_open_at_both(one: Hours, other: Hours, when: Instant) -> None:
    both = one & other
    assert is_open(both, CHICAGO, when) == (is_open(one, CHICAGO, when) and is_open(other, CHICAGO, when))
    opening = opens_at(both, CHICAGO, when)
    if opening is not None:
        assert is_open(both, CHICAGO, opening)


A, B, C = ResidentId(1), ResidentId(2), ResidentId(3)


def test_residents_kept_apart_are_never_in_one_call() -> None:
    apart = Separation(frozenset({A, B}), NOON, Instant(NOON + 1000))
    assert kept_apart(A, [C, B], [apart], NOON)
    assert kept_apart(B, [A], [apart], NOON)
    assert not kept_apart(A, [C], [apart], NOON)
    assert not kept_apart(A, [B], [apart], Instant(NOON + 1000))
    assert not kept_apart(A, [B], [apart], Instant(NOON - 1))
    plain = CallFacts(NOON, CHICAGO, MOTHER, Tariff(Money(1)), is_kept_apart=True)
    refusal = decide(plain)
    assert isinstance(refusal, Deny)
    assert refusal.reason is Reason.POLICY_KEPT_APART


def test_a_resident_without_means_calls_free_until_the_allowance_is_used_up() -> None:
    facts = CallFacts(NOON, CHICAGO, MOTHER, Tariff(Money.parse("0.06")), free_calls=FreeCalls(per_week=2, per_month=3))
    assert isinstance(decide(replace(facts, usage=Usage(free_calls_this_week=1, free_calls_this_month=2))), Allow)
    for used in (Usage(free_calls_this_week=2), Usage(free_calls_this_month=3)):
        refusal = decide(replace(facts, usage=used))
        assert isinstance(refusal, Deny)
        assert refusal.reason is Reason.FUND_NO_ACCOUNT
    assert isinstance(decide(replace(facts, free_calls=FreeCalls())), Deny)
