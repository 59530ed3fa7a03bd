"""Search over the guides, and over the reasons of failed calls as a family reads them."""

from functools import cache
from typing import Final, TypeAlias

from kinline.core.identity import Language
from kinline.core.reasons import CATALOGUE, Audience, Reason, explain
from kinline.core.wordsearch import Index
from kinline.support.guides import Guide, guides

Found: TypeAlias = Guide | Reason
MOST: Final = 12


def search(words: str, language: Language) -> list[Found]:
    """Guides and reasons in which the words are, best first."""
    found: list[Found] = []
    for kind, name in _index(language).find(words, MOST):
        found.append(guides(language)[name] if kind == "guide" else Reason(name))
    return found


@cache
def _index(language: Language) -> Index[tuple[str, str]]:
    texts: list[tuple[tuple[str, str], list[tuple[str, float]]]] = [
        (
            ("guide", guide.slug),
            [(guide.title, 5.0), (guide.words, 4.0), (guide.about, 3.0), (guide.text, 1.0)],
        )
        for guide in guides(language).values()
    ]
    told: set[str] = set()
    for reason, entry in CATALOGUE.items():
        explained = explain(reason, Audience.FAMILY, language)
        # Protected reasons all read the same, and one is enough; a reason without words finds nothing.
        if entry.is_protected or not explained.text or explained.text in told:
            continue
        told.add(explained.text)
        texts.append((("reason", reason.value), [(explained.text, 3.0), (explained.remedy, 1.0)]))
    return Index(texts, language)
