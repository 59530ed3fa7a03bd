"""Why a prepaid card was not redeemed. No money moved in any of these."""

from typing import Final

from kinline.core.reasons.catalogue.shared import NO_ACTION
from kinline.core.reasons.entry import Entry, Retry, Text
from kinline.core.reasons.reason import Reason
from kinline.core.speech import Span

_LOOK_UP: Final = Text(
    "Ask for the serial number on the card and look it up.",
    "Pida el número de serie de la tarjeta y búsquelo.",
)

ENTRIES: Final = (
    Entry(
        Reason.PAY_VOUCHER_MISTYPED,
        resident=Text("That is not the code of a card.", "Ese no es el código de una tarjeta."),
        family=Text(
            "That is not the code of a card: a digit is wrong, missing or too many.",
            "Ese no es el código de una tarjeta: un dígito está equivocado, falta o sobra.",
        ),
        remedy=Text(
            "Look at the card and type its 16 digits again. This did not count as a try.",
            "Mire la tarjeta y vuelva a escribir sus 16 dígitos. Esto no contó como intento.",
        ),
        staff=Text("Mistyped: the check digit is wrong.", "Mal escrito: el dígito de control es incorrecto."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.PAY_VOUCHER_UNKNOWN,
        resident=Text("There is no card with that code.", "No hay ninguna tarjeta con ese código."),
        family=Text("There is no card with this code.", "No hay ninguna tarjeta con este código."),
        remedy=Text(
            "Compare it with the card, digit by digit. After several wrong codes you must wait.",
            "Compárelo con la tarjeta, dígito por dígito. Después de varios códigos equivocados hay que esperar.",
        ),
        staff=Text("No voucher has this code.", "Ningún vale tiene este código."),
        staff_remedy=_LOOK_UP,
        retry=Retry.NOW,
    ),
    Entry(
        Reason.PAY_VOUCHER_USED,
        resident=Text("This card has been used already.", "Esta tarjeta ya se usó."),
        family=Text("This card has been used already.", "Esta tarjeta ya se usó."),
        remedy=Text(
            "If it was you, its money is in the balance. If not, contact us with the serial number on the card.",
            "Si fue usted, el dinero está en el saldo. Si no, contáctenos con el número de serie de la tarjeta.",
        ),
        staff=Text("The voucher was redeemed before.", "El vale ya se había canjeado."),
        staff_remedy=_LOOK_UP,
        retry=Retry.NEVER,
    ),
    Entry(
        Reason.PAY_VOUCHER_NOT_ACTIVE,
        resident=Text("This card is not active.", "Esta tarjeta no está activa."),
        family=Text("This card is not active.", "Esta tarjeta no está activa."),
        remedy=Text(
            "Take it, with the receipt, to where it was bought: cards are activated when they are paid.",
            "Llévela, con el recibo, a donde se compró: las tarjetas se activan al pagarlas.",
        ),
        staff=Text("The voucher was never activated, or was voided.", "El vale nunca se activó, o se anuló."),
        staff_remedy=_LOOK_UP,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.PAY_VOUCHER_LOCKED,
        resident=Text("There were too many wrong codes.", "Hubo demasiados códigos equivocados."),
        family=Text(
            "There were too many wrong codes, so no card can be redeemed from here for a while.",
            "Hubo demasiados códigos equivocados, así que por un tiempo no se pueden canjear tarjetas desde aquí.",
        ),
        remedy=Text(
            "Your card keeps its money. Try again in {wait}. You can add money in another way meanwhile.",
            "Su tarjeta conserva el dinero. Intente de nuevo en {wait}. Mientras tanto puede agregar dinero de otra "
            "forma.",
        ),
        staff=Text("Too many wrong voucher codes.", "Demasiados códigos de vale equivocados."),
        staff_remedy=Text("The lock ends by itself.", "El bloqueo termina solo."),
        retry=Retry.LATER,
        values={"wait": Span},
    ),
)
