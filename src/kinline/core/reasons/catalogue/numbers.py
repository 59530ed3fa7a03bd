"""Why a rule refused the number: the resident's list, blocks and protection; and numbers dialled wrongly."""

from typing import Final

from kinline.core.reasons.catalogue.shared import (
    ASK_FACILITY,
    NEUTRAL,
    NEUTRAL_REMEDY,
    NO_ACTION,
    NOTHING_TO_DO,
    WAIT_FOR_ANOTHER_CALL,
)
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_NOT_POSSIBLE: Final = Text("This number cannot be called.", "No se puede llamar a este número.")
_DECIDE: Final = Text("Decide on the request.", "Decida sobre la solicitud.")
_PROTECTED: Final = Text(
    "Do not tell the resident or a third party the cause. See the note on the number.",
    "No diga la causa al residente ni a terceros. Vea la nota del número.",
)

ENTRIES: Final = (
    Entry(
        Reason.POLICY_NOT_ON_LIST,
        resident=Text("This number is not on your list of contacts.", "Este número no está en su lista de contactos."),
        family=Text(
            "You are not on their list of approved contacts yet.", "Usted todavía no está en su lista de contactos."
        ),
        remedy=Text(
            "Ask the facility for approval; you can follow the request here.",
            "Pida la aprobación del centro; puede seguir la solicitud aquí.",
        ),
        action=Action.ASK_FOR_APPROVAL,
        staff=Text("Not an approved contact of this resident.", "No es un contacto aprobado de este residente."),
        staff_remedy=Text("Approve the contact if it was asked for.", "Apruebe el contacto si fue solicitado."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_CONTACT_PENDING,
        resident=Text("This contact is waiting for approval.", "Este contacto espera aprobación."),
        family=Text("Your approval as a contact is still being decided.", "Aún se decide su aprobación como contacto."),
        remedy=Text("The state of the request is shown here.", "Aquí se muestra el estado de la solicitud."),
        action=Action.SEE_REQUEST,
        staff=Text("The contact is waiting for a decision.", "El contacto espera una decisión."),
        staff_remedy=_DECIDE,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_CONTACT_REJECTED,
        resident=Text("The facility has not approved this contact.", "El centro no aprobó este contacto."),
        family=Text("The facility has not approved you as a contact.", "El centro no le aprobó como contacto."),
        remedy=Text(
            "The request shows the cause and how to correct it or to appeal.",
            "La solicitud muestra la causa y cómo corregirla o apelar.",
        ),
        action=Action.SEE_REQUEST,
        staff=Text("The contact was refused.", "El contacto fue rechazado."),
        staff_remedy=Text("The refusal is on the contact's page.", "El rechazo está en la página del contacto."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_CONTACT_EXPIRED,
        resident=Text("The approval of this contact has ended.", "La aprobación de este contacto terminó."),
        family=Text("Your approval as a contact has ended.", "Su aprobación como contacto terminó."),
        remedy=Text("Ask the facility to approve you again.", "Pida al centro que le apruebe de nuevo."),
        action=Action.ASK_FOR_APPROVAL,
        staff=Text("The approval of the contact has ended.", "La aprobación del contacto terminó."),
        staff_remedy=Text("Extend it on the contact's page.", "Prolónguela en la página del contacto."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_LIST_FULL,
        resident=Text(
            "Your list of contacts is full. Remove one to add another.",
            "Su lista de contactos está llena. Quite uno para agregar otro.",
        ),
        family=Text("Their list of contacts is full.", "Su lista de contactos está llena."),
        remedy=Text(
            "They must remove a contact before you can be added.",
            "Tiene que quitar un contacto para agregarle a usted.",
        ),
        staff=Text("The list has reached its maximum.", "La lista llegó a su máximo."),
        staff_remedy=Text("Raise the maximum if there is cause.", "Suba el máximo si hay motivo."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_NUMBER_SHARED,
        resident=Text(
            "This number needs the facility's approval first.", "Este número necesita antes la aprobación del centro."
        ),
        family=Text(
            "Your number is on the list of another resident too, and the facility must agree first.",
            "Su número está también en la lista de otro residente, y el centro debe aceptarlo primero.",
        ),
        remedy=ASK_FACILITY,
        action=Action.CONTACT_FACILITY,
        staff=Text("The number is on lists of several residents.", "El número está en listas de varios residentes."),
        staff_remedy=_DECIDE,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_NUMBER_BLOCKED_FACILITY,
        resident=Text("The facility has blocked this number.", "El centro bloqueó este número."),
        family=Text("The facility has blocked calls to this number.", "El centro bloqueó las llamadas a este número."),
        remedy=ASK_FACILITY,
        action=Action.CONTACT_FACILITY,
        staff=Text("Blocked by the facility.", "Bloqueado por el centro."),
        staff_remedy=Text("The block's note says why and by whom.", "La nota del bloqueo dice por qué y quién."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.POLICY_NUMBER_BLOCKED_SECURITY,
        resident=_NOT_POSSIBLE,
        family=NEUTRAL,
        remedy=NEUTRAL_REMEDY,
        action=Action.CONTACT_FACILITY,
        staff=Text("Blocked for security.", "Bloqueado por seguridad."),
        staff_remedy=Text("Review it by the date in its note.", "Revíselo antes de la fecha de su nota."),
        retry=Retry.NEVER,
        is_protected=True,
    ),
    Entry(
        Reason.POLICY_KEPT_APART,
        resident=_NOT_POSSIBLE,
        family=NEUTRAL,
        remedy=NEUTRAL_REMEDY,
        action=Action.CONTACT_FACILITY,
        staff=Text(
            "Somebody from whom the resident is kept apart is on a call with this number.",
            "Alguien de quien el residente debe estar separado está en una llamada con este número.",
        ),
        staff_remedy=_PROTECTED,
        retry=Retry.LATER,
        is_protected=True,
    ),
    Entry(
        Reason.POLICY_NO_CONTACT_ORDER,
        resident=_NOT_POSSIBLE,
        family=NEUTRAL,
        remedy=NEUTRAL_REMEDY,
        action=Action.CONTACT_FACILITY,
        staff=Text("A court order forbids contact.", "Una orden judicial prohíbe el contacto."),
        staff_remedy=_PROTECTED,
        retry=Retry.NEVER,
        is_protected=True,
    ),
    Entry(
        Reason.POLICY_VICTIM,
        resident=_NOT_POSSIBLE,
        family=NEUTRAL,
        remedy=NEUTRAL_REMEDY,
        action=Action.CONTACT_FACILITY,
        staff=Text("The number of a victim or witness.", "Número de una víctima o un testigo."),
        staff_remedy=_PROTECTED,
        retry=Retry.NEVER,
        is_protected=True,
    ),
    Entry(
        Reason.POLICY_STAFF_NUMBER,
        resident=_NOT_POSSIBLE,
        family=NEUTRAL,
        remedy=NEUTRAL_REMEDY,
        action=Action.CONTACT_FACILITY,
        staff=Text("The number of a member of staff.", "Número de un miembro del personal."),
        staff_remedy=_PROTECTED,
        retry=Retry.NEVER,
        is_protected=True,
    ),
    Entry(
        Reason.DIAL_INVALID,
        resident=Text(  # that it may be dialled again, and how, is said where it may
            "That is not a number that can be called.", "Ese no es un número al que se pueda llamar."
        ),
        family=Text("A number that does not exist was dialled.", "Se marcó un número que no existe."),
        remedy=NOTHING_TO_DO,
        staff=Text("The digits are no number.", "Los dígitos no forman un número."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.DIAL_INCOMPLETE,
        resident=Text("The number is too short.", "Al número le faltan dígitos."),
        family=Text("The number was not dialled to its end.", "No se marcó el número completo."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("Digits are missing.", "Faltan dígitos."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.DIAL_TIMEOUT,
        resident=Text("We did not receive a number.", "No recibimos ningún número."),
        family=Text("No number was dialled.", "No se marcó ningún número."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("No number was dialled in time.", "No se marcó ningún número a tiempo."),
        staff_remedy=Text(
            "If one station shows it often, test its keypad.", "Si ocurre mucho en un teléfono, pruebe su teclado."
        ),
    ),
    Entry(
        Reason.DIAL_ABANDONED,
        resident=Text("Goodbye.", "Adiós."),
        family=Text(
            "The person in custody hung up before a number was called.",
            "La persona bajo custodia colgó antes de llamar a un número.",
        ),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("Hung up before dialling was complete.", "Colgó antes de terminar de marcar."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.BLOCK_CALLED_PARTY,
        resident=Text("This person does not accept calls.", "Esta persona no acepta llamadas."),
        family=Text("You have blocked these calls.", "Usted bloqueó estas llamadas."),
        remedy=Text("You can lift the block yourself, at once.", "Usted puede quitar el bloqueo de inmediato."),
        action=Action.UNBLOCK,
        staff=Text("The called party blocked the calls.", "La persona llamada bloqueó las llamadas."),
        staff_remedy=Text(
            "Only the called party can lift it, in the account or through support.",
            "Solo la persona llamada puede quitarlo, en su cuenta o con soporte.",
        ),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.BLOCK_CUSTOMER_PAUSED,
        resident=Text("This person has paused calls for now.", "Esta persona pausó las llamadas por ahora."),
        family=Text("You have paused calls.", "Usted pausó las llamadas."),
        remedy=Text("You can resume them at once.", "Puede reanudarlas de inmediato."),
        action=Action.RESUME_CALLS,
        staff=Text("The customer paused calls.", "El cliente pausó las llamadas."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.BLOCK_QUIET_HOURS,
        resident=Text(
            "This person takes no calls at this time. Try again later.",
            "Esta persona no recibe llamadas a esta hora. Inténtelo más tarde.",
        ),
        family=Text(
            "Someone called in the hours in which you wish no calls, and your phone did not ring.",
            "Alguien llamó en las horas en que usted no desea llamadas, y su teléfono no sonó.",
        ),
        remedy=Text("You can change these hours at any time.", "Puede cambiar estas horas cuando quiera."),
        action=Action.CHANGE_QUIET_HOURS,
        staff=Text(
            "The called party wishes no calls at this hour.", "La persona llamada no desea llamadas a esta hora."
        ),
        staff_remedy=NO_ACTION,
        retry=Retry.LATER,
        foreseen=Text(
            "These are the hours in which you wish no calls.", "Estas son las horas en que usted no desea llamadas."
        ),
    ),
)
