"""What staff have to say on the phones of a place, in every language, and texts that are ready for it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from kinline.core.identity import Language
from kinline.core.speech import Say, SpokenName


@dataclass(frozen=True, slots=True)
class Announcement:
    """A text of staff's, by the number under which its sound lies. One that lacks a language is not said in it."""

    number: int
    english: str
    spanish: str

    def text(self, language: Language) -> str:
        return self.spanish if language is Language.SPANISH else self.english

    def name(self, language: Language) -> SpokenName:
        """Where its sound lies: synthesised from the text like a name that nobody recorded. The text is part of the
        name, so that no other text's sound is ever taken for it."""
        text = self.text(language)
        digest = sha256(text.encode()).hexdigest()[:12]
        return SpokenName(f"announcement/{self.number}-{language}-{digest}", text)

    def says(self, language: Language) -> Say:
        return Say.of("announcement", text=self.name(language))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text to choose: what is called what, and what is then said."""

    title: tuple[str, str]  # English, Spanish
    english: str
    spanish: str


PREPARED: Final[dict[str, Prepared]] = {
    "count": Prepared(
        ("Count begins in ten minutes", "El conteo empieza en diez minutos"),
        "Count begins in ten minutes. Please end your call before then.",
        "El conteo empieza en diez minutos. Por favor, termine su llamada antes.",
    ),
    "closing": Prepared(
        ("Phones close in fifteen minutes", "Los teléfonos cierran en quince minutos"),
        "The phones close in fifteen minutes.",
        "Los teléfonos cierran en quince minutos.",
    ),
    "meal": Prepared(
        ("Meal time in ten minutes", "La comida empieza en diez minutos"),
        "Meal time begins in ten minutes.",
        "La hora de la comida empieza en diez minutos.",
    ),
    "short_calls": Prepared(
        ("Please keep calls short", "Por favor, haga llamadas cortas"),
        "Others are waiting. Please keep your call short.",
        "Otras personas están esperando. Por favor, haga una llamada corta.",
    ),
    "weather": Prepared(
        ("Severe weather", "Mal tiempo"),
        "Severe weather is expected. The phones may be turned off without notice.",
        "Se espera mal tiempo. Los teléfonos pueden apagarse sin aviso.",
    ),
    "visits": Prepared(
        ("No visits today", "Hoy no hay visitas"),
        "There are no visits today. Please tell your family.",
        "Hoy no hay visitas. Por favor, avise a su familia.",
    ),
    "work": Prepared(
        ("Work on the phones tonight", "Trabajos en los teléfonos esta noche"),
        "The phones will be out of service for some time tonight.",
        "Los teléfonos estarán fuera de servicio un tiempo esta noche.",
    ),
}
"""By the key under which it is chosen."""
