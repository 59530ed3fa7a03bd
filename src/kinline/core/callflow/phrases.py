"""Every phrase that a call speaks of its own, with what its placeholders take and the texts that are meant.

Besides these, `reason.<code>` is spoken to the resident (texts in the catalogue of reasons), with the values that
`Denied` or `NotIdentified` brought.
"""

from dataclasses import dataclass

from kinline.core.money import Money
from kinline.core.speech import Count, Digits, Span, SpokenName, Value


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: the type of the value that each placeholder takes, and its text in both languages."""

    key: str
    placeholders: tuple[tuple[str, type[Value]], ...]
    english: str
    spanish: str


def phrase(key: str, english: str, spanish: str, /, **placeholders: type[Value]) -> Phrase:
    """A phrase with its placeholders."""
    return Phrase(key, tuple(sorted(placeholders.items())), english, spanish)


PHRASES: tuple[Phrase, ...] = (
    phrase("announcement", "Announcement: {text}", "Aviso: {text}", text=SpokenName),
    # Spoken in each language in turn, before a language is chosen.
    phrase("language.choice", "For English, press {key}.", "Para español, oprima {key}.", key=Digits),
    phrase(
        "identify.enter_number",
        "Please enter your resident number.",
        "Marque su número de residente.",
    ),
    phrase(
        "identify.enter_number_pound",
        "Please enter your resident number, then press the pound key.",
        "Marque su número de residente y después la tecla numeral.",
    ),
    phrase("identify.enter_pin", "Now enter your PIN.", "Ahora marque su clave."),
    phrase(
        "identify.enter_joined",
        "Please enter your resident number followed by your PIN.",
        "Marque su número de residente seguido de su clave.",
    ),
    phrase(
        "identify.enter_joined_pound",
        "Please enter your resident number followed by your PIN, then press the pound key.",
        "Marque su número de residente seguido de su clave, y después la tecla numeral.",
    ),
    phrase(
        "identify.tries_left",
        "You have {tries:try|tries} left.",
        "Tiene {tries:intento|intentos} más.",
        tries=Count,
    ),
    phrase(
        "identify.say_name",
        "This is your first call. The people you call will hear your name. Say your first and last name now.",
        "Esta es su primera llamada. Las personas a quienes llame oirán su nombre. Diga ahora su nombre y apellido.",
    ),
    phrase("identify.name_not_heard", "We did not hear you.", "No lo pudimos oír."),
    phrase(
        "dial.enter_number",
        "Dial the area code and number. For a speed dial, enter its number, then the pound key.",
        "Marque el código de área y el número. Para marcación rápida, marque su número y la tecla numeral.",
    ),
    phrase("dial.wait", "Please wait.", "Espere un momento, por favor."),
    phrase("quote.free", "This call is free.", "Esta llamada es gratis."),
    phrase(
        "quote.price",
        "This call costs {per_minute} a minute: at most {total} for {limit}.",
        "Esta llamada cuesta {per_minute} por minuto: como máximo {total} por {limit}.",
        per_minute=Money,
        total=Money,
        limit=Span,
    ),
    # The offer: the provider is named first (47 CFR 64.710 (a)(1)).
    phrase(
        "offer.intro",
        "Hello. This is {provider}, with a prepaid call from {resident}, at {facility}.",
        "Hola. Le habla {provider}, con una llamada prepagada de {resident}, desde {facility}.",
        provider=SpokenName,
        resident=SpokenName,
        facility=SpokenName,
    ),
    phrase(
        "offer.intro_free",
        "Hello. This is {provider}, with a free call from {resident}, at {facility}. You will not be charged.",
        "Hola. Le habla {provider}, con una llamada gratuita de {resident}, desde {facility}. No se le cobrará.",
        provider=SpokenName,
        resident=SpokenName,
        facility=SpokenName,
    ),
    phrase(
        "offer.intro_resident_pays",
        "Hello. This is {provider}, with a call from {resident}, at {facility}, who pays for it."
        " You will not be charged.",
        "Hola. Le habla {provider}, con una llamada de {resident}, desde {facility}, quien la paga. No se le cobrará.",
        provider=SpokenName,
        resident=SpokenName,
        facility=SpokenName,
    ),
    phrase(
        "offer.intro_collect",
        "Hello. This is {provider}, with a collect call from {resident}, at {facility}."
        " If you accept it, you accept the charges, and you will be billed.",
        "Hola. Le habla {provider}, con una llamada por cobrar de {resident}, desde {facility}."
        " Si la acepta, usted acepta pagarla y se le cobrará.",
        provider=SpokenName,
        resident=SpokenName,
        facility=SpokenName,
    ),
    phrase(
        "offer.intro_billed",
        "Hello. This is {provider}, with a call from {resident}, at {facility}, which goes on your monthly bill.",
        "Hola. Le habla {provider}, con una llamada de {resident}, desde {facility},"
        " que se carga a su factura mensual.",
        provider=SpokenName,
        resident=SpokenName,
        facility=SpokenName,
    ),
    phrase(
        "offer.rate",
        "It costs {per_minute} a minute, taxes included.",
        "Cuesta {per_minute} por minuto, con impuestos incluidos.",
        per_minute=Money,
    ),
    phrase(
        "offer.recorded",
        "This call is recorded and may be monitored.",
        "Esta llamada se graba y puede ser supervisada.",
    ),
    phrase(
        "offer.privileged",
        "This call is not recorded or monitored.",
        "Esta llamada no se graba ni se supervisa.",
    ),
    phrase(
        "offer.keys",
        "To accept, press {accept}. To refuse, press {refuse} or hang up."
        " To hear the total price, free of charge, press {price}. To block calls from this person, press {block}.",
        "Para aceptar, oprima {accept}. Para rechazar, oprima {refuse} o cuelgue."
        " Para oír el precio total, sin costo, oprima {price}."
        " Para bloquear las llamadas de esta persona, oprima {block}.",
        accept=Digits,
        refuse=Digits,
        price=Digits,
        block=Digits,
    ),
    phrase(
        "offer.price",
        "This call costs {per_minute} a minute. For {limit}, the longest that it can last,"
        " the total is {total}, taxes included.",
        "Esta llamada cuesta {per_minute} por minuto. Por {limit}, lo máximo que puede durar,"
        " el total es de {total}, con impuestos incluidos.",
        per_minute=Money,
        limit=Span,
        total=Money,
    ),
    phrase("offer.price_free", "You pay nothing for this call.", "Usted no paga nada por esta llamada."),
    phrase(
        "offer.confirm_block",
        "To block all calls from {resident} to this number, press {confirm}. To go back, press any other key.",
        "Para bloquear todas las llamadas de {resident} a este número, oprima {confirm}."
        " Para regresar, oprima cualquier otra tecla.",
        resident=SpokenName,
        confirm=Digits,
    ),
    phrase(
        "offer.blocked",
        "Calls from this person to this number are now blocked. You can lift the block at any time. Goodbye.",
        "Las llamadas de esta persona a este número quedan bloqueadas. Puede quitar el bloqueo cuando quiera. Adiós.",
    ),
    phrase(
        "offer.block_failed",
        "We are sorry: the block could not be stored. Please try again at the next call, or call us. Goodbye.",
        "Lo sentimos: no se pudo guardar el bloqueo. Inténtelo en la próxima llamada o llámenos. Adiós.",
    ),
    phrase(
        "offer.refused",
        "The call is refused, and nothing is charged. Goodbye.",
        "La llamada fue rechazada y no se cobra nada. Adiós.",
    ),
    phrase("offer.no_key", "We did not receive an answer. Goodbye.", "No recibimos respuesta. Adiós."),
    phrase("offer.caller_left", "The caller has hung up. Goodbye.", "La persona que llamaba colgó. Adiós."),
    phrase("talk.connected", "You are connected.", "Ya puede hablar."),
    phrase("talk.warning", "You have {left} left.", "Tiempo restante: {left}.", left=Span),
    phrase(
        "talk.privileged",
        "This call is privileged from now on. It is no longer recorded or monitored.",
        "Desde ahora esta llamada es privilegiada. Ya no se graba ni se supervisa.",
    ),
    phrase(
        "talk.branding",
        "This call is from {facility}.",
        "Esta llamada proviene de {facility}.",
        facility=SpokenName,
    ),
    # The last words to the called party; the resident hears `reason.<code>`.
    phrase("end.other_left", "The other person has hung up. Goodbye.", "La otra persona colgó. Adiós."),
    phrase(
        "end.time_limit",
        "The time allowed for this call is over. Goodbye.",
        "Se terminó el tiempo permitido para esta llamada. Adiós.",
    ),
    phrase(
        "end.day_limit",
        "The limit for today is used up. Goodbye.",
        "Se gastó el límite de hoy. Adiós.",
    ),
    phrase(
        "end.schedule_end",
        "Calling hours at the facility are over. Goodbye.",
        "Terminó el horario de llamadas del centro. Adiós.",
    ),
    phrase(
        "end.funds_end",
        "There is no more money to pay for this call. Goodbye.",
        "Ya no hay saldo para pagar esta llamada. Adiós.",
    ),
    phrase("end.ended", "This call has ended. Goodbye.", "Esta llamada terminó. Adiós."),
)
