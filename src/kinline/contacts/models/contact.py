"""Whom a resident may call: contacts, what was decided about them and why, and how a facility keeps its lists."""

from django.db import models
from django.db.models import Q

from kinline.core.contacts import Act, SearchBy, Source, Told, WaitsFor
from kinline.documents.models import Document
from kinline.facilities.models import Facility
from kinline.people.models import Customer, Resident, User


class ContactState(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REMOVED = "removed"
    SHARED = "shared"
    """On other residents' lists too; the facility has not agreed to it yet."""
    NO_CONTACT_ORDER = "no_contact_order"
    """A court forbids it."""


class Contact(models.Model):
    """A resident and a number, with the person behind it and the state of the approval."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="contacts")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts")
    number = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    relationship = models.CharField(max_length=60)
    state = models.CharField(max_length=16, choices=ContactState, default=ContactState.PENDING)
    reason = models.CharField(max_length=40, blank=True)
    """Why it was refused or removed: a value of `core.contacts.ContactReason`; empty: it was not."""
    told = models.CharField(max_length=10, blank=True, choices=[(each.value, each.value) for each in Told])
    """What the family was told last, which of an order of no contact is less than the state."""
    asked_by = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Source], default=Source.STAFF.value
    )
    waits_for = models.CharField(max_length=8, blank=True, choices=[(each.value, each.value) for each in WaitsFor])
    """What staff are to decide; empty: nothing."""
    waiting_since = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds; null: nothing waits."""
    message = models.CharField(max_length=300, blank=True)
    """What who asked wants to say."""
    expires_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds, from which an approval holds no more; null: until it is removed."""
    announced_at = models.BigIntegerField(null=True, blank=True)
    """When the family was told that it expires soon, and may ask to renew it."""
    speed_dial = models.PositiveSmallIntegerField(null=True, blank=True)
    """The slot the resident dials instead of the number, 1..99."""
    language = models.CharField(max_length=2, default="en")
    """Of the offer and of what else the called party hears."""
    requested = models.DateTimeField(auto_now_add=True)
    decided = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds: its resident was released. Nothing is decided about it until they come back."""

    class Meta:
        constraints = (
            models.UniqueConstraint("resident", "number", name="contact_once"),
            models.UniqueConstraint("resident", "speed_dial", name="speed_dial_once"),
            models.CheckConstraint(condition=Q(speed_dial=None) | Q(speed_dial__range=(1, 99)), name="speed_dial_slot"),
            models.CheckConstraint(
                condition=Q(waits_for="", waiting_since=None) | (~Q(waits_for="") & Q(waiting_since__isnull=False)),
                name="contact_waits_since",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("pending", "shared")) | ~Q(waits_for=""), name="contact_undecided_waits"
            ),
        )
        indexes = (
            models.Index(fields=("number",)),
            models.Index(fields=("waiting_since",), condition=Q(waiting_since__isnull=False), name="contacts_waiting"),
            models.Index(fields=("expires_at",), condition=Q(expires_at__isnull=False), name="contacts_expiring"),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.relationship}"


class ContactDecision(models.Model):
    """What was decided about a contact, by whom and why: the history, and what waiting times are reckoned from. Only
    added."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="decisions")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    at = models.BigIntegerField()
    """Instant, milliseconds."""
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """None: an import, or a rule of the facility."""
    act = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Act])
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    """For staff alone."""
    before = models.CharField(max_length=16, choices=ContactState)
    after = models.CharField(max_length=16, choices=ContactState)
    told = models.CharField(max_length=10, blank=True, choices=[(each.value, each.value) for each in Told])
    decided_on = models.CharField(max_length=8, blank=True, choices=[(each.value, each.value) for each in WaitsFor])
    """What had waited for it."""
    waited = models.BigIntegerField(null=True, blank=True)
    """Milliseconds since it was asked for; null: nothing had waited."""
    expires_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("contact", "at"), name="decisions_of_contact"),
            models.Index(fields=("facility", "at"), name="decisions_of_facility"),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.contact_id}"


class ContactDocument(models.Model):
    """Something that the family sent in for a decision; its pages go when the time for an appeal is over."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="documents")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="contact_document")

    def __str__(self) -> str:
        return str(self.document)


class ContactAppeal(models.Model):
    """The family asks that somebody else decides again: once for a decision."""

    decision = models.OneToOneField(ContactDecision, on_delete=models.PROTECT, related_name="appeal")
    text = models.CharField(max_length=1000)
    at = models.BigIntegerField()
    """Instant, milliseconds."""
    first_decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.OneToOneField(
        ContactDecision, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    """The decision on it; null: it waits, or was withdrawn."""
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(answer=None)
                | Q(first_decided_by=None)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("first_decided_by"))),
                name="appeal_decided_by_another",
            ),
        )

    def __str__(self) -> str:
        return str(self.decision)


class ContactSettings(models.Model):
    """How a facility keeps its residents' lists; one without a row keeps them by the defaults. Whether only approved
    contacts may be called is said by its calling rules, how many a list holds by the facility."""

    facility = models.OneToOneField(Facility, on_delete=models.CASCADE, related_name="contact_settings")
    takes_requests = models.BooleanField(default=True)
    """Whether residents and families may ask; else staff alone put contacts on lists."""
    asks_document = models.BooleanField(default=False)
    """Who asks must show a document: of kinship, of their identity."""
    learns = models.BooleanField(default=False)
    """A completed call puts its number on the list, where any number may be called."""
    search_by = models.CharField(
        max_length=15,
        choices=[(each.value, each.value) for each in SearchBy],
        default=SearchBy.NUMBER_AND_NAME.value,
    )
    sharing_needs_agreement = models.BooleanField(default=False)
    """A number that another resident's list has is approved only by who says that they agree to that."""
    approval_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """How long an approval holds; null: until it is removed."""
    announce_days = models.PositiveSmallIntegerField(default=14)
    """How long before its end the family is told, and may ask to renew it."""
    ask_again_days = models.PositiveSmallIntegerField(default=30)
    """After a refusal, until the family may ask again."""
    appeal_days = models.PositiveSmallIntegerField(default=30)
    """After a refusal, for how long it may be appealed."""

    def __str__(self) -> str:
        return str(self.facility)
