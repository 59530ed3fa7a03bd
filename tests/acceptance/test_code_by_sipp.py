"""The platform calls a family through a carrier that is SIPp, whose key is RFC 4733, and speaks a code."""

import pytest
from acceptance.exchange import Exchange
from acceptance.installation import now, wait_for

from kinline.demo.cast import GRANDMOTHER

pytestmark = pytest.mark.usefixtures("raw_sockets")
CODE = "730482"


def test_a_grandmother_hears_her_code_through_a_carrier_and_it_is_written_nowhere(exchange: Exchange) -> None:
    books = exchange.installed.books
    carrier = exchange.carrier("carrier_hangs_up", hang_up_after=6, reason="Q.850;cause=16")
    order = books.ask("order_code", GRANDMOTHER, CODE, now())

    def over() -> dict[str, str] | None:
        call: dict[str, str] = books.ask("service_call", order)
        return call if call["stage"] == "over" else None

    call = wait_for(over, 40, lambda: f"{books.ask('service_call', order)}\n{exchange.installed.last_log()}")
    carrier.assert_done()
    assert (call["outcome"], call["sealed"]) == ("code_said", "")
    events = books.ask("events", call["call"])
    assert ["service.code", "service.code_again"] in [fields.get("phrases") for _, _, fields in events]
    assert CODE not in str(events)
    assert CODE not in exchange.installed.log.read_text(errors="replace")
