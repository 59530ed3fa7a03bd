"""What a contact is to the resident."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kinline.core.identity import Language
from kinline.core.reasons.entry import Text


class Relationship(StrEnum):
    MOTHER = "mother"
    FATHER = "father"
    WIFE = "wife"
    HUSBAND = "husband"
    PARTNER = "partner"
    FORMER_PARTNER = "former partner"
    DAUGHTER = "daughter"
    SON = "son"
    SISTER = "sister"
    BROTHER = "brother"
    GRANDMOTHER = "grandmother"
    GRANDFATHER = "grandfather"
    GRANDCHILD = "grandchild"
    AUNT = "aunt"
    UNCLE = "uncle"
    COUSIN = "cousin"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    EMPLOYER = "employer"
    ATTORNEY = "attorney"
    CLERGY = "clergy"
    CASE_WORKER = "case worker"
    OTHER = "other"


_WORDS: Final[Mapping[Relationship, Text]] = {
    Relationship.MOTHER: Text("mother", "madre"),
    Relationship.FATHER: Text("father", "padre"),
    Relationship.WIFE: Text("wife", "esposa"),
    Relationship.HUSBAND: Text("husband", "esposo"),
    Relationship.PARTNER: Text("partner", "pareja"),
    Relationship.FORMER_PARTNER: Text("former partner", "expareja"),
    Relationship.DAUGHTER: Text("daughter", "hija"),
    Relationship.SON: Text("son", "hijo"),
    Relationship.SISTER: Text("sister", "hermana"),
    Relationship.BROTHER: Text("brother", "hermano"),
    Relationship.GRANDMOTHER: Text("grandmother", "abuela"),
    Relationship.GRANDFATHER: Text("grandfather", "abuelo"),
    Relationship.GRANDCHILD: Text("grandchild", "nieto o nieta"),
    Relationship.AUNT: Text("aunt", "tía"),
    Relationship.UNCLE: Text("uncle", "tío"),
    Relationship.COUSIN: Text("cousin", "primo o prima"),
    Relationship.RELATIVE: Text("other relative", "otro familiar"),
    Relationship.GUARDIAN: Text("guardian", "tutor"),
    Relationship.FRIEND: Text("friend", "amigo o amiga"),
    Relationship.NEIGHBOUR: Text("neighbor", "vecino o vecina"),
    Relationship.EMPLOYER: Text("employer", "empleador"),
    Relationship.ATTORNEY: Text("attorney", "abogado o abogada"),
    Relationship.CLERGY: Text("clergy", "clero"),
    Relationship.CASE_WORKER: Text("case worker", "trabajador o trabajadora social"),
    Relationship.OTHER: Text("other", "otra relación"),
}


def relationship_in_words(stored: str, language: Language) -> str:
    """In a language; what is in no catalogue (from before there was one) as it was written."""
    try:
        return _WORDS[Relationship(stored)].in_language(language)
    except ValueError:
        return stored
