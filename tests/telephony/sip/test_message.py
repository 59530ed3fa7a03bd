"""Reading messages: any bytes, and the same answers as sipmessage, an implementation that is not ours."""

import pytest
import sipmessage
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.telephony.sip import SipError
from kinline.telephony.sip.grammar import quoted, split, unquoted
from kinline.telephony.sip.message import Request, Response, parse
from kinline.telephony.sip.uri import parse_address, parse_uri

TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~", min_size=1, max_size=12)
HOST = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,5}){0,2}", fullmatch=True)
USER = st.from_regex(r"\+?[a-z0-9]{1,12}", fullmatch=True)
# sipmessage joins runs of spaces and undoes percent signs in header parameters; we keep both as they came.
TAG = TOKEN.filter(lambda token: "%" not in token)
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)

DISPLAY = WORDS.map(lambda words: " ".join(words.split()))

VALID = (
    b"INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:bob@example.com>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
)


def touch(message):
    """Ask everything that the user agent asks; only `SipError` may come of it."""
    for ask in (
        lambda: message.via, lambda: message.cseq, lambda: message.from_tag, lambda: message.to_tag,
        lambda: message.call_id, lambda: message.contact, lambda: message.listed("route"),
        lambda: message.seconds("expires"), lambda: message.require(), lambda: parse_uri(message.uri),
        lambda: message.max_forwards,
    ):  # fmt: skip
        try:
            ask()
        except SipError:
            pass
        except AttributeError:
            assert isinstance(message, Response)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_parser_raise_anything_but_its_own_error(data):
    try:
        message = parse(data)
    except SipError:
        return
    touch(message)


@settings(deadline=None)
@given(st.data())
def test_no_damage_to_a_valid_message_makes_it_raise_anything_else(data):
    damaged = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), at + data.draw(st.integers(0, 5)))
        damaged[at:end] = data.draw(st.binary(max_size=5) | st.sampled_from([b"\r\n", b'"', b"<", b",", b";", b" "]))
    try:
        message = parse(bytes(damaged))
    except SipError:
        return
    touch(message)


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_a_user_agent_takes_any_bytes_without_a_fault(fresh_network, data):
    network = fresh_network()
    agent = network.agent("192.0.2.2", on_call=lambda call: call.answer(b"v=0"))
    at = data.draw(st.integers(0, len(VALID)))
    noise = data.draw(st.binary(max_size=20))
    agent.receive(VALID[:at] + noise + VALID[at:], agent.connect("udp", "192.0.2.9", 5060), network.now)
    network.run(100)
    assert not agent.transactions.servers


@settings(deadline=None)
@given(
    method=TOKEN, user=USER, host=HOST, port=st.integers(1, 65535), display=DISPLAY, tag=TAG,
    cseq=st.integers(0, 2**31 - 1),
)  # fmt: skip
def test_requests_are_read_as_sipmessage_reads_them(method, user, host, port, display, tag, cseq):
    text = (
        f"{method} sip:{user}@{host}:{port};transport=tcp SIP/2.0\r\n"
        f"v: SIP/2.0/TCP {host}:{port};rport;branch=z9hG4bK{tag}\r\n"
        f"From: {quoted(display)} <sip:{user}@{host}>;tag={tag}\r\nt: <sip:{user}@{host};x=y>\r\n"
        f"i: {tag}@{host}\r\nCSeq: {cseq} {method}\r\nm: <sip:{user}@{host}:{port}>;q=0.5\r\nMax-Forwards: 70\r\n"
        f"Record-Route: <sip:p1.{host};lr>, <sip:p2.{host};lr>\r\nContent-Length: 0\r\n\r\n"
    )
    ours = parse(text.encode())
    theirs = sipmessage.Message.parse(text.encode())
    assert isinstance(ours, Request)
    assert isinstance(theirs, sipmessage.Request)
    assert ours.method == theirs.method
    assert ours.from_.display == theirs.from_address.name
    assert ours.from_tag == theirs.from_address.parameters["tag"]
    assert ours.to.uri == str(theirs.to_address.uri)
    assert ours.call_id == theirs.call_id
    assert ours.cseq == (theirs.cseq.sequence, theirs.cseq.method)
    assert ours.contact == str(theirs.contact[0].uri)
    (via,) = theirs.via
    assert (ours.via.transport, ours.via.host, ours.via.port, ours.via.branch) == (
        via.transport, via.host, via.port, via.parameters["branch"],
    )  # fmt: skip
    assert len(ours.listed("record-route")) == len(theirs.record_route) == 2
    uri = parse_uri(ours.uri)
    assert (uri.user, uri.host, uri.port, uri.transport) == (theirs.uri.user, theirs.uri.host, theirs.uri.port, "tcp")


@settings(deadline=None)
@given(WORDS)
def test_quoting_is_undone_by_unquoting(text):
    assert unquoted(quoted(text)) == text


@settings(deadline=None)
@given(st.lists(WORDS.map(quoted), min_size=1))
def test_a_list_is_cut_at_commas_outside_quotes_only(parts):
    assert split(", ".join(parts)) == parts


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"INVITE sip:a@b SIP/2.0\r\nVia SIP/2.0/UDP\r\n\r\n", "a line that is no header"),
        (b"x" * 65_537, "a message of 65537 bytes"),
        (b"INVITE sip:a@b SIP/2.0\r\n" + b"A: b\r\n" * 300 + b"\r\n", "300 header lines"),
        (VALID.replace(b"CSeq: 1 INVITE", b"CSeq: one INVITE"), "CSeq is not a number: 'one'"),
        (VALID.replace(b"CSeq: 1 INVITE", b"CSeq: 4294967296 INVITE"), "CSeq is too large"),
        (VALID.replace(b"Content-Length: 0", b"Content-Length: 7"), "0 bytes of body, 7 announced"),
        (VALID.replace(b"UDP a.example", b"UDP"), "a Via that is not one"),
        (VALID.replace(b"To: <sip:bob@example.com>", b"To: <sip:bob@example.com"), "an angle bracket is not closed"),
    ],
)
def test_an_error_says_what_is_wrong(data, what):
    with pytest.raises(SipError, match=what):
        parse(data).require()


@pytest.mark.parametrize(
    ("text", "user", "host", "port", "transport"),
    [
        ("sip:example.com", "", "example.com", 0, "udp"),
        ("SIP:+1504@EXAMPLE.com:5070;Transport=TCP", "+1504", "example.com", 5070, "tcp"),
        ("sips:a%20b@[2001:db8::1]:5071;transport=tcp", "a b", "[2001:db8::1]", 5071, "tls"),
        ("sip:alice:secret@h;lr?Subject=x", "alice", "h", 0, "udp"),
        ("sip:alice;day=tuesday@atlanta.com", "alice;day=tuesday", "atlanta.com", 0, "udp"),
    ],
)
def test_uris_are_taken_apart(text, user, host, port, transport):
    uri = parse_uri(text)
    assert (uri.user, uri.host, uri.port, uri.transport) == (user, host, port, transport)


@pytest.mark.parametrize("text", ["", "sip:", "alice@h", "sip:@h", "sip:h:99999", "sip:a b@h", "sip:[::1", "sip:::1"])
def test_what_is_no_uri_is_refused(text):
    with pytest.raises(SipError):
        parse_uri(text)


def test_an_uri_of_another_scheme_is_refused_with_416():
    with pytest.raises(SipError) as refused:
        parse_uri("tel:+15045550123")
    assert refused.value.status == 416


def test_addresses_come_with_and_without_brackets():
    bare = parse_address("sip:a@b;tag=1")
    assert (bare.uri, bare.parameters) == ("sip:a@b", {"tag": "1"})
    full = parse_address('"A \\"B\\"" <sip:a@b;lr>;tag="x;y"')
    assert (full.display, full.uri, full.parameters) == ('A "B"', "sip:a@b;lr", {"tag": "x;y"})
