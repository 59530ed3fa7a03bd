"""A carrier that is SIPp, behind the gateway trunk, with everything that carriers do; the wall phone is SIPp too."""

from decimal import Decimal

import pytest
from acceptance.exchange import ACCEPT, CALL_HOME, CALLED_TONE, REFUSE, RESIDENT_TONE, Exchange
from acceptance.judgement import assert_heard_both, assert_priced

pytestmark = pytest.mark.usefixtures("raw_sockets")

TALKED = ("completed", "talk.hangup_called")


@pytest.mark.parametrize(
    ("scenario", "keys", "outcome"),
    [
        pytest.param("carrier_redirects", ACCEPT, TALKED, id="sends us elsewhere"),
        pytest.param("carrier_wants_prack", ACCEPT, TALKED, id="rings reliably"),
        pytest.param("carrier_rings_late", ACCEPT, TALKED, id="rings after the answer"),
        pytest.param("carrier_holds", ACCEPT, TALKED, id="holds and takes back"),
        pytest.param("carrier_refreshes", ACCEPT, TALKED, id="keeps a session timer"),
        pytest.param("carrier_answers", REFUSE, ("refused", "offer.refused"), id="refuses"),
        pytest.param("carrier_is_busy", "", ("busy", "ring.busy"), id="is busy"),
        pytest.param("carrier_rings", "", ("no_answer", "ring.no_answer"), id="never answers"),
        pytest.param("carrier_crosses_cancel", "", ("no_answer", "ring.no_answer"), id="answers while it is cancelled"),
    ],
)
def test_a_call_through_a_carrier_that(exchange: Exchange, scenario: str, keys: str, outcome: tuple[str, str]) -> None:
    carrier = exchange.carrier(scenario, keys)
    station = exchange.station("station_stays", CALL_HOME)
    carrier.assert_done()
    station.assert_done()
    facts = exchange.installed.books.settled(exchange.call_id(CALL_HOME))
    assert (facts["disposition"], facts["reason"]) == outcome
    assert (facts["accepted_at"] is not None) == (outcome == TALKED)
    assert_priced(facts)
    if outcome == TALKED:
        assert facts["billed_seconds"] >= 1
        assert_heard_both(exchange.installed.data / "recordings" / facts["recording"], RESIDENT_TONE, CALLED_TONE)
    else:
        assert facts["recording"] is None


@pytest.mark.parametrize(
    ("reason", "outcome", "is_credited"),
    [
        ('Q.850;cause=16;text="Normal call clearing"', "talk.hangup_called", False),
        ('Q.850;cause=38;text="Network out of order"', "talk.carrier_drop", True),
    ],
)
def test_a_carrier_says_why_it_hangs_up(exchange: Exchange, reason: str, outcome: str, is_credited: bool) -> None:
    carrier = exchange.carrier("carrier_hangs_up", hang_up_after=4, reason=reason)
    station = exchange.station("station_stays", CALL_HOME)
    carrier.assert_done()
    station.assert_done()
    facts = exchange.installed.books.settled(exchange.call_id(CALL_HOME))
    assert (facts["disposition"], facts["reason"]) == ("completed", outcome)
    assert_priced(facts)
    assert (Decimal(facts["credited_usd"]) > 0) == is_credited
