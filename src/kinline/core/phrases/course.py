"""What is said in the course of a call, from off-hook to its end: key -> (English, Spanish)."""

from typing import Final

PHRASES: Final[dict[str, tuple[str, str]]] = {
    "language.choose.en": ("For English, press {key}.", "For English, press {key}."),
    "language.choose.es": ("Para español, oprima {key}.", "Para español, oprima {key}."),
    "identify.enter_number": (
        "Please enter your ID number, then press pound.",
        "Por favor, marque su número de identificación y luego oprima numeral.",
    ),
    "identify.enter_pin": ("Now enter your PIN.", "Ahora marque su clave."),
    "name.record": (
        "Before your first call we need your name. After the tone, please say your name.",
        "Antes de su primera llamada necesitamos su nombre. Después del tono, diga su nombre.",
    ),
    "name.again": (
        "We did not hear your name. Please say it again after the tone.",
        "No escuchamos su nombre. Por favor, dígalo otra vez después del tono.",
    ),
    "dial.enter": (
        "Dial the area code and number, or a speed dial number and pound.",
        "Marque el código de área y el número, o un número de marcación rápida y numeral.",
    ),
    "quote": (
        "This call costs {price} a minute.",
        "Esta llamada cuesta {price} por minuto.",
    ),
}
