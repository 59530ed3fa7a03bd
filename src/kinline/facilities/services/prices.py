"""The only writers of price lists: every row is held to the law that is in force on its first day, and audited.

A row in force is history and stays as it is; a new price is a new row from a day on: today at the earliest where that
makes nothing dearer, for calls of today were quoted already, else tomorrow.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import models, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import (
    ANYWHERE,
    Cap,
    FreeMinutes,
    Plan,
    Rate,
    Service,
    Tariff,
    TaxRate,
    faults_of,
    free_minutes_on,
    is_ancillary,
    is_destination,
    rates_before,
    tariff_of,
    taxes_on,
)
from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow, TaxRow
from kinline.facilities.queries import Rulebook, rulebook, stamp
from kinline.facilities.services.price_refusals import (
    AlreadyInForce,
    DearerToday,
    InThePast,
    NotAPrice,
    OverCap,
    PlanRefused,
    Problem,
)

HIGHEST_TAX = 500_000
"""Parts per million of a price. The highest share that a law demands is the contribution to the federal universal
service, above 30 % in 2025 and another one each quarter; whatever is beyond a half is a slip or a price of its own."""

LONGEST_INCREMENT = 60
"""Seconds. Prices are by the minute (47 CFR 64.6080): no started hour is charged."""

_A_DAY = timedelta(days=1)

Row = TypeVar("Row", bound=models.Model)


def check_rate(rules: Rulebook, rate: Rate, at: Instant) -> None:
    """Raises `PriceRefused` for what must not be put on the facility's price list."""
    _is_a_price(rate)
    today = rules.local_day(at)
    if rate.effective < today:
        raise InThePast(rate.effective, today)
    cap = rules.cap(rate.service, rate.jurisdiction, rate.effective)
    if cap is not None and not cap.allows(rate.price, rate.facility_additive):
        raise OverCap(rate, cap)
    if rate.effective == today and _is_dearer_than_today(rules, rate, cap):
        raise DearerToday(today + _A_DAY)


def check_tax(rules: Rulebook, rate: TaxRate, at: Instant) -> None:
    """Raises `PriceRefused` for what must not be put on the facility's list of taxes."""
    if not rate.tax.name.strip():
        raise NotAPrice("name", Problem.NAME, "a tax has the name that stands in the law")
    if is_ancillary(rate.tax.name):
        raise NotAPrice("name", Problem.ANCILLARY, "an ancillary charge, which nobody may make (47 CFR 64.6020)")
    if rate.tax.parts_per_million and not rate.source.strip():
        raise NotAPrice("source", Problem.SOURCE, "a tax names the law that demands it of the caller (47 CFR 64.6070)")
    if rate.tax.parts_per_million > HIGHEST_TAX:
        raise NotAPrice("percent", Problem.TAX, f"no law demands more than {HIGHEST_TAX // 10_000} % of a price")
    today = rules.local_day(at)
    if rate.effective == today and _raises_a_tax(rules, rate, today):
        raise DearerToday(today + _A_DAY)


def save_rate(facility: FacilityId, rate: Rate, actor: str, at: Instant) -> TariffRow:
    """Put a price on the list from a day on; one that was to begin on that day is replaced.

    Raises `OverCap`, `InThePast`, `AlreadyInForce`, `DearerToday`, `NotAPrice`.
    """
    rules = rulebook(facility, stamp())
    check_rate(rules, rate, at)
    return _written(
        TariffRow,
        rules,
        at,
        actor,
        Action.PRICE_SET,
        rate.effective,
        {
            "service": rate.service.value,
            "jurisdiction": rate.jurisdiction.value,
            "destination": rate.destination,
            "effective": rate.effective,
        },
        {
            "price": rate.price.micros,
            "facility_additive": rate.facility_additive.micros,
            "increment": rate.increment,
            "minimum": rate.minimum,
            "termination": rate.termination.micros,
            "agency_price": rate.agency_price.micros,
            "is_checked": True,
        },
    )


def save_tax(facility: FacilityId, rate: TaxRate, actor: str, at: Instant) -> TaxRow:
    """Put a tax on the list from a day on, passed through as it is; zero parts end it.

    Raises `InThePast`, `AlreadyInForce`, `DearerToday`, `NotAPrice`.
    """
    rules = rulebook(facility, stamp())
    check_tax(rules, rate, at)
    return _written(
        TaxRow,
        rules,
        at,
        actor,
        Action.TAX_SET,
        rate.effective,
        {
            "name": rate.tax.name,
            "jurisdiction": rate.jurisdiction.value if rate.jurisdiction else "",
            "effective": rate.effective,
        },
        {"parts_per_million": rate.tax.parts_per_million, "source": rate.source},
    )


def save_free_minutes(facility: FacilityId, free: FreeMinutes, actor: str, at: Instant) -> FreeMinutesRow:
    """Give every resident so much free talk from a day on; neither per day nor per week: none any more.

    Raises `InThePast`, `AlreadyInForce`, `DearerToday`.
    """
    rules = rulebook(facility, stamp())
    today = rules.local_day(at)
    given = free_minutes_on(today, rules.free_minutes)
    if free.effective == today and given is not None and not free.gives_as_much_as(given):
        raise DearerToday(today + _A_DAY)
    return _written(
        FreeMinutesRow,
        rules,
        at,
        actor,
        Action.FREE_MINUTES_SET,
        free.effective,
        {"effective": free.effective},
        {"seconds_per_day": free.seconds_per_day, "seconds_per_week": free.seconds_per_week},
    )


def save_plan(
    facility: FacilityId, plan: Plan, offered_from: date, offered_until: date | None, actor: str, at: Instant
) -> PlanRow:
    """Offer an alternate pricing plan. Once it is offered its terms stay as they are; `stop_plan` ends it.

    Raises `PlanRefused`, `InThePast`, `AlreadyInForce`, `NotAPrice`.
    """
    rules = rulebook(facility, stamp())
    if not plan.name.strip():
        raise NotAPrice("name", Problem.NAME, "a plan has a name")
    if offered_until is not None and offered_until < offered_from:
        raise NotAPrice("offered_until", Problem.LAST_DAY, f"its last day is {offered_from} or later")
    per_minute, cap = _dearest_at_home(rules, offered_from)
    if faults := faults_of(plan, per_minute, cap):
        raise PlanRefused(plan, faults, per_minute, cap)
    return _written(
        PlanRow,
        rules,
        at,
        actor,
        Action.PLAN_OFFERED,
        offered_from,
        {"name": plan.name},
        {
            "period": plan.period.value,
            "minutes": plan.minutes,
            "price": plan.price.micros,
            "offered_from": offered_from,
            "offered_until": offered_until,
        },
    )


def stop_plan(facility: FacilityId, name: str, last_day: date, actor: str, at: Instant) -> None:
    """Offer a plan to nobody new after a day; who has it keeps it. Raises `InThePast`, `NotAPrice`."""
    today = rulebook(facility, stamp()).local_day(at)
    if last_day < today:
        raise InThePast(last_day, today)
    with transaction.atomic():
        if not PlanRow.objects.filter(facility_id=facility, name=name).update(offered_until=last_day):
            raise NotAPrice("name", Problem.NAME, f"there is no plan {name!r}")
        subject = f"facility/{facility}"
        after = {"name": name, "offered_until": last_day}
        audit.record(actor, Action.PLAN_OFFERED, subject, at, facility=facility, after=after)


def _is_a_price(rate: Rate) -> None:
    is_abroad = rate.jurisdiction is Jurisdiction.INTERNATIONAL
    if not is_destination(rate.destination):
        raise NotAPrice(
            "destination",
            Problem.DESTINATION,
            f"{rate.destination!r} is no destination: write a country (MX), or + and the first digits (+5255)",
        )
    if rate.destination != ANYWHERE and not is_abroad:
        raise NotAPrice(
            "destination", Problem.DESTINATION_ABROAD_ONLY, "only calls abroad are priced by their destination"
        )
    if rate.termination != ZERO and not is_abroad:
        raise NotAPrice("termination", Problem.TERMINATION_ABROAD_ONLY, "only calls abroad have a termination cost")
    if rate.service is Service.MESSAGE and (rate.increment, rate.minimum) != (1, 0):
        raise NotAPrice(
            "increment" if rate.increment != 1 else "minimum",
            Problem.BY_THE_PIECE,
            "a message is priced by the piece: its increment is 1 and its minimum 0",
        )
    if not 1 <= rate.increment <= LONGEST_INCREMENT:
        raise NotAPrice("increment", Problem.INCREMENT, f"an increment is 1 to {LONGEST_INCREMENT} seconds")
    if not 0 <= rate.minimum <= LONGEST_INCREMENT:
        raise NotAPrice("minimum", Problem.MINIMUM, f"a minimum is 0 to {LONGEST_INCREMENT} seconds")
    for field in ("price", "facility_additive", "termination", "agency_price"):
        if getattr(rate, field) < ZERO:
            raise NotAPrice(field, Problem.NEGATIVE, "an amount is zero or more")


def _is_dearer_than_today(rules: Rulebook, rate: Rate, cap: Cap | None) -> bool:
    """Whether some call of today would cost more, taxes apart, by the rate, which is within the cap."""
    today = rate.effective
    in_force: dict[str, Rate] = {}
    for each in sorted(rules.rates, key=lambda each: each.effective):
        if each.effective <= today and each.kind[:2] == rate.kind[:2]:
            in_force[each.destination] = each
    before = [tariff_of(each, (), cap) for each in rates_before(rate.destination, in_force.values())]
    after = tariff_of(rate, (), cap)
    return isinstance(after, Tariff) and any(_is_dearer(after, each) for each in before if isinstance(each, Tariff))


def _is_dearer(after: Tariff, before: Tariff) -> bool:
    """Whether some call would cost more. Steps of which the old ones are a multiple charge no more; what steps and a
    minimum add is bounded by the cap, which is higher beside more additive."""
    is_in_steps = after.increment > 1 or after.minimum > 0
    return (
        after.per_unit > before.per_unit
        or before.increment % after.increment != 0
        or after.minimum > before.minimum
        or (is_in_steps and (after.cap or ZERO) > (before.cap or ZERO))
    )


def _raises_a_tax(rules: Rulebook, rate: TaxRate, today: date) -> bool:
    """Whether calls that have a price today would carry more tax."""

    def parts(jurisdiction: Jurisdiction, taxes: tuple[TaxRate, ...]) -> int:
        return sum(tax.parts_per_million for tax in taxes_on(today, jurisdiction, taxes))

    priced = {each.jurisdiction for each in rules.rates if each.effective <= today}
    return any(parts(each, (*rules.taxes, rate)) > parts(each, rules.taxes) for each in priced)


def _dearest_at_home(rules: Rulebook, day: date) -> tuple[Money, Cap | None]:
    """The highest price of a minute of talk within the country on a day, and the lowest cap on it."""
    at_home = [each for each in Jurisdiction if each is not Jurisdiction.INTERNATIONAL]
    caps = [cap for each in at_home if (cap := rules.cap(Service.AUDIO, each, day)) is not None]
    in_force: dict[Jurisdiction, Rate] = {}
    for rate in sorted(rules.rates, key=lambda rate: rate.effective):
        if rate.service is Service.AUDIO and rate.jurisdiction in at_home and rate.effective <= day:
            in_force[rate.jurisdiction] = rate
    prices = [rate.price + rate.facility_additive for rate in in_force.values()]
    return max(prices, default=ZERO), min(caps, key=lambda cap: cap.per_minute, default=None)


def _written(
    kind: type[Row],
    rules: Rulebook,
    at: Instant,
    actor: str,
    action: Action,
    effective: date,
    key: Mapping[str, object],
    terms: Mapping[str, object],
) -> Row:
    """The row of this key with these terms, written down in the audit trail, if its day has not begun."""
    today = rules.local_day(at)
    if effective < today:
        raise InThePast(effective, today)
    with transaction.atomic():
        rows = kind._default_manager.filter(facility_id=rules.facility, **key)
        before = rows.values().first()
        if before is not None and _has_begun(before, today):
            raise AlreadyInForce(today)
        found: dict[str, Any] = {"facility_id": rules.facility, **key}
        row, _ = kind._default_manager.update_or_create(defaults=dict(terms), **found)
        audit.record(
            actor,
            action,
            f"facility/{rules.facility}",
            at,
            facility=rules.facility,
            before=before,
            after={**key, **terms},
        )
        return row


def _has_begun(row: Mapping[str, object], today: date) -> bool:
    first = row.get("effective", row.get("offered_from"))
    return isinstance(first, date) and first <= today
