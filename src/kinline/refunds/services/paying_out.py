"""Pay-outs in files: for the bank that prints cheques, and for commissaries. requested -> in file -> sent -> returned.

Each step is done once, by whoever may; the money stands on `refunds` until it was sent, and again when it came back.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.core.inactivity import DAY, LEAST_PERIOD
from kinline.core.money import Money
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.refunds.errors import WrongStanding
from kinline.refunds.models import PayOut, PayOutFile, PayOutState, StatePeriod, Way
from kinline.refunds.services.asking import Address
from kinline.refunds.services.inactivity import state_of
from kinline.statements import retried

_AT_ONCE = 5000
TO_ANSWER: Final = 30
"""Days that an owner has at least after they were told that a pay-out waits for their address."""
CHEQUE_COLUMNS = ("reference", "amount", "recipient", "street", "city", "state", "postal_code")
COMMISSARY_COLUMNS = ("resident_number", "amount", "transaction_id")
"""As commissaries send them to us."""


@retried
def make_file(way: Way, actor: str, at: Instant, facility: FacilityId | None = None) -> PayOutFile | None:
    """Put every pay-out that waits, and has an address, into a file; None: none waits."""
    with transaction.atomic():
        waiting = PayOut.objects.select_for_update(of=("self",)).filter(
            standing=PayOutState.REQUESTED, way=way, facility=facility
        )
        waiting = waiting.select_related("refund__account__resident").order_by("pk")
        found = [each for each in waiting[:_AT_ONCE] if way == Way.COMMISSARY or each.has_address]
        if not found:
            return None
        amount = Money(sum(each.amount for each in found))
        made = PayOutFile.objects.create(
            way=way,
            facility_id=facility,
            made_by=actor,
            at=at,
            count=len(found),
            amount=amount.micros,
            content=_content(way, found),
        )
        PayOut.objects.filter(pk__in=[each.pk for each in found]).update(
            standing=PayOutState.IN_FILE, file=made, changed_at=at
        )
        after = {"way": way, "count": made.count, "amount": str(amount)}
        audit.record(actor, Action.PAY_OUT_FILE_MADE, f"pay_out_file/{made.pk}", at, facility=facility, after=after)
    return made


@retried
def mark_sent(file_id: int, actor: str, at: Instant) -> int:
    """The bank, or the commissary, has paid a file: what of it did not come back leaves our books. Done again, nothing
    happens. How many."""
    with transaction.atomic():
        file = PayOutFile.objects.select_for_update().get(pk=file_id)
        if file.sent_at is not None:
            return 0
        refunds, clearing = house_account(AccountKind.REFUNDS), house_account(AccountKind.CLEARING)
        sent = list(PayOut.objects.select_for_update().filter(file=file, standing=PayOutState.IN_FILE).order_by("pk"))
        for each in sent:
            order = Order(f"{each.key}/sent/{each.attempt}", refunds, clearing, Money(each.amount), "refund_sent")
            ledger.transfer(order, at)
        PayOut.objects.filter(pk__in=[each.pk for each in sent]).update(standing=PayOutState.SENT, changed_at=at)
        PayOutFile.objects.filter(pk=file.pk).update(sent_at=at)
        facility = None if file.facility_id is None else FacilityId(file.facility_id)
        audit.record(
            actor,
            Action.PAY_OUT_FILE_SENT,
            f"pay_out_file/{file.pk}",
            at,
            facility=facility,
            after={"count": len(sent), "amount": str(Money(sum(each.amount for each in sent)))},
        )
    return len(sent)


@retried
def mark_returned(pay_out_id: int, actor: str, at: Instant, reason: str) -> PayOut:
    """It could not be delivered: the money is owed again, and waits for another address, for which a customer is asked.
    Raises `WrongStanding`."""
    with transaction.atomic():
        out = PayOut.objects.select_for_update().get(pk=pay_out_id)
        if out.standing == PayOutState.RETURNED:
            return out
        if out.standing not in (PayOutState.IN_FILE, PayOutState.SENT):
            raise WrongStanding(out.standing)
        if out.standing == PayOutState.SENT:
            clearing, refunds = house_account(AccountKind.CLEARING), house_account(AccountKind.REFUNDS)
            key = f"{out.key}/returned/{out.attempt}"
            ledger.transfer(Order(key, clearing, refunds, Money(out.amount), "refund_returned"), at)
        out.told_at, out.told_how = None, ""
        _change(out, PayOutState.RETURNED, actor, at, reason)
        _ask_customer(out, at)
    return out


@retried
def ask_for_address(pay_out_id: int, at: Instant) -> bool:
    """Write to the customer whose cheque came back, if nobody has told them yet; whether it was done now."""
    with transaction.atomic():
        out = PayOut.objects.select_for_update().get(pk=pay_out_id)
        return out.standing == PayOutState.RETURNED and out.told_at is None and _ask_customer(out, at)


@retried
def say_owner_told(pay_out_id: int, actor: str, how: str, at: Instant) -> PayOut:
    """Its owner, who has no e-mail, knows that it waits for an address; or `how` says what was tried to find them.
    Said again, the first word counts. Raises `WrongStanding` when it waits for none."""
    with transaction.atomic():
        out = PayOut.objects.select_for_update().get(pk=pay_out_id)
        if not out.waits_for_address:
            raise WrongStanding(out.standing)
        if out.told_at is None:
            out.told_at, out.told_how = at, how[:200]
            out.save(update_fields=["told_at", "told_how"])
            audit.record(actor, Action.OWNER_TOLD, f"pay_out/{out.pk}", at, after={"told_at": at}, reason=how[:300])
    return out


def owners_until(out: PayOut, state: str) -> Instant:
    """Until when its owner may say where it is to go: the period of their state, and a month after they were told; then
    it may be turned over."""
    found = StatePeriod.objects.filter(state=state).first()
    period = LEAST_PERIOD if found is None else found.days
    return Instant(max(out.changed_at + period * DAY, (out.told_at or 0) + TO_ANSWER * DAY))


@retried
def readdress(pay_out_id: int, address: Address, actor: str, at: Instant) -> PayOut:
    """Where it is to go, or to go now: it waits for the next file, as a cheque. Raises `WrongStanding` once it is in
    one."""
    with transaction.atomic():
        out = PayOut.objects.select_for_update().get(pk=pay_out_id)
        if out.standing not in (PayOutState.REQUESTED, PayOutState.RETURNED):
            raise WrongStanding(out.standing)
        out.way, out.facility = Way.CHEQUE, None
        for name, value in asdict(address).items():
            setattr(out, name, value)
        if out.standing == PayOutState.RETURNED:
            out.attempt += 1
        out.file, out.told_at, out.told_how = None, None, ""
        _change(out, PayOutState.REQUESTED, actor, at, "new address")
    return out


def law_of(out: PayOut) -> str:
    """The state whose law a pay-out falls under; empty: nobody knows."""
    return out.state or state_of(out.refund.account)


def _ask_customer(out: PayOut, at: Instant) -> bool:
    """Not a resident, who has no e-mail: staff tell them. Part of the caller's transaction."""
    customer = out.refund.account.customer_id
    if customer is None:
        return False
    out.told_at = at
    out.save(update_fields=["told_at"])
    notices.tell_customer(
        customer,
        Kind.CHEQUE_RETURNED,
        f"pay_out/{out.pk}/returned/{out.attempt}",
        at,
        amount=Money(out.amount),
        until=datetime.fromtimestamp(owners_until(out, law_of(out)) / 1000, UTC).date(),
    )
    return True


def _change(out: PayOut, standing: PayOutState, actor: str, at: Instant, reason: str) -> None:
    before = {"standing": out.standing}
    out.standing, out.changed_at = standing, at
    out.save()
    after = {"standing": standing.value, "attempt": out.attempt}
    audit.record(
        actor, Action.PAY_OUT_CHANGED, f"pay_out/{out.pk}", at, before=before, after=after, reason=reason[:300]
    )


def _content(way: Way, found: Sequence[PayOut]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COMMISSARY_COLUMNS if way == Way.COMMISSARY else CHEQUE_COLUMNS)
    for each in found:
        amount, name = Money(each.amount).plain, f"{each.reference}-{each.attempt}"
        if way == Way.COMMISSARY:
            resident = each.refund.account.resident
            lines.writerow((resident.resident_number if resident else "", amount, name))
        else:
            where = (each.recipient, each.street, each.city, each.state, each.postal_code)
            lines.writerow((name, amount, *map(cell, where)))
    return text.getvalue()


def cell(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "@", "+", "-", "\t", "\r") else text
