"""Accounts and transfers. All amounts are whole microdollars; all instants milliseconds.

The database itself refuses a transfer that is changed or deleted or counted twice, and a balance beyond its credit.
"""

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Agency
from kinline.people.models import Customer, Resident


class AccountKind(models.TextChoices):
    CUSTOMER_PREPAID = "customer_prepaid"
    RESIDENT_DEBIT = "resident_debit"
    DEDICATED = "dedicated"
    """A customer's money for the calls of one resident to a number that only that resident can call."""
    DIRECT_BILL = "direct_bill"
    """What a customer with a monthly invoice owes: never above zero but by paying too much."""
    COLLECT_RECEIVABLE = "collect_receivable"
    """What is owed for collect calls that a number without an account accepted."""
    AGENCY_PAID = "agency_paid"
    """What an agency owes for the talk that it gives its residents."""
    REVENUE = "revenue"
    TAXES = "taxes"
    FACILITY_ADDITIVE = "facility_additive"
    """Owed to an agency for its costs (47 CFR 64.6030), payable only against documented ones."""
    CREDITS = "credits"
    """What bad calls cost us."""
    CLEARING = "clearing"
    """Money on its way in or out: cards, kiosks, vouchers, cash."""
    DISPUTED = "disputed"
    """Card payments that a card holder disputes: out of reach until the bank decides."""
    CHARGEBACKS = "chargebacks"
    """What lost disputes cost us: money that was spent before the bank took it back."""
    VOUCHERS = "vouchers"
    """Prepaid cards that were sold and not redeemed yet: owed to whoever holds them."""
    PROVIDER_FEE = "provider_fee"
    """What the provider of card payments keeps for itself: our cost, and nobody else's (47 CFR 64.6020)."""
    REFUNDS = "refunds"
    """On its way back by cheque or through a commissary: owed until it is sent."""
    UNCLAIMED = "unclaimed"
    """Unclaimed property: owed to states, who keep it for its owners."""


OWNED = (
    AccountKind.CUSTOMER_PREPAID,
    AccountKind.RESIDENT_DEBIT,
    AccountKind.DEDICATED,
    AccountKind.DIRECT_BILL,
    AccountKind.COLLECT_RECEIVABLE,
)
"""Accounts with an owner and a running balance. House accounts have none: a row that every call changed would be hot;
their balance is the sum of their transfers."""

OF_A_CUSTOMER = (AccountKind.CUSTOMER_PREPAID, AccountKind.DIRECT_BILL)
"""One each for a customer."""

OF_AN_AGENCY = (AccountKind.FACILITY_ADDITIVE, AccountKind.AGENCY_PAID)
"""One each for an agency."""

HOUSE = (
    AccountKind.REVENUE,
    AccountKind.TAXES,
    AccountKind.CREDITS,
    AccountKind.CLEARING,
    AccountKind.DISPUTED,
    AccountKind.CHARGEBACKS,
    AccountKind.VOUCHERS,
    AccountKind.PROVIDER_FEE,
    AccountKind.REFUNDS,
    AccountKind.UNCLAIMED,
)
"""Accounts of ours, of which there is one each."""

SPENDABLE = (AccountKind.CUSTOMER_PREPAID, AccountKind.RESIDENT_DEBIT, AccountKind.DEDICATED)
"""Accounts that people put money onto before it is used."""


class Account(models.Model):
    """A place where money lies. Balance = credits - debits: positive is what we owe the owner."""

    kind = models.CharField(max_length=20, choices=AccountKind)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    number = models.CharField(max_length=16, blank=True)
    """The telephone number that an account is for: a dedicated one, or one that was called collect."""
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    """What is on hold for calls in progress: the sum of their `held`."""
    credit_limit = models.BigIntegerField(default=0)
    review_since = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds; a payment onto it is disputed, so nothing is spent from it (`fund.payment_review`).
    Of what a number owes for collect calls: staff have stopped these."""
    closed_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds; its owner closed it: no new call is paid from it, and what is on it goes back to them."""

    class Meta:
        constraints = (
            # No check, for PostgreSQL reads the text of each anew with each movement. That a balance stays within its
            # credit and the house has none is in the trigger `account_within_its_credit`; which owner an account of a
            # kind has, and that only owned ones have credit, in `account_has_its_owner`.
            # Whole, since SQLite joins along no index that leaves rows out; that one is of nobody makes it no other's.
            models.UniqueConstraint("customer", "kind", "number", name="account_once_for_customer"),
            models.UniqueConstraint("resident", "kind", name="account_once_for_resident"),
            models.UniqueConstraint("agency", "kind", name="account_once_for_agency"),
            models.UniqueConstraint("number", "kind", condition=~Q(number=""), name="account_once_for_number"),
            models.UniqueConstraint(
                "kind", condition=Q(customer=None, resident=None, agency=None, number=""), name="house_account_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Transfer(models.Model):
    """Money that moved from one account to another. One row is both sides, so it cannot be out of balance."""

    key = models.CharField(max_length=100)
    """Counts once: `call/123/charge`."""
    inputs = models.CharField(max_length=64)
    """SHA-256 of what was asked; the same key with other inputs is refused."""
    # Without foreign keys in the database: each insert would lock the rows of the house accounts, whom every call pays;
    # `ledger.queries.discrepancies` finds orphans.
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    """deposit, charge, tax, facility_additive, credit, reversal ..."""
    call_id = models.BigIntegerField(null=True, blank=True)
    at = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint("key", name="transfer_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_has_two_sides"),
        )
        indexes = (models.Index(fields=("call_id",), condition=~Q(call_id=None), name="transfer_of_call"),)

    def __str__(self) -> str:
        return self.key


class DayClose(models.Model):
    """A day's end: seals every transfer written since the close before, chained to it. Never changed or deleted, and
    without a column that is not sealed itself."""

    day = models.DateField(primary_key=True)
    """The day (UTC) that ended."""
    last_transfer = models.BigIntegerField()
    """Transfers up to this id are sealed by this close or one before."""
    transfers = models.BigIntegerField()
    """How many this close seals."""
    amount = models.BigIntegerField()
    """The sum of their amounts."""
    previous = models.CharField(max_length=64, unique=True)
    """The hash of the close before; zeros for the first. Unique: two workers close no day twice."""
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.day} {self.hash[:12]}"
