"""Why a call that was accepted ended."""

from typing import Final

from kinline.core.reasons.catalogue.shared import LOOK_AT_INCIDENT, NO_ACTION, NOTHING_TO_DO, WAIT_FOR_ANOTHER_CALL
from kinline.core.reasons.entry import Action, Charging, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_CREDITED: Final = Text(
    "You get the charge of this call back at once, without asking. They can call again.",
    "Se le devuelve de inmediato el cargo de esta llamada, sin pedirlo. Pueden volver a llamar.",
)
_LOST: Final = Text("The connection was lost.", "Se perdió la conexión.")
_IF_WRONG: Final = Text(
    "If this was wrong, say so with one tap and get the charge back.",
    "Si fue un error, díganoslo con un toque y se le devuelve el cargo.",
)
_EVIDENCE: Final = Text(
    "Listen to the moment in the recording before you decide anything: detectors err.",
    "Escuche ese momento en la grabación antes de decidir: los detectores se equivocan.",
)

ENTRIES: Final = (
    Entry(
        Reason.TALK_HANGUP_RESIDENT,
        resident=Text("Goodbye.", "Adiós."),
        family=Text("The person in custody hung up.", "La persona bajo custodia colgó."),
        remedy=NOTHING_TO_DO,
        staff=Text("Ended by the resident.", "La terminó el residente."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_HANGUP_CALLED,
        resident=Text("The other person has hung up.", "La otra persona colgó."),
        family=Text("You hung up.", "Usted colgó."),
        remedy=NOTHING_TO_DO,
        staff=Text("Ended by the called party.", "La terminó la persona llamada."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_TIME_LIMIT,
        resident=Text("The time allowed for this call is over.", "Se terminó el tiempo permitido para esta llamada."),
        family=Text(
            "The call reached the longest time that the facility allows.",
            "La llamada llegó al tiempo máximo que permite el centro.",
        ),
        remedy=WAIT_FOR_ANOTHER_CALL,
        staff=Text("The time limit was reached.", "Se llegó al tiempo máximo."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_FUNDS_END,
        resident=Text("The money for this call has run out.", "Se terminó el saldo para esta llamada."),
        family=Text("The money for the call ran out.", "Se terminó el saldo para la llamada."),
        remedy=Text(
            "Add money, or let it be added by itself when it runs low.",
            "Agregue dinero, o deje que se agregue solo cuando quede poco.",
        ),
        action=Action.AUTO_RELOAD,
        staff=Text("The payer's money ran out.", "Se terminó el saldo de quien paga."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.TALK_DAY_LIMIT,
        resident=Text(
            "What this person lets be spent on calls in a day is used up.",
            "Ya se gastó lo que esta persona permite gastar en llamadas por día.",
        ),
        family=Text(
            "The call used up what you let be spent on calls in a day.",
            "La llamada gastó lo que usted permite gastar en llamadas por día.",
        ),
        remedy=Text(
            "A new day begins at midnight at the facility. You can raise your limit at any time.",
            "Un día nuevo empieza a la medianoche del centro. Puede subir su límite cuando quiera.",
        ),
        action=Action.CHANGE_DAY_LIMIT,
        staff=Text("The payer's own limit for a day was reached.", "Se llegó al límite diario de quien paga."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.TALK_SCHEDULE_END,
        resident=Text("The phones are closing now.", "Los teléfonos se cierran ahora."),
        family=Text("The call ended with the calling hours.", "La llamada terminó con el horario de llamadas."),
        remedy=Text("The calling hours are on the facility's page.", "El horario está en la página del centro."),
        action=Action.SEE_HOURS,
        staff=Text("Calling hours ended.", "Terminó el horario de llamadas."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.TALK_CUTOFF,
        resident=Text("Staff have ended this call.", "El personal terminó esta llamada."),
        family=Text("Staff of the facility ended the call.", "El personal del centro terminó la llamada."),
        remedy=Text("Only the facility can say why.", "Solo el centro puede decir por qué."),
        action=Action.CONTACT_FACILITY,
        staff=Text("Cut off by staff.", "Cortada por el personal."),
        staff_remedy=Text("Write down the cause: a note is required.", "Anote la causa: la nota es obligatoria."),
        charging=Charging.TALK,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.TALK_LOCKDOWN,
        resident=Text("The call ends because of a lockdown.", "La llamada termina por un cierre de seguridad."),
        family=Text(
            "The call ended because of a lockdown.", "La llamada terminó por un cierre de seguridad en el centro."
        ),
        remedy=Text(
            "We will show on the facility's page when it has ended.",
            "Indicaremos en la página del centro cuando termine.",
        ),
        staff=Text("Ended by a lockdown.", "Terminada por un cierre de seguridad."),
        staff_remedy=NO_ACTION,
        charging=Charging.TALK,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.TALK_PRIVILEGE_FOUND,
        resident=Text(
            "This number was just found to be private. Call again: it will not be recorded.",
            "Se supo ahora que este número es privado. Llame otra vez: no se grabará.",
        ),
        family=Text(
            "Your number was found to be privileged during the call, so it was ended and its recording sealed.",
            "Durante la llamada se supo que su número es privilegiado; se terminó y se selló la grabación.",
        ),
        remedy=_CREDITED,
        action=Action.CONTACT_SUPPORT,
        staff=Text("A privileged number was found during the call.", "Se halló un número privilegiado en la llamada."),
        staff_remedy=Text(
            "Nobody may listen. Compliance decides on the recording.",
            "Nadie debe escuchar. Cumplimiento decide sobre la grabación.",
        ),
        charging=Charging.CREDITED,
    ),
    Entry(
        Reason.TALK_THREEWAY_SUSPECTED,
        resident=Text(
            "We seemed to hear another person, and this call must end.",
            "Pareció oírse a otra persona, y esta llamada debe terminar.",
        ),
        family=Text(
            "The call ended because it sounded as if somebody else was brought in.",
            "La llamada terminó porque pareció que se sumó otra persona.",
        ),
        remedy=_IF_WRONG,
        action=Action.DISPUTE,
        staff=Text("A three-way call is suspected.", "Se sospecha una llamada de tres."),
        staff_remedy=_EVIDENCE,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_FORWARD_SUSPECTED,
        resident=Text(
            "This call seemed to be forwarded, and it must end.", "Pareció que la llamada se desvió, y debe terminar."
        ),
        family=Text(
            "The call ended because it seemed to be forwarded to another phone.",
            "La llamada terminó porque pareció desviarse a otro teléfono.",
        ),
        remedy=_IF_WRONG,
        action=Action.DISPUTE,
        staff=Text("Call forwarding is suspected.", "Se sospecha un desvío de llamada."),
        staff_remedy=_EVIDENCE,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_EXTRA_DIGITS,
        resident=Text(
            "Keys were pressed during the call, and it must end.",
            "Se oprimieron teclas en la llamada, y debe terminar.",
        ),
        family=Text(
            "The call ended because keys were pressed during it.",
            "La llamada terminó porque se oprimieron teclas durante ella.",
        ),
        remedy=_IF_WRONG,
        action=Action.DISPUTE,
        staff=Text("Digits were dialled during the call.", "Se marcaron dígitos durante la llamada."),
        staff_remedy=_EVIDENCE,
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_SILENCE_LIMIT,
        resident=Text("The call was silent for too long.", "La llamada estuvo en silencio demasiado tiempo."),
        family=Text("The call ended after a long silence.", "La llamada terminó tras un largo silencio."),
        remedy=_IF_WRONG,
        action=Action.DISPUTE,
        staff=Text("Ended after a long silence.", "Terminada tras un largo silencio."),
        staff_remedy=Text(
            "Consider turning this limit off: silence is no offence.",
            "Considere desactivar este límite: el silencio no es una falta.",
        ),
        charging=Charging.TALK,
    ),
    Entry(
        Reason.TALK_MEDIA_DEAD,
        resident=_LOST,
        family=Text("The line went dead.", "La línea se cortó."),
        remedy=_CREDITED,
        action=Action.TEST_LINE,
        staff=Text("No sound packets arrived any more.", "Dejaron de llegar paquetes de sonido."),
        staff_remedy=LOOK_AT_INCIDENT,
        charging=Charging.CREDITED,
    ),
    Entry(
        Reason.TALK_ONE_WAY,
        resident=_LOST,
        family=Text("Only one side could be heard.", "Solo se oía a una de las personas."),
        remedy=_CREDITED,
        action=Action.TEST_LINE,
        staff=Text("Sound went one way only.", "El sonido iba en una sola dirección."),
        staff_remedy=LOOK_AT_INCIDENT,
        charging=Charging.CREDITED,
    ),
    Entry(
        Reason.TALK_POOR,
        resident=Text("The sound of this call was poor.", "El sonido de esta llamada fue malo."),
        family=Text("The sound of the call was poor.", "El sonido de la llamada fue malo."),
        remedy=_CREDITED,
        action=Action.TEST_LINE,
        staff=Text("The measured quality was poor.", "La calidad medida fue mala."),
        staff_remedy=LOOK_AT_INCIDENT,
        charging=Charging.CREDITED,
    ),
    Entry(
        Reason.TALK_CARRIER_DROP,
        resident=_LOST,
        family=Text("The phone network dropped the call.", "La red telefónica cortó la llamada."),
        remedy=_CREDITED,
        action=Action.TEST_LINE,
        staff=Text("Dropped by the carrier.", "Cortada por el operador."),
        staff_remedy=LOOK_AT_INCIDENT,
        charging=Charging.CREDITED,
    ),
    Entry(
        Reason.TALK_PLATFORM_FAULT,
        resident=_LOST,
        family=Text("The call ended by a fault of ours.", "La llamada terminó por una falla nuestra."),
        remedy=_CREDITED,
        staff=Text("A fault of the platform ended the call.", "Una falla de la plataforma terminó la llamada."),
        staff_remedy=LOOK_AT_INCIDENT,
        charging=Charging.CREDITED,
    ),
)
