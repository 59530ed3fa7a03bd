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
    """Where a text message goes: a person's, who agreed to it, or one of which nobody is known."""
    email = models.EmailField(blank=True)
    """Where a letter goes to somebody who has no account."""
    language = models.CharField(max_length=2, blank=True)
    """Of a number, or an address, of which nobody is known."""
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
                condition=Q(channel="email", user__isnull=False, number="", email="")
                | (Q(channel="email", user=None, number="") & ~Q(email="") & ~Q(language=""))
                | (Q(channel="sms", email="") & ~Q(number="") & (Q(user__isnull=False) | ~Q(language=""))),
                name="message_has_its_address",
            ),
        )
        indexes = (models.Index(fields=("due_at",), condition=Q(state="waiting"), name="messages_waiting"),)

    def __str__(self) -> str:
        return self.key


class PageNotice(models.Model):
    """A notice in the list on somebody's own pages: what it tells; its words are made when it is read."""

    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="page_notices")
    kind = models.CharField(max_length=40)
    contents = models.TextField(default="{}")
    """JSON, as of a message."""
    at = models.BigIntegerField()
    read_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-at"), name="notices_of_user"),
            models.Index(fields=("user",), condition=Q(read_at=None), name="notices_unread"),
        )

    def __str__(self) -> str:
        return self.key


class Preference(models.Model):
    """How somebody wishes to be told of a subject, where that is not the subject's own rule."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences")
    subject = models.CharField(max_length=20)
    way = models.CharField(max_length=5)
    is_on = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint("user", "subject", "way", name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.way}"


class Clock(models.Model):
    """Somebody's time zone and quiet hours: minutes of the day; both alike: none."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="clock")
    zone = models.CharField(max_length=40)
    quiet_from = models.PositiveSmallIntegerField()
    quiet_until = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(quiet_from__lt=1440, quiet_until__lt=1440), name="clock_has_a_day"),
        )

    def __str__(self) -> str:
        return self.zone


class SmsConsent(models.Model):
    """Somebody agreed to text messages (47 CFR 64.1200(f)(9)): when, to which number, in which words. Kept for ever."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sms_consents")
    number = models.CharField(max_length=16, db_index=True)
    words = models.TextField()
    """As they were shown."""
    given_at = models.BigIntegerField()
    withdrawn_at = models.BigIntegerField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)
    """`user/7` on a page, or `sms`: by answering."""

    class Meta:
        constraints = (models.UniqueConstraint("user", condition=Q(withdrawn_at=None), name="sms_consent_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.given_at}"


class SmsStop(models.Model):
    """A number whose owner answered STOP: no text message goes there until they write START."""

    number = models.CharField(max_length=16, unique=True)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.at)
