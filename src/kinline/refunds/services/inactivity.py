"""Accounts that nobody uses (47 CFR 64.6130): told about, then given back; what cannot be stays its owner's to use.

A notice is written down when somebody was told: an e-mail of a customer goes out with it, staff say of a resident that
they have it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services import give_back_number, give_back_overpaid
from kinline.contacts.models import Contact, DedicatedNumber
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.inactivity import DAY, LEAST_PERIOD, NOTICE_BEFORE, GiveBack, GiveNotice, Told, due
from kinline.core.money import Money
from kinline.ledger.models import SPENDABLE, Account, AccountKind, Transfer
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.models import CustomerNumber, ResidentStatus
from kinline.refunds.errors import RefundError, WrongStanding
from kinline.refunds.models import Cause, InactivityNotice, Interest, Refund, StatePeriod, Way
from kinline.refunds.services.asking import Address, send, write_down
from kinline.refunds.services.winding_up import release
from kinline.statements import retried

log = structlog.get_logger("refunds")

OURS = (
    *("credit", "redial_credit", "staff_credit", "rounding", "refund", "reversal", "given_back", "overpaid"),
    *("dispute", "chargeback", "unclaimed"),
)
"""Reasons of movements that the house makes by itself: what its owner or the resident did, or wished, is activity."""
_MOVED = ("given_back", "overpaid")
"""From another account of the same owner."""
_EARLIEST = LEAST_PERIOD - NOTICE_BEFORE[0]
_TOGETHER = 100
_GOES_BACK = ~Q(resident__status=ResidentStatus.ACTIVE) | Q(resident__facility__release_rule__way=Way.COMMISSARY)
"""Whether unused money leaves its account. A resident's does to the commissary, or as a cheque to who has left. Who is
here has no use for a cheque: the money stays."""


@dataclass(frozen=True, slots=True)
class Resting:
    """An account with money that nobody has used since `since`."""

    account: Account
    since: Instant
    state: str
    period: int


def say_wanted(account_id: AccountId, by: str, at: Instant) -> None:
    """Somebody whose account it is, or whose calls it pays, wants its money to stay, and its owner's other money."""
    Interest.objects.create(account_id=account_id, by=by, at=at)


def residents_to_tell(at: Instant, *only: Q) -> Iterator[tuple[Resting, GiveNotice]]:
    """Whose money would go back, and who must be told before; `only` of these. They have no page and no e-mail:
    somebody at their place gives them the notice (`say_given`). Money that stays because they are here asks for none.
    """
    for resting in resting_accounts(at, _EARLIEST, Q(resident__isnull=False), _GOES_BACK, *only):
        notice = _due(resting, at)
        if isinstance(notice, GiveNotice):
            yield resting, notice


@retried
def say_given(account_id: AccountId, by: str, how: str, at: Instant) -> InactivityNotice:
    """A resident has the notice that was due, by the word of staff. Raises `WrongStanding` when none is due."""
    with transaction.atomic():
        Account.objects.select_for_update().filter(pk=account_id).first()
        for resting, notice in residents_to_tell(at, Q(pk=account_id)):
            audit.record(by, Action.OWNER_TOLD, f"account/{account_id}", at, after=asdict(notice), reason=how)
            return _written(resting, notice, at, by, how)
    raise WrongStanding("no notice is due")


def look_after_inactive(at: Instant) -> int:
    """Once a day: write the notices that are due, and give back what nobody used. How many things were dealt with."""
    return sum(_looked_after(resting, at) for resting in resting_accounts(at, _EARLIEST, _GOES_BACK))


def resting_accounts(at: Instant, days: int, *only: Q) -> Iterator[Resting]:
    """The accounts with money on them that were without activity for so many days; `only` of these."""
    since = at - days * DAY
    active = Transfer.objects.filter(at__gt=since).exclude(reason__in=OURS)
    wanted = Interest.objects.filter(account=OuterRef("pk"), at__gt=since)
    found = Account.objects.filter(
        ~Exists(active.filter(debit=OuterRef("pk"))),
        ~Exists(active.filter(credit=OuterRef("pk"))),
        ~Exists(wanted),
        *only,
        kind__in=(*SPENDABLE, AccountKind.DIRECT_BILL),
        posted__gt=0,
        held=0,
        review_since=None,
    )
    periods = dict(StatePeriod.objects.values_list("state", "days"))
    known = Account.objects.select_related("customer__user", "resident__facility__release_rule")
    known = known.prefetch_related("inactivity_notices").order_by("pk")
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), _TOGETHER):
        together = pks[start : start + _TOGETHER]
        histories = _histories(together)
        for account in known.filter(pk__in=together):
            last, state = histories[account.pk]
            if last <= since:
                yield Resting(account, last, state, periods.get(state, LEAST_PERIOD))


def last_activity(account: Account) -> Instant:
    """The last that its owner, or a resident, did or wished: a deposit, a call, a gift, a sign-in, a word."""
    return _histories([account.pk])[account.pk][0]


def state_of(account: Account) -> str:
    """Whose law it falls under: that of the last address that its owner gave, or of the facility they call with; empty:
    nobody knows."""
    return _histories([account.pk])[account.pk][1]


def of_owner(account: Account) -> Q:
    """What belongs to this account, or to another of the same customer: of rows that name an account."""
    return Q(account=account) if account.customer is None else Q(account__customer=account.customer)


def address_known(account: Account) -> Address | None:
    """The last postal address that its owner gave for a refund."""
    last = Refund.objects.filter(of_owner(account)).exclude(street="").order_by("-at").first()
    if last is None:
        return None
    return Address(last.recipient, last.street, last.city, last.state, last.postal_code)


def _histories(pks: Collection[int]) -> Mapping[int, tuple[Instant, str]]:
    """The last activity and the state of each of these accounts, with one question for all of them."""
    moved = Transfer.objects.order_by("-at").exclude(reason__in=OURS)
    into = Transfer.objects.filter(credit=OuterRef("pk")).order_by("-at", "-pk")
    from_another = into.filter(reason__in=_MOVED)
    numbers = CustomerNumber.objects.filter(customer=OuterRef(OuterRef("customer"))).values("number")
    called_by = Contact.objects.filter(number__in=numbers).order_by("-pk")
    found = Account.objects.filter(pk__in=pks).values_list(
        "pk",
        Subquery(moved.filter(debit=OuterRef("pk")).values("at")[:1]),
        Subquery(moved.filter(credit=OuterRef("pk")).values("at")[:1]),
        _owners_last(Interest.objects.all(), "at"),
        _owners_last(Refund.objects.filter(cause=Cause.REQUEST), "at"),
        "customer__user__last_login",
        Subquery(into.reverse().values("at")[:1]),
        *(Subquery(from_another.values(name)[:1]) for name in ("at", "debit")),
        Coalesce(
            _owners_last(Refund.objects.exclude(state=""), "state"),
            "resident__facility__state",
            Subquery(called_by.values("resident__facility__state")[:1]),
            Value(""),
        ),
    )
    rows = list(found)
    sources = {row[-2] for row in rows} - {None}
    others = _histories(sources) if sources else {}
    histories = {}
    for pk, paid, got, said, asked, signed_in, began_at, moved_at, source, state in rows:
        # What lay on another account of its owner goes on resting; what came from us begins on the day it came.
        rested = 0 if source is None else min(moved_at, others[source][0])
        theirs = max(paid or 0, got or 0, rested) or began_at or 0
        entered = 0 if signed_in is None else int(signed_in.timestamp() * 1000)
        histories[pk] = Instant(max(theirs, said or 0, asked or 0, entered)), state
    return histories


def _owners_last(rows: QuerySet[Any], field: str) -> Coalesce:
    """As `of_owner`, in SQL: what the last of these rows has in a field."""
    last = rows.order_by("-at", "-pk").values(field)
    return Coalesce(
        Subquery(last.filter(account__customer=OuterRef("customer"))[:1]),
        Subquery(last.filter(account=OuterRef("pk"))[:1]),
    )


def _looked_after(resting: Resting, at: Instant) -> bool:
    match _due(resting, at):
        case GiveNotice() as notice:
            return resting.account.resident_id is None and _told(resting, notice, at)
        case GiveBack():
            # It was read together with others: somebody may have used it since.
            still = resting_accounts(at, _EARLIEST, _GOES_BACK, Q(pk=resting.account.pk))
            return any(each.since == resting.since for each in still) and _gave_back(resting.account, at)
        case None:
            return False


def _due(resting: Resting, at: Instant) -> GiveNotice | GiveBack | None:
    given = [each for each in resting.account.inactivity_notices.all() if each.since == resting.since]
    told = [Told(notice.day, Instant(notice.at)) for notice in given]
    return due(resting.since, told, resting.period, at)


def _told(resting: Resting, notice: GiveNotice, at: Instant) -> bool:
    try:
        with transaction.atomic():
            _written(resting, notice, at)
            notices.tell_customer(
                resting.account.customer_id,
                Kind.ACCOUNT_UNUSED,
                f"unused/{resting.account.pk}/{resting.since}/{notice.day}",
                at,
                balance=Money(resting.account.posted),
                days=(at - resting.since) // DAY,
                refund=datetime.fromtimestamp(notice.refund_at / 1000, UTC).date(),
            )
    except IntegrityError:  # another worker was faster
        return False
    log.info("inactivity.told", account=resting.account.pk, day=notice.day)
    return True


def _written(resting: Resting, notice: GiveNotice, at: Instant, by: str = "system", how: str = "") -> InactivityNotice:
    return InactivityNotice.objects.create(
        account=resting.account,
        since=resting.since,
        day=notice.day,
        refund_at=notice.refund_at,
        at=at,
        by=by,
        how=how[:200],
    )


def _gave_back(account: Account, at: Instant) -> bool:
    """To the cards and by cheque, where an address is known; else to the cards, and the rest stays to be used, and to
    be claimed (`services.unclaimed`)."""
    if account.resident_id is not None:
        return release(ResidentId(account.resident_id), None, "system", at, cause=Cause.INACTIVE) is not None
    if account.kind == AccountKind.DEDICATED:
        number = DedicatedNumber.objects.filter(number=account.number).first()
        if number is not None:
            give_back_number(number, at)
        return number is not None
    made = _written_down(account, at)
    if made is not None:
        send(made, at)
    return made is not None


@retried
def _written_down(account: Account, at: Instant) -> Refund | None:
    """What lies on a monthly bill goes by way of the prepaid account, and waits there when it can go no further."""
    address = address_known(account)
    with transaction.atomic():
        amount = None
        if account.kind == AccountKind.DIRECT_BILL:
            amount = give_back_overpaid(account.customer_id or 0, at)
            account = Account.objects.get(kind=AccountKind.CUSTOMER_PREPAID, customer=account.customer)
        try:
            return write_down(
                *(AccountId(account.pk), Cause.INACTIVE, "system", at, amount, address, ""),
                cards_only=address is None,
            )
        except RefundError:
            return None
