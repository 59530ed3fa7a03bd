"""What is masked cannot be read from what is left."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.redaction import NameAs, NumberAs, redacted_name, redacted_number

numbers = st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z")
names = st.text(st.characters(categories=["Lu", "Ll"]), min_size=2).map(lambda text: f"{text} Doucet")


@given(numbers, numbers)
def test_a_hidden_number_is_any_number(one: str, other: str) -> None:
    assert redacted_number(one, NumberAs.HIDDEN) == redacted_number(other, NumberAs.HIDDEN)


@given(st.from_regex(r"\A\+1504[0-9]{7}\Z"), st.from_regex(r"\A\+1504[0-9]{7}\Z"), numbers)
def test_of_an_area_nothing_but_the_area_is_left(one: str, other: str, abroad: str) -> None:
    assert redacted_number(one, NumberAs.AREA) == redacted_number(other, NumberAs.AREA) == "+1504███████"
    if not abroad.startswith("+1"):
        assert redacted_number(abroad, NumberAs.AREA) == redacted_number("+525512345678", NumberAs.AREA)


@given(names)
def test_a_hidden_name_is_any_name_and_initials_are_no_more(name: str) -> None:
    assert redacted_name(name, NameAs.HIDDEN) == "████"
    others = " ".join(f"{word[0]}another" for word in name.split())
    assert redacted_name(name, NameAs.INITIALS) == redacted_name(others, NameAs.INITIALS)
    assert redacted_name(name, NameAs.WHOLE) == name


def test_nothing_stays_nothing() -> None:
    assert redacted_number("", NumberAs.HIDDEN) == redacted_name("", NameAs.INITIALS) == ""
