"""One row for each attempt of a resident to call, from off-hook on; when it is settled, the row is the CDR.

All instants are milliseconds (UTC), all amounts microdollars. References carry no foreign keys in the database: the
rows were read just before, and the checks would cost a fifth of the throughput. Each index costs three writes a call:
only those that a question needs are there.
"""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility, HousingUnit, Station
from kinline.ledger.models import Account
from kinline.people.models import Resident, User


class CallState(models.TextChoices):
    OPEN = "open"
    """Off-hook: identifying, dialling; nothing is held."""
    AUTHORISED = "authorised"
    """Money is held (or none is needed); ringing or at the offer."""
    ACCEPTED = "accepted"
    """Talking; charging runs from `accepted_at`."""
    SETTLED = "settled"
    """In the books; nothing changes any more."""


LIVE = (CallState.OPEN, CallState.AUTHORISED, CallState.ACCEPTED)


class Payer(models.TextChoices):
    CUSTOMER_PREPAID = "customer_prepaid"
    RESIDENT_DEBIT = "resident_debit"
    DEDICATED = "dedicated"
    DIRECT_BILL = "direct_bill"
    COLLECT = "collect"
    AGENCY = "agency"
    FREE = "free"


class Call(models.Model):
    """An attempt and what became of it."""

    id = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.OPEN)
    switchboard = models.CharField(max_length=60)
    heartbeat_at = models.BigIntegerField()
    cut_off = models.CharField(max_length=30, blank=True)
    """A reason: staff ended it; the switchboard is woken to look."""

    station = models.ForeignKey(
        Station, on_delete=models.DO_NOTHING, related_name="calls", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        HousingUnit, null=True, on_delete=models.DO_NOTHING, related_name="calls", db_constraint=False, db_index=False
    )
    facility = models.ForeignKey(
        Facility, on_delete=models.DO_NOTHING, related_name="calls", db_constraint=False, db_index=False
    )
    day_started_at = models.BigIntegerField()
    """The facility's midnight before off-hook: what "today" is for daily limits."""
    week_started_at = models.BigIntegerField()
    month_started_at = models.BigIntegerField()
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.DO_NOTHING, related_name="calls", db_constraint=False, db_index=False
    )
    identify_failures = models.SmallIntegerField(default=0)

    dialled = models.CharField(max_length=32, blank=True)
    called_party = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=2, blank=True)
    jurisdiction = models.CharField(max_length=20, blank=True)
    is_hotline = models.BooleanField(default=False)
    """Counts in no limit."""
    is_privileged = models.BooleanField(default=False)

    payer = models.CharField(max_length=20, choices=Payer, blank=True)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.DO_NOTHING, related_name="calls", db_constraint=False, db_index=False
    )
    tariff = models.TextField(blank=True)
    """JSON of the tariff as it was at authorisation; a later change never re-prices the call."""
    price_per_minute = models.BigIntegerField(null=True)
    price_at_limit = models.BigIntegerField(null=True)
    limit_seconds = models.IntegerField(null=True)
    limit_reason = models.CharField(max_length=40, blank=True)
    funded_seconds = models.IntegerField(null=True)
    held = models.BigIntegerField(default=0)

    opened_at = models.BigIntegerField()
    identified_at = models.BigIntegerField(null=True)
    authorised_at = models.BigIntegerField(null=True)
    answered_at = models.BigIntegerField(null=True)
    accepted_at = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    settled_at = models.BigIntegerField(null=True)
    """From then on the database lets nothing of the row change."""

    disposition = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    reason_values = models.TextField(blank=True)
    """JSON: what fills the placeholders of the reason's texts."""
    ended_by = models.CharField(max_length=12, blank=True)
    billed_seconds = models.IntegerField(default=0)
    charge = models.BigIntegerField(default=0)
    """Taxes and additive included."""
    taxes = models.BigIntegerField(default=0)
    facility_additive = models.BigIntegerField(default=0)
    credited = models.BigIntegerField(default=0)
    """Given back at once because the sound was dead; never more than `charge`."""
    balance_before = models.BigIntegerField(null=True)
    balance_after = models.BigIntegerField(null=True)
    recording = models.CharField(max_length=300, blank=True)
    quality_resident = models.TextField(blank=True)
    """JSON of the leg's `LegQuality`."""
    quality_called_party = models.TextField(blank=True)

    class Meta:
        constraints = (
            # A resident is on one call at a time; PIN sharing shows as identify.in_use. Its index finds all live calls,
            # also those of nobody yet, and has no heartbeat: a row is written every few seconds for it.
            models.UniqueConstraint("resident", condition=Q(state__in=LIVE), name="one_live_call_for_resident"),
        )
        indexes = (
            models.Index(fields=("resident", "opened_at"), name="calls_of_resident"),
            models.Index(fields=("facility", "opened_at"), name="calls_of_facility"),
            models.Index(fields=("called_party", "opened_at"), name="calls_to_number"),
            models.Index(fields=("account", "opened_at"), name="calls_of_account"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class CutOff(models.Model):
    """How staff wish a call to end whose `cut_off` names the reason; who wished it is in the audit trail."""

    call_id = models.BigIntegerField(primary_key=True)
    ends_at = models.BigIntegerField(null=True)
    """After a time signal; null: at once."""
    is_silent = models.BooleanField(default=False)
    """Nobody is told why."""

    def __str__(self) -> str:
        return f"{self.call_id} at {self.ends_at}"


class CallEvent(models.Model):
    """Something that happened during a call, for its time line: a prompt, a key, a SIP message, a suspicion."""

    call_id = models.BigIntegerField()
    at = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    fields = models.TextField(blank=True)
    """JSON."""

    class Meta:
        indexes = (models.Index(fields=("call_id", "at"), name="events_of_call"),)

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind}"


class HistoryEntry(models.Model):
    """What a search of the history reads of a settled call, entered soon after it (`services.enter_settled`).

    Narrow and never changed, so it may have the many indexes that a row written three times a call may not. Its id is
    the call's, which begins with the instant of off-hook: the order of ids is the order of time.
    """

    id = models.BigIntegerField(primary_key=True)
    facility = models.ForeignKey(
        Facility, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        HousingUnit, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    number_backwards = models.BigIntegerField(null=True)
    """The called number's digits from its last on, filled up with zeros: numbers that end alike lie together."""
    disposition = models.CharField(max_length=12)
    reason = models.CharField(max_length=40)
    talk_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "history entries"
        indexes = (
            models.Index(fields=("facility", "id"), name="history_of_facility"),
            models.Index(fields=("unit", "id"), name="history_of_unit"),
            models.Index(fields=("station", "id"), name="history_of_station"),
            models.Index(fields=("resident", "id"), name="history_of_resident"),
            models.Index(fields=("number_backwards", "id"), name="history_of_number"),
            models.Index(fields=("reason", "id"), name="history_of_reason"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.disposition}"


class SavedSearch(models.Model):
    """A search of one facility's history that a member of staff keeps under a name, for themselves."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=60)
    asked = models.JSONField(default=dict)
    """The fields of the search as they were typed."""

    class Meta:
        constraints = (models.UniqueConstraint("user", "name", name="saved_search_once"),)

    def __str__(self) -> str:
        return self.name
