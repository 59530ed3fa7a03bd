"""Who gets in, what strangers learn (nothing), and what floods cost (nothing)."""

import re

import pytest

from kinline.telephony.sip import Account, Credentials, Ended, Identity, Limits, Registrar, Target, WasAnswered
from kinline.telephony.sip.draft import Draft
from kinline.telephony.sip.registration import Registration

OFFER = b"v=0 offer"
STATION = Account.of("station-a1", "kinline", "right")
STRANGER = "198.51.100.66"


@pytest.fixture
def door(network, directory):
    """A switchboard that knows one station by password and one trunk by address."""
    registrar = Registrar()
    calls = []

    def taken(call):
        calls.append(call)
        call.answer(b"v=0")

    agent = network.agent(
        "192.0.2.2", on_call=taken, registrar=registrar, authority=directory([STATION], {"192.0.2.10": "trunk"})
    )
    agent.calls = calls
    return agent


def request(method, user="station-a1", *, branch="1", to_tag="", extra="", cseq=1, source=STRANGER):
    return (
        f"{method} sip:{user}@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP {source};rport;branch=z9hG4bK{branch}\r\n"
        f"From: <sip:{user}@192.0.2.2>;tag=f\r\nTo: <sip:{user}@192.0.2.2>{to_tag}\r\nCall-ID: {branch}\r\n"
        f"CSeq: {cseq} {method}\r\nContact: <sip:x@{source}>\r\n{extra}Content-Length: 0\r\n\r\n"
    ).encode()


def ask(network, agent, data, source=STRANGER):
    before = len(network.ladder)
    agent.receive(data, agent.connect("udp", source, 5060), network.now)
    return [sent.decode() for *_, sent in network.ladder[before:]]


def comparable(response, user):
    """A response without what differs between any two responses."""
    return re.sub(r'nonce="[^"]*"|tag=\w+|branch=\w+|Call-ID: .*', "", response).replace(user, "USER")


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE", "BYE", "NOSUCH"])
def test_a_stranger_cannot_tell_a_user_that_exists_from_one_that_does_not(network, door, method):
    wrong = (
        'Authorization: Digest username="{}", realm="kinline", nonce="n", uri="sip:x", response="0", nc=1, qop=auth\r\n'
    )
    for extra in ("", wrong):
        (known,) = ask(network, door, request(method, "station-a1", branch="a", extra=extra.format("station-a1")))
        (unknown,) = ask(network, door, request(method, "station-zz", branch="b", extra=extra.format("station-zz")))
        assert known.startswith("SIP/2.0 401 ")
        assert comparable(known, "station-a1") == comparable(unknown, "station-zz")
    assert not door.transactions.servers, "a challenge keeps nothing"


def test_a_strangers_options_meets_silence_and_a_trunk_hears_ready_or_draining(network, door):
    assert ask(network, door, request("OPTIONS")) == []
    assert ask(network, door, request("OPTIONS"), "192.0.2.10")[0].startswith("SIP/2.0 200 ")
    door.draining = True
    assert ask(network, door, request("OPTIONS", branch="2"), "192.0.2.10")[0].startswith("SIP/2.0 503 ")
    assert ask(network, door, request("INVITE", branch="3"), "192.0.2.10")[0].startswith("SIP/2.0 503 ")


def test_no_answer_names_the_software(network, door):
    for method in ("INVITE", "OPTIONS", "NOSUCH"):
        for source in (STRANGER, "192.0.2.10"):
            for response in ask(network, door, request(method, branch=method + source), source):
                assert "server:" not in response.lower()
                assert "user-agent:" not in response.lower()
                assert "kinline" not in response.lower().replace('realm="kinline"', "")


def test_a_station_with_its_password_registers_is_called_and_calls(network, door):
    phone = network.agent("192.0.2.20", on_call=lambda call: call.answer(b"v=0 phone"))
    verdicts = []
    where = Target("192.0.2.2", credentials=Credentials("station-a1", "right"))
    registration = Registration(phone, where, "station-a1", 60, verdicts.append)
    network.run(1)
    assert verdicts == [200]
    (binding,) = door.registrar.bindings("station-a1", network.now)
    heard = []
    call = door.call([binding.target()], called="station-a1", caller=_identity(), offer=OFFER)
    call.on_event = heard.append
    network.run(1)
    assert heard == [WasAnswered(b"v=0 phone")]
    call.hang_up()

    placed = phone.call([where], called="+15045550123", caller=_identity(), offer=OFFER)
    network.run(1)
    assert door.calls[0].remote_identity == "station-a1"
    assert door.calls[0].called == "+15045550123"
    placed.hang_up()

    network.run(200)
    assert len(door.registrar) == 1, "it was refreshed"
    registration.withdraw(verdicts.append)
    network.run(1)
    assert len(door.registrar) == 0


def _identity():
    return Identity("station-a1")


def test_a_station_cannot_register_another(network, door):
    phone = network.agent("192.0.2.20")
    verdicts = []
    where = Target("192.0.2.2", credentials=Credentials("station-a1", "right"))
    Registration(phone, where, "station-a2", 60, verdicts.append)
    network.run(1)
    assert verdicts == [403]
    assert len(door.registrar) == 0


def test_a_wrong_password_is_challenged_again_and_never_let_in(network, door):
    phone = network.agent("192.0.2.20")
    verdicts = []
    Registration(
        phone, Target("192.0.2.2", credentials=Credentials("station-a1", "wrong")), "station-a1", 60, verdicts.append
    )
    network.run(1)
    assert verdicts == [401]
    assert len(door.registrar) == 0


def test_a_stranger_who_asks_too_often_meets_silence_and_others_do_not(network, door):
    answers = sum(len(ask(network, door, request("REGISTER", str(n), branch=str(n)))) for n in range(1000))
    assert answers == 100
    assert ask(network, door, request("REGISTER"), "203.0.113.5") != []
    network.now += 10
    assert ask(network, door, request("REGISTER", branch="later")) != []


def test_wrong_passwords_cost_more_than_questions(network, door):
    wrong = 'Authorization: Digest username="x", realm="kinline", nonce="n", response="0"\r\n'
    answers = sum(len(ask(network, door, request("REGISTER", branch=str(n), extra=wrong))) for n in range(1000))
    assert answers <= 20


def test_a_flood_from_forged_addresses_is_bounded_in_memory_and_answers(network, door):
    answers = 0
    for n in range(40_000):
        source = f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"
        answers += len(ask(network, door, request("INVITE", branch=str(n)), source))
    assert answers <= 4000
    assert len(door.guard) <= 16_384
    assert not door.transactions.servers
    assert not door.sessions


def test_ten_thousand_half_open_calls_of_a_trunk_are_bounded_and_calls_in_progress_go_on(network, directory):
    half_open = []
    agent = network.agent(
        "192.0.2.2",
        on_call=half_open.append,
        limits=Limits(half_open=200),
        authority=directory([], {"192.0.2.10": "t"}),
    )
    trunk = network.agent("192.0.2.10")
    call = trunk.call([Target("192.0.2.2")], called="1", caller=_identity(), offer=OFFER)
    network.run(0.1)
    half_open[0].answer(b"v=0")
    heard = []
    half_open[0].on_event = heard.append
    network.run(1)
    statuses = [
        int(answer.split(" ")[1])
        for n in range(10_000)
        for answer in ask(network, agent, request("INVITE", branch=str(n), source="192.0.2.10"), "192.0.2.10")
    ]
    assert len(half_open) == 201
    assert statuses == [503] * 9800
    assert len(agent.transactions.servers) < 300
    assert len(agent.sessions) == 201
    call.hang_up()
    network.run(0.1)
    assert heard[-1] == Ended(None, by_peer=True)


def test_right_answers_to_wrong_requests(network, door):
    trunk = "192.0.2.10"

    def status(data):
        return int(ask(network, door, data, trunk)[0].split(" ")[1])

    assert status(request("NOSUCH", branch="1")) == 501
    assert status(request("REFER", branch="2")) == 405
    assert status(request("BYE", branch="3")) == 481
    assert status(request("BYE", branch="4", to_tag=";tag=none")) == 481
    assert status(request("CANCEL", branch="5")) == 481
    assert status(request("INVITE", branch="6", extra="Require: teleport\r\n")) == 420
    assert status(request("INVITE", branch="7", extra="Max-Forwards: 0\r\n")) == 483
    assert status(request("INVITE", branch="8", extra="Session-Expires: 30\r\nSupported: timer\r\n")) == 422
    assert status(request("INVITE", branch="9").replace(b"INVITE sip:", b"INVITE tel:")) == 416
    assert status(request("INVITE", branch="10").replace(b" SIP/2.0\r\nVia", b" SIP/3.0\r\nVia")) == 505
    assert status(request("REGISTER", "trunk", branch="11", extra="Expires: 5\r\n")) == 423
    assert status(request("REGISTER", "station-a1", branch="13")) == 401, "a trunk is not a station"
    assert ask(network, door, request("ACK", branch="12"), trunk) == []


def test_an_invite_that_came_two_ways_is_a_loop(network, door):
    door.on_call = lambda call: None
    data = request("INVITE", branch="1")
    assert ask(network, door, data, "192.0.2.10") == []
    (again,) = ask(network, door, data.replace(b"z9hG4bK1", b"z9hG4bK2"), "192.0.2.10")
    assert again.startswith("SIP/2.0 482 ")


def test_the_registrar_keeps_its_limits(network, directory):
    registrar = Registrar(bindings_per_user=2, capacity=3)
    agent = network.agent("192.0.2.2", registrar=registrar)

    def register(user, contact, cseq=1, expires=60, call_id=None):
        data = (
            f"REGISTER sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK{user}{contact}{cseq}"
            f"{expires}\r\nFrom: <sip:{user}@x>;tag=1\r\nTo: <sip:{user}@x>\r\nCall-ID: {call_id or user + contact}\r\n"
            f"CSeq: {cseq} REGISTER\r\nContact: {contact}\r\nExpires: {expires}\r\n\r\n"
        )
        return int(ask(network, agent, data.encode(), "192.0.2.20")[0].split(" ")[1])

    assert register("a", "<sip:1@h>") == 200
    assert register("a", "<sip:1@h>", cseq=1, expires=61) == 500, "an older REGISTER"
    assert register("a", "<sip:1@h>", cseq=2) == 200
    assert register("a", "<sip:2@h>") == 200
    assert register("a", "<sip:3@h>") == 200
    assert len(registrar.bindings("a", network.now)) == 2, "the oldest phone made room"
    assert register("b", "<sip:1@h>") == 200
    assert register("c", "<sip:1@h>") == 503
    assert register("a", "*", expires=0) == 200
    assert registrar.bindings("a", network.now) == ()
    assert register("b", "*", expires=5) == 400
    network.now += 61
    assert registrar.bindings("b", network.now) == ()
    assert len(registrar) == 0
    assert not registrar.knows("192.0.2.20")


def test_a_response_goes_to_the_port_in_via_unless_rport_asks_for_the_source(network, door):
    door.receive(request("NOSUCH").replace(b"UDP 198.51.100.66;rport", b"UDP 198.51.100.66:5099"),
                 door.connect("udp", STRANGER, 40_000), network.now)  # fmt: skip
    door.receive(request("NOSUCH", branch="2"), door.connect("udp", STRANGER, 40_000), network.now)
    (_, _, _, plain), (_, _, _, rport) = network.ladder
    assert b";received=" not in plain.split(b"\r\n")[1]
    assert b";rport=40000;received=198.51.100.66" in rport


def test_a_draft_cannot_be_made_to_carry_two_messages():
    data = Draft("INVITE", "sip:x", from_="<sip:a>", to="<sip:b>", call_id="c", cseq=1).encode("SIP/2.0/UDP h")
    assert data.count(b"\r\n\r\n") == 1
