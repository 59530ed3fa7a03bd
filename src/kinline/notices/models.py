"""The outbox. Instants are milliseconds (UTC)."""

from django.db import models
from django.db.models import Q

from kinline.people.models import User


class Channel(models.TextChoices):
    EMAIL = "email"
    SMS = "sms"
    """Through `providers.sms`: without a provider they fail at once, and say so."""


class MessageState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """For good; the row stays, with what was said against it."""


class Message(models.Model):
    """One message to one person: what it tells, not its words, which are made when it is sent."""

    key = models.CharField(max_length=120, unique=True)
    """Told once: `invoice/2026-10-000012/issued`."""
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    """Who it is for: it goes to the address, and in the language, that they have when it is sent."""
    number = models.CharField(max_length=16, blank=True)
    """Whose it is, where nobody is known: a telephone number."""
    language = models.CharField(max_length=2, blank=True)
    """Of the number."""
    contents = models.TextField(default="{}")
    """JSON: the values of the words' placeholders."""
    document = models.CharField(max_length=80, blank=True)
    """A paper to attach: `invoice/2026-10-000012`."""
    state = models.CharField(max_length=7, choices=MessageState, default=MessageState.WAITING)
    made_at = models.BigIntegerField()
    due_at = models.BigIntegerField()
    """When to try next; while somebody tries: when to believe that they died."""
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.BigIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    """Why the last try failed."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(channel="email", user__isnull=False, number="")
                | (Q(channel="sms", user=None) & ~Q(number="") & ~Q(language="")),
                name="message_has_its_address",
            ),
        )
        indexes = (models.Index(fields=("due_at",), condition=Q(state="waiting"), name="messages_waiting"),)

    def __str__(self) -> str:
        return self.key
