"""Settings of one facility for another: what would change, and changing it. Prices are held to the other's own caps."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.queries import list_rules
from kinline.contacts.services import keep_lists
from kinline.contacts.services.keeping import FIELDS as LISTS
from kinline.core.contacts import Mode
from kinline.core.identity import FacilityId, Instant
from kinline.core.policy import Rules, Switch
from kinline.core.tariff import FreeMinutes, Rate, TaxRate, free_minutes_on, narrowness
from kinline.facilities.calling_rules import stored_rules
from kinline.facilities.models import Facility
from kinline.facilities.queries import Rulebook, course_of, price_list, rulebook, stamp
from kinline.facilities.services import (
    DearerToday,
    PriceRefused,
    change_facility,
    check_rate,
    check_tax,
    save_free_minutes,
    save_rate,
    save_tax,
    say_rules,
)

Checked = TypeVar("Checked", Rate, TaxRate)


class Part(StrEnum):
    """What can be copied by itself."""

    RULES = "rules"
    """The calling rules and hours of the facility's own level."""
    PRICES = "prices"
    """Prices in force, taxes and free minutes."""
    CALL_SETTINGS = "call_settings"
    """The course of calls, languages, and how often a PIN may be wrong."""
    CONTACTS = "contacts"
    """How contacts are dealt with."""


FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.CALL_SETTINGS: ("call_settings", "languages", "pin_tries", "pin_lock_seconds"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be otherwise. `refused`: why it cannot be, and then it stays."""

    part: Part
    name: str
    """A field, or the kind of price: `audio/local`."""
    before: Any
    after: Any
    refused: PriceRefused | None = None


def changes(source: Facility, target: Facility, parts: Iterable[Part], at: Instant) -> tuple[Change, ...]:
    """What copying would change; what is the same already is left out."""
    found: list[Change] = []
    for part in Part:
        if part not in parts:
            continue
        if part is Part.RULES:
            found += _rules(source, target, at)
        elif part is Part.PRICES:
            found += _prices(source, target, at)
        elif part is Part.CONTACTS:
            before, after = _lists(target, at), _lists(source, at)
            found += [Change(part, name, before[name], after[name]) for name in after if before[name] != after[name]]
        else:
            found += [
                Change(part, name, getattr(target, name), getattr(source, name))
                for name in FIELDS[part]
                if getattr(target, name) != getattr(source, name)
            ]
    return tuple(found)


def copy(source: Facility, target: Facility, parts: Iterable[Part], actor: str, at: Instant) -> tuple[Change, ...]:
    """Do what `changes` says, but for what is refused, each written down as if it were typed; what was changed, and
    what of it is `refused` because somebody changed the prices meanwhile."""
    wanted = set(parts)
    why = f"facility/{source.pk}"
    with transaction.atomic():
        done = tuple(each for each in changes(source, target, wanted, at) if each.refused is None)
        where = FacilityId(target.pk)
        fields = {each.name: each.after for each in done if each.part in FIELDS}
        if fields:
            change_facility(target, fields, actor, at, why)
        for each in done:
            if isinstance(each.after, Rules):
                say_rules(target, stored_rules(each.after), actor, why, at)
        done = tuple(_price_saved(where, each, actor, at) for each in done)
        if any(each.part is Part.CONTACTS for each in done):
            says = _lists(source, at)
            keep_lists(target, Mode(says.pop("mode")), says.pop("contacts_at_most"), says, actor, at)
        if count := sum(each.refused is None for each in done):
            after = {"from": why, "parts": sorted(wanted), "changes": count}
            audit.record(actor, Action.SETTINGS_COPIED, f"facility/{target.pk}", at, facility=where, after=after)
    return done


def _price_saved(where: FacilityId, change: Change, actor: str, at: Instant) -> Change:
    """The change with what came of it, where it is one of prices."""
    try:
        match change.after:
            case Rate():
                save_rate(where, change.after, actor, at)
            case TaxRate():
                save_tax(where, change.after, actor, at)
            case FreeMinutes():
                save_free_minutes(where, change.after, actor, at)
    except PriceRefused as refused:
        return replace(change, refused=refused)
    return change


def _lists(facility: Facility, at: Instant) -> dict[str, Any]:
    """How a facility keeps its lists of contacts."""
    rules = list_rules(facility, at)
    settings = {name: getattr(rules.settings, name) for name in LISTS}
    return {"mode": rules.mode.value, "contacts_at_most": facility.contacts_at_most, **settings}


def _rules(source: Facility, target: Facility, at: Instant) -> list[Change]:
    before, after = (replace(course_of(each).at(at), switch=Switch.ON) for each in (target, source))
    same = stored_rules(before) == stored_rules(after)
    return [] if same else [Change(Part.RULES, "rules", before, after)]


def _prices(source: Facility, target: Facility, at: Instant) -> list[Change]:
    theirs, ours = (rulebook(FacilityId(each.pk), stamp()) for each in (source, target))
    today, their_day = ours.local_day(at), theirs.local_day(at)
    found = []
    in_force = {line.rate.kind: line.rate for line in price_list(ours, today).lines}
    lines = price_list(theirs, their_day).lines
    # The narrow before the wide: a country that has no price yet may begin today, whatever the rest of the world costs.
    for line in sorted(lines, key=lambda line: narrowness(line.rate.destination), reverse=True):
        before = in_force.get(line.rate.kind)
        if before is not None and replace(before, effective=line.rate.effective, is_checked=line.rate.is_checked) == (
            line.rate
        ):
            continue
        begins = _first_day(today, (rate.effective for rate in ours.rates if rate.kind == line.rate.kind))
        wanted = replace(line.rate, effective=begins, is_checked=False)
        rate, fault = _lawful(check_rate, ours, wanted, at)
        found.append(Change(Part.PRICES, "/".join(map(str, rate.kind)).rstrip("/"), before, rate, fault))
    # Taxes first: a tax begins today only where calls have no price yet.
    return _taxes(theirs, ours, today, their_day, at) + found + _free(theirs, ours, today, their_day)


def _taxes(theirs: Rulebook, ours: Rulebook, today: date, their_day: date, at: Instant) -> list[Change]:
    def in_force(book: Rulebook, day: date) -> dict[tuple[str, Any], TaxRate]:
        rows = sorted((rate for rate in book.taxes if rate.effective <= day), key=lambda rate: rate.effective)
        return {(rate.tax.name, rate.jurisdiction): rate for rate in rows}

    mine = in_force(ours, today)
    found = []
    for key, rate in in_force(theirs, their_day).items():
        before = mine.get(key)
        if (before.tax.parts_per_million if before else 0) == rate.tax.parts_per_million:
            continue
        same = [each.effective for each in ours.taxes if (each.tax.name, each.jurisdiction) == key]
        begins = _first_day(today, [*same, *(each.effective for each in ours.rates)])
        tax, fault = _lawful(check_tax, ours, replace(rate, effective=begins), at)
        found.append(Change(Part.PRICES, f"tax/{key[0]}", before, tax, fault))
    return found


def _free(theirs: Rulebook, ours: Rulebook, today: date, their_day: date) -> list[Change]:
    after, before = free_minutes_on(their_day, theirs.free_minutes), free_minutes_on(today, ours.free_minutes)
    if after is None or (before is not None and replace(before, effective=after.effective) == after):
        return []
    begins = _first_day(today, (each.effective for each in ours.free_minutes))
    return [Change(Part.PRICES, "free_minutes", before, replace(after, effective=begins))]


def _first_day(today: date, taken: Iterable[date]) -> date:
    """Today, or tomorrow where something is in force by which calls of today were quoted."""
    return today + timedelta(days=1) if any(day <= today for day in taken) else today


def _lawful(
    check: Callable[[Rulebook, Checked, Instant], None], ours: Rulebook, rate: Checked, at: Instant
) -> tuple[Checked, PriceRefused | None]:
    """The rate from its first possible day on; and why it cannot be, if it cannot."""
    try:
        check(ours, rate, at)
    except DearerToday as refused:
        return _lawful(check, ours, replace(rate, effective=refused.tomorrow), at)
    except PriceRefused as refused:
        return rate, refused
    return rate, None
