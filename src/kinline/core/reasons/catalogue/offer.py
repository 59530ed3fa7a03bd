"""Why a call that was answered was not accepted."""

from typing import Final

from kinline.core.reasons.catalogue.shared import NO_ACTION, NOTHING_TO_DO, WAIT_FOR_ANOTHER_CALL
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_KEYPAD: Final = Text(
    "Show the keypad while you listen, turn the loudspeaker off, and press the key firmly. You were not charged.",
    "Muestre el teclado mientras escucha, apague el altavoz y oprima bien la tecla. No se le cobró nada.",
)

ENTRIES: Final = (
    Entry(
        Reason.OFFER_MACHINE,
        resident=Text("A machine answered.", "Contestó una máquina."),
        family=Text(
            "The call went to voicemail or a machine, which cannot accept it.",
            "La llamada llegó al buzón de voz o a una máquina, que no puede aceptarla.",
        ),
        remedy=Text(
            "Answer before voicemail does, and remove music in place of the ringing. You were not charged.",
            "Conteste antes que el buzón y quite la música en lugar del timbre. No se le cobró nada.",
        ),
        staff=Text("A machine answered.", "Contestó una máquina."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.OFFER_NO_KEY,
        resident=Text("They did not choose to accept the call.", "No respondieron a la oferta de la llamada."),
        family=Text("No key was pressed in time to accept the call.", "No se oprimió a tiempo una tecla para aceptar."),
        remedy=_KEYPAD,
        action=Action.TEST_LINE,
        staff=Text("No key was pressed at the offer.", "No se oprimió ninguna tecla en la oferta."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.OFFER_REFUSED,
        resident=Text("The call was not accepted.", "No aceptaron la llamada."),
        family=Text("You declined the call.", "Usted rechazó la llamada."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("Declined by key.", "Rechazada con una tecla."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.OFFER_HUNG_UP,
        resident=Text("The person you called hung up.", "La persona a quien llamó colgó."),
        family=Text("The call was hung up before it was accepted.", "Colgaron antes de aceptar la llamada."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("The called party hung up at the offer.", "La persona llamada colgó en la oferta."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.OFFER_BLOCKED,
        resident=Text("This person does not accept calls.", "Esta persona no acepta llamadas."),
        family=Text("You blocked these calls during the call.", "Usted bloqueó estas llamadas durante la llamada."),
        remedy=Text("You can lift the block yourself, at once.", "Usted puede quitar el bloqueo de inmediato."),
        action=Action.UNBLOCK,
        staff=Text("The called party blocked the calls by key.", "La persona llamada bloqueó con una tecla."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.OFFER_ABANDONED,
        resident=Text("Goodbye.", "Adiós."),
        family=Text(
            "The person in custody hung up before you accepted.",
            "La persona bajo custodia colgó antes de que usted aceptara.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("The resident hung up during the offer.", "El residente colgó durante la oferta."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.OFFER_LANGUAGE,
        resident=Text("They did not understand the announcement.", "No entendieron el anuncio."),
        family=Text("The announcement was in a language that did not help you.", "El anuncio estaba en otro idioma."),
        remedy=Text("Choose your language in your account.", "Elija su idioma en su cuenta."),
        staff=Text("The offer was in a wrong language.", "La oferta estaba en otro idioma."),
        staff_remedy=Text("Set the language of the contact.", "Ponga el idioma del contacto."),
    ),
    Entry(
        Reason.OFFER_DTMF_NOT_HEARD,
        resident=Text("Their phone's keys did not reach us.", "No nos llegaron las teclas de su teléfono."),
        family=Text("The keys of your phone did not reach us.", "No nos llegaron las teclas de su teléfono."),
        remedy=_KEYPAD,
        action=Action.TEST_LINE,
        staff=Text("No keypad tones were received.", "No se recibieron tonos del teclado."),
        staff_remedy=Text("Test the trunk's digits.", "Pruebe los dígitos de la línea."),
    ),
    Entry(
        Reason.OFFER_PRIVILEGED_UNVERIFIED,
        resident=Text(
            "This number is not confirmed as private yet. Please tell staff.",
            "Este número aún no está confirmado como privado. Avise al personal.",
        ),
        family=Text(
            "Your number is not confirmed as privileged yet, so no call to it was placed.",
            "Su número aún no está confirmado como privilegiado, y no se hizo la llamada.",
        ),
        remedy=Text(
            "Confirm it with proof of your office; until then no call is recorded either.",
            "Confírmelo con un comprobante de su cargo; hasta entonces tampoco se graba ninguna llamada.",
        ),
        action=Action.VERIFY_PRIVILEGE,
        staff=Text("The privileged number is not verified.", "El número privilegiado no está verificado."),
        staff_remedy=Text("Verify the holder of the number.", "Verifique al titular del número."),
        retry=Retry.AFTER_CHANGE,
        foreseen=Text(
            "Your number is not confirmed as privileged yet, so no call to it is placed.",
            "Su número aún no está confirmado como privilegiado, y no se hacen llamadas.",
        ),
    ),
)
