"""A level asks for more, never for less; who has shown more has shown enough; and nobody finds out by trying."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identification import (
    REFUSALS,
    TRIES,
    TRIES_AT_A_FACILITY,
    WITHIN,
    Proof,
    RefusedBecause,
    Standing,
    identification,
    knows,
    may_answer,
    needed,
)
from kinline.core.identity import Instant, Language

PROOFS = st.sampled_from(Proof)
ORDER = list(Proof)


@given(PROOFS, PROOFS)
def test_what_is_needed_is_one_of_both_and_no_weaker_than_either(provider: Proof, facility: Proof) -> None:
    asked = needed(provider, facility)
    assert asked in (provider, facility)
    assert ORDER.index(asked) >= max(ORDER.index(provider), ORDER.index(facility))
    assert asked is needed(facility, provider)


@given(PROOFS, PROOFS, st.lists(PROOFS, max_size=4), st.booleans())
def test_enough_is_what_is_asked_or_stronger_and_more_never_harms(
    provider: Proof, facility: Proof, shown: list[Proof], is_waiting: bool
) -> None:
    now = identification(provider, facility, shown, is_waiting=is_waiting)
    is_enough = ORDER.index(now.shown) >= ORDER.index(now.needed)
    assert (now.standing is Standing.ENOUGH) == is_enough
    if not is_enough:
        assert now.standing is (Standing.WAITING if is_waiting else Standing.NEEDED)
    with_document = identification(provider, facility, [*shown, Proof.DOCUMENT], is_waiting=is_waiting)
    assert with_document.standing is Standing.ENOUGH


@given(st.lists(st.integers(0, 3 * WITHIN), max_size=12), st.integers(0, 2 * TRIES_AT_A_FACILITY))
def test_answers_are_bounded_for_each_person_and_for_all_together(own: list[int], wrong: int) -> None:
    at = Instant(3 * WITHIN)
    recent = [each for each in own if each > at - WITHIN]
    allowed = may_answer([Instant(each) for each in own], wrong, at)
    assert allowed == (len(recent) < TRIES and wrong < TRIES_AT_A_FACILITY)


@given(st.text("0123456789", min_size=1, max_size=6), st.dates(), st.text("0123456789", max_size=6), st.dates())
def test_only_number_and_birth_date_together_are_known(number: str, born: date, said: str, said_born: date) -> None:
    assert knows(number, born, f" {number} ", born)
    assert knows(number, born, said, said_born) == (number == said and born == said_born)
    assert not knows(number, None, number, said_born)


def test_every_refusal_has_its_reason_and_remedy_in_each_language() -> None:
    assert set(REFUSALS) == set(RefusedBecause)
    for texts in REFUSALS.values():
        assert set(texts) == set(Language)
        assert texts[Language.ENGLISH] != texts[Language.SPANISH]
        assert all(text.why and text.remedy for text in texts.values())
