"""Why a call did not reach the called phone, or nobody answered there."""

from typing import Final

from kinline.core.reasons.catalogue.shared import (
    LOOK_AT_INCIDENT,
    NO_ACTION,
    NOTHING_TO_DO,
    OUR_FAULT,
    WAIT_FOR_ANOTHER_CALL,
)
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_LINES_BUSY: Final = Text("All lines are busy.", "Todas las líneas están ocupadas.")
_OUR_NETWORK: Final = Text("Our network could not place the call.", "Nuestra red no pudo hacer la llamada.")
_CHECK_PHONE: Final = Text(
    "Check that your phone is on and has a signal. You were not charged.",
    "Compruebe que su teléfono está encendido y tiene señal. No se le cobró nada.",
)

ENTRIES: Final = (
    Entry(
        Reason.NET_NO_TRUNK,
        resident=_LINES_BUSY,
        family=_OUR_NETWORK,
        remedy=OUR_FAULT,
        staff=Text("No trunk could take the call.", "Ninguna línea pudo tomar la llamada."),
        staff_remedy=LOOK_AT_INCIDENT,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.NET_CONGESTION,
        resident=_LINES_BUSY,
        family=_OUR_NETWORK,
        remedy=OUR_FAULT,
        staff=Text("The network was congested.", "La red estaba congestionada."),
        staff_remedy=LOOK_AT_INCIDENT,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.NET_CARRIER_REJECT,
        resident=Text("The telephone network refused the call.", "La red telefónica rechazó la llamada."),
        family=Text("The telephone network refused the call.", "La red telefónica rechazó la llamada."),
        remedy=OUR_FAULT,
        action=Action.TEST_LINE,
        staff=Text("The carrier refused the call.", "El operador rechazó la llamada."),
        staff_remedy=LOOK_AT_INCIDENT,
    ),
    Entry(
        Reason.NET_STATION_FAULT,
        resident=Text("This phone has a fault. Please use another.", "Este teléfono tiene una falla. Use otro."),
        family=Text("The phone they used has a fault.", "El teléfono que usó tiene una falla."),
        remedy=OUR_FAULT,
        staff=Text("The station has a fault.", "El teléfono tiene una falla."),
        staff_remedy=Text("Open a repair ticket for the station.", "Abra una orden de reparación del teléfono."),
    ),
    Entry(
        Reason.NET_JMS_STALE,
        resident=Text(
            "The facility's records are out of date. Please tell staff.",
            "Los registros del centro no están al día. Avise al personal.",
        ),
        family=Text("The facility's records have not reached us.", "No nos han llegado los registros del centro."),
        remedy=OUR_FAULT,
        staff=Text("The feed of the jail's records is silent.", "No llegan los registros del sistema del centro."),
        staff_remedy=Text("Check the feed; support was alerted.", "Revise la conexión; se avisó a soporte."),
        retry=Retry.LATER,
    ),
    Entry(
        Reason.NET_PLATFORM_FAULT,
        resident=Text("We are sorry, something went wrong.", "Lo sentimos, algo salió mal."),
        family=Text("Something went wrong on our side.", "Algo salió mal de nuestro lado."),
        remedy=OUR_FAULT,
        action=Action.CONTACT_SUPPORT,
        staff=Text("A fault of the platform.", "Una falla de la plataforma."),
        staff_remedy=LOOK_AT_INCIDENT,
    ),
    Entry(
        Reason.RING_BUSY,
        resident=Text("The line is busy.", "La línea está ocupada."),
        family=Text("They called while your line was busy.", "Le llamaron mientras su línea estaba ocupada."),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("Busy.", "Ocupado."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.RING_NO_ANSWER,
        resident=Text("Nobody answered.", "Nadie contestó."),
        family=Text("You missed a call.", "Tuvo una llamada perdida."),
        remedy=_CHECK_PHONE,
        staff=Text("No answer.", "Sin respuesta."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.RING_UNREACHABLE,
        resident=Text("This number could not be reached.", "No se pudo comunicar con este número."),
        family=Text("Your number could not be reached.", "No se pudo comunicar con su número."),
        remedy=_CHECK_PHONE,
        action=Action.TEST_LINE,
        staff=Text("The number could not be reached.", "No se pudo comunicar con el número."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.RING_SWITCHED_OFF,
        resident=Text("This phone is switched off.", "Ese teléfono está apagado."),
        family=Text("Your phone was off or had no signal.", "Su teléfono estaba apagado o sin señal."),
        remedy=_CHECK_PHONE,
        action=Action.TEST_LINE,
        staff=Text("The called phone was off.", "El teléfono llamado estaba apagado."),
        staff_remedy=NO_ACTION,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.RING_NUMBER_CHANGED,
        resident=Text("This number is not in service.", "Este número no está en servicio."),
        family=Text("Your number is not in service any more.", "Su número ya no está en servicio."),
        remedy=Text(
            "Enter your new number; their list of contacts follows it.",
            "Escriba su número nuevo; la lista de contactos se actualiza.",
        ),
        action=Action.UPDATE_NUMBER,
        staff=Text("The number is not in service.", "El número no está en servicio."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.RING_SPAM_FILTERED,
        resident=Text(
            "Their phone may be blocking unknown numbers.", "Su teléfono puede estar bloqueando números desconocidos."
        ),
        family=Text(
            "Your phone or your phone company turned the call away as unwanted.",
            "Su teléfono o su compañía rechazó la llamada como no deseada.",
        ),
        remedy=Text(
            "Save the number that calls come from, and turn off the silencing of unknown callers.",
            "Guarde el número desde el que le llaman y desactive el silencio de números desconocidos.",
        ),
        action=Action.SAVE_CALLER,
        staff=Text("The call was filtered as spam.", "La llamada se filtró como no deseada."),
        staff_remedy=Text(
            "Check the attestation and the registration of the caller's number.",
            "Compruebe la atestación y el registro del número que llama.",
        ),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.RING_ABANDONED,
        resident=Text("Goodbye.", "Adiós."),
        family=Text(
            "The person in custody hung up before you answered.",
            "La persona bajo custodia colgó antes de que usted contestara.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("The resident hung up while it rang.", "El residente colgó mientras sonaba."),
        staff_remedy=NO_ACTION,
    ),
)
