"""Who may pay afterwards, what they were invoiced, and who was invited to open an account.

All instants are milliseconds (UTC), all amounts microdollars.
"""

from django.db import models
from django.db.models import F, Q

from kinline.ledger.models import Account, Transfer
from kinline.people.models import Customer, User


class Standing(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class Application(models.Model):
    """A customer asks to pay by a monthly invoice: an attorney, a bondsman, a consulate, an agency."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="billing_applications")
    asked_limit = models.BigIntegerField()
    purpose = models.CharField(max_length=200)
    at = models.BigIntegerField()
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.PENDING)
    decided_at = models.BigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    credit_limit = models.BigIntegerField(null=True, blank=True)
    """What was approved; it may be less than what was asked."""
    decision = models.CharField(max_length=200, blank=True)
    """Why, for the customer to read."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(asked_limit__gt=0), name="application_asks_for_something"),
            models.UniqueConstraint(
                "customer", condition=Q(standing="pending"), name="one_pending_application_for_customer"
            ),
        )

    def __str__(self) -> str:
        return self.standing


class Invoice(models.Model):
    """What an account owes for a month: all that was charged and credited until its end and stands on no invoice yet.

    Payments go to the oldest invoice first; `paid_at` is set when it is covered in full.
    """

    number = models.CharField(max_length=30, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices")
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    """Not included."""
    amount = models.BigIntegerField()
    issued_at = models.BigIntegerField()
    due_at = models.BigIntegerField()
    paid_at = models.BigIntegerField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("account", "since", name="invoice_once_for_a_time"),
            models.CheckConstraint(condition=Q(amount__gt=0, since__lt=F("until")), name="invoice_is_for_something"),
        )
        indexes = (models.Index(fields=("account", "due_at"), condition=Q(paid_at=None), name="unpaid_invoices"),)

    def __str__(self) -> str:
        return self.number


class InvoicedTransfer(models.Model):
    """What stands on an invoice, and on no other. Written down with it: a transfer bears the instant of what it is for,
    and may be written when the invoice of that month has been made. It then stands on the next."""

    transfer = models.OneToOneField(Transfer, primary_key=True, on_delete=models.PROTECT, related_name="invoiced")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="transfers")

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.transfer_id}"


class Invitation(models.Model):
    """A number that accepted collect calls is asked to prepay or to set up direct bill, and told what it owes."""

    number = models.CharField(max_length=16)
    call_id = models.BigIntegerField(unique=True)
    """The collect call that it follows."""
    owed = models.BigIntegerField()
    at = models.BigIntegerField()
    answered_at = models.BigIntegerField(null=True, blank=True)
    """An account pays for the number since then."""

    class Meta:
        indexes = (models.Index(fields=("number", "at"), name="invitations_of_number"),)

    def __str__(self) -> str:
        return f"{self.call_id}"


class Suspension(models.Model):
    """Finance has stopped a direct bill, or it owes more than its limit since a payment came back: nothing more is
    spent on credit until it is lifted."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="suspensions")
    credit_limit = models.BigIntegerField()
    """What the account has again when it is lifted."""
    until_restored = models.BooleanField(default=True)
    """By finance, who may restore it; otherwise it ends as soon as no more is owed than the limit."""
    reason = models.CharField(max_length=200, blank=True)
    """What finance wrote; empty: a payment came back."""
    at = models.BigIntegerField()
    lifted_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("account", condition=Q(lifted_at=None), name="one_suspension_of_account"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"
