"""What the options of `kinline call` ask for."""

import argparse

import pytest

from kinline.core.reasons import Reason
from kinline.demo import SCENARIOS
from kinline.telephony.phone import demonstration
from kinline.telephony.phone.demonstration import asked, expected_reason, listed


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demonstration.add_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), Reason.TALK_HANGUP_RESIDENT),
        (("--ask-price",), Reason.TALK_HANGUP_RESIDENT),
        (("--family-hangs-up",), Reason.TALK_HANGUP_CALLED),
        (("--time-limit",), Reason.TALK_TIME_LIMIT),
        (("--time-limit", "--refuse"), Reason.OFFER_REFUSED),
        (("--refuse",), Reason.OFFER_REFUSED),
        (("--block",), Reason.OFFER_BLOCKED),
        (("--silent",), Reason.OFFER_NO_KEY),
        (("--machine",), Reason.OFFER_MACHINE),
        (("--no-answer",), Reason.RING_NO_ANSWER),
        (("--busy",), Reason.RING_BUSY),
        (("--no-funds",), Reason.FUND_INSUFFICIENT),
        (("--blocked",), Reason.BLOCK_CALLED_PARTY),
        (("--suspended",), Reason.POLICY_SUSPENDED),
        (("--bad-pin",), Reason.IDENTIFY_BAD_PIN),
        (("--not-approved",), Reason.POLICY_NOT_ON_LIST),
        (("--privileged",), Reason.TALK_HANGUP_RESIDENT),
        (("--first-use",), Reason.TALK_HANGUP_RESIDENT),
        (("--scenario", "emergency"), Reason.POLICY_EMERGENCY_NUMBER),
    ],
)
def test_each_option_has_the_end_that_it_asks_for(words: tuple[str, ...], reason: Reason) -> None:
    arguments = options(*words)
    name = arguments.scenario or "ordinary"
    scenario = asked(SCENARIOS, name, arguments)
    assert scenario is not None
    assert expected_reason(arguments, name, scenario) is reason


def test_a_resident_of_the_cast_brings_their_own_pin_and_others_must_give_theirs() -> None:
    known = asked(SCENARIOS, "ordinary", options("--resident", "100005"))
    assert known is not None
    assert (known.resident_number, known.pin) == ("100005", SCENARIOS["debit"].pin)
    assert asked(SCENARIOS, "ordinary", options("--resident", "999999")) is None
    given = asked(SCENARIOS, "ordinary", options("--resident", "999999", "--pin", "1234"))
    assert given is not None
    assert given.pin == "1234"


def test_the_resident_of_the_wrong_pin_still_knows_the_right_one_elsewhere() -> None:
    scenario = asked(SCENARIOS, "suspended", options("--resident", SCENARIOS["wrong_pin"].resident_number))
    assert scenario is not None
    assert scenario.pin == SCENARIOS["ordinary"].pin


def test_a_number_in_international_form_is_dialled_as_people_dial() -> None:
    scenario = asked(SCENARIOS, "ordinary", options("--number", "+15045550134"))
    assert scenario is not None
    assert (scenario.dialled, scenario.number) == ("5045550134", "+15045550134")


def test_only_one_thing_can_be_asked_of_the_familys_phone() -> None:
    with pytest.raises(SystemExit):
        options("--refuse", "--busy")


def test_the_list_names_every_scenario_and_no_pin() -> None:
    lines = list(listed(SCENARIOS))
    assert [line.split()[0] for line in lines] == list(SCENARIOS)
    assert not any(scenario.pin in line.split() for line, scenario in zip(lines, SCENARIOS.values(), strict=True))
