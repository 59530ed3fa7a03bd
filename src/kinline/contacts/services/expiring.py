"""Families are told before an approval ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kinline.contacts.models import Contact, ContactSettings, ContactState
from kinline.core.contacts import DAY
from kinline.core.identity import Instant
from kinline.notices.kinds import Kind
from kinline.notices.services import tell_customer


def announce_expiring(at: Instant) -> int:
    """Tell families whose approval ends soon, once, so many days before as their facility says, from when on they may
    ask to renew it; how many. What has ended is refused by policy without anybody's doing."""
    longest = max(ContactSettings.objects.values_list("announce_days", flat=True), default=_DEFAULT)
    ending = Contact.objects.filter(
        state=ContactState.APPROVED,
        frozen_at=None,
        announced_at=None,
        expires_at__gt=at,
        expires_at__lte=at + max(longest, _DEFAULT) * DAY,
    ).select_related("resident__facility__contact_settings")
    return sum(_announced(contact, at) for contact in ending.order_by("expires_at"))


_DEFAULT = ContactSettings._meta.get_field("announce_days").default


def _announced(contact: Contact, at: Instant) -> bool:
    settings = getattr(contact.resident.facility, "contact_settings", None)
    expires_at = contact.expires_at or 0
    if expires_at > at + (settings.announce_days if settings else _DEFAULT) * DAY:
        return False
    zone = ZoneInfo(contact.resident.facility.time_zone)
    with transaction.atomic():
        if not Contact.objects.filter(pk=contact.pk, announced_at=None).update(announced_at=at):
            return False
        tell_customer(
            contact.customer_id,
            Kind.CONTACT_EXPIRES,
            f"contact_expires/{contact.pk}/{expires_at}",
            at,
            resident=contact.resident.name,
            facility=contact.resident.facility.name,
            number=contact.number,
            day=datetime.fromtimestamp(expires_at / 1000, UTC).astimezone(zone).date(),
            contact=str(contact.pk),
        )
    return True
