"""Every phrase that the account menu speaks of its own; besides these `language.choice`, and `reason.pay.*` with
`remedy.pay.*`."""

from typing import Final

from kinline.core.callflow.phrases import Phrase, phrase
from kinline.core.money import Money
from kinline.core.speech import ClockTime, Count, Digits, Span, SpokenName

_MONTHS: Final = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)

PHRASES: Final[tuple[Phrase, ...]] = (
    phrase("account.welcome", "Welcome to {provider}.", "Bienvenido a {provider}.", provider=SpokenName),
    phrase(
        "account.enter_number",
        "Enter the ten digit telephone number of your account.",
        "Marque el número de teléfono de su cuenta, de diez dígitos.",
    ),
    phrase(
        "account.enter_pin",
        "Enter your phone PIN of six digits. For the account of another number, press star.",
        "Marque su clave telefónica de seis dígitos. Para la cuenta de otro número, oprima asterisco.",
    ),
    phrase(
        "account.wrong_pin",
        "That number or phone PIN is not right. You set your phone PIN on the page of your account.",
        "Ese número o esa clave telefónica no es correcta. La clave se elige en la página de su cuenta.",
    ),
    phrase(
        "account.pin_locked",
        "The phone PIN is locked after too many tries. Try again in {wait}, or set a new one on the page of your"
        " account.",
        "La clave telefónica está bloqueada por demasiados intentos. Intente de nuevo en {wait}, o elija otra en la"
        " página de su cuenta.",
        wait=Span,
    ),
    phrase(
        "account.menu",
        "For your balance, press 1. For your last calls, press 2. To redeem a prepaid card, press 3.",
        "Para su saldo, oprima 1. Para sus últimas llamadas, oprima 2. Para canjear una tarjeta prepagada, oprima 3.",
    ),
    phrase(
        "account.menu_card",
        "To add money with your saved card, press 4.",
        "Para agregar dinero con su tarjeta guardada, oprima 4.",
    ),
    phrase(
        "account.menu_blocks",
        "For blocked calls, press 5.",
        "Para las llamadas bloqueadas, oprima 5.",
    ),
    phrase(
        "account.menu_end",
        "To reach a person, press 0. To hear this again, press star.",
        "Para hablar con una persona, oprima 0. Para oír esto otra vez, oprima asterisco.",
    ),
    phrase("account.balance", "Your balance is {balance}.", "Su saldo es de {balance}.", balance=Money),
    phrase(
        "account.enough",
        "At the highest of your prices it is enough for {time}.",
        "Al más alto de sus precios alcanza para {time}.",
        time=Span,
    ),
    phrase("account.no_calls", "There are no calls yet.", "Todavía no hay llamadas."),
    *(
        phrase(
            f"account.call_{number}",
            f"{english} {{day}}, {{time}}:",
            f"El {{day}} de {spanish}, a {{time}}:",
            day=Count,
            time=ClockTime,
        )
        for number, (english, spanish) in enumerate(_MONTHS, start=1)
    ),
    phrase(
        "account.talked",
        "{time} of talk, for {price}.",
        "{time} de conversación, por {price}.",
        time=Span,
        price=Money,
    ),
    phrase(
        "account.talked_free",
        "{time} of talk, at no cost to you.",
        "{time} de conversación, sin costo para usted.",
        time=Span,
    ),
    phrase(
        "account.failed_money",
        "There was not enough money for the call.",
        "No había saldo suficiente para la llamada.",
    ),
    phrase("account.failed_not_accepted", "The call was not accepted.", "La llamada no fue aceptada."),
    phrase("account.failed_no_answer", "Nobody answered.", "Nadie contestó."),
    phrase("account.failed_given_up", "The caller hung up.", "La persona que llamaba colgó."),
    phrase("account.failed_network", "The network could not connect the call.", "La red no pudo conectar la llamada."),
    phrase(
        "account.failed_rules",
        "The call was not allowed at that time.",
        "La llamada no estaba permitida en ese momento.",
    ),
    phrase(
        "account.no_blocks",
        "No calls to your numbers are blocked. When a call comes, the key 7 blocks whoever calls.",
        "No hay llamadas bloqueadas a sus números. Cuando llegue una llamada, la tecla 7 bloquea a quien llama.",
    ),
    phrase(
        "account.blocked_person",
        "Calls from {who} to your number that ends in {number} are blocked.",
        "Las llamadas de {who} a su número que termina en {number} están bloqueadas.",
        who=SpokenName,
        number=Digits,
    ),
    phrase(
        "account.blocked_place",
        "All calls from {where} to your number that ends in {number} are blocked.",
        "Todas las llamadas de {where} a su número que termina en {number} están bloqueadas.",
        where=SpokenName,
        number=Digits,
    ),
    phrase(
        "account.blocked_all",
        "All our calls to your number that ends in {number} are blocked.",
        "Todas nuestras llamadas a su número que termina en {number} están bloqueadas.",
        number=Digits,
    ),
    phrase("account.block_lift", "To lift this block, press 1.", "Para quitar este bloqueo, oprima 1."),
    phrase("account.block_next", "For the next one, press 2.", "Para el siguiente, oprima 2."),
    phrase("account.block_back", "To go back, press star.", "Para regresar, oprima asterisco."),
    phrase(
        "account.block_lifted",
        "The block is lifted. It holds from the next call on.",
        "El bloqueo está quitado. Vale desde la próxima llamada.",
    ),
    phrase(
        "account.enter_code",
        "Enter the 16 digits of the card. To go back, press star.",
        "Marque los 16 dígitos de la tarjeta. Para regresar, oprima asterisco.",
    ),
    phrase(
        "account.added",
        "{amount} were added. Your balance is now {balance}.",
        "Se agregaron {amount}. Su saldo ahora es de {balance}.",
        amount=Money,
        balance=Money,
    ),
    phrase(
        "account.no_card",
        "No card is saved. You can save one on the page of your account.",
        "No hay ninguna tarjeta guardada. Puede guardar una en la página de su cuenta.",
    ),
    phrase(
        "account.amount",
        "To add {amount}, press {key}.",
        "Para agregar {amount}, oprima {key}.",
        amount=Money,
        key=Digits,
    ),
    phrase(
        "account.confirm",
        "{amount} will be charged to the card that ends in {card}. There is no fee. To confirm, press {key}."
        " To go back, press star.",
        "Se cobrarán {amount} a la tarjeta que termina en {card}. No hay ningún cargo adicional. Para confirmar,"
        " oprima {key}. Para regresar, oprima asterisco.",
        amount=Money,
        card=Digits,
        key=Digits,
    ),
    phrase(
        "account.charging",
        "Please wait while your bank answers.",
        "Espere un momento mientras responde su banco.",
    ),
    phrase(
        "account.unsettled",
        "Your bank has not answered yet. If it agrees, the money will be on your account within a day, once."
        " Until then no other charge is made by this call.",
        "Su banco todavía no responde. Si acepta, el dinero estará en su cuenta dentro de un día, una sola vez."
        " Mientras tanto no se hace otro cobro en esta llamada.",
    ),
    phrase(
        "account.connecting",
        "We are connecting you. This call is not recorded. To go back, press star.",
        "Lo estamos comunicando. Esta llamada no se graba. Para regresar, oprima asterisco.",
    ),
    phrase(
        "account.no_person",
        "Nobody can answer now. Please try again later.",
        "Nadie puede contestar en este momento. Inténtelo más tarde.",
    ),
    phrase(
        "account.not_available",
        "We are sorry: this is not available now.",
        "Lo sentimos: esto no está disponible en este momento.",
    ),
    phrase("account.not_understood", "We did not understand that.", "No entendimos eso."),
    phrase("account.no_key", "We did not receive an answer.", "No recibimos respuesta."),
    phrase("account.goodbye", "Thank you for calling. Goodbye.", "Gracias por llamar. Adiós."),
)
