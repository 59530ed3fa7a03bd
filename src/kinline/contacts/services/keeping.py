"""How a facility keeps its residents' lists: one setting for the mode, and what else there is to say."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.models import ContactSettings
from kinline.contacts.queries.lists import list_rules
from kinline.core.contacts import Mode
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.calling_rules import stored_rules
from kinline.facilities.models import Facility
from kinline.facilities.queries import course_of
from kinline.facilities.services import say_rules

FIELDS: Final = (
    "asks_document",
    "learns",
    "search_by",
    "sharing_needs_agreement",
    "approval_days",
    "announce_days",
    "ask_again_days",
    "appeal_days",
)


def keep_lists(
    facility: Facility, mode: Mode, contacts_at_most: int | None, says: Mapping[str, Any], actor: str, at: Instant
) -> ContactSettings:
    """From now on the facility's lists are kept so. The mode is said in its calling rules, by which every call is
    decided; `says` are fields of `FIELDS`."""
    with transaction.atomic():
        facility = Facility.objects.select_for_update(of=("self",)).select_related("agency").get(pk=facility.pk)
        before = list_rules(facility, at)
        settings, _ = ContactSettings.objects.get_or_create(facility=facility)
        was = _told(before.mode, before.at_most, before.settings)
        for name in FIELDS:
            setattr(settings, name, says.get(name, getattr(settings, name)))
        settings.takes_requests = mode is not Mode.ALLOW_LIST
        settings.save()
        rules = course_of(facility).at(at)
        if rules.list_required is (mode is Mode.OPEN):
            said = {**stored_rules(rules), "list_required": mode is not Mode.OPEN}
            say_rules(facility, said, actor, f"lists: {mode}", at)
        if facility.contacts_at_most != contacts_at_most:
            facility.contacts_at_most = contacts_at_most
            facility.save(update_fields=("contacts_at_most",))
        audit.record(
            actor,
            Action.CONTACT_LISTS_SET,
            f"facility/{facility.pk}",
            at,
            facility=FacilityId(facility.pk),
            before=was,
            after=_told(mode, contacts_at_most, settings),
        )
    return settings


def _told(mode: Mode, at_most: int | None, settings: ContactSettings) -> dict[str, Any]:
    return {"mode": mode.value, "at_most": at_most, **{name: getattr(settings, name) for name in FIELDS}}
