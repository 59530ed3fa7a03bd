"""Finding texts by their words, whatever their accents."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import Language
from kinline.core.wordsearch import Index, fold, words_of

TEXTS = {
    "refund": [("Get your money back", 5.0), ("refund refunds cheque", 4.0), ("Banks take some days.", 1.0)],
    "deposit": [("Add money", 5.0), ("deposit card voucher", 4.0), ("The bank may ask you.", 1.0)],
    "block": [("Stop calls", 5.0), ("block unblock", 4.0), ("You get no more calls.", 1.0)],
}
ENGLISH = Index(list(TEXTS.items()), Language.ENGLISH)


def test_the_text_with_the_most_words_comes_first_then_where_they_are_worth_more() -> None:
    assert ENGLISH.find("money back") == ["refund", "deposit"]
    assert ENGLISH.find("bank") == ["deposit", "refund"]
    assert ENGLISH.find("how do I stop the calls?") == ["block"]
    assert ENGLISH.find("vouch") == ["deposit"]
    assert ENGLISH.find("submarine money") == ["refund", "deposit"]
    assert ENGLISH.find("submarine yellow money") == []
    assert ENGLISH.find("the of and") == ENGLISH.find("") == []


def test_accents_and_capitals_do_not_matter() -> None:
    spanish = Index([("x", [("Depósito rápido de la compañía", 1.0)])], Language.SPANISH)
    for asked in ("deposito", "DEPÓSITO", "compania", "rapid"):
        assert spanish.find(asked) == ["x"]
    assert words_of("¿Por qué no sonó?", Language.SPANISH) == ["sono"]


@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(query: str) -> None:
    assert set(ENGLISH.find(query)) <= set(TEXTS)
    assert fold(fold(query)) == fold(query)


@given(st.sampled_from(sorted({word for parts in TEXTS.values() for text, _ in parts for word in text.split()})))
def test_every_word_of_a_text_finds_it(word: str) -> None:
    if words_of(word, Language.ENGLISH):
        for key, parts in TEXTS.items():
            if any(word in text.split() for text, _ in parts):
                assert key in ENGLISH.find(word)
