"""Price lists are written by the services alone, each row held to the law of its first day, and audited."""

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from make import DAY, NOON, a_facility

import kinline
from kinline.audit.models import AuditEvent
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, Jurisdiction
from kinline.core.reasons import Reason
from kinline.core.tariff import FreeMinutes, Period, Plan, PlanFault, Rate, Service, Tariff, Tax, TaxRate, charge
from kinline.facilities import services
from kinline.facilities.models import Facility, FreeMinutesRow, PlanRow, TariffRow, TaxRow
from kinline.facilities.queries import rulebook, stamp

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
TOMORROW_NOON = Instant(NOON + DAY)
MOTHER, ABROAD = E164("+15045550123"), E164("+525512345678")


@pytest.fixture
def jail() -> Facility:
    """A jail of 180 people in Louisiana: a minute costs at most $0.13, $0.02 of it the facility's."""
    return a_facility()


def a_rate(price: str, additive: str = "0", **fields: object) -> Rate:
    known = {"service": Service.AUDIO, "jurisdiction": Jurisdiction.INTRASTATE, "effective": TOMORROW}
    return Rate(**{**known, "price": Money.parse(price), "facility_additive": Money.parse(additive), **fields})


def save(jail: Facility, rate: Rate) -> TariffRow:
    return services.save_rate(FacilityId(jail.pk), rate, "user/7", NOON)


def tariff(jail: Facility, number: E164, at: Instant = TOMORROW_NOON) -> Tariff | Reason:
    return rulebook(FacilityId(jail.pk), stamp()).tariff(number, at)


def test_a_lawful_price_is_charged_from_its_day_on_and_audited(jail: Facility) -> None:
    save(jail, a_rate("0.11", "0.02"))
    today, tomorrow = tariff(jail, MOTHER, NOON), tariff(jail, MOTHER)
    assert isinstance(today, Tariff)
    assert isinstance(tomorrow, Tariff)
    assert (str(today.price), str(tomorrow.price)) == ("$0.05", "$0.11")
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.facility) == ("user/7", "price.set", jail.pk)
    assert '"price": 110000' in event.after


@pytest.mark.parametrize(
    ("price", "additive", "field", "highest"),
    [
        ("0.12", "0", "price", "0.11"),
        ("0.110001", "0.02", "price", "0.11"),
        ("0.05", "0.03", "facility_additive", "0.11"),
    ],
)
def test_a_price_over_the_cap_is_refused_with_the_cap_its_source_and_the_highest_lawful_price(
    jail: Facility, price: str, additive: str, field: str, highest: str
) -> None:
    with pytest.raises(services.OverCap) as refused:
        save(jail, a_rate(price, additive))
    assert refused.value.field == field
    assert refused.value.cap.per_minute == Money.parse("0.13")
    assert refused.value.highest_price == Money.parse(highest)
    assert refused.value.highest_additive == Money.parse("0.02")
    for told in ("$0.13", "FCC 25-75", "2026-04-06", f"highest lawful price is ${highest}"):
        assert told in str(refused.value)
    assert not AuditEvent.objects.exists()
    assert not TariffRow.objects.filter(effective=TOMORROW).exists()
    save(jail, a_rate(highest, str(refused.value.highest_additive)))


def test_video_has_its_own_cap_and_messages_none(jail: Facility) -> None:
    save(jail, a_rate("0.19", service=Service.VIDEO))
    with pytest.raises(services.OverCap, match=r"\$0\.21"):
        save(jail, a_rate("0.20", service=Service.VIDEO))
    save(jail, a_rate("0.50", service=Service.MESSAGE))


def test_a_state_with_free_calls_allows_no_price_within_it() -> None:
    prison = a_facility(state="MN", is_prison=True)
    with pytest.raises(services.OverCap, match="Minnesota"):
        save(prison, a_rate("0.01"))
    save(prison, a_rate("0", agency_price=Money.parse("0.03")))
    save(prison, a_rate("0.06", jurisdiction=Jurisdiction.INTERSTATE))


def test_a_correction_of_where_a_facility_stands_holds_at_once_also_where_a_call_becomes_dearer() -> None:
    jail, in_boston = a_facility(state="MA"), E164("+16175550123")
    TariffRow.objects.filter(facility=jail).update(is_checked=True)
    free_by_law = tariff(jail, in_boston, NOON)
    services.change_facility(jail, {"state": "NH"}, "user/7", NOON)
    corrected = tariff(jail, in_boston, NOON)
    assert isinstance(free_by_law, Tariff)
    assert isinstance(corrected, Tariff)
    assert (free_by_law.is_free, str(corrected.per_unit)) == (True, "$0.06")


def test_a_price_that_a_later_cap_overtakes_is_charged_at_the_cap_from_that_day(jail: Facility) -> None:
    save_at = Instant(1_759_320_000_000)  # 1 October 2025: in-state talk had no federal cap
    rate = a_rate("0.50", "0.05", effective=date(2025, 10, 2))
    services.save_rate(FacilityId(jail.pk), rate, "user/7", save_at)
    before = tariff(jail, MOTHER, Instant(1_775_390_400_000))  # 5 April 2026, 12:00 UTC
    after = tariff(jail, MOTHER, Instant(1_775_476_800_000))
    assert isinstance(before, Tariff)
    assert isinstance(after, Tariff)
    assert (str(before.price), str(before.facility_additive)) == ("$0.50", "$0.05")
    assert (str(after.price), str(after.facility_additive)) == ("$0.11", "$0.02")


def test_a_price_that_was_put_into_the_table_by_another_hand_prices_nothing_above_the_cap(jail: Facility) -> None:
    TariffRow.objects.filter(facility=jail, jurisdiction="intrastate").update(price=500_000)
    assert tariff(jail, MOTHER) is Reason.TARIFF_OVER_CAP


def test_calls_abroad_are_priced_by_country_or_beginning_with_what_their_termination_costs(jail: Facility) -> None:
    abroad = {"jurisdiction": Jurisdiction.INTERNATIONAL, "termination": Money.parse("0.02")}
    save(jail, a_rate("0.10", destination="MX", **abroad))
    save(jail, a_rate("0.06", destination="+5255", **abroad))
    narrow = tariff(jail, ABROAD)
    assert isinstance(narrow, Tariff)
    assert (str(narrow.price), str(narrow.termination), str(narrow.cap)) == ("$0.06", "$0.02", "$0.13")
    with pytest.raises(services.OverCap):
        save(jail, a_rate("0.12", destination="GB", **abroad))
    assert tariff(jail, E164("+442079460123")) is Reason.TARIFF_NO_RATE


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"destination": "Mexico", "jurisdiction": Jurisdiction.INTERNATIONAL}, "destination"),
        ({"destination": "+0", "jurisdiction": Jurisdiction.INTERNATIONAL}, "destination"),
        ({"destination": "MX"}, "destination"),
        ({"termination": Money(1)}, "termination"),
        ({"increment": 0}, "increment"),
        ({"increment": 61}, "increment"),
        ({"minimum": 180}, "minimum"),
        ({"increment": 60, "service": Service.MESSAGE}, "increment"),
        ({"minimum": 60, "service": Service.MESSAGE}, "minimum"),
        ({"price": Money(-1)}, "price"),
        ({"facility_additive": Money(-1)}, "facility_additive"),
    ],
)
def test_what_is_no_price_is_refused_with_the_field_that_is_wrong(
    jail: Facility, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(services.NotAPrice) as refused:
        save(jail, replace(a_rate("0.05"), **fields))
    assert refused.value.field == field


def test_no_price_begins_in_the_past_and_none_in_force_is_rewritten(jail: Facility) -> None:
    with pytest.raises(services.InThePast, match="2026-11-20"):
        save(jail, a_rate("0.05", effective=TODAY - timedelta(days=1)))
    save(jail, a_rate("0.05", effective=TODAY))
    with pytest.raises(services.AlreadyInForce):
        save(jail, a_rate("0.04", effective=TODAY))
    save(jail, a_rate("0.07"))
    save(jail, a_rate("0.08"))
    assert list(TariffRow.objects.filter(effective=TOMORROW).values_list("price", flat=True)) == [80_000]


def test_what_makes_calls_dearer_begins_tomorrow_and_what_makes_them_cheaper_today(jail: Facility) -> None:
    """Five cents, and one for the facility, are in force."""
    for dearer in (
        a_rate("0.06", "0.01", effective=TODAY),
        a_rate("0.05", "0.02", effective=TODAY),
        a_rate("0.05", "0.01", effective=TODAY, increment=6),
        a_rate("0.05", "0.01", effective=TODAY, minimum=30),
    ):
        with pytest.raises(services.DearerToday, match="2026-11-21") as refused:
            save(jail, dearer)
        assert refused.value.field == "effective"
        save(jail, replace(dearer, effective=TOMORROW))
    save(jail, a_rate("0.05", effective=TODAY))
    cheaper = tariff(jail, MOTHER, NOON)
    assert isinstance(cheaper, Tariff)
    assert cheaper.per_unit == Money.parse("0.05")


def test_a_price_begins_today_where_calls_had_none(jail: Facility) -> None:
    abroad = {"jurisdiction": Jurisdiction.INTERNATIONAL, "effective": TODAY, "termination": Money.parse("0.02")}
    save(jail, a_rate("0.05", destination="MX", **abroad))
    save(jail, a_rate("0.10", destination="GB", **abroad))
    for for_some_of_them in ("+5255", "MX"):
        with pytest.raises(services.PriceRefused):
            save(jail, a_rate("0.10", destination=for_some_of_them, **abroad))
    save(jail, a_rate("0.11", **abroad))
    with pytest.raises(services.DearerToday):
        save(jail, a_rate("0.10", destination="FR", **{**abroad, "termination": Money.parse("0.04")}))
    save(jail, a_rate("0.25", service=Service.MESSAGE, effective=TODAY))


def test_what_is_cheaper_than_the_narrowest_price_in_force_begins_today(jail: Facility) -> None:
    abroad = {"jurisdiction": Jurisdiction.INTERNATIONAL, "effective": TODAY}
    save(jail, a_rate("0.09", destination="MX", **abroad))
    save(jail, a_rate("0.05", **abroad))
    with pytest.raises(services.DearerToday):
        save(jail, a_rate("0.10", destination="+5255", **abroad))
    save(jail, a_rate("0.08", destination="+5255", **abroad))
    cheaper = tariff(jail, ABROAD, NOON)
    assert isinstance(cheaper, Tariff)
    assert cheaper.per_unit == Money.parse("0.08")


def test_a_price_that_is_charged_at_the_cap_does_not_rise_today_to_what_it_asks(jail: Facility) -> None:
    TariffRow.objects.filter(facility=jail).update(price=500_000, facility_additive=0, is_checked=True)
    with pytest.raises(services.DearerToday):
        save(jail, a_rate("0.11", "0.02", effective=TODAY))


@pytest.mark.parametrize("steps", [{"increment": 60}, {"minimum": 60}])
def test_more_additive_today_lifts_no_short_call_that_is_bounded_by_the_cap(
    jail: Facility, steps: dict[str, int]
) -> None:
    """The cap of a price with its additive is higher beside more additive, and a started step may fill it."""
    TariffRow.objects.filter(facility=jail).update(price=80_000, facility_additive=0, **steps)
    TaxRow.objects.filter(facility=jail).delete()
    before = tariff(jail, MOTHER, NOON)
    assert isinstance(before, Tariff)
    with pytest.raises(services.DearerToday):
        save(jail, a_rate("0.06", "0.02", effective=TODAY, **steps))
    save(jail, a_rate("0.08", "0", effective=TODAY, **steps))
    save(jail, a_rate("0.06", "0.02", effective=TODAY, jurisdiction=Jurisdiction.INTERSTATE))
    after = tariff(jail, MOTHER, NOON)
    assert isinstance(after, Tariff)
    assert charge(after, 10).net <= charge(before, 10).net


def test_no_tax_rises_and_no_free_minutes_end_today(jail: Facility) -> None:
    where = FacilityId(jail.pk)

    def tax(parts: int, name: str = "tax", jurisdiction: Jurisdiction | None = None) -> TaxRow:
        rate = TaxRate(Tax(name, parts), TODAY, jurisdiction, "La. R.S. 47:302")
        return services.save_tax(where, rate, "user/7", NOON)

    for rising in (lambda: tax(44_501), lambda: tax(1, "city"), lambda: tax(44_501, "tax", Jurisdiction.LOCAL)):
        with pytest.raises(services.DearerToday, match="2026-11-21"):
            rising()
    tax(44_000)
    tax(400_000, "abroad", Jurisdiction.INTERNATIONAL)  # no call abroad has a price yet
    services.save_free_minutes(where, FreeMinutes(TODAY, 600), "user/7", NOON)
    FreeMinutesRow.objects.update(effective=TODAY - timedelta(days=9))
    for less in (FreeMinutes(TODAY, 599), FreeMinutes(TODAY, 600, 3_000), FreeMinutes(TODAY)):
        with pytest.raises(services.DearerToday):
            services.save_free_minutes(where, less, "user/7", NOON)
    services.save_free_minutes(where, FreeMinutes(TODAY, 900), "user/7", NOON)


def test_taxes_are_passed_through_from_their_day_on(jail: Facility) -> None:
    services.save_tax(
        FacilityId(jail.pk),
        TaxRate(Tax("Universal Service Fund", 360_000), TOMORROW, Jurisdiction.INTERSTATE, "47 CFR 54.712"),
        "user/7",
        NOON,
    )
    interstate = tariff(jail, E164("+12025550123"))
    assert isinstance(interstate, Tariff)
    assert {tax.name: tax.parts_per_million for tax in interstate.taxes} == {
        "tax": 44_500,
        "Universal Service Fund": 360_000,
    }
    for tax, source, field in (
        (Tax(" ", 1), "La. R.S. 47:302", "name"),
        (Tax("too much", 500_001), "La. R.S. 47:302", "percent"),
        (Tax("by no law", 1), " ", "source"),
        (Tax("Service fee", 1), "La. R.S. 47:302", "name"),
    ):
        with pytest.raises(services.NotAPrice) as refused:
            services.save_tax(FacilityId(jail.pk), TaxRate(tax, TOMORROW, source=source), "user/7", NOON)
        assert refused.value.field == field
    with pytest.raises(services.InThePast):
        services.save_tax(FacilityId(jail.pk), TaxRate(Tax("t", 1), date(2026, 1, 1), source="a law"), "user/7", NOON)
    assert TaxRow.objects.count() == 2


def test_free_minutes_hold_from_their_day_on(jail: Facility) -> None:
    services.save_free_minutes(FacilityId(jail.pk), FreeMinutes(TOMORROW, 600, 3_000), "user/7", NOON)
    rules = rulebook(FacilityId(jail.pk), stamp())
    assert rules.free_minutes_at(NOON) is None
    free = rules.free_minutes_at(Instant(NOON + DAY))
    assert free is not None
    assert free.left(100, 100) == 500
    assert FreeMinutesRow.objects.count() == 1


def test_a_plan_that_could_cost_more_than_the_cap_or_saves_nothing_is_not_offered(jail: Facility) -> None:
    def offer(price: str) -> PlanRow:
        plan = Plan("Hundred minutes", Money.parse(price), 100, Period.MONTH)
        return services.save_plan(FacilityId(jail.pk), plan, TOMORROW, None, "user/7", NOON)

    with pytest.raises(services.PlanRefused) as refused:
        offer("6.00")
    assert refused.value.faults == (PlanFault.SAVES_NOTHING,)
    assert refused.value.most == Money.parse("6.00")
    with pytest.raises(services.PlanRefused) as refused:
        offer("13.01")
    assert PlanFault.BREAKEVEN_OVER_CAP in refused.value.faults
    plan = Plan("Hundred minutes", Money.parse("4.50"), 100, Period.MONTH)
    with pytest.raises(services.NotAPrice) as ends_first:
        services.save_plan(FacilityId(jail.pk), plan, TOMORROW, TODAY, "user/7", NOON)
    assert ends_first.value.field == "offered_until"
    assert offer("4.50").price == 4_500_000
    services.stop_plan(FacilityId(jail.pk), "Hundred minutes", TOMORROW, "user/7", NOON)
    assert PlanRow.objects.get().offered_until == TOMORROW
    with pytest.raises(services.NotAPrice):
        services.stop_plan(FacilityId(jail.pk), "Another", TOMORROW, "user/7", NOON)


def test_nothing_but_the_services_writes_a_price_list() -> None:
    package = Path(kinline.__file__).parent
    kinds = {"TariffRow", "TaxRow", "FreeMinutesRow", "PlanRow"}
    writes = {"create", "update", "update_or_create", "get_or_create", "bulk_create", "bulk_update", "save", "delete"}
    allowed = {
        package / "facilities/services/prices.py",
        package / "demo/places.py",
    }  # the demo shows a wrong price on purpose
    found = set()
    for module in package.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes:
                names = {each.id for each in ast.walk(node.func) if isinstance(each, ast.Name)}
                if names & kinds:
                    found.add(module)
    assert found <= allowed


def test_a_free_price_is_lawful_everywhere(jail: Facility) -> None:
    for jurisdiction in Jurisdiction:
        save(jail, a_rate("0", jurisdiction=jurisdiction))
        priced = tariff(jail, MOTHER)
    assert isinstance(priced, Tariff)
    assert priced.per_unit == ZERO
    assert priced.is_free
