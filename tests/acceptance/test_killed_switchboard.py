"""The switchboard is killed in the middle of calls, for real; nobody is charged for what they did not get."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from acceptance.exchange import CALL_HOME, REFUSE, Exchange
from acceptance.installation import Installation, installation, now, wait_for, wait_until

from kinline.demo import SCENARIOS

pytestmark = pytest.mark.usefixtures("raw_sockets")

HEARTBEATS_APART = 10_000
REAPED_WITHIN = 75.0
ORDINARY = SCENARIOS["ordinary"]


@pytest.fixture
def installed(tmp_path: Path, prompts: Path) -> Iterator[Installation]:
    """Its own, in which a phone may ring for as long as it takes."""
    with installation(tmp_path, prompts, ring_wait=120, KINLINE_SIP_DIGEST="md5") as running:
        running.start()
        yield running
        running.stop()


@pytest.mark.timeout(240)
def test_a_killed_switchboard_leaves_calls_that_are_settled_at_their_last_sign_of_life(
    installed: Installation, tmp_path: Path
) -> None:
    books, peers, began = installed.books, Exchange(installed, tmp_path), now()
    peers.carrier("carrier_answers", calls=2)
    peers.station("station_stays", ORDINARY)
    peers.station("station_stays", CALL_HOME)
    ringing = subprocess.Popen(
        (sys.executable, "-m", "kinline", "call", "--scenario", "spanish", "--no-answer", "--hurry", "--json"),
        env=installed.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:

        def everybody_is_there() -> bool:
            calls = books.ask("calls_since", began)
            beating = [call for call in calls if call["accepted_at"] and call["heartbeat_at"] > call["accepted_at"]]
            return len(beating) == 2 and sorted(call["state"] for call in calls) == ["accepted"] * 2 + ["authorised"]

        wait_until(everybody_is_there, 60, lambda: str(books.ask("calls_since", began)))
        assert len(books.ask("open_holds")) == 3
        switchboard = installed.program("switchboard")
        assert switchboard is not None
        os.kill(switchboard, signal.SIGKILL)
        killed_at = now()
    finally:
        peers.close()
        ringing.kill()
        ringing.wait()

    left = {call["id"]: call for call in books.ask("calls_since", began)}
    wait_until(lambda: books.ask("live_calls") == 0, REAPED_WITHIN, lambda: str(books.ask("calls_since", began)))

    for call in books.ask("calls_since", began):
        facts = books.settled(call["id"])
        assert left[call["id"]]["state"] != "settled", "it was settled before the kill"
        if left[call["id"]]["state"] == "accepted":
            assert (call["disposition"], call["reason"]) == ("completed", "talk.platform_fault")
            assert call["ended_at"] == left[call["id"]]["heartbeat_at"]
            assert call["accepted_at"] < call["ended_at"] <= killed_at <= call["ended_at"] + HEARTBEATS_APART
            assert call["billed_seconds"] == (call["ended_at"] - call["accepted_at"]) // 1000
            assert Decimal(facts["credited_usd"]) == Decimal(facts["charge_usd"]), "our fault, and they paid"
            assert facts["recording"] is not None
            assert (installed.data / "recordings" / facts["recording"]).exists()
        else:
            assert (call["disposition"], call["reason"]) == ("failed", "net.platform_fault")
            assert (call["billed_seconds"], facts["charge_usd"]) == (0, "0.00")
    assert books.ask("open_holds") == []
    books.assert_balanced()

    posted = {call_id: books.ask("transfers", call_id) for call_id in left}
    assert books.ask("reap", now(), 0) == 0, "something was left to settle twice"
    assert {call_id: books.ask("transfers", call_id) for call_id in left} == posted

    started_again = wait_for(lambda: installed.program("switchboard"), 30, lambda: "no new switchboard")
    assert started_again != switchboard
    again = Exchange(installed, tmp_path)
    carrier = again.carrier("carrier_answers", REFUSE)
    again.station("station_stays", ORDINARY).assert_done()
    carrier.assert_done()
    assert books.settled(again.call_id(ORDINARY))["reason"] == "offer.refused"
    books.assert_balanced()
