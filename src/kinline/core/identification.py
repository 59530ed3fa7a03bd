"""What a family must show before it may be called: nothing, what only those who know the resident know, or a document.

A level can only ask for more than the others do. Who has shown more than is asked has shown enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kinline.core.identity import Instant, Language


class Proof(StrEnum):
    """Weakest first."""

    NONE = "none"
    KNOWLEDGE = "knowledge"
    """The resident's number at the facility, and birth date."""
    DOCUMENT = "document"
    """A photo of an identity document, which staff compare with name and address."""


_STRENGTH: Final = {proof: place for place, proof in enumerate(Proof)}


class Standing(StrEnum):
    """How far somebody is with what is asked of them."""

    ENOUGH = "enough"
    NEEDED = "needed"
    WAITING = "waiting"
    """Staff have not looked at the document yet."""


@dataclass(frozen=True, slots=True)
class Identification:
    """What is asked and how they stand. `shown`: the strongest that they have shown."""

    needed: Proof
    shown: Proof
    standing: Standing


def needed(provider: Proof, facility: Proof) -> Proof:
    """The stronger of what both ask for."""
    return max(provider, facility, key=_STRENGTH.__getitem__)


def identification(provider: Proof, facility: Proof, shown: Sequence[Proof], *, is_waiting: bool) -> Identification:
    """How somebody stands at a facility. `is_waiting`: a document of theirs lies with staff."""
    asked = needed(provider, facility)
    best = max((Proof.NONE, *shown), key=_STRENGTH.__getitem__)
    if _STRENGTH[best] >= _STRENGTH[asked]:
        return Identification(asked, best, Standing.ENOUGH)
    return Identification(asked, best, Standing.WAITING if is_waiting else Standing.NEEDED)


TRIES: Final = 5
"""Answers about residents that one person may give within `WITHIN`, and that may be given about one facility by
`TRIES_AT_A_FACILITY` persons' worth of tries: nobody finds out who is there, or a birth date, by trying."""
TRIES_AT_A_FACILITY: Final = 100
WITHIN: Final = 24 * 3_600_000
"""Milliseconds."""


def may_answer(own: Sequence[Instant], at_the_facility: int, at: Instant) -> bool:
    """Whether somebody may answer now, given when they answered before and how many did wrongly at the facility within
    `WITHIN`."""
    return sum(each > at - WITHIN for each in own) < TRIES and at_the_facility < TRIES_AT_A_FACILITY


def knows(resident_number: str, birth_date: date | None, said_number: str, said_birth_date: date) -> bool:
    """Whether what somebody says of a resident is so. Of whom no birth date is known, nobody can know it."""
    return birth_date is not None and resident_number == said_number.strip() and birth_date == said_birth_date


class RefusedBecause(StrEnum):
    """Why a document does not do."""

    UNREADABLE = "unreadable"
    PARTLY_SHOWN = "partly_shown"
    NOT_AN_IDENTITY_DOCUMENT = "not_an_identity_document"
    EXPIRED = "expired"
    NAME_DIFFERS = "name_differs"
    NOT_CONFIRMED = "not_confirmed"
    """Staff doubt that it is genuine or theirs; the family does not read that."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a family reads: why, and what to do."""

    why: str
    remedy: str


REFUSALS: Final[Mapping[RefusedBecause, Mapping[Language, Text]]] = {
    RefusedBecause.UNREADABLE: {
        Language.ENGLISH: Text("We could not read the picture.", "Take it again in daylight, sharp and without glare."),
        Language.SPANISH: Text("No pudimos leer la imagen.", "Tómela de nuevo con luz del día, nítida y sin reflejos."),
    },
    RefusedBecause.PARTLY_SHOWN: {
        Language.ENGLISH: Text("Part of the document is missing.", "Take a picture that shows all four corners."),
        Language.SPANISH: Text("Falta una parte del documento.", "Tome una imagen que muestre las cuatro esquinas."),
    },
    RefusedBecause.NOT_AN_IDENTITY_DOCUMENT: {
        Language.ENGLISH: Text(
            "This is not an identity document with a photo.",
            "Send a driver’s license, a passport, a consular card or an identity card of a state.",
        ),
        Language.SPANISH: Text(
            "No es un documento de identidad con foto.",
            "Envíe una licencia de conducir, un pasaporte, una matrícula consular o una identificación estatal.",
        ),
    },
    RefusedBecause.EXPIRED: {
        Language.ENGLISH: Text("The document is no longer valid.", "Send one that is valid today."),
        Language.SPANISH: Text("El documento ya no es válido.", "Envíe uno que sea válido hoy."),
    },
    RefusedBecause.NAME_DIFFERS: {
        Language.ENGLISH: Text(
            "The name on the document is not the one on your account.",
            "Correct your name under “My details”, then send the document again.",
        ),
        Language.SPANISH: Text(
            "El nombre del documento no es el de su cuenta.",
            "Corrija su nombre en «Mis datos» y envíe el documento de nuevo.",
        ),
    },
    RefusedBecause.NOT_CONFIRMED: {
        Language.ENGLISH: Text(
            "We could not confirm who you are with this document.", "Send another one, or ask customer service."
        ),
        Language.SPANISH: Text(
            "No pudimos confirmar quién es usted con este documento.", "Envíe otro, o consulte al servicio al cliente."
        ),
    },
}
