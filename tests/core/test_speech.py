"""What is said, as words and as pieces of sound."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.callflow.phrases import PHRASES as COURSE
from kinline.core.callflow.phrases import Phrase
from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.phrases import amounts, assembly, english, spanish
from kinline.core.phrases.assembly import UnknownPhrase
from kinline.core.phrases.catalogue import PHRASES
from kinline.core.speech import ClockTime, Count, Digits, Say, Span, SpokenName, Value

ENGLISH, SPANISH = Language.ENGLISH, Language.SPANISH
GRAMMARS = {ENGLISH: english, SPANISH: spanish}

spoken_values: st.SearchStrategy[Value] = st.one_of(
    st.integers(-9_999_990_000, 999_999_000_000).map(Money),
    st.integers(0, 999_999).map(Count),
    st.text("0123456789*#", max_size=15).map(Digits),
    st.integers(0, 9_999_999).map(Span),
    st.integers(0, 1439).map(ClockTime),
    st.text("abc", min_size=1).map(lambda text: SpokenName("resident/1", text)),
)
languages = st.sampled_from(Language)


def said(parts: tuple[str, ...], language: Language) -> str:
    return " ".join(GRAMMARS[language].PARTS[part] for part in parts)


# The reader below knows numerals as a dictionary does, and shares nothing with the speaker.
WORTH = {
    ENGLISH: dict(  # noqa: C408
        zero=0, oh=0, one=1, two=2, three=3, four=4, five=5, six=6, seven=7, eight=8, nine=9, ten=10, eleven=11,
        twelve=12, thirteen=13, fourteen=14, fifteen=15, sixteen=16, seventeen=17, eighteen=18, nineteen=19,
        twenty=20, thirty=30, forty=40, fifty=50, sixty=60, seventy=70, eighty=80, ninety=90,
    ),
    SPANISH: dict(  # noqa: C408
        cero=0, un=1, uno=1, una=1, dos=2, tres=3, cuatro=4, cinco=5, seis=6, siete=7, ocho=8, nueve=9, diez=10,
        once=11, doce=12, trece=13, catorce=14, quince=15, dieciséis=16, diecisiete=17, dieciocho=18, diecinueve=19,
        veinte=20, veintiún=21, veintiuno=21, veintiuna=21, veintidós=22, veintitrés=23, veinticuatro=24,
        veinticinco=25, veintiséis=26, veintisiete=27, veintiocho=28, veintinueve=29, treinta=30, cuarenta=40,
        cincuenta=50, sesenta=60, setenta=70, ochenta=80, noventa=90, cien=100, ciento=100, doscientos=200,
        trescientos=300, cuatrocientos=400, quinientos=500, seiscientos=600, setecientos=700, ochocientos=800,
        novecientos=900,
    ),
}  # fmt: skip


def read_number(text: str, language: Language) -> int:
    total = group = 0
    for word in re.split(r"[\s-]+", text):
        if word in ("thousand", "mil"):
            total, group = (group or 1) * 1000, 0
        elif word == "hundred":
            group *= 100
        elif word != "y":
            group += WORTH[language][word]
    return total + group


def read_money(text: str, language: Language) -> int:
    """In tenths of a cent."""
    sign = -1 if re.match(r"minus|menos", text) else 1
    tenths = 0
    for amount, unit in re.findall(r"(.+?) (dollar|dólar|cent(?:avo)?)(?:e?s)?\b(?: and| y)? ?", text):
        amount = re.sub(r"^(minus|menos) ", "", amount)
        whole, _, tenth = re.split(r" (point|punto) ", amount) if re.search("point|punto", amount) else (amount, "", "")
        tenths += read_number(whole, language) * (1000 if unit in ("dollar", "dólar") else 10)
        tenths += read_number(tenth, language) if tenth else 0
    return sign * tenths


@given(st.integers(0, 999_999), languages)
def test_a_number_is_read_back_as_itself(number: int, language: Language) -> None:
    assert read_number(said(GRAMMARS[language].number(number), language), language) == number


@given(st.integers(1, 999_999))
def test_spanish_says_un_and_veintiun_before_a_masculine_noun(number: int) -> None:
    text = said(spanish.number(number, amounts.Form.MASCULINE), SPANISH)
    assert not text.endswith("uno")
    assert read_number(text, SPANISH) == number


@given(st.integers(-999_999_999, 999_999_999), languages)
def test_what_is_asked_for_is_never_said_lower_and_a_balance_never_higher_than_it_is(
    micros: int, language: Language
) -> None:
    step = 1_000 if abs(micros) < 1_000_000 else 10_000
    price, balance = (
        1_000 * read_money(said(amounts.money(GRAMMARS[language], micros, is_balance=which), language), language)
        for which in (False, True)
    )
    assert 0 <= price - micros < step
    assert 0 <= micros - balance < step


def test_the_highest_price_of_an_offer_is_said_rounded_up_and_a_balance_rounded_down() -> None:
    most, fraction = Money(1_234_900), Money(62_610)
    price = Say.of("offer.price", per_minute=fraction, limit=Span(900), total=most)
    assert "six point three cents a minute" in assembly.words((price,), ENGLISH)
    assert "one dollar and twenty-four cents" in assembly.words((price,), ENGLISH)
    assert "six point three cents" in assembly.words((Say.of("offer.rate", per_minute=fraction),), ENGLISH)
    quote = Say.of("quote.price", per_minute=fraction, limit=Span(900), total=most)
    assert "un dólar y veinticuatro centavos" in assembly.words((quote,), SPANISH)
    balance = Say.of("account.balance", balance=Money(1_239_900))
    assert assembly.words((balance,), ENGLISH) == "Your balance is one dollar and twenty-three cents."


@given(st.integers(0, 9_999_999), languages)
def test_a_span_is_said_in_at_most_two_units_and_never_longer_than_it_is(seconds: int, language: Language) -> None:
    text = said(amounts.span(GRAMMARS[language], seconds), language)
    sizes = {
        "day": 86400,
        "día": 86400,
        "hour": 3600,
        "hora": 3600,
        "minute": 60,
        "minuto": 60,
        "second": 1,
        "segundo": 1,
    }
    units = re.findall(r"(.+?) (day|día|hour|hora|minute|minuto|second|segundo)s?\b(?: and| y)? ?", text)
    heard = sum(read_number(amount, language) * sizes[unit] for amount, unit in units)
    assert 1 <= len(units) <= 2
    assert 0 <= seconds - heard < sizes[units[-1][1]]


@given(st.integers(0, 1439))
def test_an_english_clock_time_is_read_back_as_itself(minute: int) -> None:
    text = said(english.clock(minute), ENGLISH)
    if text in ("noon", "midnight"):
        assert minute == {"noon": 720, "midnight": 0}[text]
        return
    *numbers, half = text.split()
    hour, past = WORTH[ENGLISH][numbers[0]], " ".join(numbers[1:])
    heard = hour % 12 * 60 + (read_number(past, ENGLISH) if past else 0) + (720 if half == "p.m." else 0)
    assert heard == minute


@given(st.integers(0, 1439))
def test_a_spanish_clock_time_is_read_back_as_itself(minute: int) -> None:
    text = said(spanish.clock(minute), SPANISH)
    found = re.fullmatch(r"las? (\w+)(?: y (.+?))? (de la|del) (\w+)", text)
    assert found is not None
    hour, part = WORTH[SPANISH][found[1]], found[4]
    assert ("la " in text[:3]) == (hour == 1)
    after_noon = part in ("tarde", "mediodía") or (part == "noche" and 7 <= hour < 12)
    past = read_number(found[2], SPANISH) if found[2] else 0
    assert hour % 12 * 60 + past + (720 if after_noon else 0) == minute


@given(st.text("0123456789*#", min_size=1, max_size=20))
def test_digits_are_said_one_by_one_and_none_is_lost(keys: str) -> None:
    parts = amounts.digits(keys)
    pressed = "".join(part.removeprefix("digit.") for part in parts if part != "pause")
    assert pressed.replace("star", "*").replace("pound", "#") == keys
    assert parts[-1] != "pause"


@pytest.mark.parametrize(
    ("keys", "groups"),
    [
        ("+15045550123", ("504", "555", "0123")),
        ("5550123", ("555", "0123")),
        ("4711", ("4711",)),
        ("100234", ("100", "234")),
        ("1002345", ("100", "2345")),
        ("+525512345678", ("525", "512", "345", "678")),
    ],
)
def test_digits_are_grouped_as_people_read_them(keys: str, groups: tuple[str, ...]) -> None:
    assert amounts.grouped(keys) == groups


@pytest.mark.parametrize("key", PHRASES)
def test_a_phrase_needs_the_same_values_in_every_language(key: str) -> None:
    assert assembly.placeholders(key, ENGLISH) == assembly.placeholders(key, SPANISH)
    assert all(PHRASES[key][language].strip() for language in Language)


@pytest.mark.parametrize("phrase", COURSE, ids=lambda phrase: phrase.key)
def test_a_phrase_of_the_course_of_a_call_holds_the_values_it_announces(phrase: Phrase) -> None:
    assert assembly.placeholders(phrase.key, ENGLISH) == {name for name, _ in phrase.placeholders}


@given(st.data(), st.sampled_from(sorted(PHRASES)), languages)
def test_every_piece_of_every_phrase_with_any_value_is_in_the_inventory(
    data: st.DataObject, key: str, language: Language
) -> None:
    values = {name: data.draw(spoken_values) for name in assembly.placeholders(key, language)}
    inventory = assembly.inventory()
    for fragment in assembly.fragments((Say.of(key, **values),), language):
        assert fragment.name.startswith("name:") or inventory[fragment.name] == fragment.text


def test_no_two_languages_share_a_piece() -> None:
    assert {name.partition("/")[0] for name in assembly.inventory()} == set(Language)


def test_fixed_pieces_know_their_phrase_and_parts_of_values_do_not() -> None:
    for key in PHRASES:
        say = Say.of(key, **{name: Count(3) for name in assembly.placeholders(key, ENGLISH)})
        assert key in {assembly.phrase_of(fragment.name) for fragment in assembly.fragments((say,), ENGLISH)}
    assert assembly.phrase_of("en/number.21") is None
    assert assembly.phrase_of("name:resident/42") is None


def test_a_sentence_is_left_out_when_its_value_is_not_known() -> None:
    whole = Say.of("offer.price", per_minute=Money(65_000), limit=Span(900), total=Money(975_000))
    partly = Say.of("offer.price", per_minute=Money(65_000))
    assert assembly.words((partly,), ENGLISH) == "This call costs six point five cents a minute."
    assert assembly.words((whole,), ENGLISH).startswith(assembly.words((partly,), ENGLISH))


def test_an_unknown_phrase_is_refused_by_name() -> None:
    with pytest.raises(UnknownPhrase, match=r"no\.such"):
        assembly.words((Say.of("no.such"),), ENGLISH)
