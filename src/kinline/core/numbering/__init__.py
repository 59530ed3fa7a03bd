"""Telephone numbers: E.164, what was dialled, and what a pair of numbers is to each other."""

from kinline.core.numbering.classes import NumberClass, classify
from kinline.core.numbering.dialled import (
    Dialled,
    DialledNumber,
    NotDialled,
    SpeedDial,
    is_complete,
    is_short_code,
    parse_dialled,
)
from kinline.core.numbering.jurisdiction import Jurisdiction, Place, country_of, place_of, relation, standing_in
from kinline.core.numbering.number import E164, NotANumber, e164, masked

__all__ = [
    "E164",
    "Dialled",
    "DialledNumber",
    "Jurisdiction",
    "NotANumber",
    "NotDialled",
    "NumberClass",
    "Place",
    "SpeedDial",
    "classify",
    "country_of",
    "e164",
    "is_complete",
    "is_short_code",
    "masked",
    "parse_dialled",
    "place_of",
    "relation",
    "standing_in",
]
