"""Why a payment did not go through, by card above all. No money moved in any of these."""

from typing import Final

from kinline.core.money import Money
from kinline.core.reasons.catalogue.shared import NO_ACTION
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_SPOKEN: Final = Text("The card was declined.", "La tarjeta fue rechazada.")
_OTHER_CARD: Final = Text(
    "Use another card, or ask the bank that issued this one.",
    "Use otra tarjeta o pregunte al banco que emitió esta.",
)


def _declined(reason: Reason, family: Text, remedy: Text, staff: Text, retry: Retry = Retry.AFTER_CHANGE) -> Entry:
    """A decline: what the payer reads and can do; on the phone it is said without its cause."""
    return Entry(
        reason,
        resident=_SPOKEN,
        family=family,
        remedy=remedy,
        action=Action.ADD_MONEY,
        staff=staff,
        staff_remedy=NO_ACTION,
        retry=retry,
    )


ENTRIES: Final = (
    _declined(
        Reason.PAY_DECLINED,
        Text(
            "The bank declined the card. It does not tell us why. You were not charged.",
            "El banco rechazó la tarjeta. No nos dice por qué. No se le cobró nada.",
        ),
        _OTHER_CARD,
        Text("Declined by the bank, without a cause.", "Rechazada por el banco, sin causa."),
    ),
    _declined(
        Reason.PAY_INSUFFICIENT_FUNDS,
        Text(
            "The card does not have enough money for this amount. You were not charged.",
            "La tarjeta no tiene saldo suficiente para esta cantidad. No se le cobró nada.",
        ),
        Text("Try a smaller amount or another card.", "Pruebe con una cantidad menor o con otra tarjeta."),
        Text("Declined: not enough money on the card.", "Rechazada: la tarjeta no tiene saldo suficiente."),
    ),
    _declined(
        Reason.PAY_EXPIRED_CARD,
        Text("The card has expired. You were not charged.", "La tarjeta está vencida. No se le cobró nada."),
        Text(
            "Use another card, or enter the new date if your bank sent you a new one.",
            "Use otra tarjeta, o escriba la fecha nueva si su banco le envió una tarjeta nueva.",
        ),
        Text("Declined: the card has expired.", "Rechazada: la tarjeta está vencida."),
    ),
    _declined(
        Reason.PAY_INCORRECT_CVC,
        Text(
            "The security code does not match the card. You were not charged.",
            "El código de seguridad no corresponde a la tarjeta. No se le cobró nada.",
        ),
        Text(
            "Enter the card again: the code is the three or four digits printed on it.",
            "Vuelva a escribir la tarjeta: el código son los tres o cuatro dígitos impresos en ella.",
        ),
        Text("Declined: wrong security code.", "Rechazada: código de seguridad incorrecto."),
    ),
    _declined(
        Reason.PAY_INCORRECT_NUMBER,
        Text(
            "The card number or date is not right. You were not charged.",
            "El número o la fecha de la tarjeta no es correcto. No se le cobró nada.",
        ),
        Text("Enter the card again.", "Vuelva a escribir la tarjeta."),
        Text("Declined: wrong number or date.", "Rechazada: número o fecha incorrectos."),
    ),
    _declined(
        Reason.PAY_INCORRECT_ADDRESS,
        Text(
            "The ZIP code is not the one that the bank knows. You were not charged.",
            "El código postal no es el que conoce el banco. No se le cobró nada.",
        ),
        Text(
            "Enter the card again, with the ZIP code to which the bank sends its letters.",
            "Vuelva a escribir la tarjeta, con el código postal al que el banco le envía sus cartas.",
        ),
        Text("Declined: wrong address.", "Rechazada: dirección incorrecta."),
    ),
    _declined(
        Reason.PAY_PROCESSING_ERROR,
        Text(
            "The bank could not answer just now. You were not charged.",
            "El banco no pudo responder en este momento. No se le cobró nada.",
        ),
        Text("Try again in a few minutes.", "Intente de nuevo en unos minutos."),
        Text("The bank could not process the payment.", "El banco no pudo procesar el pago."),
        Retry.LATER,
    ),
    _declined(
        Reason.PAY_AUTHENTICATION_FAILED,
        Text(
            "Your bank asked you to confirm the payment, and that did not work. You were not charged.",
            "Su banco le pidió confirmar el pago y eso no funcionó. No se le cobró nada.",
        ),
        Text(
            "Try again and confirm in your bank’s app or with its code, or use another card.",
            "Intente de nuevo y confirme en la aplicación de su banco o con su código, o use otra tarjeta.",
        ),
        Text("The bank's confirmation (3-D Secure) failed.", "Falló la confirmación del banco (3-D Secure)."),
        Retry.NOW,
    ),
    _declined(
        Reason.PAY_AUTHENTICATION_NEEDED,
        Text(
            "Your bank wants you to confirm this payment yourself. You were not charged.",
            "Su banco quiere que usted confirme este pago. No se le cobró nada.",
        ),
        Text(
            "Add the money on the page of your account, where your bank can ask you.",
            "Agregue el dinero en la página de su cuenta, donde su banco puede preguntarle.",
        ),
        Text("The bank wants the holder present.", "El banco quiere que el titular esté presente."),
    ),
    _declined(
        Reason.PAY_CARD_VELOCITY,
        Text(
            "The card has been used too often or for too much today. You were not charged.",
            "La tarjeta se usó demasiadas veces o por demasiado hoy. No se le cobró nada.",
        ),
        Text("Try again tomorrow or use another card.", "Intente de nuevo mañana o use otra tarjeta."),
        Text("Declined: over the card's limit.", "Rechazada: se pasó el límite de la tarjeta."),
        Retry.LATER,
    ),
    _declined(
        Reason.PAY_CARD_NOT_SUPPORTED,
        Text(
            "The bank does not allow this kind of payment with this card. You were not charged.",
            "El banco no permite este tipo de pago con esta tarjeta. No se le cobró nada.",
        ),
        _OTHER_CARD,
        Text("Declined: not allowed with this card.", "Rechazada: no se permite con esta tarjeta."),
    ),
    Entry(
        Reason.PAY_UNFINISHED,
        resident=Text("The payment was not finished.", "El pago no se terminó."),
        family=Text(
            "The payment was begun and not finished. You were not charged.",
            "El pago se empezó y no se terminó. No se le cobró nada.",
        ),
        remedy=Text("Add money again whenever you like.", "Agregue dinero de nuevo cuando quiera."),
        action=Action.ADD_MONEY,
        staff=Text("Given up by the payer.", "Abandonado por quien pagaba."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.PAY_ACCOUNT_CLOSED,
        resident=Text("This account is closed.", "Esta cuenta está cerrada."),
        family=Text(
            "This account is closed, so no money is added to it.",
            "Esta cuenta está cerrada, así que no se le agrega dinero.",
        ),
        remedy=Text(
            "Open it again first: on the page of the account, or through customer service.",
            "Primero ábrala de nuevo: en la página de la cuenta, o por atención al cliente.",
        ),
        action=Action.SEE_REFUNDS,
        staff=Text("The account was closed by its owner.", "La cuenta fue cerrada por su titular."),
        staff_remedy=Text("Its owner can open it again.", "Su titular puede abrirla de nuevo."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.PAY_PROVIDER_UNREACHABLE,
        resident=Text("Card payments do not work just now.", "Los pagos con tarjeta no funcionan en este momento."),
        family=Text(
            "Card payments do not work just now.",
            "Los pagos con tarjeta no funcionan en este momento.",
        ),
        remedy=Text(
            "Try again in a few minutes. If a payment did go through, it appears on your account by itself.",
            "Intente de nuevo en unos minutos. Si un pago sí pasó, aparece en su cuenta por sí solo.",
        ),
        staff=Text("The payment provider could not be reached.", "No se pudo contactar al proveedor de pagos."),
        staff_remedy=Text("Look at the provider's status page.", "Revise la página de estado del proveedor."),
        retry=Retry.LATER,
    ),
    Entry(
        Reason.PAY_NOT_SET_UP,
        resident=Text("Cards are not taken here.", "Aquí no se aceptan tarjetas."),
        family=Text("Card payments are not set up here.", "Los pagos con tarjeta no están configurados aquí."),
        remedy=Text("Use another way to pay.", "Use otra forma de pagar."),
        staff=Text("No payment provider is set up.", "No hay un proveedor de pagos configurado."),
        staff_remedy=Text("Set KINLINE_STRIPE_KEY.", "Configure KINLINE_STRIPE_KEY."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.PAY_TOO_SMALL,
        resident=Text("The amount is too small for a card.", "La cantidad es muy pequeña para una tarjeta."),
        family=Text(
            "The amount is too small for a card. Banks take card payments from {least}.",
            "La cantidad es muy pequeña para una tarjeta. Los bancos aceptan pagos con tarjeta desde {least}.",
        ),
        remedy=Text("Choose a larger amount.", "Elija una cantidad mayor."),
        action=Action.ADD_MONEY,
        staff=Text("Less than the provider takes.", "Menos de lo que acepta el proveedor."),
        staff_remedy=NO_ACTION,
        values={"least": Money},
    ),
    Entry(
        Reason.PAY_DAY_LIMIT,
        resident=Text(
            "This is more than can be added by card in a day.",
            "Es más de lo que se puede agregar con tarjeta en un día.",
        ),
        family=Text(
            "This is more than can be added by card in a day. The limit is {limit}. You can still add {left} today.",
            "Es más de lo que se puede agregar con tarjeta en un día. El límite es {limit}. "
            "Todavía puede agregar {left} hoy.",
        ),
        remedy=Text(
            "Choose a smaller amount: up to $50.00 always goes through. The rest can be added tomorrow.",
            "Elija una cantidad menor: hasta $50.00 siempre pasa. El resto se puede agregar mañana.",
        ),
        action=Action.ADD_MONEY,
        staff=Text("Over the limit of a day.", "Sobre el límite de un día."),
        staff_remedy=NO_ACTION,
        retry=Retry.LATER,
        values={"limit": Money, "left": Money},
    ),
    Entry(
        Reason.PAY_TOO_MANY_TRIES,
        resident=Text("There were too many tries with cards.", "Hubo demasiados intentos con tarjetas."),
        family=Text(
            "Too many cards were declined in a row. We wait a little, so that nobody can try out stolen cards here.",
            "Se rechazaron demasiadas tarjetas seguidas. Esperamos un poco, para que nadie pruebe aquí tarjetas "
            "robadas.",
        ),
        remedy=Text(
            "Try again in an hour, or use another way to pay.",
            "Intente de nuevo en una hora o use otra forma de pagar.",
        ),
        staff=Text("Many declined cards within an hour.", "Muchas tarjetas rechazadas en una hora."),
        staff_remedy=NO_ACTION,
        retry=Retry.LATER,
    ),
)
