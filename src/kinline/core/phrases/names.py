"""What is said in place of a name that was never recorded, by whose it is."""

from typing import Final

from kinline.core.identity import Language

UNRECORDED: Final[dict[str, dict[Language, str]]] = {
    "name.resident": {Language.ENGLISH: "a person in custody", Language.SPANISH: "una persona bajo custodia"},
    "name.facility": {Language.ENGLISH: "a correctional facility", Language.SPANISH: "un centro de detención"},
    "name.provider": {
        Language.ENGLISH: "the phone service of the facility",
        Language.SPANISH: "el servicio telefónico del centro",
    },
    "name.announcement": {
        Language.ENGLISH: "please ask an officer what is new.",
        Language.SPANISH: "pregunte a un oficial qué hay de nuevo.",
    },
    "name.other": {Language.ENGLISH: "someone", Language.SPANISH: "alguien"},
}
