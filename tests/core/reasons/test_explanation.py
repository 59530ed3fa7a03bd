"""A reason in words, for whoever asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.reasons import CATALOGUE, Action, Audience, Reason, explain, foresee
from kinline.core.reasons.explanation import written
from kinline.core.speech import ClockTime, Count, Digits, Span, SpokenName, Value

ENGLISH, SPANISH = Language.ENGLISH, Language.SPANISH
NO_MONEY = (("balance", Money.parse("0.05")), ("needed", Money.parse("0.1254")))


def test_the_family_reads_what_is_missing_and_can_add_it() -> None:
    explanation = explain(Reason.FUND_INSUFFICIENT, Audience.FAMILY, ENGLISH, NO_MONEY)
    assert "You have $0.05; the call needs at least $0.1254." in explanation.text
    assert "Add money" in explanation.remedy
    assert explanation.action is Action.ADD_MONEY


def test_the_same_in_spanish() -> None:
    explanation = explain(Reason.FUND_INSUFFICIENT, Audience.FAMILY, SPANISH, NO_MONEY)
    assert "Tiene $0.05; la llamada necesita al menos $0.1254." in explanation.text
    assert "Agregue dinero" in explanation.remedy


def test_the_resident_does_not_learn_the_familys_balance() -> None:
    for language in Language:
        assert "$0.05" not in explain(Reason.FUND_INSUFFICIENT, Audience.RESIDENT, language, NO_MONEY).text


def test_what_nobody_has_tried_yet_is_not_told_as_a_try() -> None:
    assert explain(Reason.POLICY_FACILITY_CLOSED, Audience.FAMILY, ENGLISH).text.startswith("They tried")
    assert foresee(Reason.POLICY_FACILITY_CLOSED, ENGLISH).text == "The phones are closed at this hour."
    assert foresee(Reason.POLICY_VICTIM, SPANISH) == explain(Reason.POLICY_VICTIM, Audience.FAMILY, SPANISH)


def test_a_sentence_whose_value_is_not_known_is_left_out() -> None:
    explanation = explain(Reason.POLICY_SUSPENDED, Audience.FAMILY, ENGLISH)
    assert explanation.text == "The facility has suspended their calls."


def test_a_time_at_the_end_of_a_sentence_has_one_full_stop() -> None:
    values = (("again_at", ClockTime(13 * 60 + 5)),)
    assert explain(Reason.POLICY_TOO_SOON, Audience.FAMILY, ENGLISH, values).text.endswith("at 1:05 p.m.")
    assert explain(Reason.POLICY_TOO_SOON, Audience.FAMILY, SPANISH, values).text.endswith("a la 1:05 p. m.")


def test_counts_agree_with_their_noun() -> None:
    one = explain(Reason.POLICY_DAILY_CALLS, Audience.FAMILY, ENGLISH, (("calls", Count(1)),))
    many = explain(Reason.POLICY_DAILY_CALLS, Audience.FAMILY, SPANISH, (("calls", Count(4)),))
    assert "allows 1 call." in one.text
    assert "permite 4 llamadas." in many.text


@pytest.mark.parametrize("language", Language)
def test_protected_reasons_all_read_the_same_to_the_family(language: Language) -> None:
    protected = [reason for reason, entry in CATALOGUE.items() if entry.is_protected]
    told = {explain(reason, Audience.FAMILY, language) for reason in protected}
    assert len(told) == 1
    (explanation,) = told
    for word in ("order", "victim", "staff", "security", "orden", "víctima", "personal", "seguridad"):
        assert word not in explanation.text.lower()


def test_staff_read_the_true_reason_with_what_to_do() -> None:
    explanation = explain(Reason.POLICY_NO_CONTACT_ORDER, Audience.STAFF, ENGLISH)
    assert "court order" in explanation.text
    assert "Do not tell" in explanation.remedy


def test_the_resident_hears_when_another_try_can_succeed() -> None:
    assert explain(Reason.RING_BUSY, Audience.RESIDENT, ENGLISH).remedy == "You can try again now."
    assert explain(Reason.POLICY_LOCKDOWN, Audience.RESIDENT, ENGLISH).remedy == "Try again later."


values = st.one_of(
    st.builds(Money, st.integers(-(10**9), 10**9)),
    st.builds(Count, st.integers(0, 99)),
    st.builds(Span, st.integers(0, 10**7)),
    st.builds(ClockTime, st.integers(0, 1439)),
    st.builds(Digits, st.text("0123456789", min_size=1)),
    st.builds(SpokenName, st.just("facility/1"), st.just("Bayou Parish Jail")),
)


@given(
    st.sampled_from(Reason), st.sampled_from(Audience), st.sampled_from(Language), st.dictionaries(st.text(), values)
)
def test_explaining_is_total(reason: Reason, audience: Audience, language: Language, known: dict[str, Value]) -> None:
    explanation = explain(reason, audience, language, known.items())
    assert explanation.text
    assert explanation.remedy
    assert "{" not in explanation.text + explanation.remedy


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (Money.parse("2.10"), "$2.10", "$2.10"),
        (Count(3), "3", "3"),
        (Digits("7"), "7", "7"),
        (Span(0), "0 seconds", "0 segundos"),
        (Span(1), "1 second", "1 segundo"),
        (Span(3660), "1 hour 1 minute", "1 hora 1 minuto"),
        (Span(2 * 86_400), "2 days", "2 días"),
        (ClockTime(0), "12:00 a.m.", "las 12:00 a. m."),
        (ClockTime(61), "1:01 a.m.", "la 1:01 a. m."),
        (ClockTime(18 * 60 + 30), "6:30 p.m.", "las 6:30 p. m."),
        (SpokenName("facility/1", "Bayou Parish Jail"), "Bayou Parish Jail", "Bayou Parish Jail"),
    ],
)
def test_values_are_written_as_people_write_them(value: Value, english: str, spanish: str) -> None:
    assert written(value, ENGLISH) == english
    assert written(value, SPANISH) == spanish
