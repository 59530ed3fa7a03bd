"""What the called side's final answer means to people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.core.reasons import Reason, from_sip_status


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0, Reason.NET_NO_TRUNK),
        (403, Reason.NET_CARRIER_REJECT),
        (404, Reason.RING_NUMBER_CHANGED),
        (408, Reason.RING_NO_ANSWER),
        (410, Reason.RING_NUMBER_CHANGED),
        (480, Reason.RING_NO_ANSWER),
        (484, Reason.DIAL_INCOMPLETE),
        (486, Reason.RING_BUSY),
        (487, Reason.RING_NO_ANSWER),
        (488, Reason.NET_CARRIER_REJECT),
        (500, Reason.NET_CONGESTION),
        (502, Reason.RING_UNREACHABLE),
        (503, Reason.NET_CONGESTION),
        (600, Reason.RING_BUSY),
        (603, Reason.RING_SPAM_FILTERED),
        (604, Reason.RING_NUMBER_CHANGED),
        (606, Reason.NET_CARRIER_REJECT),
        (607, Reason.RING_SPAM_FILTERED),
        (608, Reason.RING_SPAM_FILTERED),
    ],
)
def test_a_final_status_has_its_reason(status: int, reason: Reason) -> None:
    assert from_sip_status(status) is reason


@given(st.integers())
def test_every_status_has_a_reason_of_a_failed_call(status: int) -> None:
    assert from_sip_status(status).stage in ("net", "ring", "dial")
