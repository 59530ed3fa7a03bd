"""Every reason a call can fail or end, and for each audience what it means and what to do."""

from kinline.core.reasons.catalogue import CATALOGUE, REMEDY_PHRASES, RESIDENT_PHRASES
from kinline.core.reasons.entry import Action, Audience, Charging, Entry, Retry, Text
from kinline.core.reasons.explanation import Explanation, explain, foresee
from kinline.core.reasons.reason import Reason
from kinline.core.reasons.sip import from_sip_status

__all__ = [
    "CATALOGUE",
    "REMEDY_PHRASES",
    "RESIDENT_PHRASES",
    "Action",
    "Audience",
    "Charging",
    "Entry",
    "Explanation",
    "Reason",
    "Retry",
    "Text",
    "explain",
    "foresee",
    "from_sip_status",
]
