"""Money whose owner cannot be reached: reported by state, and at last turned over to it, who keeps it for the owner."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import AccountId, Instant
from kinline.core.inactivity import DAY, LEAST_PERIOD
from kinline.core.money import Money
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.people.models import ResidentStatus
from kinline.refunds.models import PayOut, PayOutState, PropertyReport
from kinline.refunds.services.inactivity import address_known, last_activity, resting_accounts
from kinline.refunds.services.paying_out import cell, law_of, owners_until
from kinline.statements import retried

COLUMNS = ("property", "state", "owner", "street", "city", "postal_code", "email", "amount", "since")


@dataclass(frozen=True, slots=True)
class Property:
    """One owner's money: on its account still (`pay_out` is None), or off it, in a cheque that nobody took."""

    account: Account
    pay_out: PayOut | None
    state: str
    amount: Money
    since: Instant

    @property
    def name(self) -> str:
        return f"account/{self.account.pk}/{self.since}" if self.pay_out is None else f"pay_out/{self.pay_out.pk}"


def unclaimed(at: Instant, state: str | None = None) -> Iterator[Property]:
    """What its owner, who was told, has not claimed for at least the period of its state (180 days or more), of one
    state or of all (`""`: nobody knows which)."""
    waiting = PayOut.objects.filter(
        standing__in=(PayOutState.REQUESTED, PayOutState.RETURNED),
        changed_at__lte=at - LEAST_PERIOD * DAY,
        told_at__isnull=False,
    ).order_by("pk")
    for out in waiting.select_related("refund__account__customer__user", "refund__account__resident__facility"):
        if out.waits_for_address:
            where = law_of(out)
            if state in (None, where) and at >= owners_until(out, where):
                yield Property(out.refund.account, out, where, Money(out.amount), Instant(out.changed_at))
    # A monthly bill's is the prepaid account's from the day on which it would go back; who is here uses theirs.
    elsewhere, is_here = Q(kind=AccountKind.DIRECT_BILL), Q(resident__status=ResidentStatus.ACTIVE)
    for resting in resting_accounts(at, LEAST_PERIOD, ~elsewhere, ~is_here):
        notices = resting.account.inactivity_notices.all()
        is_told = any(each.since == resting.since and each.refund_at <= at for each in notices)
        is_over = at >= resting.since + resting.period * DAY
        if is_over and is_told and state in (None, resting.state):
            yield Property(resting.account, None, resting.state, Money(resting.account.posted), resting.since)


def report(found: Iterator[Property]) -> str:
    """CSV, a header first."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for each in found:
        customer, resident = each.account.customer, each.account.resident
        owner = customer.user.name if customer else resident.name if resident else ""
        email = customer.user.email if customer else ""
        address = address_known(each.account)
        where = (address.street, address.city, address.postal_code) if address else ("", "", "")
        day = datetime.fromtimestamp(each.since / 1000, UTC).date().isoformat()
        lines.writerow((each.name, each.state, *map(cell, (owner, *where, email)), each.amount.plain, day))
    return text.getvalue()


@retried
def turn_over(state: str, actor: str, at: Instant) -> PropertyReport | None:
    """Move what is unclaimed in a state off its accounts: owed to the state from now on, who pays it to the owners.
    None: there is nothing."""
    with transaction.atomic():
        found = [each for each in unclaimed(at, state) if _still_is(each)]
        if not found:
            return None
        owed = house_account(AccountKind.UNCLAIMED)
        for each in found:
            source = AccountId(each.account.pk)
            if each.pay_out is not None:
                source = house_account(AccountKind.REFUNDS)
                PayOut.objects.filter(pk=each.pay_out.pk).update(standing=PayOutState.TURNED_OVER, changed_at=at)
            ledger.transfer(Order(f"unclaimed/{each.name}", source, owed, each.amount, "unclaimed"), at)
        amount = sum((each.amount for each in found), Money(0))
        made = PropertyReport.objects.create(
            state=state,
            made_by=actor,
            at=at,
            count=len(found),
            amount=amount.micros,
            content=report(iter(found)),
        )
        after = {"state": state, "count": len(found), "amount": str(amount)}
        audit.record(actor, Action.PROPERTY_TURNED_OVER, f"property_report/{made.pk}", at, after=after)
    return made


def _still_is(found: Property) -> bool:
    """Locked from now on, and as it was: nobody gave an address, made a file or used the account in this moment."""
    if found.pay_out is not None:
        as_it_was = PayOut.objects.select_for_update().filter(pk=found.pay_out.pk, told_at=found.pay_out.told_at)
        return (
            as_it_was.filter(standing=found.pay_out.standing, changed_at=found.pay_out.changed_at).first() is not None
        )
    account = Account.objects.select_for_update(of=("self",)).select_related("customer__user").get(pk=found.account.pk)
    return (Money(account.posted), account.held, last_activity(account)) == (found.amount, 0, found.since)


@retried
def mark_paid(report_id: int, actor: str, at: Instant) -> bool:
    """The state has the money. Done again, nothing happens."""
    with transaction.atomic():
        made = PropertyReport.objects.select_for_update().get(pk=report_id)
        if made.paid_at is not None:
            return False
        owed, clearing = house_account(AccountKind.UNCLAIMED), house_account(AccountKind.CLEARING)
        key = f"unclaimed_report/{made.pk}/paid"
        ledger.transfer(Order(key, owed, clearing, Money(made.amount), "unclaimed"), at)
        made.paid_at = at
        made.save(update_fields=["paid_at"])
        audit.record(actor, Action.PROPERTY_TURNED_OVER, f"property_report/{made.pk}", at, after={"paid_at": at})
    return True
