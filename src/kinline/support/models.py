"""Cases and what is said in them. Instants are milliseconds (UTC)."""

import secrets

from django.db import models
from django.db.models import Q

from kinline.core.casework import OURS, QUIET, CaseState
from kinline.documents.models import Document
from kinline.payments.models import Payment
from kinline.people.models import Customer, User
from kinline.refunds.models import StaffCredit
from kinline.support.topics import Topic


def new_reference() -> str:
    """32 hexadecimal digits."""
    return secrets.token_hex(16)


class Outcome(models.TextChoices):
    """What was decided when a case was resolved; the family reads the words of it (`web.support_words`)."""

    EXPLAINED = "explained"
    FIXED = "fixed"
    CREDITED = "credited"
    """Money goes back: the case has its credit."""
    DECLINED = "declined"
    """We looked, and the charge or decision stands; the answer says why."""
    PASSED_ON = "passed_on"
    """It is for the facility to decide, who has it now."""


class Case(models.Model):
    """A question or a dispute of one family."""

    reference = models.CharField(max_length=32, unique=True, default=new_reference)
    """Of the form it was opened with: the button pressed twice opens one case."""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    topic = models.CharField(max_length=16, choices=[(topic.value, topic.value) for topic in Topic])
    subject = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    """In which the family wrote, and is answered."""
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in CaseState], default=CaseState.OPEN
    )
    call_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    facts = models.TextField(default="{}")
    """JSON: what was known of the call or the payment when the case was opened."""
    assigned_to = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_of_mine")
    opened_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()
    waiting_since = models.BigIntegerField(null=True, blank=True)
    """Since when the family waits for us; null: it does not."""
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    credit = models.OneToOneField(StaffCredit, null=True, blank=True, on_delete=models.PROTECT, related_name="case")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OURS], waiting_since__isnull=False)
                | (~Q(state__in=[state.value for state in OURS]) & Q(waiting_since=None)),
                name="case_waits_for_us_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.RESOLVED) | ~Q(outcome=""), name="resolved_case_has_outcome"
            ),
        )
        indexes = (
            models.Index(fields=("customer", "-changed_at"), name="cases_of_customer"),
            models.Index(fields=("waiting_since",), name="cases_waiting_for_us"),
            models.Index(fields=("assigned_to", "-changed_at"), name="cases_of_staff"),
            models.Index(fields=("state", "-changed_at"), name="cases_in_state"),
            models.Index(
                fields=("changed_at",), condition=Q(state__in=[state.value for state in QUIET]), name="cases_quiet"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Author(models.TextChoices):
    FAMILY = "family"
    STAFF = "staff"


class CaseMessage(models.Model):
    """Something said in a case. Never changed, never deleted: the database refuses."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    author = models.CharField(max_length=6, choices=Author)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_internal = models.BooleanField(default=False)
    """A note of staff for staff: no family reads it."""
    text = models.TextField()
    at = models.BigIntegerField()
    waited = models.BigIntegerField(null=True, blank=True)
    """For an answer: how many milliseconds the family had waited for it."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(author=Author.STAFF), name="case_note_is_of_staff"
            ),
        )
        indexes = (
            models.Index(fields=("case", "id"), name="messages_of_case"),
            models.Index(fields=("at",), condition=Q(waited__isnull=False), name="answers_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.author}"


class Attachment(models.Model):
    """A document that came with a message: drawn anew and sealed (`documents`), gone when its time is over."""

    message = models.ForeignKey(CaseMessage, on_delete=models.PROTECT, related_name="attachments")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="attachment")

    def __str__(self) -> str:
        return str(self.document)
