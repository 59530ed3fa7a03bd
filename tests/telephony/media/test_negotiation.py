import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media import sdp
from kinline.telephony.media.engine import NoCommonCodec, SdpError
from kinline.telephony.media.g711 import PCMA, PCMU
from kinline.telephony.media.negotiation import Negotiation


def an_offer(*media: str, host: str = "192.0.2.9", session: str = "") -> bytes:
    """`media`: m-lines with their attributes, lines parted by `;`."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0", session, *";".join(media).split(";")]
    return "".join(f"{line}\r\n" for line in lines if line).encode()


def here() -> Negotiation:
    return Negotiation("192.0.2.1", 20000)


def there() -> Negotiation:
    return Negotiation("192.0.2.2", 30000)


def answered(offer: bytes) -> tuple[Negotiation, sdp.Description]:
    negotiation = here()
    return negotiation, sdp.parse(negotiation.answer(offer))


def test_our_offer_and_our_answer_agree() -> None:
    one, other = here(), there()
    one.accept(other.answer(one.offer()))
    assert one.agreed
    assert other.agreed
    assert one.agreed.codec is other.agreed.codec is PCMU
    assert (one.agreed.remote, other.agreed.remote) == (("192.0.2.2", 30000), ("192.0.2.1", 20000))
    assert (one.agreed.remote_rtcp, other.agreed.remote_rtcp) == (("192.0.2.2", 30001), ("192.0.2.1", 20001))
    assert one.agreed.events_out == one.agreed.events_in == other.agreed.events_out == 101
    assert one.agreed.far_end_sends
    assert one.agreed.far_end_listens


def test_the_first_codec_of_theirs_that_we_know_is_answered() -> None:
    negotiation, answer = answered(an_offer("m=audio 4000 RTP/AVP 9 18 8 0 3"))
    assert negotiation.agreed
    assert negotiation.agreed.codec is PCMA
    assert answer.media[0].formats == ("8",)


def test_their_numbers_for_payload_types_are_used() -> None:
    offer = an_offer("m=audio 4000 RTP/AVP 97 110;a=rtpmap:97 pcmu/8000/1;a=rtpmap:110 telephone-event/8000")
    negotiation, answer = answered(offer)
    assert negotiation.agreed
    assert (negotiation.agreed.audio_out, negotiation.agreed.events_out) == (97, 110)
    assert answer.media[0].formats == ("97", "110")


def test_a_wide_band_codec_of_the_same_name_is_another_codec() -> None:
    with pytest.raises(NoCommonCodec):
        here().answer(an_offer("m=audio 4000 RTP/AVP 97;a=rtpmap:97 PCMU/16000"))


def test_an_answer_may_number_events_otherwise_for_its_own_ear() -> None:
    """RFC 3264 5.1: a payload type says what its describer wants to receive."""
    negotiation = here()
    negotiation.offer()
    negotiation.accept(an_offer("m=audio 4000 RTP/AVP 0 96;a=rtpmap:96 telephone-event/8000"))
    assert negotiation.agreed
    assert (negotiation.agreed.events_out, negotiation.agreed.events_in) == (96, 101)


def test_a_far_end_without_telephone_events_gets_none() -> None:
    negotiation, answer = answered(an_offer("m=audio 4000 RTP/AVP 0"))
    assert negotiation.agreed
    assert negotiation.agreed.events_out is None
    assert answer.media[0].formats == ("0",)


@pytest.mark.parametrize(
    ("theirs", "ours", "sends", "listens"),
    [
        ("sendrecv", "sendrecv", True, True),
        ("sendonly", "recvonly", True, False),
        ("recvonly", "sendonly", False, True),
        ("inactive", "inactive", False, False),
    ],
)
@pytest.mark.parametrize("where", ["media", "session"])
def test_hold_is_answered_by_its_mirror(theirs: str, ours: str, sends: bool, listens: bool, where: str) -> None:
    line = f"a={theirs}"
    offer = (
        an_offer(f"m=audio 4000 RTP/AVP 0;{line}")
        if where == "media"
        else an_offer("m=audio 4000 RTP/AVP 0", session=line)
    )
    negotiation, answer = answered(offer)
    assert negotiation.agreed
    assert (negotiation.agreed.far_end_sends, negotiation.agreed.far_end_listens) == (sends, listens)
    assert ours in {attribute.name for attribute in answer.media[0].attributes}


def test_the_old_hold_by_a_zero_address_is_understood() -> None:
    negotiation, _ = answered(an_offer("m=audio 4000 RTP/AVP 0", host="0.0.0.0"))
    assert negotiation.agreed
    assert negotiation.agreed.remote is None
    assert not negotiation.agreed.far_end_listens


def test_every_line_but_one_audio_is_refused_with_port_zero() -> None:
    offer = an_offer(
        "m=audio 5000 RTP/SAVP 0",
        "m=video 5002 RTP/AVP 31",
        "m=audio 0 RTP/AVP 0",
        "m=audio 5006 RTP/AVP 8",
        "m=audio 5008 RTP/AVP 0",
        "m=image 5010 UDPTL t38",
    )
    negotiation, answer = answered(offer)
    assert [media.port for media in answer.media] == [0, 0, 0, 20000, 0, 0]
    assert [media.kind for media in answer.media] == ["audio", "video", "audio", "audio", "audio", "image"]
    assert negotiation.agreed
    assert negotiation.agreed.remote == ("192.0.2.9", 5006)


def test_the_address_of_the_media_goes_before_that_of_the_session() -> None:
    negotiation, _ = answered(an_offer("m=audio 4000 RTP/AVP 0;c=IN IP4 198.51.100.7"))
    assert negotiation.agreed
    assert negotiation.agreed.remote == ("198.51.100.7", 4000)
    assert negotiation.agreed.remote_rtcp == ("198.51.100.7", 4001)


def test_where_rtcp_is_wanted_can_be_said() -> None:
    port_only, _ = answered(an_offer("m=audio 4000 RTP/AVP 0;a=rtcp:4711"))
    whole, _ = answered(an_offer("m=audio 4000 RTP/AVP 0;a=rtcp:4711 IN IP4 198.51.100.8"))
    assert port_only.agreed
    assert port_only.agreed.remote_rtcp == ("192.0.2.9", 4711)
    assert whole.agreed
    assert whole.agreed.remote_rtcp == ("198.51.100.8", 4711)


def test_rtcp_on_the_port_of_rtp_is_accepted_where_it_is_offered() -> None:
    negotiation, answer = answered(an_offer("m=audio 4000 RTP/AVP 0;a=rtcp-mux"))
    assert negotiation.agreed
    assert negotiation.agreed.rtcp_mux
    assert negotiation.agreed.remote_rtcp == negotiation.agreed.remote
    assert list(answer.media[0].values("rtcp-mux")) == [""]
    plain, answer = answered(an_offer("m=audio 4000 RTP/AVP 0"))
    assert plain.agreed
    assert not plain.agreed.rtcp_mux
    assert list(answer.media[0].values("rtcp-mux")) == []


def test_a_name_for_an_address_waits_for_the_first_packet() -> None:
    negotiation, _ = answered(an_offer("m=audio 4000 RTP/AVP 0;c=IN IP4 phone.example"))
    assert negotiation.agreed
    assert negotiation.agreed.remote is None
    assert negotiation.agreed.far_end_listens


@pytest.mark.parametrize("media", ["m=video 4000 RTP/AVP 31", "m=audio 4000 RTP/AVP 9", "m=audio 0 RTP/AVP 0"])
def test_an_offer_without_audio_for_us_is_refused(media: str) -> None:
    with pytest.raises(NoCommonCodec):
        here().answer(an_offer(media))


@pytest.mark.parametrize(
    "answer",
    [
        an_offer("m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0"),
        an_offer("m=audio 4000 RTP/AVP 0", host="239.1.2.3"),
        b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
        b"",
    ],
)
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    negotiation = here()
    negotiation.offer()
    with pytest.raises(SdpError):
        negotiation.accept(answer)
    assert negotiation.agreed is None


def test_an_answer_that_refuses_the_audio_is_no_agreement() -> None:
    negotiation = here()
    negotiation.offer()
    with pytest.raises(NoCommonCodec):
        negotiation.accept(an_offer("m=audio 0 RTP/AVP 0"))


def test_an_answer_without_an_offer_is_refused() -> None:
    with pytest.raises(SdpError):
        here().accept(an_offer("m=audio 4000 RTP/AVP 0"))


def test_each_description_has_a_later_version_of_the_same_session() -> None:
    """RFC 3264 8: the o= line stays but for its version, which grows."""
    negotiation = here()
    described = [negotiation.offer(), negotiation.answer(an_offer("m=audio 4000 RTP/AVP 0")), negotiation.offer()]
    seen = [sdp.parse(body) for body in described]
    assert len({description.session for description in seen}) == 1
    assert [description.version for description in seen] == [1, 2, 3]


def test_a_later_offer_puts_the_codec_in_use_first_under_the_same_number() -> None:
    negotiation, _ = answered(an_offer("m=audio 4000 RTP/AVP 98;a=rtpmap:98 PCMA/8000"))
    again = sdp.parse(negotiation.offer())
    assert again.media[0].formats[0] == "98"


@given(
    st.lists(st.sampled_from(["0", "8", "9", "18", "96", "101"]), min_size=1, max_size=6, unique=True),
    st.sampled_from(["sendrecv", "sendonly", "recvonly", "inactive"]),
    st.integers(1, 65535),
)
def test_an_answer_has_the_shape_of_its_offer(formats: list[str], direction: str, port: int) -> None:
    offer = an_offer(
        f"m=audio {port} RTP/AVP {' '.join(formats)};a=rtpmap:101 telephone-event/8000;a={direction}",
        "m=video 6000 RTP/AVP 31",
    )
    if not {"0", "8"} & set(formats):
        with pytest.raises(NoCommonCodec):
            here().answer(offer)
        return
    _, answer = answered(offer)
    assert [media.kind for media in answer.media] == ["audio", "video"]
    assert set(answer.media[0].formats) <= set(formats)
    assert answer.media[1].port == 0
