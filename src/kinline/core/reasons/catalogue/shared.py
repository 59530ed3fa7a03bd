"""Texts that several reasons share."""

from typing import Final

from kinline.core.reasons.entry import Retry, Text

NEUTRAL: Final = Text(
    "This number cannot be called from this facility.", "No es posible llamar a este número desde este centro."
)
NEUTRAL_REMEDY: Final = Text("The facility can answer questions.", "El centro puede responder a sus preguntas.")

NOTHING_TO_DO: Final = Text("There is nothing you need to do.", "No tiene que hacer nada.")
NO_ACTION: Final = Text("No action is needed.", "No hace falta hacer nada.")
WAIT_FOR_ANOTHER_CALL: Final = Text("They can call again right away.", "Pueden volver a llamar de inmediato.")
OUR_FAULT: Final = Text(
    "This is our fault, and we are working on it. You were not charged.",
    "Es culpa nuestra y lo estamos resolviendo. No se le cobró nada.",
)
LOOK_AT_INCIDENT: Final = Text(
    "Look at the call's time line and at the state of the trunks; tell support if it repeats.",
    "Revise la cronología de la llamada y el estado de las líneas; avise a soporte si se repite.",
)
ASK_FACILITY: Final = Text(
    "Only the facility can change this. Its address and telephone are on its page.",
    "Solo el centro puede cambiarlo. Su dirección y teléfono están en su página.",
)

FOR_RESIDENT: Final[dict[Retry, Text]] = {
    Retry.NOW: Text("You can try again now.", "Puede intentarlo de nuevo ahora."),
    Retry.LATER: Text("Try again later.", "Inténtelo más tarde."),
    Retry.AFTER_CHANGE: Text(
        "Ask staff, or the person you are calling, for help.",
        "Pida ayuda al personal o a la persona a quien llama.",
    ),
    Retry.NEVER: Text("You can call another number.", "Puede llamar a otro número."),
}
"""What the resident can do, by when another attempt can go through."""
