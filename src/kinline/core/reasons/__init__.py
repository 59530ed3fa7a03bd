"""Every reason a call can fail or end, and for each audience what it means and what to do.

`core.explanation` makes readable texts of the catalogue; it stands outside, since texts need the values of
`core.speech`, which itself needs the resident's phrases from here.
"""

from kinline.core.reasons.catalogue import CATALOGUE, RESIDENT_PHRASES
from kinline.core.reasons.entry import Action, Audience, Charging, Entry, Kind, Retry, Text
from kinline.core.reasons.reason import Reason
from kinline.core.reasons.sip import from_sip_status

__all__ = [
    "CATALOGUE",
    "RESIDENT_PHRASES",
    "Action",
    "Audience",
    "Charging",
    "Entry",
    "Kind",
    "Reason",
    "Retry",
    "Text",
    "from_sip_status",
]
