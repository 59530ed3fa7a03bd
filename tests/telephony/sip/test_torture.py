"""The messages of RFC 4475, each in a file of its name: valid ones are understood, the others get the answer that
the RFC asks for, or silence where no answer can be made."""

from pathlib import Path

import pytest

from kinline.telephony.sip import Registrar, SipError
from kinline.telephony.sip.message import Request, Response, parse
from kinline.telephony.sip.uri import parse_uri

FOLDER = Path(__file__).parent / "torture"

ANSWERS = {
    # 3.1.1, valid
    "wsinv": 481,  # valid, but its To has a tag that no session of ours gave
    "intmeth": 501,
    "esc01": 200,
    "escnull": 200,
    "esc02": 501,
    "lwsdisp": 200,
    "longreq": 200,
    "dblreq": 200,
    "semiuri": 200,
    "transports": 200,
    "mpart01": 405,
    # 3.1.2, invalid
    "badinv01": 400,
    "clerr": 400,
    "ncl": 400,
    "scalar02": 400,
    "quotbal": 400,
    "ltgtruri": 400,
    "lwsruri": 400,
    "lwsstart": 400,
    "trws": 200,  # trailing white space: harmless, so taken
    "escruri": 200,  # header fields in a Request-URI are ignored, as 3.1.2.13 allows
    "baddate": 200,  # Date is of no use to us
    "regbadct": 400,
    "badaspec": 200,  # 3.1.2.14 allows to understand it
    "baddn": 200,  # 3.1.2.15 likewise
    "badvers": 505,
    "mismatch01": 400,
    "mismatch02": 400,
    # 3.2 to 3.4
    "badbranch": 200,
    "insuf": None,
    "unkscm": 416,
    "novelsc": 416,
    "unksm2": 416,
    "bext01": 420,
    "invut": 415,
    "regaut01": 200,  # an unknown scheme counts as no credentials; this peer asks for none
    "multi01": 400,
    "mcl01": 400,
    "zeromf": 200,
    "cparam01": 200,
    "cparam02": 200,
    "regescrt": 200,
    "sdp01": 200,
    "inv2543": 200,
}
RESPONSES = {"unreason": 200, "noreason": 100, "bcast": 200, "scalarlg": 503, "bigcode": None}


def read(name: str) -> bytes:
    return (FOLDER / f"{name}.dat").read_bytes()


def test_every_file_is_judged():
    assert {path.stem for path in FOLDER.glob("*.dat")} == ANSWERS.keys() | RESPONSES.keys()


@pytest.mark.parametrize("name", ANSWERS)
def test_a_torture_request_gets_its_answer(network, name):
    agent = network.agent("192.0.2.200", registrar=Registrar(), on_call=lambda call: call.answer(b"v=0"))
    agent.receive(read(name), agent.connect("udp", "192.0.2.9", 5060), network.now)
    statuses = [int(data.split(b" ")[1]) for *_, data in network.ladder]
    assert statuses == ([] if ANSWERS[name] is None else [ANSWERS[name]])


@pytest.mark.parametrize("name", RESPONSES)
def test_a_torture_response_without_a_transaction_is_silently_dropped(network, name):
    agent = network.agent("192.0.2.200")
    agent.receive(read(name), agent.connect("udp", "192.0.2.9", 5060), network.now)
    assert network.ladder == []
    if RESPONSES[name] is None:
        with pytest.raises(SipError):
            parse(read(name))
    else:
        message = parse(read(name))
        assert isinstance(message, Response)
        assert message.status == RESPONSES[name]


def test_the_short_tortuous_invite_is_understood_in_each_part():
    message = parse(read("wsinv"))
    assert isinstance(message, Request)
    message.require()
    assert message.to.uri == "sip:vivekg@chair-dnrc.example.com"
    assert message.to_tag == "1918181833n"
    assert message.from_.display == 'J Rosenberg \\"'
    assert message.from_tag == "98asjd8"
    assert message.max_forwards == 68
    assert message.cseq == (9, "INVITE")
    assert (message.via.transport, message.via.host, message.via.branch) == ("UDP", "192.0.2.2", "390skdjuw")
    assert len(message.listed("via")) == 3
    assert message.contact == "sip:jdrosen@example.com"
    assert message.get("newfangledheader") == "newfangled value continued newfangled value"
    assert message.get("unknownheaderwithunusualvalue") == ";;,,;;,;"
    assert message.get("subject") == ""
    assert message.body.startswith(b"v=0\r\n")


def test_a_second_request_in_the_datagram_is_ignored():
    message = parse(read("dblreq"))
    assert isinstance(message, Request)
    assert message.method == "REGISTER"
    assert message.body == b""


def test_escapes_are_undone_in_the_user_part_only_once():
    message = parse(read("esc01"))

    assert isinstance(message, Request)
    assert parse_uri(message.uri).user == "sips:user@example.com"
    assert parse_uri(message.to.uri).user == "user"


def test_a_reason_phrase_may_be_any_utf_8_text():
    message = parse(read("unreason"))
    assert isinstance(message, Response)
    assert message.phrase == "= 2**3 * 5**2 но сто девяносто девять - простое"
