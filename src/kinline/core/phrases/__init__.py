"""The catalogue of everything that is said on the phone, in every language, by key.

A text holds placeholders: `{price}` is spoken as its value is, and `{tries:try|tries}` counts things, with the noun
in the singular or the plural. Between placeholders lie the fixed pieces, each one recording.
"""

from typing import Final

from kinline.core.identity import Language
from kinline.core.phrases import course, refusals

PHRASES: Final[dict[str, dict[Language, str]]] = {
    key: {Language.ENGLISH: in_english, Language.SPANISH: in_spanish}
    for room in (course, refusals)
    for key, (in_english, in_spanish) in room.PHRASES.items()
}
