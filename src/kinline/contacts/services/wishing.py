"""What a family wishes: whose calls never, when none, and for how much a day. The next call is decided by it."""

from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.errors import NotTheirNumber
from kinline.contacts.models import Block, BlockedBy, QuietHours, SpendingLimit
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.windows import stretch
from kinline.facilities.models import Facility
from kinline.people.models import Customer, Resident

Stretch = tuple[Sequence[int], int, int]
"""Weekdays (Monday is 0), from which minute of the day, to which: see `core.windows.stretch`."""

MOST_STRETCHES: Final = 20


def block_calls(
    customer: Customer,
    number: E164,
    actor: str,
    at: Instant,
    *,
    resident: Resident | None = None,
    facility: Facility | None = None,
) -> Block:
    """No calls to this number any more: of the resident, of everybody at the facility, or (neither) of ours at all. One
    that is in force already stays. Raises `NotTheirNumber`."""
    with transaction.atomic():
        _theirs(customer, number)
        wanted = {"number": number, "resident": resident, "facility": facility, "lifted_at": None}
        known = Block.objects.filter(**wanted).exclude(blocked_by=BlockedBy.FACILITY).first()
        if known is not None:
            return known
        block = Block.objects.create(**wanted, blocked_by=BlockedBy.CUSTOMER, at=at)
        _note(Action.NUMBER_BLOCKED, customer, actor, at, _place(block), after={"block": block.pk})
        return block


def unblock_calls(customer: Customer, block: int, actor: str, at: Instant) -> None:
    """Lift a block of a number of theirs, however it was asked for: on a page, or by the key in the offer. A facility's
    own is not theirs to lift. Raises `NotTheirNumber`."""
    with transaction.atomic():
        blocks = Block.objects.select_for_update(of=("self",)).exclude(blocked_by=BlockedBy.FACILITY)
        found = blocks.filter(pk=block).first()
        if found is None:
            raise NotTheirNumber(str(block))
        _theirs(customer, found.number)
        if found.lifted_at is None:
            found.lifted_at = at
            found.save(update_fields=["lifted_at"])
            _note(Action.NUMBER_UNBLOCKED, customer, actor, at, _place(found), before={"block": found.pk})


def set_quiet_hours(
    customer: Customer, number: E164, stretches: Sequence[Stretch], zone: ZoneInfo, actor: str, at: Instant
) -> None:
    """No call rings this number in these hours of the week; none: at any time it may. In place of what was said before.

    Raises `NotTheirNumber`, and `ValueError` for hours that are none, or too many.
    """
    if len(stretches) > MOST_STRETCHES:
        raise ValueError(f"at most {MOST_STRETCHES} stretches")
    windows = [
        [sorted(weekdays), opens, closes] for weekdays, opens, closes in stretches if stretch(weekdays, opens, closes)
    ]
    with transaction.atomic():
        _theirs(customer, number)
        known = QuietHours.objects.select_for_update().filter(number=number).first()
        before = known.windows if known else []
        if windows:
            QuietHours.objects.update_or_create(
                number=number, defaults={"customer": customer, "windows": windows, "time_zone": zone.key}
            )
        elif known is not None:
            known.delete()
        if before != windows:
            _note(Action.QUIET_HOURS_SET, customer, actor, at, before={"hours": before}, after={"hours": windows})


def pause_calls(customer: Customer, until: Instant | None, actor: str, at: Instant) -> None:
    """No calls to the numbers that they are the first to pay for, before `until`; None: they may come again."""
    with transaction.atomic():
        locked = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        before, locked.calls_paused_until = locked.calls_paused_until, until
        locked.save(update_fields=["calls_paused_until"])
        _note(Action.CALLS_PAUSED, customer, actor, at, before={"until": before}, after={"until": until})


def limit_spending(
    customer: Customer, resident: Resident | None, amount: Money | None, actor: str, at: Instant
) -> None:
    """The most that may be spent of their money in a day on calls of the resident, or of all together; None: no limit.

    It counts what was spent today already. A call in progress goes on as it was authorised.
    """
    with transaction.atomic():
        known = (
            SpendingLimit.objects.select_for_update(of=("self",)).filter(customer=customer, resident=resident).first()
        )
        before = known.amount if known else None
        if amount is None:
            if known is not None:
                known.delete()
        elif known is None:
            SpendingLimit.objects.create(customer=customer, resident=resident, amount=amount.micros)
        else:
            known.amount = amount.micros
            known.save(update_fields=["amount"])
        after = None if amount is None else amount.micros
        if before != after:
            of = None if resident is None else resident.pk
            _note(
                Action.SPENDING_LIMIT_SET,
                customer,
                actor,
                at,
                before={"resident": of, "micros": before},
                after={"resident": of, "micros": after},
            )


def _theirs(customer: Customer, number: str) -> None:
    if not customer.numbers.filter(number=number, is_verified=True).exists():
        raise NotTheirNumber(number)


def _place(block: Block) -> FacilityId | None:
    if block.resident is not None:
        return FacilityId(block.resident.facility_id)
    return None if block.facility_id is None else FacilityId(block.facility_id)


def _note(
    action: Action,
    customer: Customer,
    actor: str,
    at: Instant,
    facility: FacilityId | None = None,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(actor, action, f"customer/{customer.pk}", at, facility=facility, before=before, after=after)
