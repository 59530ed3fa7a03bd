"""The catalogue of reasons: an entry for each member of `Reason`, one module for each stage or kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kinline.core.identity import Language
from kinline.core.reasons.catalogue import cards, identify, money, network, numbers, offer, policy, talk, vouchers
from kinline.core.reasons.entry import Entry
from kinline.core.reasons.reason import Reason

CATALOGUE: Final[Mapping[Reason, Entry]] = MappingProxyType(
    {
        entry.reason: entry
        for stage in (identify, policy, numbers, money, network, offer, talk, cards, vouchers)
        for entry in stage.ENTRIES
    }
)

RESIDENT_PHRASES: Final[dict[str, dict[Language, str]]] = {
    f"reason.{reason}": {language: entry.resident.in_language(language) for language in Language}
    for reason, entry in CATALOGUE.items()
}
"""What the resident hears, for the catalogue of phrases: `reason.fund.insufficient` and so on."""

REMEDY_PHRASES: Final[dict[str, dict[Language, str]]] = {
    f"remedy.{reason}": {language: entry.remedy.in_language(language) for language in Language}
    for reason, entry in CATALOGUE.items()
    if reason.stage == "pay"
}
"""What a payer who called hears that they can do: `remedy.pay.voucher_unknown` and so on."""
