"""Accounts that nobody uses (47 CFR 64.6130): told about, then given back; what cannot be stays its owner's to use.

A notice is written down when somebody was told: an e-mail of a customer goes out with it, staff say of a resident that
they have it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

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
from kinline.people.models import ResidentStatus
from kinline.refunds.errors import RefundError, WrongStanding
from kinline.refunds.models import Cause, InactivityNotice, Interest, Refund, StatePeriod, Way
from kinline.refunds.services.asking import Address, refund
from kinline.refunds.services.winding_up import release, way_of

log = structlog.get_logger("refunds")

OURS = (
    *("credit", "redial_credit", "staff_credit", "rounding", "refund", "reversal", "given_back", "overpaid"),
    *("dispute", "chargeback", "unclaimed"),
)
"""Reasons of movements that the house makes by itself: what its owner or the resident did, or wished, is activity."""
_EARLIEST = LEAST_PERIOD - NOTICE_BEFORE[0]


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


def residents_to_tell(at: Instant) -> Iterator[tuple[Resting, GiveNotice]]:
    """Whose money would go back, and who must be told before. They have no page and no e-mail: somebody at their place
    gives them the notice (`say_given`). Money that stays because they are here asks for none."""
    for resting in resting_accounts(at, _EARLIEST, resident__isnull=False):
        notice = _due(resting, at)
        if isinstance(notice, GiveNotice) and goes_back(resting.account):
            yield resting, notice


def say_given(account_id: AccountId, by: str, how: str, at: Instant) -> InactivityNotice:
    """A resident has the notice that was due, by the word of staff. Raises `WrongStanding` when none is due."""
    with transaction.atomic():
        Account.objects.select_for_update().filter(pk=account_id).first()
        for resting, notice in residents_to_tell(at):
            if resting.account.pk == account_id:
                audit.record(by, Action.OWNER_TOLD, f"account/{account_id}", at, after=asdict(notice), reason=how)
                return _written(resting, notice, at, by, how)
    raise WrongStanding("no notice is due")


def look_after_inactive(at: Instant) -> int:
    """Once a day: write the notices that are due, and give back what nobody used. How many things were dealt with."""
    return sum(_looked_after(resting, at) for resting in resting_accounts(at, _EARLIEST))


def resting_accounts(at: Instant, days: int, **only: bool) -> Iterable[Resting]:
    """The accounts with money on them that were without activity for so many days; `only` of these."""
    since = at - days * DAY
    active = Transfer.objects.filter(at__gt=since).exclude(reason__in=OURS)
    wanted = Interest.objects.filter(account=OuterRef("pk"), at__gt=since)
    found: QuerySet[Account] = Account.objects.filter(
        ~Exists(active.filter(debit=OuterRef("pk"))),
        ~Exists(active.filter(credit=OuterRef("pk"))),
        ~Exists(wanted),
        kind__in=(*SPENDABLE, AccountKind.DIRECT_BILL),
        posted__gt=0,
        held=0,
        review_since=None,
        **only,
    )
    periods = dict(StatePeriod.objects.values_list("state", "days"))
    known = Account.objects.select_related("customer__user", "resident__facility")
    for pk in list(found.order_by("pk").values_list("pk", flat=True)):
        account = known.get(pk=pk)
        last = last_activity(account)
        if last <= since:
            state = state_of(account)
            yield Resting(account, last, state, periods.get(state, LEAST_PERIOD))


def last_activity(account: Account) -> Instant:
    """The last that its owner, or a resident, did or wished: a deposit, a call, a gift, a sign-in, a word."""
    moved = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    theirs = moved.exclude(reason__in=OURS).aggregate(last=Max("at"))["last"]
    if theirs is None:  # all that is on it came from us: it begins with that
        theirs = moved.order_by("at").values_list("at", flat=True).first()
    said = Interest.objects.filter(of_owner(account)).aggregate(last=Max("at"))["last"]
    asked = Refund.objects.filter(of_owner(account), cause=Cause.REQUEST).aggregate(last=Max("at"))["last"]
    return Instant(max(theirs or 0, said or 0, asked or 0, _signed_in(account)))


def of_owner(account: Account) -> Q:
    """What belongs to this account, or to another of the same customer: of rows that name an account."""
    return Q(account=account) if account.customer is None else Q(account__customer=account.customer)


def state_of(account: Account) -> str:
    """Whose law it falls under: that of the last address that its owner gave, or of the facility they call with."""
    last = Refund.objects.filter(of_owner(account)).exclude(state="").order_by("-at").first()
    if last is not None:
        return last.state
    if account.resident is not None:
        return account.resident.facility.state
    contact = Contact.objects.filter(number__in=_numbers(account)).select_related("resident__facility").last()
    return "" if contact is None else contact.resident.facility.state


def address_known(account: Account) -> Address | None:
    """The last postal address that its owner gave for a refund."""
    last = Refund.objects.filter(of_owner(account)).exclude(street="").order_by("-at").first()
    if last is None:
        return None
    return Address(last.recipient, last.street, last.city, last.state, last.postal_code)


def _looked_after(resting: Resting, at: Instant) -> bool:
    match _due(resting, at):
        case GiveNotice() as notice:
            return resting.account.resident_id is None and _told(resting, notice, at)
        case GiveBack():
            return _gave_back(resting.account, at)
        case None:
            return False


def _due(resting: Resting, at: Instant) -> GiveNotice | GiveBack | None:
    given = InactivityNotice.objects.filter(account=resting.account, since=resting.since)
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
        resident = ResidentId(account.resident_id)
        return goes_back(account) and release(resident, None, "system", at, cause=Cause.INACTIVE) is not None
    if account.kind == AccountKind.DEDICATED:
        number = DedicatedNumber.objects.filter(number=account.number).first()
        if number is not None:
            give_back_number(number, at)
        return number is not None
    amount = None
    if account.kind == AccountKind.DIRECT_BILL:
        amount = give_back_overpaid(account.customer_id or 0, at)
        account = Account.objects.get(kind=AccountKind.CUSTOMER_PREPAID, customer=account.customer)
    address = address_known(account)
    try:
        refund(
            *(AccountId(account.pk), Cause.INACTIVE, "system", at),
            amount=amount,
            address=address,
            cards_only=address is None,
        )
    except RefundError:
        return False
    return True


def goes_back(account: Account) -> bool:
    """Whether a resident's unused money leaves its account: to the commissary, or as a cheque to who has left. Who is
    here has no use for a cheque: the money stays."""
    resident = account.resident
    return resident is not None and (resident.status != ResidentStatus.ACTIVE or way_of(account) == Way.COMMISSARY)


def _signed_in(account: Account) -> int:
    last: datetime | None = account.customer.user.last_login if account.customer is not None else None
    return 0 if last is None else int(last.timestamp() * 1000)


def _numbers(account: Account) -> list[str]:
    return [] if account.customer is None else list(account.customer.numbers.values_list("number", flat=True))
