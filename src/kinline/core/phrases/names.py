"""What is said in place of a name that was never recorded, by whose it is: key -> (English, Spanish)."""

from typing import Final

UNRECORDED: Final[dict[str, tuple[str, str]]] = {
    "name.resident": ("a person in custody", "una persona bajo custodia"),
    "name.facility": ("a correctional facility", "un centro de detención"),
    "name.provider": ("the phone service of the facility", "el servicio telefónico del centro"),
    "name.other": ("someone", "alguien"),
}
