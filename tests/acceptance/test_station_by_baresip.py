"""A wall phone that is baresip, as Debian 12 packs it: registered, dialling by RFC 4733, its voice a tone."""

from pathlib import Path

import pytest
from acceptance.baresip import Baresip
from acceptance.exchange import CALL_HOME, CALLED_TONE, Exchange
from acceptance.judgement import assert_heard_both, assert_priced, share

from kinline.demo import station_password

pytestmark = pytest.mark.usefixtures("raw_sockets")
TONE = 440


def test_a_resident_calls_with_baresip(exchange: Exchange, tmp_path: Path) -> None:
    installed = exchange.installed
    carrier = exchange.carrier("carrier_hangs_up", hang_up_after=6, reason="Q.850;cause=16")
    server = f"{installed.host}:{installed.sip_port}"
    with Baresip(tmp_path, server, CALL_HOME.station, station_password(CALL_HOME.station), TONE) as phone:
        phone.wait_until_registered()
        phone.dial(f"sip:kinline@{server}")
        phone.wait_for("CALL_ESTABLISHED")
        for keys in ("1", CALL_HOME.resident_number, CALL_HOME.pin, CALL_HOME.dialled):
            phone.press(keys)
        phone.wait_for("CALL_CLOSED", 60)
        heard, rate = phone.heard()
    carrier.assert_done()
    facts = installed.books.settled(exchange.call_id(CALL_HOME))
    assert (facts["disposition"], facts["reason"]) == ("completed", "talk.hangup_called")
    assert facts["billed_seconds"] >= 2
    assert_priced(facts)
    assert_heard_both(installed.data / "recordings" / facts["recording"], TONE, CALLED_TONE)
    assert share(heard[-3 * rate :], rate, CALLED_TONE) > 0.5, "baresip did not hear the called party"
