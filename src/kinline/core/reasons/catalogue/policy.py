"""Why a rule of the facility refused a call: the resident, the phones, the hours and the counts."""

from typing import Final

from kinline.core.reasons.catalogue.shared import ASK_FACILITY, NO_ACTION, NOTHING_TO_DO
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason
from kinline.core.speech import ClockTime, Count, Span

_SCHEDULE: Final = Text(
    "If these hours are wrong, change them on the page of the facility's rules.",
    "Si este horario no es correcto, cámbielo en la página de reglas del centro.",
)
_COUNTS: Final = Text(
    "If the resident needs more, change the rule of the facility or of the resident.",
    "Si el residente necesita más, cambie la regla del centro o la del residente.",
)
_PLAN: Final = Text(
    "Their calling hours and limits are on the facility's page.",
    "El horario y los límites de llamadas están en la página del centro.",
)

ENTRIES: Final = (
    Entry(
        Reason.POLICY_SUSPENDED,
        resident=Text(
            "Your calling is suspended. It is open again in {wait}.",
            "Sus llamadas están suspendidas. Podrá llamar de nuevo en {wait}.",
        ),
        family=Text(
            "The facility has suspended their calls. The suspension lasts {wait} more.",
            "El centro suspendió sus llamadas. La suspensión dura {wait} más.",
        ),
        remedy=Text(
            "This is a decision of the facility and not a problem of your account.",
            "Es una decisión del centro y no un problema de su cuenta.",
        ),
        action=Action.CONTACT_FACILITY,
        staff=Text("Calling is suspended by a sanction.", "Llamadas suspendidas por una sanción."),
        staff_remedy=Text("See the sanction on the resident's page.", "Vea la sanción en la página del residente."),
        retry=Retry.LATER,
        values={"wait": Span},
    ),
    Entry(
        Reason.POLICY_FACILITY_CLOSED,
        resident=Text(
            "The phones are closed. They open at {opens_at}.",
            "Los teléfonos están cerrados. Se abren a {opens_at}.",
        ),
        family=Text(
            "They tried outside calling hours. The phones open again at {opens_at}.",
            "Intentó llamar fuera del horario. Los teléfonos se abren de nuevo a {opens_at}.",
        ),
        remedy=_PLAN,
        action=Action.SEE_HOURS,
        staff=Text("Outside the calling hours of the facility.", "Fuera del horario de llamadas del centro."),
        staff_remedy=_SCHEDULE,
        retry=Retry.LATER,
        values={"opens_at": ClockTime},
        foreseen=Text("The phones are closed at this hour.", "Los teléfonos están cerrados a esta hora."),
    ),
    Entry(
        Reason.POLICY_STATION_CLOSED,
        resident=Text(
            "This phone is closed. It opens at {opens_at}.",
            "Este teléfono está cerrado. Se abre a {opens_at}.",
        ),
        family=Text(
            "They used a phone outside its hours. It opens again at {opens_at}.",
            "Usó un teléfono fuera de su horario. Se abre de nuevo a {opens_at}.",
        ),
        remedy=_PLAN,
        action=Action.SEE_HOURS,
        staff=Text("Outside the hours of this station.", "Fuera del horario de este teléfono."),
        staff_remedy=_SCHEDULE,
        retry=Retry.LATER,
        values={"opens_at": ClockTime},
        foreseen=Text(
            "The phone that they can use is closed at this hour.",
            "El teléfono que puede usar está cerrado a esta hora.",
        ),
    ),
    Entry(
        Reason.POLICY_UNIT_CLOSED,
        resident=Text(
            "The phones in this unit are closed. They open at {opens_at}.",
            "Los teléfonos de esta unidad están cerrados. Se abren a {opens_at}.",
        ),
        family=Text(
            "They tried outside the calling hours of their unit. Its phones open again at {opens_at}.",
            "Intentó llamar fuera del horario de su unidad. Sus teléfonos se abren de nuevo a {opens_at}.",
        ),
        remedy=_PLAN,
        action=Action.SEE_HOURS,
        staff=Text("Outside the calling hours of the unit.", "Fuera del horario de llamadas de la unidad."),
        staff_remedy=_SCHEDULE,
        retry=Retry.LATER,
        values={"opens_at": ClockTime},
        foreseen=Text(
            "The phones of their unit are closed at this hour.",
            "Los teléfonos de su unidad están cerrados a esta hora.",
        ),
    ),
    Entry(
        Reason.POLICY_CUTOFF,
        resident=Text("Staff have turned the phones off.", "El personal apagó los teléfonos."),
        family=Text("Staff have turned the phones off for now.", "El personal apagó los teléfonos por ahora."),
        remedy=Text("They can call when the phones are on again.", "Podrá llamar cuando los enciendan de nuevo."),
        staff=Text("The switch of the place is off.", "El interruptor del lugar está apagado."),
        staff_remedy=Text("Turn it on again when the cause is over.", "Enciéndalo de nuevo cuando termine la causa."),
        retry=Retry.LATER,
    ),
    Entry(
        Reason.POLICY_LOCKDOWN,
        resident=Text(
            "The phones are off because of a lockdown.", "Los teléfonos están apagados por un cierre de seguridad."
        ),
        family=Text(
            "The facility is on lockdown, and nobody there can call.",
            "El centro está en cierre de seguridad y nadie puede llamar desde allí.",
        ),
        remedy=Text(
            "We will show on the facility's page when it has ended.",
            "Indicaremos en la página del centro cuando termine.",
        ),
        staff=Text("A lockdown is in force.", "Hay un cierre de seguridad vigente."),
        staff_remedy=Text(
            "Lift it when it is over, and tell families with a notice.",
            "Levántelo cuando termine y avise a las familias.",
        ),
        retry=Retry.LATER,
    ),
    Entry(
        Reason.POLICY_STATION_NOT_ALLOWED,
        resident=Text("Please use a phone in your own unit.", "Use un teléfono de su propia unidad."),
        family=Text(
            "They used a phone that they are not allowed to use.",
            "Usó un teléfono que no tiene permitido usar.",
        ),
        remedy=Text("They can call from a phone in their own unit.", "Puede llamar desde un teléfono de su unidad."),
        staff=Text(
            "The resident may use the phones of their unit only.", "El residente solo puede usar los de su unidad."
        ),
        staff_remedy=Text(
            "If the resident has moved, change their unit.", "Si el residente se mudó, cambie su unidad."
        ),
        foreseen=Text("No phone that they are allowed to use is free.", "No hay un teléfono que pueda usar."),
    ),
    Entry(
        Reason.POLICY_VELOCITY,
        resident=Text(
            "You have tried many times. You can call again at {again_at}.",
            "Lo ha intentado muchas veces. Puede llamar de nuevo a {again_at}.",
        ),
        family=Text(
            "They tried more calls than the facility allows in an hour. They can call again at {again_at}.",
            "Intentó más llamadas de las que el centro permite en una hora. Puede llamar de nuevo a {again_at}.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("Too many attempts within an hour.", "Demasiados intentos en una hora."),
        staff_remedy=_COUNTS,
        retry=Retry.LATER,
        values={"again_at": ClockTime},
    ),
    Entry(
        Reason.POLICY_DAILY_CALLS,
        resident=Text(
            "You have made all the calls allowed today. You can call again tomorrow.",
            "Ya hizo todas las llamadas permitidas hoy. Puede llamar de nuevo mañana.",
        ),
        family=Text(
            "They have made all the calls allowed in a day. The facility allows {calls:call|calls}.",
            "Ya hizo todas las llamadas permitidas en un día. El centro permite {calls:llamada|llamadas}.",
        ),
        remedy=Text("They can call again tomorrow.", "Puede llamar de nuevo mañana."),
        staff=Text("The calls allowed in a day are used up.", "Se agotaron las llamadas permitidas en un día."),
        staff_remedy=_COUNTS,
        retry=Retry.LATER,
        values={"calls": Count},
    ),
    Entry(
        Reason.POLICY_CALLS_USED,
        resident=Text(
            "You have made all the calls allowed for now. You can call again in {wait}.",
            "Ya hizo todas las llamadas permitidas por ahora. Puede llamar de nuevo en {wait}.",
        ),
        family=Text(
            "They have made all the calls allowed. The facility allows {calls:call|calls}. They can call again in "
            "{wait}.",
            "Ya hizo todas las llamadas permitidas. El centro permite {calls:llamada|llamadas}. Puede llamar de nuevo "
            "en {wait}.",
        ),
        remedy=_PLAN,
        staff=Text(
            "The calls allowed in a week or a month are used up.",
            "Se agotaron las llamadas permitidas en una semana o un mes.",
        ),
        staff_remedy=_COUNTS,
        retry=Retry.LATER,
        values={"calls": Count, "wait": Span},
    ),
    Entry(
        Reason.POLICY_MINUTES_USED,
        resident=Text(
            "You have used all your minutes for now. You can call again in {wait}.",
            "Ya usó todos sus minutos por ahora. Puede llamar de nuevo en {wait}.",
        ),
        family=Text(
            "They have used all the time allowed. It is {minutes:minute|minutes}. They can call again in {wait}.",
            "Ya usó todo el tiempo permitido. Son {minutes:minuto|minutos}. Puede llamar de nuevo en {wait}.",
        ),
        remedy=_PLAN,
        staff=Text("The minutes allowed are used up.", "Se agotaron los minutos permitidos."),
        staff_remedy=_COUNTS,
        retry=Retry.LATER,
        values={"minutes": Count, "wait": Span},
    ),
    Entry(
        Reason.POLICY_TOO_SOON,
        resident=Text(
            "It is too soon after your last call. You can call again at {again_at}.",
            "Es muy pronto después de su última llamada. Puede llamar de nuevo a {again_at}.",
        ),
        family=Text(
            "The facility asks for a wait between calls. They can call again at {again_at}.",
            "El centro exige una espera entre llamadas. Puede llamar de nuevo a {again_at}.",
        ),
        remedy=NOTHING_TO_DO,
        staff=Text("The wait between calls is not over.", "No ha pasado la espera entre llamadas."),
        staff_remedy=_COUNTS,
        retry=Retry.LATER,
        values={"again_at": ClockTime},
        foreseen=Text(
            "The facility asks for a wait between calls, and it is not over.",
            "El centro exige una espera entre llamadas, y aún no ha pasado.",
        ),
    ),
    Entry(
        Reason.POLICY_EMERGENCY_NUMBER,
        resident=Text(
            "Emergency numbers cannot be called from here. Tell staff at once.",
            "Desde aquí no se puede llamar a emergencias. Avise al personal de inmediato.",
        ),
        family=Text("An emergency number was dialled.", "Se marcó un número de emergencia."),
        remedy=NOTHING_TO_DO,
        staff=Text("An emergency number was dialled.", "Se marcó un número de emergencia."),
        staff_remedy=Text(
            "See at once whether somebody at the station needs help.",
            "Vea de inmediato si alguien necesita ayuda en ese teléfono.",
        ),
        retry=Retry.NEVER,
    ),
    Entry(
        Reason.POLICY_DESTINATION_CLASS,
        resident=Text("That kind of number cannot be called.", "No se puede llamar a ese tipo de número."),
        family=Text(
            "This kind of number (toll-free, premium, operator or the like) cannot be called from the facility.",
            "No se puede llamar a este tipo de número (gratuito, de pago, de operadora o similar) desde el centro.",
        ),
        remedy=Text("Give them an ordinary home or mobile number.", "Dele un número común, fijo o móvil."),
        action=Action.UPDATE_NUMBER,
        staff=Text("The class of the number is barred.", "La clase del número no está permitida."),
        staff_remedy=Text(
            "If the number is needed, such as a hotline, add it to the facility's free numbers.",
            "Si el número hace falta, como una línea de ayuda, agréguelo a los números gratuitos del centro.",
        ),
        retry=Retry.NEVER,
    ),
    Entry(
        Reason.POLICY_DESTINATION_OFF,
        resident=Text("Calls to that place are not allowed here.", "Aquí no se permiten llamadas a ese lugar."),
        family=Text(
            "The facility does not allow calls to the place of this number.",
            "El centro no permite llamadas al lugar de este número.",
        ),
        remedy=ASK_FACILITY,
        action=Action.CONTACT_FACILITY,
        staff=Text(
            "A rule does not allow calls to where the number is.", "Una regla no permite llamar a donde está el número."
        ),
        staff_remedy=Text(
            "The rules name the destinations that each level allows.",
            "Las reglas indican los destinos que permite cada nivel.",
        ),
        retry=Retry.NEVER,
    ),
    Entry(
        Reason.POLICY_INTERNATIONAL_OFF,
        resident=Text("Calls to other countries are not allowed here.", "Aquí no se permiten llamadas a otros países."),
        family=Text(
            "The facility does not allow calls to other countries. Canada and the Caribbean count as such.",
            "El centro no permite llamadas a otros países. Canadá y el Caribe cuentan como tales.",
        ),
        remedy=ASK_FACILITY,
        action=Action.CONTACT_FACILITY,
        staff=Text("International calls are off.", "Las llamadas internacionales están desactivadas."),
        staff_remedy=NO_ACTION,
        retry=Retry.NEVER,
    ),
)
