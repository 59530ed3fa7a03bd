"""Money on its way back to its owners. Amounts are whole microdollars, instants milliseconds (UTC)."""

import secrets

from django.db import models
from django.db.models import F, Q

from kinline.facilities.models import Facility
from kinline.ledger.models import Account
from kinline.payments.models import CardRefund
from kinline.people.models import User


def new_reference() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)


class Addressed(models.Model):
    """Where a cheque goes; empty until somebody says it."""

    recipient = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True


class Cause(models.TextChoices):
    """Why a balance goes back."""

    REQUEST = "request"
    CLOSING = "closing"
    RELEASE = "release"
    INACTIVE = "inactive"


class Refund(Addressed):
    """A balance, or a part of it, that left its account on its way back: to cards, and by a pay-out."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="refunds")
    cause = models.CharField(max_length=8, choices=Cause)
    amount = models.BigIntegerField()
    """Of all its parts: whole cents."""
    asked_by = models.CharField(max_length=100)
    """As in the audit trail: `user/7`, `system`."""
    at = models.BigIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),)
        indexes = (models.Index(fields=("account", "-at"), name="refunds_of_account"),)

    def __str__(self) -> str:
        return self.reference


class CardPart(models.Model):
    """What of a refund goes back to a card."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="card_parts")
    card_refund = models.OneToOneField(CardRefund, on_delete=models.PROTECT, related_name="part")
    given_up_at = models.BigIntegerField(null=True, blank=True)
    """The card did not take it: another way was found, or it is on the account again."""

    def __str__(self) -> str:
        return f"{self.refund_id} {self.card_refund_id}"


class Way(models.TextChoices):
    CHEQUE = "cheque"
    COMMISSARY = "commissary"


class PayOutFile(models.Model):
    """A batch for the bank that prints cheques, or for a facility's commissary. Made once."""

    way = models.CharField(max_length=10, choices=Way)
    facility = models.ForeignKey(
        Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="pay_out_files"
    )
    made_by = models.CharField(max_length=100)
    at = models.BigIntegerField()
    count = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    content = models.TextField()
    """The CSV."""
    sent_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(way=Way.CHEQUE, facility=None) | Q(way=Way.COMMISSARY, facility__isnull=False),
                name="commissary_file_has_facility",
            ),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"


class PayOutState(models.TextChoices):
    REQUESTED = "requested"
    """Off its account; waits for a file, and for an address where there is none."""
    IN_FILE = "in_file"
    SENT = "sent"
    RETURNED = "returned"
    """The bank or the post could not deliver it: it waits for a new address."""
    TURNED_OVER = "turned_over"
    """Nobody could be reached: a state keeps it."""


class PayOut(Addressed):
    """What of a refund goes by cheque, or through a commissary."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="pay_outs")
    way = models.CharField(max_length=10, choices=Way)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Whose commissary."""
    amount = models.BigIntegerField()
    standing = models.CharField(max_length=11, choices=PayOutState, default=PayOutState.REQUESTED)
    attempt = models.PositiveSmallIntegerField(default=1)
    file = models.ForeignKey(PayOutFile, null=True, blank=True, on_delete=models.PROTECT, related_name="pay_outs")
    changed_at = models.BigIntegerField()
    told_at = models.BigIntegerField(null=True, blank=True)
    """When its owner was told that it waits for an address; null: nobody told them, so no state gets it."""
    told_how = models.CharField(max_length=200, blank=True)
    """As staff say who told them and how, or what was tried to find them; empty: by e-mail."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="pay_out_is_positive"),
            models.CheckConstraint(
                condition=Q(standing__in=("in_file", "sent"), file__isnull=False)
                | Q(standing="requested", file=None)
                | Q(standing__in=("returned", "turned_over")),
                name="pay_out_in_its_file",
            ),
        )
        indexes = (
            models.Index(
                fields=("way",), condition=~Q(standing__in=("sent", "turned_over")), name="pay_outs_under_way"
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def key(self) -> str:
        """Of the ledger's first transfer; those that follow begin with it."""
        return f"refund/{self.reference}"

    @property
    def has_address(self) -> bool:
        return all((self.recipient, self.street, self.city, self.state, self.postal_code))

    @property
    def waits_for_address(self) -> bool:
        """Nothing goes on before somebody says where to; a commissary needs no address."""
        is_new = self.standing == PayOutState.REQUESTED
        return self.standing == PayOutState.RETURNED or (is_new and self.way == Way.CHEQUE and not self.has_address)


class WindingUp(Addressed):
    """An account whose whole balance goes back as soon as nothing of it is held: it is closed, or its resident left."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="winding_ups")
    cause = models.CharField(max_length=8, choices=Cause)
    asked_by = models.CharField(max_length=100)
    asked_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True, blank=True)
    taken_back_at = models.BigIntegerField(null=True, blank=True)
    """The account was opened again."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                "account", condition=Q(done_at=None, taken_back_at=None), name="winding_up_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.cause}"


class ReleaseRule(models.Model):
    """Where a facility's residents get their money when they leave; without a row, by cheque."""

    facility = models.OneToOneField(Facility, on_delete=models.CASCADE, related_name="release_rule")
    way = models.CharField(max_length=10, choices=Way)

    def __str__(self) -> str:
        return self.way


class StatePeriod(models.Model):
    """After how many days without activity a state wants unused money given back, where that is longer than the 180
    days of 47 CFR 64.6130."""

    state = models.CharField(max_length=2, unique=True)
    days = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(days__gte=180), name="state_period_is_longer"),)

    def __str__(self) -> str:
        return f"{self.state} {self.days}"


class Interest(models.Model):
    """Somebody said that an account's money is still wanted: its period without activity begins anew."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="interests")
    by = models.CharField(max_length=100)
    at = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=("account", "at"), name="interest_in_account"),)

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"


class InactivityNotice(models.Model):
    """The owner was told that nobody uses the account, and when its balance goes back: a customer by e-mail; a
    resident, who has none, by staff who gave it to them."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="inactivity_notices")
    since = models.BigIntegerField()
    """The last activity."""
    day = models.PositiveIntegerField()
    refund_at = models.BigIntegerField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=100, default="system")
    """As in the audit trail: `user/7`; `system` wrote an e-mail."""
    how = models.CharField(max_length=200, blank=True)
    """As staff say who gave it to the resident."""

    class Meta:
        constraints = (models.UniqueConstraint("account", "since", "day", name="notice_once_for_a_day"),)

    def __str__(self) -> str:
        return f"{self.account_id} day {self.day}"


class PropertyReport(models.Model):
    """What was turned over to a state as unclaimed property."""

    state = models.CharField(max_length=2)
    made_by = models.CharField(max_length=100)
    at = models.BigIntegerField()
    count = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    content = models.TextField()
    """The CSV."""
    paid_at = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class CreditReason(models.TextChoices):
    """Why staff give a credit; the family reads the words of it (`web.refund_words`)."""

    BAD_SOUND = "bad_sound"
    DROPPED = "dropped"
    CUT_OFF_WRONGLY = "cut_off_wrongly"
    """Three-way, forwarding or silence was suspected, and was not."""
    NOT_THEIR_CALL = "not_their_call"
    WRONG_PRICE = "wrong_price"
    OUTAGE = "outage"
    MISSING_DEPOSIT = "missing_deposit"
    GOODWILL = "goodwill"


class CreditState(models.TextChoices):
    WAITING = "waiting"
    """For a second person."""
    GRANTED = "granted"
    REFUSED = "refused"


class StaffCredit(models.Model):
    """Money that staff give a family or a resident, for one call or for another matter."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="staff_credits")
    call_id = models.BigIntegerField(null=True, blank=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=16, choices=CreditReason)
    text = models.CharField(max_length=300)
    """For staff and auditors."""
    state = models.CharField(max_length=7, choices=CreditState, default=CreditState.WAITING)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.BigIntegerField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The second person; null: the first was enough, or nobody has decided."""
    decided_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="staff_credit_is_positive"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="second_person_is_another"
            ),
        )
        indexes = (models.Index(fields=("proposed_at",), condition=Q(state="waiting"), name="credits_waiting"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def key(self) -> str:
        return f"credit/{self.reference}"
