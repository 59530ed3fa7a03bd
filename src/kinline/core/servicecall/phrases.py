"""Every phrase that a service call speaks of its own."""

from typing import Final

from kinline.core.callflow.phrases import Phrase, phrase
from kinline.core.speech import Digits, SpokenName

PHRASES: Final[tuple[Phrase, ...]] = (
    phrase(
        "service.greet_code",
        "Hello, this is {provider}. To hear your code, press {key}. If you did not ask for a code, press {no}.",
        "Hola, le habla {provider}. Para oír su código, oprima {key}. Si usted no pidió ningún código, oprima {no}.",
        provider=SpokenName,
        key=Digits,
        no=Digits,
    ),
    phrase(
        "service.code",
        "Your code is {code}. Once more: {code}.",
        "Su código es {code}. Una vez más: {code}.",
        code=Digits,
    ),
    phrase(
        "service.code_again",
        "To hear it again, press {key}.",
        "Para oírlo otra vez, oprima {key}.",
        key=Digits,
    ),
    phrase(
        "service.refused",
        "Thank you for telling us. We will not call you like this again today. Goodbye.",
        "Gracias por avisarnos. Hoy no le llamaremos más de esta manera. Adiós.",
    ),
    phrase("service.goodbye", "Thank you. Goodbye.", "Gracias. Adiós."),
)
