"""Why a contact was refused or removed: what the family reads, what it can do, and what staff choose from.

Protected reasons (an order of no contact, a victim, an investigation) read to the family like the facility's plain
decision, which is a reason too: so the neutral text itself tells nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kinline.core.contacts.states import Act
from kinline.core.identity import Language
from kinline.core.reasons.entry import Text


class ContactReason(StrEnum):
    DETAILS_DO_NOT_MATCH = "details_do_not_match"
    DOCUMENT_UNCLEAR = "document_unclear"
    DOCUMENT_MISSING = "document_missing"
    RELATIONSHIP_NOT_SHOWN = "relationship_not_shown"
    NUMBER_OF_SOMEBODY_ELSE = "number_of_somebody_else"
    NUMBER_SHARED = "number_shared"
    NUMBER_NOT_ALLOWED = "number_not_allowed"
    LIST_FULL = "list_full"
    RESIDENT_DECLINES = "resident_declines"
    CONTACT_DECLINES = "contact_declines"
    MINOR = "minor"
    SUPERVISION = "supervision"
    RULES_BROKEN = "rules_broken"
    NUMBER_CHANGED = "number_changed"
    ORDER_ENDED = "order_ended"
    FACILITY_DECISION = "facility_decision"
    NO_CONTACT_ORDER = "no_contact_order"
    VICTIM = "victim"
    STAFF_NUMBER = "staff_number"
    INVESTIGATION = "investigation"


@dataclass(frozen=True, slots=True)
class DecisionReason:
    """One reason for every reader. `acts`: what it can be the reason of. `is_protected`: the family reads the neutral
    text instead. `is_correctable`: the family can put it right and ask again at once."""

    reason: ContactReason
    staff: Text
    family: Text
    remedy: Text
    acts: frozenset[Act]
    is_protected: bool = False
    is_correctable: bool = False


@dataclass(frozen=True, slots=True)
class DecisionExplained:
    """What the family reads, and what it can do."""

    text: str
    remedy: str


NEUTRAL: Final = Text(
    "The facility decided that this contact is not possible.", "El centro decidió que este contacto no es posible."
)
NEUTRAL_REMEDY: Final = Text(
    "You may appeal: somebody else at the facility decides then.",
    "Puede apelar: entonces decide otra persona del centro.",
)
_REFUSALS: Final = frozenset({Act.REJECT, Act.REMOVE})
_REJECT: Final = frozenset({Act.REJECT})
_REMOVE: Final = frozenset({Act.REMOVE})
_FORBID: Final = frozenset({Act.REJECT, Act.REMOVE, Act.FORBID})
_AGAIN: Final = "Ask again with the right details, or appeal."
_OTRA_VEZ: Final = "Solicítelo otra vez con los datos correctos, o apele."


def _protected(reason: ContactReason, english: str, spanish: str) -> DecisionReason:
    return DecisionReason(reason, Text(english, spanish), NEUTRAL, NEUTRAL_REMEDY, _FORBID, is_protected=True)


_ENTRIES: Final = (
    DecisionReason(
        ContactReason.DETAILS_DO_NOT_MATCH,
        Text("Name or other details do not match", "El nombre u otros datos no coinciden"),
        Text(
            "Your name or other details do not match what the facility knows.",
            "Su nombre u otros datos no coinciden con los que tiene el centro.",
        ),
        Text(_AGAIN, _OTRA_VEZ),
        _REJECT,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.DOCUMENT_UNCLEAR,
        Text("Document or photo unclear", "Documento o foto poco clara"),
        Text("The document or photo could not be read.", "No se pudo leer el documento o la foto."),
        Text(
            "Ask again with a clear picture, all four corners in view.",
            "Solicítelo otra vez con una imagen clara en la que se vean las cuatro esquinas.",
        ),
        _REJECT,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.DOCUMENT_MISSING,
        Text("Document missing", "Falta un documento"),
        Text("A document that the facility asks for was missing.", "Faltaba un documento que el centro pide."),
        Text("Ask again and add the document.", "Solicítelo otra vez y agregue el documento."),
        _REJECT,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.RELATIONSHIP_NOT_SHOWN,
        Text("Relationship not shown", "Relación no demostrada"),
        Text("The relationship could not be confirmed.", "No se pudo confirmar la relación."),
        Text(
            "Ask again and say in a few words how you know each other.",
            "Solicítelo otra vez y diga en pocas palabras cómo se conocen.",
        ),
        _REJECT,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.NUMBER_OF_SOMEBODY_ELSE,
        Text("The number is somebody else's", "El número es de otra persona"),
        Text("The number is not in your name.", "El número no está a su nombre."),
        Text("Ask again with a number of your own.", "Solicítelo otra vez con un número propio."),
        _REFUSALS,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.NUMBER_SHARED,
        Text("The number is on other residents' lists", "El número está en listas de otros residentes"),
        Text(
            "Your number is on the list of another resident too.",
            "Su número está también en la lista de otro residente.",
        ),
        Text(
            "Appeal and say why both call you, for instance because they are your relatives.",
            "Apele y explique por qué le llaman ambos, por ejemplo porque son familiares suyos.",
        ),
        _REFUSALS,
    ),
    DecisionReason(
        ContactReason.NUMBER_NOT_ALLOWED,
        Text("Kind of number not allowed", "Tipo de número no permitido"),
        Text(
            "The facility allows no calls to this kind of number.", "El centro no permite llamar a ese tipo de número."
        ),
        Text("Ask again with another number of yours.", "Solicítelo otra vez con otro número suyo."),
        _REFUSALS,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.LIST_FULL,
        Text("The resident's list is full", "La lista del residente está llena"),
        Text("Their list of contacts is full.", "Su lista de contactos está llena."),
        Text(
            "They must remove a contact before you can be added. Then ask again.",
            "Tiene que quitar un contacto antes de agregarle a usted. Después solicítelo otra vez.",
        ),
        _REFUSALS,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.RESIDENT_DECLINES,
        Text("The resident does not want the contact", "El residente no quiere el contacto"),
        Text("They did not agree to the contact.", "No aceptó el contacto."),
        Text("You can write to them and ask again later.", "Puede escribirle y solicitarlo más tarde."),
        _REFUSALS,
    ),
    DecisionReason(
        ContactReason.CONTACT_DECLINES,
        Text("The contact does not want calls", "El contacto no quiere llamadas"),
        Text("You asked for no calls.", "Usted pidió no recibir llamadas."),
        Text("If you changed your mind, ask again.", "Si cambió de opinión, solicítelo otra vez."),
        _REFUSALS,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.MINOR,
        Text("Under age: a guardian must ask", "Menor de edad: debe solicitarlo un tutor"),
        Text(
            "For somebody under age a parent or guardian must ask.", "Por un menor debe solicitarlo un padre o tutor."
        ),
        Text(
            "A parent or guardian can ask with an account of their own.",
            "Un padre o tutor puede solicitarlo con su propia cuenta.",
        ),
        _REFUSALS,
    ),
    DecisionReason(
        ContactReason.SUPERVISION,
        Text("On probation or parole", "En libertad condicional o a prueba"),
        Text(
            "Who is on probation or parole needs the agreement of the supervising officer.",
            "Quien está en libertad condicional o a prueba necesita el acuerdo de su oficial supervisor.",
        ),
        Text("Ask your officer, then ask again.", "Consulte a su oficial y después solicítelo otra vez."),
        _REFUSALS,
    ),
    DecisionReason(
        ContactReason.RULES_BROKEN,
        Text("Broke the rules of calls", "Incumplió las reglas de las llamadas"),
        Text(
            "The rules of calls were broken, for instance by joining somebody else to a call.",
            "Se incumplieron las reglas de las llamadas, por ejemplo al unir a otra persona a una llamada.",
        ),
        NEUTRAL_REMEDY,
        _REFUSALS,
    ),
    DecisionReason(
        ContactReason.NUMBER_CHANGED,
        Text("The number changed hands", "El número cambió de dueño"),
        Text("This number is no longer yours.", "Este número ya no es suyo."),
        Text("Ask again with your new number.", "Solicítelo otra vez con su número nuevo."),
        _REMOVE,
        is_correctable=True,
    ),
    DecisionReason(
        ContactReason.ORDER_ENDED,
        Text("A court's order ended", "Terminó una orden judicial"),
        NEUTRAL,
        Text("You may ask again.", "Puede solicitarlo otra vez."),
        _REMOVE,
        is_protected=True,
    ),
    DecisionReason(
        ContactReason.FACILITY_DECISION,
        Text("Decision of the facility, without details", "Decisión del centro, sin detalles"),
        NEUTRAL,
        NEUTRAL_REMEDY,
        _REFUSALS,
    ),
    _protected(ContactReason.NO_CONTACT_ORDER, "A court's order of no contact", "Orden judicial de no contacto"),
    _protected(ContactReason.VICTIM, "Victim or witness", "Víctima o testigo"),
    _protected(ContactReason.STAFF_NUMBER, "Staff or former staff", "Personal o antiguo personal"),
    _protected(ContactReason.INVESTIGATION, "Investigation or security", "Investigación o seguridad"),
)
DECISION_REASONS: Final[Mapping[ContactReason, DecisionReason]] = {entry.reason: entry for entry in _ENTRIES}


def reasons_for(act: Act) -> tuple[ContactReason, ...]:
    """Those that can be given for an act, in the order in which staff read them; approving needs none."""
    return tuple(entry.reason for entry in _ENTRIES if act in entry.acts)


def explain_decision(reason: ContactReason, language: Language) -> DecisionExplained:
    """As the family reads it: of protected reasons nothing but the neutral text."""
    entry = DECISION_REASONS[reason]
    text, remedy = (NEUTRAL, NEUTRAL_REMEDY) if entry.is_protected else (entry.family, entry.remedy)
    return DecisionExplained(text.in_language(language), remedy.in_language(language))
