"""Why a call went as it did, in the reader's language, from the one catalogue of reasons."""

from django.utils.translation import get_language

from kinline.calls import spoken
from kinline.calls.models import Call
from kinline.core.identity import Language
from kinline.core.reasons import Audience, Explanation, Reason, explain


def explained(call: Call, audience: Audience) -> Explanation | None:
    """The texts of the call's reason, with the values it was stored with; None while it has none."""
    if not call.reason:
        return None
    return explain(Reason(call.reason), audience, reader_language(), spoken.from_text(call.reason_values))


def reader_language() -> Language:
    """The language of the page being made."""
    return Language.SPANISH if get_language() == "es" else Language.ENGLISH
