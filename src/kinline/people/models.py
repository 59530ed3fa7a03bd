"""Residents, and the users who are customers or staff."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kinline.facilities.models import Agency, Facility, HousingUnit


class ResidentStatus(models.TextChoices):
    ACTIVE = "active"
    RELEASED = "released"
    TRANSFERRED = "transferred"


class Accommodation(models.TextChoices):
    """How a resident makes calls who cannot hear or speak as others do (47 CFR 64.611)."""

    TTY = "tty"
    RELAY = "relay"
    """Through an operator of a relay service."""
    CAPTIONED = "captioned"


class Resident(models.Model):
    """A person in custody: at one facility, known there by a number and a PIN."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="residents")
    unit = models.ForeignKey(HousingUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="residents")
    resident_number = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    birth_date = models.DateField(null=True, blank=True)
    """None: not known here."""
    status = models.CharField(max_length=12, choices=ResidentStatus, default=ResidentStatus.ACTIVE)
    language = models.CharField(max_length=2, default="en")
    pin_hash = models.CharField(max_length=200)
    pin_failures = models.PositiveSmallIntegerField(default=0)
    """Wrong PINs in a row, over all calls."""
    pin_locked_until = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""
    name_recording = models.CharField(max_length=200, blank=True)
    """Path of the spoken name; empty: not recorded yet."""
    suspended_until = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds; calling is suspended before it."""
    suspension_reason = models.CharField(max_length=200, blank=True)
    accommodations = models.JSONField(default=list, blank=True)
    """Codes of `Accommodation`."""
    released_at = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds, of the last release."""
    is_test = models.BooleanField(default=False)
    """Nobody: made to try the phones of a facility that is being set up."""
    calling_rules = models.JSONField(default=dict, blank=True)
    """Rules for this resident alone, by field of `core.policy.Rules`; they can only tighten."""

    class Meta:
        constraints = (models.UniqueConstraint("facility", "resident_number", name="resident_number_once_in_facility"),)
        indexes = (models.Index(fields=("resident_number",)),)

    def __str__(self) -> str:
        return self.resident_number


class Separation(models.Model):
    """Two residents who are kept apart: never in one call or visit. Ended, not deleted."""

    first = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    since = models.BigIntegerField()
    """Instant, milliseconds."""
    ended_at = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="separation_in_order"),
            models.UniqueConstraint("first", "second", condition=Q(ended_at=None), name="separation_once"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who logs in with an e-mail address; without password, none can log in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who can log in: a customer, a member of staff, or both."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.email


class Customer(models.Model):
    """A friend or family member with an account."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="customer")
    street = models.CharField(max_length=200, blank=True)
    """With number and apartment. The postal address is empty for who never gave one."""
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=80, blank=True)
    """Two letters in the United States, elsewhere as it is written there."""
    postal_code = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=2, default="US")
    """ISO 3166."""
    calls_paused_until = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds; the family wishes no calls before it."""
    phone_pin_hash = models.CharField(max_length=200, blank=True)
    """Of the PIN for the account menu; empty: none is set."""
    phone_pin_failures = models.PositiveIntegerField(default=0)
    """Wrong PINs since the last right one."""
    phone_pin_locked_until = models.BigIntegerField(null=True, blank=True)
    """Instant, milliseconds."""

    def __str__(self) -> str:
        return str(self.user)


class CustomerNumber(models.Model):
    """A telephone number that a customer's account pays for. Several customers may pay for one number: they are asked
    in their order, and the first that can pay a minute pays for the call. The first of them is the number's holder."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(max_length=16)
    order = models.PositiveSmallIntegerField(default=1)
    """1 is asked first."""
    is_verified = models.BooleanField(default=False)
    theirs_since = models.BigIntegerField(default=0)
    """Instant, milliseconds, of the confirmation: numbers are given out again, and calls to it before it were perhaps
    to somebody else."""
    """Its owner proved that they have it: by a code that was texted or spoken, or to staff."""

    class Meta:
        constraints = (
            models.UniqueConstraint("number", "order", name="payers_of_a_number_in_order"),
            models.UniqueConstraint("customer", "number", name="number_once_for_customer"),
        )

    def __str__(self) -> str:
        return self.number


class Counted(models.Model):
    """What the web processes of an installation count together (tries, codes sent): the table of Django's cache, which
    has its own SQL for it. Whatever is in it may be lost."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "people_counted"

    def __str__(self) -> str:
        return self.cache_key


class Role(models.TextChoices):
    APPROVER = "approver"
    OFFICER = "officer"
    INVESTIGATOR = "investigator"
    FACILITY_ADMINISTRATOR = "facility_administrator"
    SUPPORT = "support"
    FINANCE = "finance"
    COMPLIANCE = "compliance"
    PLATFORM_ADMINISTRATOR = "platform_administrator"


PROVIDER_ROLES = (Role.SUPPORT, Role.FINANCE, Role.COMPLIANCE, Role.PLATFORM_ADMINISTRATOR)


class StaffRole(models.Model):
    """What a member of staff may do (`people.permissions`), and where: in one unit, at one facility, all of an agency,
    or, for the provider, everywhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24, choices=Role)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_roles")
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_roles")
    unit = models.ForeignKey(HousingUnit, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_roles")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=PROVIDER_ROLES, agency=None, facility=None, unit=None)
                | (~Q(role__in=PROVIDER_ROLES) & Q(agency__isnull=False)),
                name="role_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(unit=None) | Q(facility__isnull=False), name="role_of_unit_has_facility"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class StaffNetwork(models.Model):
    """A network from which an agency's staff, or (without agency) the provider's, may use the portal. Without any,
    they may from everywhere."""

    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_networks")
    network = models.CharField(max_length=49)
    """CIDR: `203.0.113.0/24`, `2001:db8::/32`."""
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("agency", "network", name="staff_network_once"),)

    def __str__(self) -> str:
        return self.network
