"""Whether a call may be made: one reason in a fixed order, the tightest limit, and who pays."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, NumberClass
from kinline.core.policy import (
    Allow,
    Arrangement,
    Block,
    CallFacts,
    Deny,
    Level,
    Payer,
    QuietHours,
    Rules,
    Standing,
    Suspension,
    Switch,
    Usage,
    decide,
)
from kinline.core.reasons import CATALOGUE, Reason
from kinline.core.speech import ClockTime, Count, Span
from kinline.core.tariff import FREE, PlanStanding, Tariff, Tax, charge
from kinline.core.windows import NEVER, Hours, Window, day_start, stretch

CHICAGO = ZoneInfo("America/Chicago")
MOTHER = E164("+15045550123")
HOTLINE = E164("+18005550199")
TEN_CENTS = Tariff(Money.parse("0.10"))


def at(month: int, day: int, hour: int, minute: int = 0) -> Instant:
    return Instant(int(datetime(2026, month, day, hour, minute, tzinfo=CHICAGO).timestamp()) * 1000)


NOON = at(7, 1, 12)  # a Wednesday


def a_payer(balance: str = "2.10", arrangement: Arrangement = Arrangement.PREPAID, **changes: object) -> Payer:
    amount = Money.parse(balance, may_be_negative=True)
    return replace(Payer(AccountId(1), arrangement, amount), **changes)  # type: ignore[arg-type]


def a_call(*rules: Rules, **changes: object) -> CallFacts:
    """An approved call of an active resident to their mother, who has $2.10."""
    plain = CallFacts(
        at=NOON,
        zone=CHICAGO,
        number=MOTHER,
        tariff=TEN_CENTS,
        rules=rules or (Rules(Level.FACILITY, maximum_seconds=900),),
        standing=Standing.APPROVED,
        payers=(a_payer(),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def allowed(facts: CallFacts) -> Allow:
    decision = decide(facts)
    assert isinstance(decision, Allow), decision
    return decision


def refused(facts: CallFacts) -> Deny:
    decision = decide(facts)
    assert isinstance(decision, Deny), decision
    return decision


def test_an_ordinary_call_is_allowed_up_to_the_facilitys_limit() -> None:
    decision = allowed(a_call())
    assert (decision.limit.seconds, decision.limit.reason) == (900, Reason.TALK_TIME_LIMIT)
    assert decision.limit.decided_by is Level.FACILITY
    assert decision.funded_seconds == 900
    assert decision.payer == a_payer()
    assert not decision.is_free


FACILITY = Rules(Level.FACILITY)


def blocked(reason: Reason) -> Callable[[CallFacts], CallFacts]:
    return lambda facts: replace(facts, blocks=(*facts.blocks, Block(MOTHER, reason, Level.FACILITY)))


def ruled(**says: object) -> Callable[[CallFacts], CallFacts]:
    return lambda facts: replace(facts, rules=(*facts.rules, replace(FACILITY, **says)))  # type: ignore[arg-type]


def changed(**changes: object) -> Callable[[CallFacts], CallFacts]:
    return lambda facts: replace(facts, **changes)  # type: ignore[arg-type]


def used(**used_up: object) -> Callable[[CallFacts], CallFacts]:
    return lambda facts: replace(facts, usage=replace(facts.usage, **used_up))  # type: ignore[arg-type]


ORDER: tuple[tuple[Reason, tuple[Callable[[CallFacts], CallFacts], ...]], ...] = (
    (Reason.IDENTIFY_NOT_ACTIVE, (changed(is_active=False),)),
    (Reason.IDENTIFY_PIN_NOT_HERE, (changed(is_here=False),)),
    (Reason.IDENTIFY_IN_USE, (changed(is_on_call=True),)),
    (Reason.POLICY_LOCKDOWN, (ruled(switch=Switch.LOCKDOWN),)),
    (Reason.POLICY_CUTOFF, (ruled(switch=Switch.CUT_OFF),)),
    (Reason.POLICY_SUSPENDED, (changed(suspensions=(Suspension(Level.RESIDENT, at(7, 4, 0)),)),)),
    (Reason.POLICY_FACILITY_CLOSED, (ruled(hours=Hours.daily(0, 60)),)),
    (Reason.POLICY_STATION_NOT_ALLOWED, (ruled(own_unit_only=True), changed(is_in_own_unit=False))),
    (Reason.POLICY_DESTINATION_CLASS, (ruled(barred=frozenset({NumberClass.GEOGRAPHIC})),)),
    (Reason.POLICY_NO_CONTACT_ORDER, (blocked(Reason.POLICY_NO_CONTACT_ORDER),)),
    (Reason.POLICY_VICTIM, (blocked(Reason.POLICY_VICTIM),)),
    (Reason.POLICY_STAFF_NUMBER, (blocked(Reason.POLICY_STAFF_NUMBER),)),
    (Reason.POLICY_NUMBER_BLOCKED_SECURITY, (blocked(Reason.POLICY_NUMBER_BLOCKED_SECURITY),)),
    (Reason.POLICY_NUMBER_BLOCKED_FACILITY, (blocked(Reason.POLICY_NUMBER_BLOCKED_FACILITY),)),
    (Reason.POLICY_NOT_ON_LIST, (ruled(list_required=True), changed(standing=Standing.UNLISTED))),
    (Reason.OFFER_PRIVILEGED_UNVERIFIED, (changed(is_privilege_unverified=True),)),
    (Reason.POLICY_VELOCITY, (ruled(attempts_per_hour=1), used(attempts_in_hour=(Instant(NOON - 60_000),)))),
    (Reason.POLICY_TOO_SOON, (ruled(wait_seconds=600), used(last_call_ended_at=Instant(NOON - 60_000)))),
    (Reason.POLICY_DAILY_CALLS, (ruled(calls_per_day=3), used(calls_today=3))),
    (Reason.POLICY_MINUTES_USED, (ruled(seconds_per_day=3600), used(seconds_today=3600))),
    (Reason.BLOCK_CALLED_PARTY, (blocked(Reason.BLOCK_CALLED_PARTY),)),
    (Reason.BLOCK_QUIET_HOURS, (changed(quiet=QuietHours(Hours.daily(660, 780), CHICAGO)),)),
    (Reason.FUND_INSUFFICIENT, (changed(payers=(a_payer("0.05"),)),)),
    (Reason.NET_NO_TRUNK, (changed(network=Reason.NET_NO_TRUNK),)),
)


@pytest.mark.parametrize("first", range(len(ORDER)), ids=[reason for reason, _ in ORDER])
def test_the_first_failing_rule_gives_the_reason(first: int) -> None:
    facts = a_call()
    for _, changes in ORDER[first:]:
        for change in changes:
            facts = change(facts)
    assert refused(facts).reason is ORDER[first][0]


def test_stages_are_asked_in_the_order_of_the_catalogue() -> None:
    stages = [reason.stage for reason, _ in ORDER if reason is not Reason.OFFER_PRIVILEGED_UNVERIFIED]
    order = ["identify", "policy", "block", "fund", "net"]
    assert stages == sorted(stages, key=order.index)


def test_money_is_asked_about_before_the_price_and_the_price_before_the_network() -> None:
    unpriced = a_call(tariff=Reason.TARIFF_NO_RATE, network=Reason.NET_NO_TRUNK)
    assert refused(unpriced).reason is Reason.TARIFF_NO_RATE
    assert refused(replace(unpriced, payers=())).reason is Reason.FUND_NO_ACCOUNT
    assert refused(a_call(tariff=Reason.TARIFF_OVER_CAP)).reason is Reason.TARIFF_OVER_CAP


def test_emergency_numbers_are_never_dialled_even_as_hotlines() -> None:
    for number in ("+1911", "+1112"):
        facts = a_call(number=E164(number), is_hotline=True, is_free=True)
        assert refused(facts).reason is Reason.POLICY_EMERGENCY_NUMBER


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+18005550123", Reason.POLICY_DESTINATION_CLASS),
        ("+19005550123", Reason.POLICY_DESTINATION_CLASS),
        ("+15005550123", Reason.POLICY_DESTINATION_CLASS),
        ("+17105550123", Reason.POLICY_DESTINATION_CLASS),
        ("+1411", Reason.POLICY_DESTINATION_CLASS),
        ("+15555550123", Reason.POLICY_DESTINATION_CLASS),
    ],
)
def test_kinds_of_numbers_that_nobody_allowed_are_refused(number: str, reason: Reason) -> None:
    decision = refused(a_call(number=E164(number)))
    assert (decision.reason, decision.decided_by) == (reason, Level.PLATFORM)


def test_a_facility_may_allow_toll_free_numbers_but_never_a_carriers_codes() -> None:
    lenient = Rules(Level.FACILITY, barred=frozenset())
    allowed(a_call(lenient, number=E164("+18005550123")))
    assert refused(a_call(lenient, number=E164("+17105550123"))).reason is Reason.POLICY_DESTINATION_CLASS


def test_calls_abroad_are_refused_where_they_are_barred() -> None:
    toronto = E164("+14165550123")
    allowed(a_call(number=toronto))
    decision = refused(a_call(Rules(Level.AGENCY, barred=frozenset({NumberClass.INTERNATIONAL})), number=toronto))
    assert (decision.reason, decision.decided_by) == (Reason.POLICY_INTERNATIONAL_OFF, Level.AGENCY)


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        (Level.AGENCY, Reason.POLICY_FACILITY_CLOSED),
        (Level.FACILITY, Reason.POLICY_FACILITY_CLOSED),
        (Level.UNIT, Reason.POLICY_UNIT_CLOSED),
        (Level.STATION, Reason.POLICY_STATION_CLOSED),
    ],
)
def test_closed_phones_say_when_every_level_is_open_again(level: Level, reason: Reason) -> None:
    decision = refused(
        a_call(Rules(Level.PLATFORM, hours=Hours.daily(600, 1200)), Rules(level, hours=Hours.daily(0, 660)))
    )
    assert (decision.reason, decision.decided_by) == (reason, level)
    assert decision.values == (("opens_at", ClockTime(600)),)
    assert decision.retry_at == at(7, 2, 10)


def test_phones_whose_hours_never_meet_are_off() -> None:
    facts = a_call(Rules(Level.FACILITY, hours=Hours.daily(600, 1200)), Rules(Level.UNIT, hours=NEVER))
    assert refused(facts).reason is Reason.POLICY_CUTOFF


def test_a_suspension_says_how_long_it_lasts_and_ends_by_itself() -> None:
    until = at(7, 4, 0)
    suspended = a_call(suspensions=(Suspension(Level.RESIDENT, at(7, 2, 0)), Suspension(Level.FACILITY, until)))
    decision = refused(suspended)
    assert (decision.reason, decision.decided_by) == (Reason.POLICY_SUSPENDED, Level.FACILITY)
    assert decision.retry_at == until
    assert decision.values == (("wait", Span(3 * 86_400)),)
    allowed(replace(suspended, at=until))


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.UNLISTED, Reason.POLICY_NOT_ON_LIST),
        (Standing.PENDING, Reason.POLICY_CONTACT_PENDING),
        (Standing.REJECTED, Reason.POLICY_CONTACT_REJECTED),
        (Standing.EXPIRED, Reason.POLICY_CONTACT_EXPIRED),
        (Standing.LIST_FULL, Reason.POLICY_LIST_FULL),
        (Standing.SHARED, Reason.POLICY_NUMBER_SHARED),
    ],
)
def test_only_approved_contacts_are_called_where_a_list_is_required(standing: Standing, reason: Reason) -> None:
    assert refused(a_call(Rules(Level.UNIT, list_required=True), standing=standing)).reason is reason


def test_without_a_list_any_number_goes_but_one_that_staff_have_not_let_through() -> None:
    for standing in (Standing.UNLISTED, Standing.LIST_FULL, Standing.EXPIRED):
        allowed(a_call(standing=standing))
    assert refused(a_call(standing=Standing.REJECTED)).reason is Reason.POLICY_CONTACT_REJECTED
    assert refused(a_call(standing=Standing.PENDING)).decided_by is Level.CONTACT


def test_a_block_holds_for_its_prefix_until_its_end() -> None:
    until = Instant(NOON + 1000)
    prefix = Block("+1504555", Reason.POLICY_NUMBER_BLOCKED_FACILITY, Level.AGENCY, is_whole=False, until=until)
    decision = refused(a_call(blocks=(prefix,)))
    assert (decision.decided_by, decision.retry_at) == (Level.AGENCY, until)
    allowed(a_call(blocks=(prefix,), at=until))
    allowed(a_call(blocks=(replace(prefix, is_whole=True),)))
    allowed(a_call(blocks=(replace(prefix, prefix="+1225"),)))


def test_after_too_many_attempts_the_oldest_must_be_an_hour_old() -> None:
    attempts = tuple(Instant(NOON - minutes * 60_000) for minutes in (70, 50, 30, 10))
    decision = refused(a_call(Rules(Level.FACILITY, attempts_per_hour=2), usage=Usage(attempts_in_hour=attempts)))
    assert decision.reason is Reason.POLICY_VELOCITY
    assert decision.retry_at == at(7, 1, 12, 30)
    assert decision.values == (("again_at", ClockTime(12 * 60 + 30)),)
    allowed(a_call(Rules(Level.FACILITY, attempts_per_hour=4), usage=Usage(attempts_in_hour=attempts)))


def test_no_attempt_is_allowed_where_the_rule_is_none() -> None:
    assert refused(a_call(Rules(Level.RESIDENT, attempts_per_hour=0))).retry_at == at(7, 1, 13)


def test_the_longest_wait_between_calls_counts() -> None:
    facts = a_call(
        Rules(Level.AGENCY, wait_seconds=600),
        Rules(Level.FACILITY, wait_seconds=45 * 60),
        usage=Usage(last_call_ended_at=at(7, 1, 11, 30)),
    )
    decision = refused(facts)
    assert (decision.reason, decision.decided_by) == (Reason.POLICY_TOO_SOON, Level.FACILITY)
    assert decision.values == (("again_at", ClockTime(12 * 60 + 15)),)
    allowed(replace(facts, at=at(7, 1, 12, 15)))
    allowed(replace(facts, usage=Usage()))


def test_calls_of_the_day_come_back_when_phones_open_tomorrow() -> None:
    facts = a_call(Rules(Level.FACILITY, hours=Hours.daily(360, 1320), calls_per_day=4), usage=Usage(calls_today=4))
    decision = refused(facts)
    assert decision.values == (("calls", Count(4)),)
    assert decision.retry_at == at(7, 2, 6)
    allowed(replace(facts, usage=Usage(calls_today=3)))


@pytest.mark.parametrize(
    ("rules", "usage", "renewed_at"),
    [
        (Rules(Level.UNIT, seconds_per_day=600), Usage(seconds_today=600), at(7, 2, 0)),
        (Rules(Level.UNIT, seconds_per_week=600), Usage(seconds_this_week=600), at(7, 6, 0)),
        (Rules(Level.UNIT, seconds_per_month=600), Usage(seconds_this_month=601), at(8, 1, 0)),
    ],
)
def test_used_up_minutes_come_back_with_the_next_day_week_or_month(
    rules: Rules, usage: Usage, renewed_at: Instant
) -> None:
    decision = refused(a_call(rules, usage=usage))
    assert (decision.reason, decision.decided_by) == (Reason.POLICY_MINUTES_USED, Level.UNIT)
    assert decision.retry_at == renewed_at
    assert dict(decision.values)["minutes"] == Count(10)


def test_minutes_that_are_left_limit_the_call() -> None:
    decision = allowed(a_call(Rules(Level.RESIDENT, seconds_per_day=600), usage=Usage(seconds_today=540)))
    assert (decision.limit.seconds, decision.limit.decided_by) == (60, Level.RESIDENT)


def test_a_call_ends_with_the_calling_hours() -> None:
    hours = Hours.daily(0, 12 * 60 + 5)
    decision = allowed(a_call(Rules(Level.FACILITY, maximum_seconds=900), Rules(Level.STATION, hours=hours)))
    assert decision.limit.seconds == 300
    assert decision.limit.reason is Reason.TALK_SCHEDULE_END
    assert decision.limit.decided_by is Level.STATION


def test_hours_that_end_with_the_skipped_hour_of_spring_end_with_it() -> None:
    """On 8 March 2026 the clock went from 02:00 to 03:00: hours until 02:30 ended at 02:00."""
    hours = Hours.of([Window(6, 0, 150)])
    decision = allowed(a_call(Rules(Level.FACILITY, hours=hours), at=at(3, 8, 1, 50)))
    assert decision.limit.seconds == 600


def test_a_call_without_any_limit_still_ends() -> None:
    decision = allowed(a_call(Rules(Level.FACILITY)))
    assert (decision.limit.seconds, decision.limit.decided_by) == (4 * 3600, Level.PLATFORM)


def test_a_level_cannot_allow_calls_of_no_length() -> None:
    with pytest.raises(ValueError, match="at least a second"):
        Rules(Level.RESIDENT, maximum_seconds=0)


def test_a_hotline_is_free_and_counts_in_no_limit() -> None:
    strict = Rules(
        Level.FACILITY, list_required=True, maximum_seconds=300, calls_per_day=0, seconds_per_day=0, wait_seconds=3600
    )
    facts = a_call(
        strict,
        number=HOTLINE,
        is_hotline=True,
        payers=(),
        standing=Standing.UNLISTED,
        suspensions=(Suspension(Level.RESIDENT, at(8, 1, 0)),),
        usage=Usage(last_call_ended_at=NOON),
        tariff=Reason.TARIFF_NO_RATE,
    )
    decision = allowed(facts)
    assert decision.is_free
    assert decision.tariff == FREE
    assert decision.funded_seconds == decision.limit.seconds == 4 * 3600
    assert refused(replace(facts, rules=(Rules(Level.UNIT, switch=Switch.LOCKDOWN),))).reason is Reason.POLICY_LOCKDOWN


def test_a_free_call_needs_no_payer() -> None:
    assert allowed(a_call(is_free=True, payers=())).is_free
    assert allowed(a_call(tariff=FREE, payers=(a_payer("0"),))).payer is None


def test_the_money_says_how_long_the_call_is_paid_for() -> None:
    decision = allowed(a_call(payers=(a_payer("0.25"),)))
    assert decision.funded_seconds == 150
    assert decision.limit.seconds == 900


@pytest.mark.parametrize(
    ("payer", "reason", "values"),
    [
        (
            a_payer("0.09"),
            Reason.FUND_INSUFFICIENT,
            {"balance": Money.parse("0.09"), "needed": Money.parse("0.10")},
        ),
        (
            a_payer("-1", Arrangement.DEDICATED),
            Reason.FUND_INSUFFICIENT,
            {"balance": ZERO, "needed": Money.parse("0.10")},
        ),
        (a_payer("0", elsewhere=Money.parse("5")), Reason.FUND_WRONG_WALLET, {"elsewhere": Money.parse("5")}),
        (
            a_payer("0", Arrangement.RESIDENT_DEBIT),
            Reason.FUND_RESIDENT_DEBIT_EMPTY,
            {"balance": ZERO, "needed": Money.parse("0.10")},
        ),
        (
            a_payer("-50", Arrangement.DIRECT_BILL, credit_limit=Money.parse("50")),
            Reason.FUND_CREDIT_LIMIT,
            {"limit": Money.parse("50")},
        ),
        (a_payer("0", Arrangement.COLLECT), Reason.FUND_COLLECT_NOT_BILLABLE, {}),
        (a_payer("9", obstacle=Reason.FUND_INVOICE_OVERDUE), Reason.FUND_INVOICE_OVERDUE, {}),
        (a_payer("9", obstacle=Reason.FUND_PAYMENT_REVIEW), Reason.FUND_PAYMENT_REVIEW, {}),
        (a_payer("9", obstacle=Reason.FUND_COLLECT_NOT_BILLABLE), Reason.FUND_COLLECT_NOT_BILLABLE, {}),
    ],
)
def test_a_payer_who_cannot_pay_for_a_minute_is_told_why(
    payer: Payer, reason: Reason, values: dict[str, Money]
) -> None:
    decision = refused(a_call(payers=(payer,)))
    assert (decision.reason, dict(decision.values)) == (reason, values)


def test_credit_can_be_spent_like_money() -> None:
    invoiced = a_payer("-49", Arrangement.DIRECT_BILL, credit_limit=Money.parse("50"))
    assert allowed(a_call(payers=(invoiced,))).funded_seconds == 600


def test_a_family_s_limit_for_a_day_shortens_the_call_and_then_refuses_it_until_midnight() -> None:
    ten_dollars = a_payer("10")
    decision = allowed(a_call(payers=(replace(ten_dollars, day_rest=Money.parse("0.50")),)))
    assert (decision.limit.seconds, decision.limit.reason) == (300, Reason.TALK_DAY_LIMIT)
    assert (decision.limit.decided_by, decision.funded_seconds) == (Level.CALLED_PARTY, 300)
    decision = refused(a_call(payers=(replace(ten_dollars, day_rest=Money.parse("0.09")),)))
    assert (decision.reason, decision.retry_at) == (Reason.FUND_DAY_LIMIT, at(7, 2, 0))


def test_a_limit_that_is_far_away_changes_nothing_and_another_payer_is_not_bound_by_it() -> None:
    far = a_payer("10", day_rest=Money.parse("5"))
    assert allowed(a_call(payers=(far,))).limit.reason is Reason.TALK_TIME_LIMIT
    used_up, father = a_payer("10", day_rest=ZERO), a_payer("10", account=AccountId(2))
    assert allowed(a_call(payers=(used_up, father))).payer == father


def test_quiet_hours_are_those_of_the_called_party_s_clock() -> None:
    evening = QuietHours(Hours.of(stretch(range(5), 21 * 60, 7 * 60)), ZoneInfo("America/New_York"))
    assert not isinstance(decide(a_call(quiet=evening, at=at(7, 1, 19, 59))), Deny)
    decision = refused(a_call(quiet=evening, at=at(7, 1, 20)))
    assert (decision.reason, decision.decided_by) == (Reason.BLOCK_QUIET_HOURS, Level.CALLED_PARTY)
    assert decision.retry_at == at(7, 2, 6)
    assert not isinstance(decide(a_call(quiet=evening, at=at(7, 1, 20), is_hotline=True)), Deny)


def test_the_first_payer_who_can_pay_does() -> None:
    mother, resident = a_payer("0"), a_payer("3", Arrangement.RESIDENT_DEBIT)
    assert allowed(a_call(payers=(mother, resident))).payer == resident
    assert refused(a_call(payers=(mother, a_payer("0", Arrangement.RESIDENT_DEBIT)))).reason is Reason.FUND_INSUFFICIENT


def test_free_minutes_do_not_make_a_payer_of_who_has_no_money() -> None:
    two_minutes_free = replace(TEN_CENTS, free_seconds=120)
    mother, father, resident = a_payer("0"), a_payer("9"), a_payer("9", Arrangement.RESIDENT_DEBIT)
    for other in (father, resident):
        decision = allowed(a_call(tariff=two_minutes_free, payers=(mother, other)))
        assert (decision.payer, decision.funded_seconds) == (other, 900)
    decision = allowed(a_call(tariff=two_minutes_free, payers=(mother,)))
    assert (decision.payer, decision.funded_seconds) == (None, 120)


def test_a_minute_within_a_plan_whose_ceiling_is_reached_can_be_paid_without_money() -> None:
    father = a_payer("9")
    for seconds_left, money_left, payer in ((900, "0", "mother"), (59, "0", "father"), (900, "0.01", "father")):
        plan = PlanStanding(1, seconds_left=seconds_left, money_left=Money.parse(money_left))
        mother = a_payer("0", plan=plan)
        decision = allowed(a_call(payers=(mother, father)))
        assert decision.payer == {"mother": mother, "father": father}[payer]
        assert decision.funded_seconds == 900


def test_who_spent_the_day_s_limit_is_no_payer_for_the_sake_of_free_minutes() -> None:
    used_up, father = a_payer("10", day_rest=ZERO), a_payer("10", account=AccountId(2))
    assert allowed(a_call(tariff=replace(TEN_CENTS, free_seconds=120), payers=(used_up, father))).payer == father


seconds = st.integers(1, 4000)
maybe_seconds = st.none() | seconds
hours = st.none() | st.lists(
    st.builds(
        lambda weekday, opens, length: Window(weekday, opens, min(opens + length, 1440)),
        st.integers(0, 6),
        st.integers(0, 1439),
        st.integers(60, 1440),
    ),
    min_size=1,
    max_size=6,
).map(Hours.of)
some_rules = st.builds(
    Rules,
    level=st.sampled_from(Level),
    switch=st.sampled_from([Switch.ON] * 8 + [Switch.CUT_OFF, Switch.LOCKDOWN]),
    hours=hours,
    own_unit_only=st.booleans(),
    list_required=st.booleans(),
    barred=st.none() | st.frozensets(st.sampled_from(NumberClass), max_size=2),
    maximum_seconds=maybe_seconds,
    wait_seconds=maybe_seconds,
    attempts_per_hour=st.none() | st.integers(0, 5),
    calls_per_day=st.none() | st.integers(0, 5),
    seconds_per_day=maybe_seconds,
    seconds_per_week=maybe_seconds,
    seconds_per_month=maybe_seconds,
)
some_moments = st.integers(NOON - 300 * 86_400_000, NOON + 300 * 86_400_000).map(Instant)
around_noon = st.integers(-5_000_000, 5_000_000).map(lambda offset: Instant(NOON + offset))
some_usage = st.builds(
    Usage,
    last_call_ended_at=st.none() | around_noon,
    attempts_in_hour=st.lists(around_noon, max_size=4).map(tuple),
    calls_today=st.integers(0, 4),
    seconds_today=st.integers(0, 3000),
    seconds_this_week=st.integers(0, 3000),
    seconds_this_month=st.integers(0, 3000),
)
some_money = st.integers(-1_000_000, 5_000_000).map(Money)
some_payers = st.builds(
    Payer,
    account=st.just(AccountId(1)),
    arrangement=st.sampled_from(Arrangement),
    available=some_money,
    credit_limit=st.integers(0, 2_000_000).map(Money),
    elsewhere=some_money,
    day_rest=st.none() | st.integers(-1_000_000, 3_000_000).map(Money),
    obstacle=st.sampled_from([None] * 6 + [Reason.FUND_PAYMENT_REVIEW, Reason.FUND_INVOICE_OVERDUE]),
)
some_tariffs = st.builds(
    Tariff,
    st.integers(0, 300_000).map(Money),
    st.integers(0, 20_000).map(Money),
    st.integers(1, 60),
    st.integers(0, 60),
    st.just((Tax("state", 44_500),)),
)
some_blocks = st.builds(
    Block,
    prefix=st.sampled_from([MOTHER, "+1504", "+1225", HOTLINE]),
    reason=st.sampled_from([r for r in Reason if r.stage == "block" or "block" in r or r is Reason.POLICY_VICTIM]),
    level=st.sampled_from(Level),
    is_whole=st.booleans(),
    until=st.none() | around_noon,
)
mostly = st.sampled_from([True] * 9 + [False])
seldom = st.sampled_from([False] * 9 + [True])
some_facts = st.builds(
    CallFacts,
    at=st.just(NOON) | some_moments,
    zone=st.just(CHICAGO),
    number=st.sampled_from([MOTHER] * 6 + [HOTLINE, E164("+14165550123"), E164("+1911"), E164("+525512345678")]),
    tariff=st.sampled_from([Reason.TARIFF_NO_RATE, Reason.TARIFF_OVER_CAP]) | some_tariffs,
    rules=st.lists(some_rules, max_size=4).map(tuple),
    usage=some_usage,
    suspensions=st.lists(st.builds(Suspension, st.sampled_from(Level), around_noon), max_size=1).map(tuple),
    standing=st.sampled_from([Standing.APPROVED] * 5 + list(Standing)),
    blocks=st.lists(some_blocks, max_size=1).map(tuple),
    payers=st.lists(some_payers, max_size=2).map(tuple),
    is_active=mostly,
    is_here=mostly,
    is_on_call=seldom,
    is_in_own_unit=mostly,
    quiet=st.sampled_from([None] * 4 + [QuietHours(Hours.daily(0, 720), CHICAGO), QuietHours(NEVER, CHICAGO)]),
    is_hotline=seldom,
    is_free=seldom,
    is_privilege_unverified=seldom,
    network=st.sampled_from([None] * 8 + [Reason.NET_NO_TRUNK, Reason.NET_JMS_STALE]),
)

well_behaved_facts = st.builds(
    CallFacts,
    at=st.just(NOON) | some_moments,
    zone=st.just(CHICAGO),
    number=st.sampled_from([MOTHER, E164("+525512345678")]),
    tariff=some_tariffs,
    rules=st.lists(st.builds(Rules, st.sampled_from(Level), maximum_seconds=maybe_seconds), max_size=2).map(tuple),
    usage=some_usage,
    standing=st.just(Standing.APPROVED),
    payers=st.just((a_payer("5.00"),)),
)


@given(some_facts | well_behaved_facts)
def test_every_call_is_allowed_within_limits_or_refused_for_a_reason(facts: CallFacts) -> None:
    match decide(facts):
        case Allow() as decision:
            assert 0 < decision.limit.seconds <= 4 * 3600
            assert 0 < decision.funded_seconds <= decision.limit.seconds
            ends = (Reason.TALK_TIME_LIMIT, Reason.TALK_SCHEDULE_END, Reason.TALK_DAY_LIMIT)
            assert decision.limit.reason in ends
            if decision.payer is not None and decision.payer.day_rest is not None:
                assert charge(decision.tariff, decision.limit.seconds).total <= decision.payer.day_rest
            if decision.payer is not None:
                assert charge(decision.tariff, decision.funded_seconds).total <= decision.payer.spendable
        case Deny() as decision:
            assert {name: type(value) for name, value in decision.values} == CATALOGUE[decision.reason].values
            assert decision.retry_at is None or decision.retry_at > facts.at


@given(some_tariffs, st.lists(some_payers, max_size=4), st.integers(0, 3000))
def test_free_minutes_do_not_change_who_pays(tariff: Tariff, payers: list[Payer], free_seconds: int) -> None:
    facts = a_call(
        Rules(Level.FACILITY, maximum_seconds=3600),
        payers=tuple(replace(payer, account=AccountId(turn)) for turn, payer in enumerate(payers)),
        tariff=tariff,
    )
    without, decision = decide(facts), decide(replace(facts, tariff=replace(tariff, free_seconds=free_seconds)))
    if isinstance(without, Allow):
        assert isinstance(decision, Allow)
        assert decision.payer == without.payer
        assert decision.funded_seconds >= without.funded_seconds
    elif free_seconds >= 60:
        assert isinstance(decision, Allow)
        assert (decision.payer, decision.funded_seconds) == (None, free_seconds)
    else:
        assert decision == without


@given(some_facts | well_behaved_facts, some_rules, st.integers(0, 4))
def test_a_further_level_can_only_tighten(facts: CallFacts, more: Rules, position: int) -> None:
    # Which classes are barred is said somewhere here: where no level says it, the usual ones are.
    stated = replace(facts, rules=(Rules(Level.PLATFORM, barred=frozenset()), *facts.rules))
    tightened = replace(stated, rules=(*stated.rules[:position], more, *stated.rules[position:]))
    before, after = decide(stated), decide(tightened)
    if isinstance(before, Deny):
        assert isinstance(after, Deny)
    elif isinstance(after, Allow):
        assert after.limit.seconds <= before.limit.seconds
        assert after.funded_seconds <= before.funded_seconds


@given(some_facts)
def test_a_refusal_for_a_time_is_over_when_it_says(facts: CallFacts) -> None:
    decision = decide(facts)
    waiting = (Reason.POLICY_TOO_SOON, Reason.POLICY_VELOCITY, Reason.POLICY_SUSPENDED, Reason.POLICY_FACILITY_CLOSED)
    if isinstance(decision, Deny) and decision.reason in waiting and decision.retry_at is not None:
        again = decide(replace(facts, at=decision.retry_at))
        if decision.reason is Reason.POLICY_VELOCITY and any(rules.attempts_per_hour == 0 for rules in facts.rules):
            return  # none is ever allowed
        assert not (isinstance(again, Deny) and again.reason is decision.reason)


@given(some_facts)
def test_the_same_facts_give_the_same_decision(facts: CallFacts) -> None:
    copy = CallFacts(**{one.name: getattr(facts, one.name) for one in fields(facts)})
    assert decide(facts) == decide(copy)


def test_a_new_day_begins_at_the_facilitys_midnight() -> None:
    assert day_start(CHICAGO, NOON, 1) == at(7, 2, 0)
