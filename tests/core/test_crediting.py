"""What is given back of a call: never more than it cost, once, and for what was measured."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.crediting import CreditRule, DroppedCall, Sound, at_most, ended_with, is_credited, redial_credit
from kinline.core.identity import Instant, Side
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason

RULE, MINUTE = CreditRule(), Money(60_000)
GOOD, POOR, BRIEF = Sound(5000, 4.3), Sound(5000, 2.1), Sound(100, 1.0)
amounts = st.integers(0, 5_000_000).map(Money)
reasons = st.sampled_from([reason for reason in Reason if reason.stage == "talk"])


def dropped(charge: Money, credited: Money = ZERO, minute: Money = MINUTE) -> DroppedCall:
    return DroppedCall(Side.CALLED_PARTY, Reason.TALK_HANGUP_CALLED, Instant(1_000_000), charge, credited, minute)


def test_talk_that_one_side_could_hardly_hear_is_given_back() -> None:
    assert ended_with(Reason.TALK_HANGUP_RESIDENT, (GOOD, POOR), RULE) is Reason.TALK_POOR
    assert is_credited(Reason.TALK_POOR)


def test_good_sound_and_too_little_of_it_leave_the_reason_as_it_was() -> None:
    assert ended_with(Reason.TALK_HANGUP_RESIDENT, (GOOD, BRIEF), RULE) is Reason.TALK_HANGUP_RESIDENT


@given(reason=st.sampled_from(list(Reason)), mos=st.floats(1, 4.5))
def test_what_was_not_charged_or_is_given_back_anyway_keeps_its_reason(reason: Reason, mos: float) -> None:
    judged = ended_with(reason, [Sound(5000, mos)], RULE)
    assert judged is reason or (reason.stage == "talk" and not is_credited(reason) and mos < RULE.below_mos)


@given(charge=amounts, credited=amounts, minute=amounts, after=st.integers(-5_000, 300_000), before=st.integers(0, 5))
def test_a_redial_never_gives_back_more_than_the_call_cost(
    charge: Money, credited: Money, minute: Money, after: int, before: int
) -> None:
    credited = min(credited, charge)
    given_back = redial_credit(dropped(charge, credited, minute), Instant(1_000_000 + after), before, RULE)
    assert ZERO <= given_back <= charge - credited
    assert given_back <= minute
    if not 0 <= after <= 120_000 or before >= RULE.redials_a_day:
        assert given_back == ZERO
    # Once it is given, what is left can be given again only up to the charge.
    assert at_most(minute, charge, credited + given_back) + given_back + credited <= charge


def test_who_hung_up_on_our_side_or_was_cut_off_dropped_nothing() -> None:
    for side, reason in ((Side.RESIDENT, Reason.TALK_HANGUP_RESIDENT), (None, Reason.TALK_TIME_LIMIT)):
        call = DroppedCall(side, reason, Instant(0), Money(500_000), ZERO, Money(60_000))
        assert redial_credit(call, Instant(10_000), 0, RULE) == ZERO
