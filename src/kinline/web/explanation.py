"""Why a call went as it did, in the reader's language, from the one catalogue of reasons."""

from dataclasses import replace

from django.utils.translation import get_language

from kinline.calls import spoken
from kinline.calls.models import Call
from kinline.core.identity import Language
from kinline.core.reasons import Audience, Explanation, Reason, explain
from kinline.core.reasons.catalogue import CATALOGUE
from kinline.core.reasons.catalogue.shared import NO_ACTION, NOTHING_TO_DO


def explained(call: Call, audience: Audience) -> Explanation | None:
    """The texts of the call's reason, with the values it was stored with; None while it has none.

    Where nothing need be done, the page says nothing rather than that.
    """
    if not call.reason:
        return None
    reason = Reason(call.reason)
    explanation = explain(reason, audience, reader_language(), spoken.from_text(call.reason_values))
    entry = CATALOGUE[reason]
    remedy = entry.staff_remedy if audience is Audience.STAFF else entry.remedy
    return replace(explanation, remedy="") if remedy in (NO_ACTION, NOTHING_TO_DO) else explanation


def reader_language() -> Language:
    """The language of the page being made."""
    return Language.SPANISH if get_language() == "es" else Language.ENGLISH
