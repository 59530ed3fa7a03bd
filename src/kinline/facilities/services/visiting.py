"""Saying what families read about visits."""

from collections.abc import Mapping

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant, Language
from kinline.facilities.models import Facility, VisitingRules


def say_visiting_rules(facility: Facility, texts: Mapping[Language, str], actor: str, at: Instant) -> None:
    """From now on families read this; an empty text: nothing in that language."""
    with transaction.atomic():
        known = VisitingRules.objects.select_for_update().filter(facility=facility)
        before = dict(known.values_list("language", "text"))
        after = {language.value: text.strip() for language, text in texts.items() if text.strip()}
        if before == after:
            return
        known.exclude(language__in=after).delete()
        for language, text in after.items():
            VisitingRules.objects.update_or_create(facility=facility, language=language, defaults={"text": text})
        audit.record(
            actor,
            Action.VISITING_RULES_SAID,
            f"facility/{facility.pk}",
            at,
            facility=FacilityId(facility.pk),
            before=before,
            after=after,
        )
