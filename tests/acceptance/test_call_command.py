"""`kinline call` with each of its options: the call goes as the option says, and all that it tells agrees."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from acceptance.installation import Installation
from acceptance.judgement import assert_priced

from kinline.demo import BROTHER, WIFE

PATIENCE = 100
TOMAS = ("--resident", "100002", "--station", "station-a2", "--number", WIFE.removeprefix("+1"))
ANDRE = ("--resident", "100005", "--station", "station-b2", "--number", BROTHER.removeprefix("+1"))


@dataclass(frozen=True)
class Option:
    """What is run, and how it must end."""

    words: tuple[str, ...]
    disposition: str
    reason: str

    @property
    def name(self) -> str:
        return " ".join(word for word in self.words if word.startswith("--") and word not in TOMAS + ANDRE) or "none"


COMPLETED = "completed"
LANES = (
    # A resident can only be in one call at a time, and a number rings at whoever registered it last, even if their
    # own call never rings: what shares a person follows each other in a lane.
    (
        Option(("--talk", "1.6"), COMPLETED, "talk.hangup_resident"),
        Option(("--time-limit",), COMPLETED, "talk.time_limit"),
        Option(("--block",), "refused", "offer.blocked"),
    ),
    (
        Option(("--first-use", "--talk", "1.6"), COMPLETED, "talk.hangup_resident"),
        Option(("--no-answer", *TOMAS), "no_answer", "ring.no_answer"),
        Option(("--silent", *TOMAS), "refused", "offer.no_key"),
        Option(("--ask-price", "--talk", "1.6", "--transport", "tcp", *TOMAS), COMPLETED, "talk.hangup_resident"),
    ),
    (
        Option(("--refuse", *ANDRE), "refused", "offer.refused"),
        Option(("--busy", *ANDRE), "busy", "ring.busy"),
        Option(("--machine", *ANDRE), "refused", "offer.machine"),
        Option(("--family-hangs-up", "--talk", "1.6", "--transport", "tls", *ANDRE), COMPLETED, "talk.hangup_called"),
        Option(("--language", "es", "--talk", "1.6", *ANDRE), COMPLETED, "talk.hangup_resident"),
    ),
)
MOTHER_TOO = (
    Option(("--suspended",), "denied", "policy.suspended"),
    Option(("--privileged", "--talk", "1.6"), COMPLETED, "talk.hangup_resident"),
    Option(("--no-funds",), "denied", "fund.insufficient"),
    Option(("--blocked",), "denied", "block.called_party"),
    Option(("--not-approved",), "denied", "policy.not_on_list"),
    Option(("--bad-pin",), "denied", "identify.bad_pin"),
)
OPTIONS = [option for lane in (*LANES, MOTHER_TOO) for option in lane]


@pytest.fixture(scope="module")
def calls(installed: Installation) -> Iterator[dict[Option, "Future[dict[str, Any]]"]]:
    """All calls, lane beside lane."""

    def place(lane: tuple[Option, ...], results: list["Future[dict[str, Any]]"]) -> None:
        for option, result in zip(lane, results, strict=True):
            try:
                result.set_result(_call(installed, option))
            except BaseException as error:
                result.set_exception(error)

    futures: dict[Option, Future[dict[str, Any]]] = {option: Future() for option in OPTIONS}
    lanes = (LANES[0] + MOTHER_TOO, *LANES[1:])
    with ThreadPoolExecutor(len(lanes)) as threads:
        for lane in lanes:
            threads.submit(place, lane, [futures[option] for option in lane])
        yield futures


def _call(installed: Installation, option: Option) -> dict[str, Any]:
    done = installed.kinline(
        "call", "--json", "--hurry", "--patience", str(PATIENCE), *option.words, timeout=PATIENCE + 30
    )
    assert done.returncode == 0, f"{option.words}: {done.returncode}\n{done.stderr[-3000:]}\n{done.stdout[-6000:]}"
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.timeout(600)
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_demonstrated_call_ends_as_its_option_says(
    installed: Installation, calls: dict[Option, "Future[dict[str, Any]]"], option: Option
) -> None:
    told = calls[option].result()
    assert (told["disposition"], told["reason"]) == (option.disposition, option.reason)
    assert told["went_as_asked"]
    assert_priced(told)
    assert told == {**told, **_stored(installed, told["call_id"])}, "the command tells something else than the books"
    if option.disposition == COMPLETED:
        is_watched = not told["privileged"]
        assert (told["recording"] is not None and Path(told["recording"]).exists()) == is_watched
        assert told["mos"] > 4
        assert (Decimal(told["charge_usd"]) > 0) == (not told["privileged"])
        heard = [hearing["phrases"] for hearing in told["heard"] if hearing["phone"] == "family"]
        assert any("offer.keys" in phrases for phrases in heard), told["heard"]
    else:
        assert told["accepted_at"] is None
        assert told["recording"] is None
    installed.books.assert_balanced()


def _stored(installed: Installation, call_id: str) -> dict[str, Any]:
    facts = installed.books.settled(call_id)
    return {key: facts[key] for key in ("disposition", "reason", "charge_usd", "billed_seconds", "accepted_at")}
