"""Why a resident was not identified."""

from typing import Final

from kinline.core.reasons.catalogue.shared import (
    NO_ACTION,
    NOTHING_TO_DO,
    WAIT_FOR_ANOTHER_CALL,
)
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason
from kinline.core.speech import Span

ENTRIES: Final = (
    Entry(
        Reason.IDENTIFY_BAD_PIN,
        resident=Text("That number or PIN is not right.", "Ese número o esa clave no es correcta."),
        family=Text(
            "A call was tried with a wrong ID number or PIN. No number was dialled.",
            "Se intentó una llamada con un número o una clave incorrecta. No se marcó ningún número.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("Wrong ID number or PIN.", "Número de residente o clave incorrecta."),
        staff_remedy=Text(
            "If it repeats, check the resident's number and reset the PIN.",
            "Si se repite, compruebe el número del residente y cambie la clave.",
        ),
    ),
    Entry(
        Reason.IDENTIFY_PIN_LOCKED,
        resident=Text(
            "Your PIN is locked after too many tries. You can try again in {wait}. Staff can help you.",
            "Su clave está bloqueada por demasiados intentos. Intente de nuevo en {wait}. El personal puede ayudarle.",
        ),
        family=Text(
            "Their PIN is locked after too many wrong tries. It opens again in {wait}.",
            "Su clave está bloqueada por demasiados intentos equivocados. Se desbloquea en {wait}.",
        ),
        remedy=Text(
            "They can ask staff to reset it. It has nothing to do with your account.",
            "Puede pedir al personal que la cambie. No tiene que ver con la cuenta de usted.",
        ),
        staff=Text("PIN locked after too many wrong tries.", "Clave bloqueada por demasiados intentos equivocados."),
        staff_remedy=Text(
            "Make sure who was calling, then reset the PIN; the reset is audited.",
            "Compruebe quién llamaba y cambie la clave; el cambio queda registrado.",
        ),
        retry=Retry.LATER,
        values={"wait": Span},
    ),
    Entry(
        Reason.IDENTIFY_PIN_NOT_HERE,
        resident=Text(
            "Your account is still at another facility. Please tell staff.",
            "Su cuenta todavía está en otro centro. Avise al personal.",
        ),
        family=Text(
            "Their transfer to this facility is not finished in our records. Your money is safe and goes with them.",
            "El traslado a este centro aún no figura en nuestros registros. Su dinero está seguro y lo seguirá.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("The PIN belongs to a resident of another facility.", "La clave es de un residente de otro centro."),
        staff_remedy=Text(
            "Finish the transfer in the jail's records, or ask support to move the account.",
            "Termine el traslado en el sistema del centro o pida a soporte que mueva la cuenta.",
        ),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.IDENTIFY_NOT_ACTIVE,
        resident=Text("Your account is not active. Please tell staff.", "Su cuenta no está activa. Avise al personal."),
        family=Text(
            "They are not listed as being at this facility: they may have been released or moved.",
            "No figura en este centro: puede que haya salido o que la hayan trasladado.",
        ),
        remedy=Text(
            "If they were released, you can take back what is left of your money.",
            "Si ya salió, usted puede pedir la devolución del dinero que le quede.",
        ),
        action=Action.SEE_REFUNDS,
        staff=Text(
            "Booked out, or not loaded from the jail's records.", "Dado de baja, o no cargado del sistema del centro."
        ),
        staff_remedy=Text(
            "Check the booking and when the records were last loaded.",
            "Compruebe el ingreso y cuándo se cargaron los registros por última vez.",
        ),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.IDENTIFY_VOICE_MISMATCH,
        resident=Text(
            "We could not match your voice. Please try again, or ask staff.",
            "No pudimos reconocer su voz. Inténtelo de nuevo o hable con el personal.",
        ),
        family=Text(
            "Their voice could not be matched. It is not a problem of your account.",
            "No se pudo reconocer su voz. No es un problema de la cuenta de usted.",
        ),
        remedy=Text("They can ask staff for another way.", "Puede pedir al personal otra manera."),
        staff=Text("The voice did not match the enrolled one.", "La voz no coincidió con la registrada."),
        staff_remedy=Text(
            "Make sure who was calling; enrol the voice again or allow PIN only.",
            "Compruebe quién llamaba; registre la voz de nuevo o permita solo la clave.",
        ),
    ),
    Entry(
        Reason.IDENTIFY_NOT_ENROLLED,
        resident=Text(
            "First your name must be recorded. Please tell staff.",
            "Primero hay que grabar su nombre. Avise al personal.",
        ),
        family=Text(
            "Their first call is not possible before their name is recorded.",
            "Su primera llamada no es posible hasta que se grabe su nombre.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("Spoken name or voice not recorded yet.", "Nombre hablado o voz aún sin grabar."),
        staff_remedy=Text("Record it with the resident.", "Grábelo con el residente."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.IDENTIFY_IN_USE,
        resident=Text(
            "This account is already on a call. If it is not you, tell staff.",
            "Esta cuenta ya está en una llamada. Si no es usted, avise al personal.",
        ),
        family=Text("They were already on another call.", "Ya estaba en otra llamada."),
        remedy=Text("They can call when that call has ended.", "Puede llamar cuando termine la otra llamada."),
        staff=Text(
            "The same ID and PIN are on a call at another station.",
            "El mismo número y la misma clave están en una llamada en otro teléfono.",
        ),
        staff_remedy=Text(
            "Look who is on the other call: the PIN may be shared or stolen.",
            "Vea quién está en la otra llamada: la clave puede ser prestada o robada.",
        ),
        retry=Retry.LATER,
        foreseen=Text("They are on a call at this moment.", "En este momento está en una llamada."),
    ),
    Entry(
        Reason.IDENTIFY_TIMEOUT,
        resident=Text("We did not receive your number.", "No recibimos su número."),
        family=Text(
            "A call was begun and no ID was entered.", "Se inició una llamada y no se marcó la identificación."
        ),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("No ID or PIN was entered in time.", "No se marcó el número o la clave a tiempo."),
        staff_remedy=Text(
            "If one station shows it often, test its keypad.",
            "Si ocurre mucho en un teléfono, pruebe su teclado.",
        ),
    ),
    Entry(
        Reason.IDENTIFY_ABANDONED,
        resident=Text("Goodbye.", "Adiós."),
        family=Text("The phone was hung up before anybody was called.", "Colgaron antes de llamar a nadie."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("Hung up before identification.", "Colgó antes de identificarse."),
        staff_remedy=NO_ACTION,
    ),
)
