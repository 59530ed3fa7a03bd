"""Why a call could not be paid for or priced."""

from typing import Final

from kinline.core.money import Money
from kinline.core.reasons.catalogue.shared import NO_ACTION, NOTHING_TO_DO, OUR_FAULT
from kinline.core.reasons.entry import Action, Entry, Retry, Text
from kinline.core.reasons.reason import Reason

_PRICE_LIST: Final = Text(
    "Correct the facility's price list today; compliance was alerted.",
    "Corrija hoy la lista de precios del centro; se avisó a cumplimiento.",
)
_AFTER_PAYMENT: Final = Text("Calls go on as soon as it is paid.", "Las llamadas siguen en cuanto se pague.")

ENTRIES: Final = (
    Entry(
        Reason.FUND_NO_ACCOUNT,
        resident=Text(
            "Nobody pays for calls to this number yet. Ask them to open an account.",
            "Nadie paga todavía las llamadas a este número. Pídales que abran una cuenta.",
        ),
        family=Text(
            "Someone tried to reach you, and no account pays for calls to your number.",
            "Alguien intentó llamarle, y ninguna cuenta paga las llamadas a su número.",
        ),
        remedy=Text(
            "Open an account: it is free, and has no minimum.", "Abra una cuenta: es gratis y no tiene un mínimo."
        ),
        action=Action.OPEN_ACCOUNT,
        staff=Text("No account pays for this number.", "Ninguna cuenta paga por este número."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
        foreseen=Text("No account pays for calls to your number.", "Ninguna cuenta paga las llamadas a su número."),
    ),
    Entry(
        Reason.FUND_INSUFFICIENT,
        resident=Text(
            "There is not enough money for this call. It needs {needed}.",
            "No hay saldo suficiente para esta llamada. Se necesitan {needed}.",
        ),
        family=Text(
            "There is not enough money in your account. You have {balance}; the call needs at least {needed}.",
            "No hay saldo suficiente en su cuenta. Tiene {balance}; la llamada necesita al menos {needed}.",
        ),
        remedy=Text(
            "Add money: calls go through at once, and there is no fee.",
            "Agregue dinero: las llamadas pasan de inmediato y no hay cargos adicionales.",
        ),
        action=Action.ADD_MONEY,
        staff=Text("The payer's balance is below one minute.", "El saldo de quien paga no llega a un minuto."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
        values={"balance": Money, "needed": Money},
    ),
    Entry(
        Reason.FUND_DAY_LIMIT,
        resident=Text(
            "What this person lets be spent on calls in a day is used up. Try again tomorrow.",
            "Ya se gastó lo que esta persona permite gastar en llamadas por día. Inténtelo mañana.",
        ),
        family=Text(
            "What you let be spent on calls in a day is used up, or set aside for a call in progress.",
            "Ya se gastó lo que usted permite gastar en llamadas por día, o está reservado para una llamada en curso.",
        ),
        remedy=Text(
            "A new day begins at midnight at the facility. You can raise your limit at any time.",
            "Un día nuevo empieza a la medianoche del centro. Puede subir su límite cuando quiera.",
        ),
        action=Action.CHANGE_DAY_LIMIT,
        staff=Text("The payer's own limit for a day is used up.", "Se agotó el límite diario de quien paga."),
        staff_remedy=NO_ACTION,
        retry=Retry.LATER,
    ),
    Entry(
        Reason.FUND_WRONG_WALLET,
        resident=Text(
            "The money for this number is in another account. Ask them to move it.",
            "El dinero para este número está en otra cuenta. Pídales que lo pasen.",
        ),
        family=Text(
            "Your money is in another balance that does not pay for this call. You have {elsewhere} there.",
            "Su dinero está en otro saldo que no paga esta llamada. Allí tiene {elsewhere}.",
        ),
        remedy=Text("Move it here, free and at once.", "Páselo aquí, gratis y de inmediato."),
        action=Action.USE_OTHER_BALANCE,
        staff=Text("The customer's money is at another place.", "El dinero del cliente está en otro lugar."),
        staff_remedy=Text("Support can move it with the customer.", "Soporte puede moverlo con el cliente."),
        retry=Retry.AFTER_CHANGE,
        values={"elsewhere": Money},
    ),
    Entry(
        Reason.FUND_CREDIT_LIMIT,
        resident=Text(
            "The account that pays for this call has reached its limit.",
            "La cuenta que paga esta llamada llegó a su límite.",
        ),
        family=Text(
            "Your account has reached its credit limit. The limit is {limit}.",
            "Su cuenta llegó a su límite de crédito. El límite es {limit}.",
        ),
        remedy=_AFTER_PAYMENT,
        action=Action.PAY_INVOICE,
        staff=Text("The credit limit is reached.", "Se llegó al límite de crédito."),
        staff_remedy=Text("Finance can raise the limit.", "Finanzas puede subir el límite."),
        retry=Retry.AFTER_CHANGE,
        values={"limit": Money},
    ),
    Entry(
        Reason.FUND_BILL_SUSPENDED,
        resident=Text(
            "The account that pays for this call is suspended.",
            "La cuenta que paga esta llamada está suspendida.",
        ),
        family=Text(
            "Your monthly bill is suspended and pays for no calls.",
            "Su factura mensual está suspendida y no paga llamadas.",
        ),
        remedy=Text(
            "See why on the page of who pays for calls, or add prepaid money.",
            "Vea el motivo en la página de quién paga las llamadas, o agregue dinero prepagado.",
        ),
        action=Action.OPEN_ACCOUNT,
        staff=Text("The monthly bill is suspended.", "La factura mensual está suspendida."),
        staff_remedy=Text("Finance can restore it.", "Finanzas puede restablecerla."),
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.FUND_INVOICE_OVERDUE,
        resident=Text(
            "The account that pays for this call has an unpaid bill.",
            "La cuenta que paga esta llamada debe una factura.",
        ),
        family=Text("An invoice of your account is overdue.", "Su cuenta tiene una factura vencida."),
        remedy=_AFTER_PAYMENT,
        action=Action.PAY_INVOICE,
        staff=Text("An invoice is overdue.", "Hay una factura vencida."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.FUND_COLLECT_NOT_BILLABLE,
        resident=Text(
            "This number cannot be called collect. Ask them to open a prepaid account.",
            "No se puede llamar por cobrar a este número. Pídales que abran una cuenta prepagada.",
        ),
        family=Text(
            "Your number cannot be called collect: it cannot be billed, or what it may owe is used up.",
            "No se puede llamar por cobrar a su número: no se le puede facturar o ya se usó lo que puede deber.",
        ),
        remedy=Text(
            "Open a prepaid account, which is free and has no minimum, or ask for a monthly bill.",
            "Abra una cuenta prepagada, gratis y sin mínimo, o pida una factura mensual.",
        ),
        action=Action.OPEN_ACCOUNT,
        staff=Text(
            "The number cannot be billed, or its allowance for collect calls is used up.",
            "No se puede facturar a este número, o ya usó su límite de llamadas por cobrar.",
        ),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
    ),
    Entry(
        Reason.FUND_PAYMENT_REVIEW,
        resident=Text("A payment for this number is being checked.", "Se está revisando un pago para este número."),
        family=Text("A payment of yours is being checked.", "Se está revisando un pago suyo."),
        remedy=Text(
            "We tell you when it is done; the money stays yours.",
            "Le avisaremos cuando termine; el dinero sigue siendo suyo.",
        ),
        action=Action.CONTACT_SUPPORT,
        staff=Text("A payment is held for review.", "Un pago está retenido para revisión."),
        staff_remedy=Text("Finance decides on the payment.", "Finanzas decide sobre el pago."),
        retry=Retry.LATER,
    ),
    Entry(
        Reason.FUND_RESIDENT_DEBIT_EMPTY,
        resident=Text(
            "You do not have enough money. Your balance is {balance}. This call needs {needed}.",
            "No tiene saldo suficiente. Su saldo es de {balance}. Esta llamada necesita {needed}.",
        ),
        family=Text(
            "They have not enough money of their own for the call.", "No le alcanza su propio dinero para la llamada."
        ),
        remedy=Text(
            "You can add money to their account, or pay for calls from yours.",
            "Puede agregar dinero a su cuenta o pagar las llamadas con la de usted.",
        ),
        action=Action.ADD_MONEY,
        staff=Text("The resident's own balance is too low.", "El saldo propio del residente no alcanza."),
        staff_remedy=NO_ACTION,
        retry=Retry.AFTER_CHANGE,
        values={"balance": Money, "needed": Money},
    ),
    Entry(
        Reason.FUND_CARD_PIN_BAD,
        resident=Text("That card number is not right.", "Ese número de tarjeta no es correcto."),
        family=Text("A wrong calling card number was entered.", "Se marcó un número de tarjeta incorrecto."),
        remedy=NOTHING_TO_DO,
        staff=Text("Wrong calling card number.", "Número de tarjeta incorrecto."),
        staff_remedy=NO_ACTION,
    ),
    Entry(
        Reason.TARIFF_NO_RATE,
        resident=Text(
            "We cannot price this call. Please tell staff.",
            "No podemos poner precio a esta llamada. Avise al personal.",
        ),
        family=Text("We had no price for this call and did not place it.", "No teníamos un precio para esta llamada."),
        remedy=OUR_FAULT,
        action=Action.CONTACT_SUPPORT,
        staff=Text("The price list has no rate for this call.", "La lista no tiene precio para esta llamada."),
        staff_remedy=_PRICE_LIST,
        retry=Retry.AFTER_CHANGE,
        foreseen=Text(
            "We have no price for calls to your number.",
            "No tenemos un precio para las llamadas a su número.",
        ),
    ),
    Entry(
        Reason.TARIFF_OVER_CAP,
        resident=Text(
            "We cannot price this call. Please tell staff.",
            "No podemos poner precio a esta llamada. Avise al personal.",
        ),
        family=Text(
            "The price of this call was above the lawful one, so we did not place it.",
            "El precio de esta llamada superaba el legal, y no la hicimos.",
        ),
        remedy=OUR_FAULT,
        action=Action.CONTACT_SUPPORT,
        staff=Text("The rate is above the cap in force.", "El precio supera el máximo legal vigente."),
        staff_remedy=_PRICE_LIST,
        retry=Retry.AFTER_CHANGE,
        foreseen=Text(
            "The price of calls to your number is above the lawful one, so we place none.",
            "El precio de las llamadas a su número supera el máximo legal, y no hacemos ninguna.",
        ),
    ),
)
