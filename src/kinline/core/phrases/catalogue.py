"""The catalogue of everything that is said on the phone, in every language, by key.

A text holds placeholders: `{price}` is spoken as its value is, and `{tries:try|tries}` counts things, with the noun
in the singular or the plural. Between placeholders lie the fixed pieces, each one recording. The texts lie with what
they belong to: the course of a call in `callflow.phrases`, the account menu in `accountmenu.phrases`,
our own calls to families in `servicecall.phrases`, refusals in `reasons`, unrecorded names in `names`.
"""

from itertools import chain
from typing import Final

from kinline.core.accountmenu import phrases as account_menu
from kinline.core.callflow import phrases as course
from kinline.core.identity import Language
from kinline.core.phrases.names import UNRECORDED
from kinline.core.reasons.catalogue import REMEDY_PHRASES, RESIDENT_PHRASES
from kinline.core.servicecall import phrases as service_calls

PHRASES: Final[dict[str, dict[Language, str]]] = {
    **{
        phrase.key: {Language.ENGLISH: phrase.english, Language.SPANISH: phrase.spanish}
        for phrase in chain(course.PHRASES, account_menu.PHRASES, service_calls.PHRASES)
    },
    **RESIDENT_PHRASES,
    **REMEDY_PHRASES,
    **UNRECORDED,
}
