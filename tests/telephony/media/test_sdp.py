from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media import sdp
from kinline.telephony.media.engine import SdpError
from kinline.telephony.media.sdp import Attribute, Description, Media

FROM_A_PHONE = b"""v=0\r
o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5\r
s=SDP Seminar\r
i=A Seminar on the session description protocol\r
c=IN IP4 224.2.17.12/127\r
t=2873397496 2873404696\r
a=recvonly\r
m=audio 49170/2 RTP/AVP 0 96\r
a=rtpmap:96 telephone-event/8000\r
m=video 51372 RTP/AVP 99\r
c=IN IP6 2001:db8::1\r
a=rtpmap:99 h263-1998/90000\r
"""

tokens = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
attributes = st.builds(Attribute, tokens, st.none() | tokens)
addresses = st.sampled_from(["192.0.2.1", "2001:db8::7", "phone.example"])
media = st.builds(
    Media,
    st.sampled_from(["audio", "video", "image"]),
    st.integers(0, 65535),
    st.sampled_from(["RTP/AVP", "RTP/SAVP", "UDPTL"]),
    st.lists(st.integers(0, 127).map(str), min_size=1, max_size=4).map(tuple),
    st.none() | addresses,
    st.lists(attributes, max_size=4).map(tuple),
)
descriptions = st.builds(
    Description,
    st.integers(0, 2**62),
    st.integers(0, 2**62),
    st.sampled_from(["192.0.2.1", "2001:db8::7"]),
    st.none() | addresses,
    st.lists(attributes, max_size=3).map(tuple),
    st.lists(media, max_size=3).map(tuple),
)


def test_a_description_is_read_with_what_belongs_to_each_line() -> None:
    description = sdp.parse(FROM_A_PHONE)
    audio, video = description.media
    assert (description.session, description.version, description.origin) == (2890844526, 2890842807, "10.47.16.5")
    assert description.attributes == (Attribute("recvonly"),)
    assert (audio.kind, audio.port, audio.formats) == ("audio", 49170, ("0", "96"))
    assert list(audio.values("rtpmap")) == ["96 telephone-event/8000"]
    assert description.address_of(audio) == "224.2.17.12"
    assert description.address_of(video) == "2001:db8::1"


def test_bare_line_feeds_are_read_too() -> None:
    assert sdp.parse(FROM_A_PHONE.replace(b"\r", b"")) == sdp.parse(FROM_A_PHONE)


@given(descriptions)
def test_what_is_written_is_read_again(description: Description) -> None:
    assert sdp.parse(sdp.write(description)) == description


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda body: b"v=0\r\n" + body))
def test_any_bytes_are_a_description_or_an_error(body: bytes) -> None:
    with suppress(SdpError):
        sdp.parse(body)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (b"", b"v=0\r\n"),
        (b"m=audio 70000 RTP/AVP 0", b"m=audio 49170/2 RTP/AVP 0 96"),
        (b"m=audio", b"m=audio 49170/2 RTP/AVP 0 96"),
        (b"c=IN IP4", b"c=IN IP4 224.2.17.12/127"),
        (b"", b"o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5\r\n"),
        (b"not a line", b"s=SDP Seminar"),
    ],
)
def test_what_is_wrong_is_refused(wrong: bytes, right: bytes) -> None:
    assert right in FROM_A_PHONE
    with pytest.raises(SdpError):
        sdp.parse(FROM_A_PHONE.replace(right, wrong))


def test_a_description_of_more_than_64_kib_is_refused() -> None:
    with pytest.raises(SdpError):
        sdp.parse(FROM_A_PHONE + b"a=x\r\n" * 14000)
