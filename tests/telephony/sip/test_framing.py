"""Messages out of a stream, however it is cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.telephony.sip import SipError
from kinline.telephony.sip.framing import PING, Framer

MESSAGES = [
    b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n",
    b"INVITE sip:a SIP/2.0\r\nl: 5\r\n\r\nv=0\r\n",
    b"SIP/2.0 200 OK\r\nTo: x\r\nCONTENT-length :  12\r\n\r\n\r\n\r\nabcdefgh",
    b"BYE sip:a SIP/2.0\r\nTo: no length at all\r\n\r\n",
    PING,
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=8), st.data())
def test_messages_come_out_whole_however_the_stream_is_cut(messages, data):
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    framer = Framer()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framer.feed(stream[start:end])
    assert found == messages


def test_byte_by_byte():
    framer = Framer()
    stream = b"".join(MESSAGES)
    found = [message for at in range(len(stream)) for message in framer.feed(stream[at : at + 1])]
    assert found == MESSAGES


@pytest.mark.parametrize(
    "stream",
    [
        b"x" * 70_000,
        b"INVITE sip:a SIP/2.0\r\nContent-Length: 70000\r\n\r\n",
        b"INVITE sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n",
        b"INVITE sip:a SIP/2.0\r\nContent-Length: many\r\n\r\n",
    ],
)
def test_a_stream_that_cannot_be_framed_is_an_error(stream):
    with pytest.raises(SipError):
        Framer().feed(stream)
