"""Finding texts by their words: without stems and dictionaries, the same on every database.

A word matches a word that is the same or begins with it ("refund" finds "refunds"), whatever its accents and capitals.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, Generic, TypeVar

from kinline.core.identity import Language

_WORD: Final = re.compile(r"[^\W_]+")
LEAST_BEGINNING: Final = 3
"""Characters of a word of the query before it may be the beginning of another."""
MOST_WORDS: Final = 12
"""Of a query; more add nothing."""
_BEGINNING_IS_WORTH: Final = 0.6


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


COMMON: Final[Mapping[Language, frozenset[str]]] = {
    Language.ENGLISH: _listed(
        "a an and are as at be but by can could did do does for from had has have how i if in is it me my not of on or "
        "our she he her his so that the their them then there they this to was we were what when where which who why "
        "will with would you your"
    ),
    Language.SPANISH: _listed(
        "a al como con de cuando del donde e el ella en era es esta este esto fue ha hay la las le les lo los me "
        "mi mis ni no nos o para pero por porque que quien se si sin son su sus te tu un una y ya yo"
    ),
}
"""Words in nearly every text, folded: they tell nothing of what is looked for."""

Key = TypeVar("Key", bound=Hashable)


def fold(text: str) -> str:
    """Without accents and capitals: `Depósito` and `deposito` are the same."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()


def words_of(text: str, language: Language) -> list[str]:
    """The folded words that tell something, in their order."""
    return [word for word in _WORD.findall(fold(text)) if word not in COMMON[language]]


class Index(Generic[Key]):
    """Texts in one language by their words. `texts`: of each key, its parts and how much a word of each is worth."""

    def __init__(self, texts: Iterable[tuple[Key, Sequence[tuple[str, float]]]], language: Language) -> None:
        self._language = language
        self._worth: dict[str, dict[Key, float]] = defaultdict(dict)
        self._place: dict[Key, int] = {}
        for key, parts in texts:
            self._place[key] = len(self._place)
            for text, worth in parts:
                for word in words_of(text, language):
                    self._worth[word][key] = max(worth, self._worth[word].get(key, 0))

    def find(self, query: str, most: int = 10) -> list[Key]:
        """Those in which at least half of the query's words are, best first: most words found, then where they were."""
        asked = list(dict.fromkeys(words_of(query, self._language)))[:MOST_WORDS]
        found: dict[Key, list[float]] = defaultdict(list)
        for word in asked:
            for key, worth in self._matching(word).items():
                found[key].append(worth)
        enough = [key for key, worths in found.items() if len(worths) * 2 >= len(asked)]
        return sorted(enough, key=lambda key: (-len(found[key]), -sum(found[key]), self._place[key]))[:most]

    def _matching(self, word: str) -> dict[Key, float]:
        matching = dict(self._worth.get(word, {}))
        if len(word) >= LEAST_BEGINNING:
            for other, keys in self._worth.items():
                if other.startswith(word) and other != word:
                    for key, worth in keys.items():
                        matching[key] = max(worth * _BEGINNING_IS_WORTH, matching.get(key, 0))
        return matching
