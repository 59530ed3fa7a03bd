"""A call is priced by one function: exact, never rounded against the payer, never above the cap."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, Jurisdiction
from kinline.core.reasons import Reason
from kinline.core.tariff import (
    ANYWHERE,
    FREE,
    Cap,
    Charge,
    PlanStanding,
    Rate,
    Service,
    Tariff,
    Tax,
    TaxRate,
    affordable_seconds,
    charge,
    lies_within,
    quote,
    rate_on,
    rates_before,
    tariff_of,
    tariff_on,
)

MOTHER = E164("+15045550123")
TEN_CENTS = Tariff(Money.parse("0.08"), Money.parse("0.02"), taxes=(Tax("state", 44_500),))

prices = st.integers(0, 500_000).map(Money)
plans = st.builds(PlanStanding, st.integers(1, 9), st.integers(0, 20_000), st.integers(0, 30_000_000).map(Money))
taxes = st.lists(st.builds(Tax, st.sampled_from(["state", "county"]), st.integers(0, 400_000)), max_size=3).map(tuple)
per_second = st.builds(Tariff, prices, prices, st.just(1), st.just(0), taxes, st.none() | prices)
tariffs = st.builds(
    Tariff,
    prices,
    prices,
    st.integers(1, 90),
    st.integers(0, 180),
    taxes,
    st.none() | prices,
    st.sampled_from(Service),
    prices,
    st.integers(0, 2_000),
    prices,
    st.none() | plans,
)
talk = st.integers(0, 20_000)


def test_fifteen_minutes_at_ten_cents_with_a_tax() -> None:
    priced = charge(TEN_CENTS, 15 * 60)
    assert str(priced.net) == "$1.50"
    assert str(priced.facility_additive) == "$0.30"
    assert str(priced.base) == "$1.20"
    assert [(line.name, str(line.amount)) for line in priced.taxes] == [("state", "$0.06675")]
    assert str(priced.total) == "$1.56675"


def test_one_second_costs_a_sixtieth_of_a_minute_rounded_down() -> None:
    assert charge(Tariff(Money.parse("0.10")), 1).total == Money(1_666)


def test_a_call_of_no_time_costs_nothing() -> None:
    assert charge(Tariff(Money.parse("0.10"), minimum=60), 0) == Charge(0, 0, ZERO, ZERO, (), ZERO)
    assert charge(TEN_CENTS, -5).total == ZERO


def test_started_increments_and_a_minimum_are_charged() -> None:
    tariff = Tariff(Money.parse("0.60"), increment=6, minimum=30)
    assert [charge(tariff, seconds).billed_seconds for seconds in (1, 30, 31, 36, 37)] == [30, 30, 36, 36, 42]


def test_an_increment_never_lifts_the_price_above_the_cap_for_the_time_used() -> None:
    by_the_minute = Tariff(Money.parse("0.10"), increment=60, cap=Money.parse("0.10"))
    assert charge(by_the_minute, 61).total == charge(Tariff(Money.parse("0.10")), 61).total


def test_free_seconds_are_deducted_before_the_increments_are_counted() -> None:
    tariff = Tariff(Money.parse("0.06"), increment=60, free_seconds=300)
    assert [charge(tariff, seconds).billed_seconds for seconds in (0, 300, 301, 361)] == [0, 0, 60, 120]
    priced = charge(tariff, 900)
    assert (priced.free_seconds, priced.billed_seconds, priced.total) == (300, 600, Money.parse("0.60"))


def test_the_price_of_a_minute_that_is_quoted_is_that_of_a_minute_that_is_not_free() -> None:
    quoted = quote(Tariff(Money.parse("0.06"), free_seconds=300), 300)
    assert (quoted.price_per_minute, quoted.total) == (Money.parse("0.06"), ZERO)


def test_the_agency_pays_for_what_is_free_to_the_family() -> None:
    paid_by_agency = Tariff(ZERO, agency_price=Money.parse("0.03"))
    assert (charge(paid_by_agency, 600).total, charge(paid_by_agency, 600).owed_by_agency) == (
        ZERO,
        Money.parse("0.30"),
    )
    partly = Tariff(Money.parse("0.06"), free_seconds=300, agency_price=Money.parse("0.03"))
    assert charge(partly, 600).owed_by_agency == Money.parse("0.15")
    assert charge(partly, 600).total == Money.parse("0.30")


def test_within_a_plan_nothing_is_paid_beyond_its_price() -> None:
    tariff = Tariff(Money.parse("0.10"), plan=PlanStanding(1, seconds_left=100 * 60, money_left=Money.parse("6.00")))
    assert [str(charge(tariff, minutes * 60).total) for minutes in (59, 60, 100, 101)] == [
        "$5.90",
        "$6.00",
        "$6.00",
        "$6.10",
    ]


@given(tariffs, talk)
def test_a_plan_never_costs_more_than_what_was_used_by_the_minute(tariff: Tariff, seconds: int) -> None:
    assert charge(tariff, seconds).total <= charge(replace(tariff, plan=None), seconds).total


@given(tariffs, talk)
def test_free_minutes_never_make_a_call_dearer(tariff: Tariff, seconds: int) -> None:
    without = charge(replace(tariff, free_seconds=0, plan=None), seconds)
    assert charge(replace(tariff, plan=None), seconds).total <= without.total


def test_a_message_is_charged_by_the_piece_whatever_its_row_says() -> None:
    row = Rate(Service.MESSAGE, Jurisdiction.LOCAL, date(2026, 1, 1), Money.parse("0.25"), increment=60, minimum=30)
    tariff = tariff_of(row, (), None)
    assert isinstance(tariff, Tariff)
    assert (tariff.increment, tariff.minimum) == (1, 0)
    assert charge(tariff, 2).total == Money.parse("0.50")


def test_a_message_is_priced_by_the_piece() -> None:
    assert charge(Tariff(Money.parse("0.25"), service=Service.MESSAGE), 3).total == Money.parse("0.75")


@given(per_second, talk)
def test_talk_never_costs_more_than_its_price_by_the_minute_and_the_tax(tariff: Tariff, seconds: int) -> None:
    priced = charge(tariff, seconds)
    net = Fraction((tariff.price + tariff.facility_additive).micros * seconds, 60)
    assert priced.net.micros <= net
    tax = sum(Fraction(priced.net.micros * tax.parts_per_million, 1_000_000) for tax in tariff.taxes)
    assert priced.total.micros <= net + tax
    assert tariff.cap is not None or net - priced.net.micros < 1


@given(tariffs, talk)
def test_talk_never_costs_more_than_the_cap(tariff: Tariff, seconds: int) -> None:
    assume(tariff.cap is not None)
    assert tariff.cap is not None
    assert charge(tariff, seconds).net.micros * tariff.service.unit <= tariff.cap.micros * seconds


@given(tariffs, talk)
def test_the_lines_of_a_charge_add_up(tariff: Tariff, seconds: int) -> None:
    priced = charge(tariff, seconds)
    assert priced.base + priced.facility_additive == priced.net
    assert priced.net + priced.tax == priced.total
    assert sum((line.amount for line in priced.taxes), ZERO) == priced.tax
    assert priced.talk + priced.termination == priced.base
    assert min(priced.talk, priced.termination, priced.facility_additive, priced.tax, priced.owed_by_agency) >= ZERO


@given(tariffs, talk, talk)
def test_longer_talk_never_costs_less(tariff: Tariff, seconds: int, more: int) -> None:
    assert charge(tariff, seconds).total <= charge(tariff, seconds + more).total


@given(tariffs, talk)
def test_what_was_quoted_is_what_is_charged(tariff: Tariff, seconds: int) -> None:
    assert quote(tariff, seconds).total == charge(tariff, seconds).total
    assert quote(tariff, seconds).at_most == charge(tariff, seconds)


@given(tariffs, st.integers(-1000, 5_000_000).map(Money), st.integers(0, 20_000), st.data())
def test_a_charge_within_the_affordable_time_never_exceeds_the_money(
    tariff: Tariff, money: Money, at_most: int, data: st.DataObject
) -> None:
    affordable = affordable_seconds(tariff, money, at_most)
    assert 0 <= affordable <= at_most
    if money >= ZERO:
        talked = data.draw(st.integers(0, affordable))
        assert charge(tariff, talked).total <= money
    if affordable < at_most:
        assert charge(tariff, affordable + 1).total > money


def test_a_free_call_lasts_as_long_as_it_may() -> None:
    assert FREE.is_free
    assert affordable_seconds(FREE, ZERO, 900) == 900
    assert not TEN_CENTS.is_free


@given(tariffs)
def test_a_tariff_is_stored_with_the_call_and_read_back(tariff: Tariff) -> None:
    assert Tariff.from_json(json.loads(json.dumps(tariff.to_json()))) == tariff


def test_what_is_no_stored_tariff_is_refused() -> None:
    with pytest.raises(ValueError, match="not a stored tariff"):
        Tariff.from_json({"price": "0.10"})


def test_a_tariff_that_would_pay_the_customer_cannot_be_made() -> None:
    for wrong in (
        lambda: Tariff(Money(-1)),
        lambda: Tariff(ZERO, Money(-1)),
        lambda: Tariff(ZERO, cap=Money(-1)),
        lambda: Tariff(ZERO, increment=0),
        lambda: Tariff(ZERO, minimum=-1),
        lambda: Tax("state", -1),
    ):
        with pytest.raises(ValueError, match=r"zero or more|at least"):
            wrong()


def a_rate(price: str, effective: date, jurisdiction: Jurisdiction = Jurisdiction.LOCAL, destination: str = "") -> Rate:
    return Rate(Service.AUDIO, jurisdiction, effective, Money.parse(price), destination=destination)


def tariff_for(day: date, *rates: Rate, cap: Cap | None = None, taxes: tuple[TaxRate, ...] = ()) -> Tariff | Reason:
    return tariff_on(day, Service.AUDIO, Jurisdiction.LOCAL, MOTHER, rates, taxes, cap)


def test_the_latest_rate_in_force_on_the_day_counts() -> None:
    old, new = a_rate("0.12", date(2026, 1, 1)), a_rate("0.10", date(2026, 7, 1))
    assert tariff_for(date(2026, 6, 30), old, new) == Tariff(Money.parse("0.12"))
    assert tariff_for(date(2026, 7, 1), new, old) == Tariff(Money.parse("0.10"))


def test_the_rate_of_the_longest_destination_counts() -> None:
    rates = (
        a_rate("0.30", date(2026, 1, 1), Jurisdiction.INTERNATIONAL),
        a_rate("0.15", date(2025, 1, 1), Jurisdiction.INTERNATIONAL, destination="+52"),
    )
    for number, price in (("+525512345678", "0.15"), ("+442079460123", "0.30")):
        found = tariff_on(date(2026, 6, 1), Service.AUDIO, Jurisdiction.INTERNATIONAL, E164(number), rates, (), None)
        assert found == Tariff(Money.parse(price))


def test_a_call_without_a_rate_is_not_priced() -> None:
    tomorrow = a_rate("0.10", date(2026, 1, 2))
    abroad = a_rate("0.10", date(2026, 1, 1), Jurisdiction.INTERNATIONAL)
    assert tariff_for(date(2026, 1, 1), tomorrow, abroad) is Reason.TARIFF_NO_RATE


def a_cap(per_minute: str, additive: str | None = None) -> Cap:
    return Cap(
        Money.parse(per_minute), date(2026, 4, 6), "the law", None if additive is None else Money.parse(additive)
    )


def both_parts(price: str, additive: str, **fields: object) -> Rate:
    amounts = {"price": Money.parse(price), "facility_additive": Money.parse(additive)}
    return Rate(Service.AUDIO, Jurisdiction.LOCAL, date(2026, 1, 1), **amounts, **fields)


@pytest.mark.parametrize(
    ("price", "additive", "cap", "charged"),
    [
        ("0.08", "0.02", a_cap("0.10"), ("0.08", "0.02")),
        ("0.09", "0.02", a_cap("0.10"), ("0.08", "0.02")),
        ("0.09", "0.00", a_cap("0.10", "0.02"), ("0.08", "0.00")),  # the additive's part is not the provider's to fill
        ("0.01", "0.05", a_cap("0.10", "0.02"), ("0.01", "0.02")),
        ("0.50", "0.50", a_cap("0.10", "0.02"), ("0.08", "0.02")),
        ("0.05", "0.01", a_cap("0"), ("0", "0")),
    ],
)
def test_a_rate_that_a_later_cap_overtook_is_charged_at_the_cap(
    price: str, additive: str, cap: Cap, charged: tuple[str, str]
) -> None:
    tariff = tariff_for(date(2026, 6, 1), both_parts(price, additive), cap=cap)
    assert isinstance(tariff, Tariff)
    assert (tariff.price, tariff.facility_additive) == tuple(Money.parse(part) for part in charged)
    assert tariff.cap == cap.highest_price(tariff.facility_additive) + tariff.facility_additive


@pytest.mark.parametrize("additive", ["0", "0.005", "0.019"])
@pytest.mark.parametrize(("increment", "minimum"), [(60, 0), (6, 0), (1, 60)])
def test_an_increment_fills_nothing_of_the_additive_s_part_of_the_cap(
    additive: str, increment: int, minimum: int
) -> None:
    rate = both_parts("0.09", additive, increment=increment, minimum=minimum)
    tariff = tariff_for(date(2026, 6, 1), rate, cap=a_cap("0.11", "0.02"))
    assert isinstance(tariff, Tariff)
    for seconds in (1, 59, 60, 61, 121, 899):
        priced = charge(tariff, seconds)
        assert priced.talk <= Money.parse("0.09").portion(seconds, 60) + Money(1)  # the parts are rounded each
        assert priced.facility_additive <= Money.parse(additive).portion(seconds, 60)
    if additive == "0":
        assert charge(tariff, 61).talk == Money.parse("0.0915")


@given(prices, prices, prices, prices, st.integers(1, 60), st.integers(0, 60), talk)
def test_the_provider_s_own_part_is_never_above_its_own_cap(
    price: Money, additive: Money, most: Money, apart: Money, increment: int, minimum: int, seconds: int
) -> None:
    cap = Cap(most, date(2026, 1, 1), "the law", min(apart, most))
    rate = Rate(Service.AUDIO, Jurisdiction.LOCAL, date(2026, 1, 1), price, additive, increment, minimum)
    tariff = tariff_for(date(2026, 6, 1), rate, cap=cap)
    assert isinstance(tariff, Tariff)
    highest = Fraction(cap.highest_price(additive).micros * seconds, 60)
    assert charge(tariff, seconds).talk.micros < highest + 1


def test_a_rate_above_the_cap_that_was_never_held_to_one_prices_no_call() -> None:
    mistake = both_parts("0.08", "0.02", is_checked=False)
    assert tariff_for(date(2026, 6, 1), mistake, cap=a_cap("0.099999")) is Reason.TARIFF_OVER_CAP
    assert isinstance(tariff_for(date(2026, 6, 1), mistake, cap=a_cap("0.10")), Tariff)


@given(prices, prices, prices, st.none() | prices)
def test_what_is_left_of_a_rate_is_lawful_and_as_much_as_is_lawful(
    price: Money, additive: Money, most: Money, apart: Money | None
) -> None:
    cap = Cap(most, date(2026, 1, 1), "the law", None if apart is None else min(apart, most))
    lawful = cap.lawful(price, additive)
    assert cap.allows(*lawful)
    assert cap.allows(price, additive) == (lawful == (price, additive))
    if lawful[0] < price:
        assert not cap.allows(lawful[0] + Money(1), lawful[1])


def test_a_call_abroad_costs_its_termination_on_top_of_price_and_cap() -> None:
    mexico = Rate(
        Service.AUDIO,
        Jurisdiction.INTERNATIONAL,
        date(2026, 1, 1),
        Money.parse("0.50"),
        destination="MX",
        termination=Money.parse("0.012"),
    )
    number = E164("+525512345678")
    cap = a_cap("0.13", "0.02")
    tariff = tariff_on(date(2026, 6, 1), Service.AUDIO, Jurisdiction.INTERNATIONAL, number, [mexico], (), cap)
    assert isinstance(tariff, Tariff)
    assert (str(tariff.price), str(tariff.termination), str(tariff.cap)) == ("$0.11", "$0.012", "$0.122")
    priced = charge(tariff, 600)
    assert (str(priced.talk), str(priced.termination), str(priced.net)) == ("$1.10", "$0.12", "$1.22")


def test_a_country_goes_before_everywhere_and_a_beginning_of_numbers_before_its_country() -> None:
    rates = [
        a_rate(price, date(2026, 1, 1), Jurisdiction.INTERNATIONAL, destination=destination)
        for destination, price in (
            ("", "0.30"),
            ("+1", "0.25"),
            ("JM", "0.20"),
            ("MX", "0.15"),
            ("+5255", "0.10"),
            ("+7", "0.24"),
            ("KZ", "0.18"),
            ("+44", "0.23"),
            ("GG", "0.17"),
            ("+447", "0.12"),
            ("+5", "0.22"),
            ("+12", "0.26"),
            ("+187", "0.27"),
            ("BS", "0.19"),
        )
    ]
    for number, price in (
        ("+33142685300", "0.30"),
        ("+442079460123", "0.23"),
        ("+441481720123", "0.17"),
        ("+447911123456", "0.12"),
        ("+74951234567", "0.24"),
        ("+77172123456", "0.18"),
        ("+541123456789", "0.22"),
        ("+14165550123", "0.25"),
        ("+16585550123", "0.20"),
        ("+18765550123", "0.20"),
        ("+12425550123", "0.19"),
        ("+12045550123", "0.26"),
        ("+18735550123", "0.27"),
        ("+528112345678", "0.15"),
        ("+525512345678", "0.10"),
    ):
        found = tariff_on(date(2026, 6, 1), Service.AUDIO, Jurisdiction.INTERNATIONAL, E164(number), rates, (), None)
        assert found == Tariff(Money.parse(price)), number


@pytest.mark.parametrize(
    ("one", "other", "lies_in_it"),
    [
        ("MX", "", True),
        ("", "MX", False),
        ("MX", "MX", True),
        ("MX", "GT", False),
        ("+5255", "MX", True),
        ("MX", "+5255", False),
        ("+5255", "+525", True),
        ("+1876", "JM", True),
        ("CA", "JM", False),
        ("+1416", "CA", True),
        ("+1416", "JM", False),
    ],
)
def test_a_destination_lies_within_another_whose_rate_prices_its_numbers(
    one: str, other: str, lies_in_it: bool
) -> None:
    assert lies_within(one, other) is lies_in_it


def prices_before(destination: str, in_force: dict[str, str]) -> set[str]:
    """By which prices the numbers of a destination are charged while these are in force."""
    rates = [
        a_rate(price, date(2026, 1, 1), Jurisdiction.INTERNATIONAL, destination=each)
        for each, price in in_force.items()
    ]
    return {str(rate.price) for rate in rates_before(destination, rates)}


@pytest.mark.parametrize(
    ("destination", "in_force", "prices"),
    [
        ("+5255", {"": "0.05", "MX": "0.09"}, {"$0.09"}),
        ("+525512", {"": "0.05", "MX": "0.09", "+5255": "0.07"}, {"$0.07"}),
        ("MX", {"": "0.05", "MX": "0.09", "+5255": "0.07"}, {"$0.09"}),
        ("GB", {"": "0.05", "MX": "0.09"}, {"$0.05"}),
        ("GB", {"MX": "0.09"}, set()),
    ],
)
def test_a_destination_without_a_rate_of_its_own_is_priced_by_the_narrowest_around_it(
    destination: str, in_force: dict[str, str], prices: set[str]
) -> None:
    assert prices_before(destination, in_force) == prices


def test_a_wide_rate_prices_nothing_of_what_has_a_narrower_one() -> None:
    assert prices_before("", {"MX": "0.09"}) == set()
    assert prices_before("", {"": "0.05", "MX": "0.09"}) == {"$0.05"}
    assert prices_before("+1", {"": "0.05", "CA": "0.09"}) == {"$0.05"}


def test_where_only_whole_numbers_tell_which_rate_is_theirs_each_counts() -> None:
    assert prices_before("CA", {"": "0.05", "+12": "0.04"}) == {"$0.05", "$0.04"}
    assert prices_before("CA", {"": "0.05", "+1": "0.06", "+12": "0.04"}) == {"$0.06", "$0.04"}
    assert prices_before("+1416", {"": "0.05", "CA": "0.09", "JM": "0.03"}) == {"$0.09"}
    assert prices_before("+4414", {"": "0.05", "GB": "0.09", "GG": "0.08"}) == {"$0.09", "$0.08", "$0.05"}


DESTINATIONS = (
    *(ANYWHERE, "+1", "+12", "+120", "+1204", "+1876", "CA", "JM", "DO", "+5", "+52", "+5255", "MX"),
    *("+4", "+44", "+4420", "GB", "GG", "+7", "+77", "RU", "KZ"),
)
ABROAD = (
    *("+12045550123", "+14165550123", "+16585550123", "+18095550123", "+18765550123", "+525512345678"),
    *("+528112345678", "+541123456789", "+442079460123", "+441481720123", "+74951234567", "+77172123456"),
)
destinations = st.sampled_from(DESTINATIONS)


@given(st.sets(destinations), destinations, st.sampled_from(ABROAD).map(E164))
def test_no_number_is_priced_before_by_a_rate_that_is_not_looked_at(
    in_force: set[str], destination: str, number: E164
) -> None:
    day, later = date(2026, 1, 1), date(2026, 1, 2)
    rates = [a_rate("0.05", day, Jurisdiction.INTERNATIONAL, destination=each) for each in in_force]
    new = a_rate("0.05", later, Jurisdiction.INTERNATIONAL, destination=destination)
    before = rate_on(day, Service.AUDIO, Jurisdiction.INTERNATIONAL, number, rates)
    assume(before is not None)
    if rate_on(later, Service.AUDIO, Jurisdiction.INTERNATIONAL, number, [*rates, new]) is new:
        assert before in rates_before(destination, rates)


def test_taxes_follow_their_days_and_jurisdictions() -> None:
    taxed = (
        TaxRate(Tax("state", 40_000), date(2026, 1, 1)),
        TaxRate(Tax("state", 50_000), date(2026, 7, 1)),
        TaxRate(Tax("universal service", 300_000), date(2026, 1, 1), Jurisdiction.INTERSTATE),
        TaxRate(Tax("county", 10_000), date(2026, 1, 1)),
        TaxRate(Tax("county", 0), date(2026, 3, 1), Jurisdiction.LOCAL),
        TaxRate(Tax("city", 10_000), date(2027, 1, 1)),
    )
    rate = a_rate("0.10", date(2026, 1, 1))

    def on(day: date) -> dict[str, int]:
        tariff = tariff_for(day, rate, taxes=taxed)
        assert isinstance(tariff, Tariff)
        return {tax.name: tax.parts_per_million for tax in tariff.taxes}

    assert on(date(2026, 2, 1)) == {"state": 40_000, "county": 10_000}
    assert on(date(2026, 8, 1)) == {"state": 50_000}
