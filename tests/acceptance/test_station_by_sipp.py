"""A wall phone that is SIPp: known by its password, its keys as RFC 4733 events, its voice as RTP."""

import pytest
from acceptance.exchange import CALL_HOME, CALLED_TONE, REFUSE, RESIDENT_TONE, Exchange
from acceptance.judgement import assert_heard_both, assert_priced

from kinline.demo import GRANDMOTHER, station_password

pytestmark = pytest.mark.usefixtures("raw_sockets")


def test_a_resident_calls_home_is_accepted_talks_and_hangs_up(exchange: Exchange) -> None:
    books = exchange.installed.books
    carrier = exchange.carrier("carrier_answers")
    station = exchange.station("station_hangs_up", CALL_HOME, hang_up_after=14)
    station.assert_done()
    carrier.assert_done()

    call_id = exchange.call_id(CALL_HOME)
    facts = books.settled(call_id)
    assert (facts["disposition"], facts["reason"], facts["ended_by"]) == (
        "completed",
        "talk.hangup_resident",
        "resident",
    )
    assert facts["billed_seconds"] >= 1
    assert facts["called_party"] == GRANDMOTHER
    assert_priced(facts)
    assert_heard_both(exchange.installed.data / "recordings" / facts["recording"], RESIDENT_TONE, CALLED_TONE)

    said = [fields["text"] for _, kind, fields in books.ask("events", call_id) if kind == "prompt"]
    assert said[0] == "For English, press one."
    assert any("This call is recorded" in text for text in said)
    assert "You are connected." in said


def test_no_pin_and_no_whole_number_is_written_down(exchange: Exchange) -> None:
    carrier = exchange.carrier("carrier_answers", REFUSE)
    exchange.station("station_stays", CALL_HOME).assert_done()
    carrier.assert_done()
    call_id = exchange.call_id(CALL_HOME)
    exchange.installed.books.settled(call_id)
    events = str(exchange.installed.books.ask("events", call_id))
    log = exchange.installed.log.read_text()
    assert call_id in log
    assert CALL_HOME.pin not in events
    assert f'"{CALL_HOME.pin}"' not in log
    assert CALL_HOME.dialled not in log
    assert station_password(CALL_HOME.station) not in log


def test_a_station_with_session_timers_refreshes_over_tcp(exchange: Exchange) -> None:
    carrier = exchange.carrier("carrier_hangs_up", hang_up_after=4, reason="Q.850;cause=16")
    exchange.station("station_refreshes", CALL_HOME, transport="tcp").assert_done()
    carrier.assert_done()
    facts = exchange.installed.books.settled(exchange.call_id(CALL_HOME))
    assert facts["reason"] == "talk.hangup_called"
    assert_priced(facts)
