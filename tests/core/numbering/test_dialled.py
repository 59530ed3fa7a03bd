"""What a resident dials is a number, a slot, or is refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.numbering import (
    E164,
    DialledNumber,
    NotDialled,
    NumberClass,
    SpeedDial,
    classify,
    is_complete,
    is_short_code,
    parse_dialled,
)
from kinline.core.reasons import Reason

digit_strings = st.text("0123456789*", max_size=18)


@pytest.mark.parametrize(
    ("digits", "number", "kind"),
    [
        ("5045550123", "+15045550123", NumberClass.GEOGRAPHIC),
        ("15045550123", "+15045550123", NumberClass.GEOGRAPHIC),
        ("17875550123", "+17875550123", NumberClass.GEOGRAPHIC),
        ("14165550123", "+14165550123", NumberClass.INTERNATIONAL),
        ("18095550123", "+18095550123", NumberClass.INTERNATIONAL),
        ("011525512345678", "+525512345678", NumberClass.INTERNATIONAL),
        ("011442079460123", "+442079460123", NumberClass.INTERNATIONAL),
        ("18005550123", "+18005550123", NumberClass.TOLL_FREE),
        ("18885550123", "+18885550123", NumberClass.TOLL_FREE),
        ("19005550123", "+19005550123", NumberClass.PREMIUM),
        ("15049765555", "+15049765555", NumberClass.PREMIUM),
        ("15005550123", "+15005550123", NumberClass.PERSONAL),
        ("17005550123", "+17005550123", NumberClass.CARRIER),
        ("17105550123", "+17105550123", NumberClass.CARRIER),
        ("01188161234567", "+88161234567", NumberClass.PREMIUM),
        ("011448001111111", "+448001111111", NumberClass.TOLL_FREE),
        ("011449098790123", "+449098790123", NumberClass.PREMIUM),
    ],
)
def test_numbers_are_recognised_with_their_class(digits: str, number: str, kind: NumberClass) -> None:
    assert parse_dialled(digits) == DialledNumber(E164(number), kind)
    assert classify(E164(number)) is kind


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("0", NumberClass.OPERATOR),
        ("00", NumberClass.OPERATOR),
        ("05045550123", NumberClass.OPERATOR),
        ("411", NumberClass.SERVICE_CODE),
        ("211", NumberClass.SERVICE_CODE),
        ("988", NumberClass.SERVICE_CODE),
        ("*67", NumberClass.STAR_CODE),
        ("*6715045550123", NumberClass.STAR_CODE),
        ("1010288", NumberClass.CARRIER),
        ("9501234", NumberClass.CARRIER),
    ],
)
def test_codes_are_never_put_through(digits: str, kind: NumberClass) -> None:
    assert parse_dialled(digits) == NotDialled(Reason.POLICY_DESTINATION_CLASS, kind)


@pytest.mark.parametrize("digits", ["911", "112"])
def test_emergency_numbers_are_refused_even_as_hot_numbers(digits: str) -> None:
    refused = NotDialled(Reason.POLICY_EMERGENCY_NUMBER, NumberClass.EMERGENCY)
    assert parse_dialled(digits) == parse_dialled(digits, {digits: E164("+15045550123")}) == refused


@pytest.mark.parametrize("code", ["*55", "211", "77"])
def test_a_facilitys_own_short_code_stands_for_its_hotline(code: str) -> None:
    hotline = E164("+18005550199")
    assert parse_dialled(code, {code: hotline}) == DialledNumber(hotline, NumberClass.TOLL_FREE)


@pytest.mark.parametrize(("digits", "slot"), [("1", 1), ("9", 9), ("10", 10), ("99", 99)])
def test_one_or_two_digits_are_a_speed_dial_slot(digits: str, slot: int) -> None:
    assert parse_dialled(digits) == SpeedDial(slot)
    assert not is_complete(digits)


@pytest.mark.parametrize(
    ("digits", "reason"),
    [
        ("", Reason.DIAL_INCOMPLETE),
        ("5550123", Reason.DIAL_INCOMPLETE),
        ("1504555012", Reason.DIAL_INCOMPLETE),
        ("011", Reason.DIAL_INCOMPLETE),
        ("01152551", Reason.DIAL_INCOMPLETE),
        ("155512345678", Reason.DIAL_INVALID),
        ("2995550123", Reason.DIAL_INVALID),  # no such area code
        ("5041550123", Reason.DIAL_INVALID),  # no exchange begins with 1
        ("50455501234", Reason.DIAL_INVALID),
        ("01115045550123", Reason.DIAL_INVALID),
        ("0115255123456789999", Reason.DIAL_INVALID),
        ("011999123456789012", Reason.DIAL_INVALID),
        ("50455*0123", Reason.DIAL_INVALID),
        ("5045550123#", Reason.DIAL_INVALID),
        ("٥٠٤٥٥٥٠١٢٣", Reason.DIAL_INVALID),
    ],
)
def test_wrong_digits_are_refused_as_too_short_or_as_no_number(digits: str, reason: Reason) -> None:
    assert parse_dialled(digits) == NotDialled(reason)


def test_a_mexican_mobile_dialled_the_old_way_reaches_its_number() -> None:
    assert parse_dialled("0115215512345678") == DialledNumber(E164("+525512345678"), NumberClass.INTERNATIONAL)


@pytest.mark.parametrize(
    "digits",
    ["5045550123", "15045550123", "911", "411", "00", "*67", "1010288", "011525512345678", "0115215512345678", "02"],
)
def test_nobody_waits_after_the_last_digit(digits: str) -> None:
    assert is_complete(digits)
    assert not is_complete(digits[:-1])


@given(digit_strings)
def test_dialling_is_total_and_says_why_it_refuses(digits: str) -> None:
    match parse_dialled(digits):
        case DialledNumber(number, kind):
            assert classify(number) is kind
            assert kind not in (NumberClass.UNKNOWN, NumberClass.EMERGENCY)
        case SpeedDial(slot):
            assert 1 <= slot <= 99
        case NotDialled(reason):
            assert reason.stage in ("dial", "policy")


@given(digit_strings, st.sampled_from("0123456789"))
def test_no_digit_after_a_complete_number_makes_another_number(digits: str, more: str) -> None:
    longer = parse_dialled(digits + more)
    if is_complete(digits) and isinstance(longer, DialledNumber):
        # Only a short code of the facility could be longer; the plan itself has no such number.
        assert parse_dialled(digits) == longer


@given(st.from_regex(r"011[2-9][0-9]{0,20}", fullmatch=True))
def test_dialling_abroad_ends_at_the_latest_with_fifteen_digits(digits: str) -> None:
    assert is_complete(digits) or len(digits) - 3 < 15


@pytest.mark.parametrize("code", ["*55", "*00", "211", "711", "811", "988"])
def test_a_code_that_a_facility_may_give_a_number_of_its_own_is_over_when_it_is_dialled(code: str) -> None:
    assert is_short_code(code)
    assert is_complete(code)


@pytest.mark.parametrize("code", ["", "911", "112", "011", "1", "77", "*5", "*555", "700", "*5a", "*٥٥"])
def test_what_is_no_such_code(code: str) -> None:
    assert not is_short_code(code)
