"""How an utterance becomes words and pieces of sound.

The words of an utterance are the texts of its fragments put together, so what is read is what is heard.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import Final, assert_never

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.phrases import amounts, english, spanish
from kinline.core.phrases.catalogue import PHRASES
from kinline.core.speech import ClockTime, Count, Digits, Say, Span, SpokenName, Utterance, Value


class UnknownPhrase(LookupError):
    """No phrase of that key is in the catalogue."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of sound that is recorded or built on its own, and what it says.

    `name` is `en/offer.intro.0` for the first fixed piece of a phrase, `en/number.21` for a part of a value, or
    `name:resident/42` for the recording of a name. A text of punctuation alone is a pause.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Placeholder:
    name: str
    noun: tuple[str, str] | None  # singular and plural of what a Count counts, when the phrase names it


_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::([^|}]+)\|([^}]+))?\}")
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_NAME: Final = "name:"
_BALANCE: Final = "balance"
"""The placeholder of what somebody has; other amounts are asked for, or exact."""
_GRAMMARS: Final[dict[Language, amounts.Grammar]] = {Language.ENGLISH: english, Language.SPANISH: spanish}


def words(utterance: Utterance, language: Language) -> str:
    """What is said, as text. Raises `UnknownPhrase`."""
    return joined(fragment.text for fragment in fragments(utterance, language))


def fragments(utterance: Utterance, language: Language) -> tuple[Fragment, ...]:
    """The pieces of sound of an utterance, in order. Raises `UnknownPhrase`.

    A sentence is left out when a value in it was not given: better to say less than to fall silent in a call.
    """
    return tuple(fragment for say in utterance for fragment in _fragments(say, language))


def inventory() -> dict[str, str]:
    """Every fragment that any utterance may need but the names of people and places: its text by its name."""
    parts = {f"{language}/{part}": text for language in Language for part, text in _GRAMMARS[language].PARTS.items()}
    pieces = {
        fragment.name: fragment.text
        for language in Language
        for key in phrases()
        for piece in _pieces(key, language)
        for fragment in ((piece,) if isinstance(piece, Fragment) else _nouns(piece, language))
    }
    return parts | pieces


def phrases() -> Mapping[str, Mapping[Language, str]]:
    """The catalogue: the text of every phrase by key and language."""
    return PHRASES


def placeholders(key: str, language: Language) -> frozenset[str]:
    """The names of the values that a phrase needs."""
    return frozenset(piece.name for piece in _pieces(key, language) if isinstance(piece, _Placeholder))


def phrase_of(fragment: str) -> str | None:
    """The key of the phrase that a fixed piece belongs to; None for parts of values and names."""
    key, _, index = fragment.partition("/")[2].rpartition(".")
    return key if index.isdigit() and key in phrases() else None


def subject_of(fragment: Fragment) -> str | None:
    """Whose name a fragment is, such as `resident/42`; None when it is not a name."""
    return fragment.name.removeprefix(_NAME) if fragment.name.startswith(_NAME) else None


def unrecorded(subject: str, language: Language) -> Fragment:
    """What is said in place of a name that was never recorded: "a person in custody"."""
    key = f"name.{subject.partition('/')[0]}"
    return fragments((Say.of(key if key in phrases() else "name.other"),), language)[0]


@cache
def piece_before(key: str, placeholder: str, language: Language) -> str | None:
    """The name of the fixed piece that is said just before a value of a phrase, so that a listener can tell values."""
    pieces = _pieces(key, language)
    for before, piece in pairwise(pieces):
        if isinstance(before, Fragment) and isinstance(piece, _Placeholder) and piece.name == placeholder:
            return before.name
    return None


def joined(texts: Iterable[str]) -> str:
    """Texts of fragments as one readable text."""
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(texts)).strip()
    return text[:1].upper() + text[1:]


def _fragments(say: Say, language: Language) -> Iterator[Fragment]:
    values = dict(say.values)
    for sentence in _sentences(say.key, language):
        if any(isinstance(piece, _Placeholder) and piece.name not in values for piece in sentence):
            continue
        for piece in sentence:
            if isinstance(piece, Fragment):
                yield piece
            else:
                yield from _spoken(values[piece.name], piece, language)


def _pieces(key: str, language: Language) -> tuple[Fragment | _Placeholder, ...]:
    return tuple(chain.from_iterable(_sentences(key, language)))


@cache
def _sentences(key: str, language: Language) -> tuple[tuple[Fragment | _Placeholder, ...], ...]:
    """A phrase cut at the ends of its sentences and at its placeholders."""
    if key not in phrases():
        raise UnknownPhrase(key)
    count = 0
    sentences: list[tuple[Fragment | _Placeholder, ...]] = []
    for sentence in _SENTENCE_END.split(phrases()[key][language]):
        pieces: list[Fragment | _Placeholder] = []
        end = 0
        for found in _PLACEHOLDER.finditer(sentence):
            pieces.append(Fragment(f"{language}/{key}.{count + len(pieces)}", sentence[end : found.start()].strip()))
            pieces.append(_Placeholder(found[1], (found[2], found[3]) if found[2] else None))
            end = found.end()
        pieces.append(Fragment(f"{language}/{key}.{count + len(pieces)}", sentence[end:].strip()))
        count += len(pieces)
        sentences.append(tuple(piece for piece in pieces if not isinstance(piece, Fragment) or piece.text))
    return tuple(sentences)


def _nouns(placeholder: _Placeholder, language: Language) -> tuple[Fragment, ...]:
    return tuple(Fragment(f"{language}/noun.{noun.replace(' ', '-')}", noun) for noun in placeholder.noun or ())


def _spoken(value: Value, placeholder: _Placeholder, language: Language) -> tuple[Fragment, ...]:
    grammar = _GRAMMARS[language]
    noun: tuple[Fragment, ...] = ()
    match value:
        case SpokenName(subject, text):
            return (Fragment(f"{_NAME}{subject}", text),)
        case Money(micros):
            parts = amounts.money(grammar, micros, is_balance=placeholder.name == _BALANCE)
        case Span(seconds):
            parts = amounts.span(grammar, seconds)
        case Digits(digits):
            parts = amounts.digits(digits)
        case ClockTime(minute):
            parts = grammar.clock(minute)
        case Count(number):
            parts = grammar.number(number, amounts.Form.MASCULINE if placeholder.noun else amounts.Form.ALONE)
            noun = _nouns(placeholder, language)[slice(0, 1) if number == 1 else slice(1, 2)]
        case _:
            assert_never(value)
    return (*(Fragment(f"{language}/{part}", grammar.PARTS[part]) for part in parts), *noun)
