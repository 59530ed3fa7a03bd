"""Sessions of two of our user agents against each other, over a network that loses and delays."""

import gc

import pytest

from kinline.telephony.sip import (
    Confirmed,
    Ended,
    Failed,
    Identity,
    Offered,
    Rang,
    Renegotiated,
    RenegotiationFailed,
    Session,
    State,
    Target,
    WasAnswered,
)

OFFER = b"v=0 offer"
ANSWER = b"v=0 answer"


def test_a_call_rings_is_answered_and_ends(pair, network):
    pair.on_call = lambda call: (call.ring(), call.answer(ANSWER))
    call, heard = pair.call(OFFER)
    network.run(1)

    assert heard == [Rang(180), WasAnswered(ANSWER)]
    assert pair.called_heard == [Confirmed()]
    assert pair.incoming.called == "+15045550123"
    assert pair.incoming.remote_identity == "+15045550100"
    assert pair.incoming.remote_sdp == OFFER
    assert call.state is pair.incoming.state is State.TALKING

    call.hang_up([("Reason", "Q.850;cause=16")])
    network.run(1)
    assert pair.called_heard[-1] == Ended(16, by_peer=True)
    assert network.starts() == ["INVITE", "180", "200", "ACK", "BYE", "200 BYE"]
    pair.assert_nothing_left()


@pytest.mark.parametrize("ends", ["answered", "refused", "given up"])
def test_what_a_call_leaves_needs_no_garbage_collector(pair, network, ends):
    def sessions():
        return sum(isinstance(each, Session) for each in gc.get_objects())

    if ends == "answered":
        pair.on_call = lambda call: (call.ring(), call.answer(ANSWER))
    elif ends == "refused":
        pair.on_call = lambda call: call.reject(486)
    gc.collect()
    before = sessions()
    gc.disable()
    try:
        call, _ = pair.call(OFFER)
        network.run(1)
        call.hang_up()
        pair.assert_nothing_left()
        pair.incoming = call = None
        assert sessions() == before
    finally:
        gc.enable()


def test_a_slow_answer_is_preceded_by_trying_after_200_milliseconds(pair, network):
    pair.call()
    network.run(0.15)
    assert network.starts() == ["INVITE"]
    network.run(0.2)
    assert network.starts() == ["INVITE", "100"]
    network.run(5)
    assert network.count("INVITE") == 1, "100 stops the repetitions"


@pytest.mark.parametrize("lost", ["INVITE", "180", "200", "ACK", "BYE", "200 BYE"])
def test_any_one_lost_message_is_repeated_and_the_call_succeeds(pair, network, lost):
    taken = []

    def loses(data):
        if network.described(data) == lost and not taken:
            taken.append(data)
            return True
        return False

    network.loses = loses
    pair.on_call = lambda call: (call.ring(), call.answer(ANSWER))
    call, heard = pair.call(OFFER)
    network.run(3)
    assert taken or lost.endswith("BYE")
    assert WasAnswered(ANSWER) in heard
    assert pair.called_heard == [Confirmed()]
    call.hang_up()
    network.run(6)
    assert taken
    assert pair.called_heard[-1] == Ended(None, by_peer=True)
    pair.assert_nothing_left()


def test_a_silent_target_is_given_up_after_its_patience_and_the_next_one_answers(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    _, heard = pair.call(OFFER, targets=[Target("192.0.2.99", patience=3), Target("192.0.2.2")])
    network.run(4)
    assert heard == [WasAnswered(ANSWER)]
    pair.incoming.hang_up()
    pair.assert_nothing_left()


def test_a_target_that_is_unavailable_is_passed_over_but_a_busy_one_is_an_answer(make_pair, network):
    pair = make_pair()
    third = network.agent("192.0.2.3", on_call=lambda call: call.reject(486))
    pair.on_call = lambda call: call.reject(503)
    _, heard = pair.call(OFFER, targets=[Target("192.0.2.2"), Target("192.0.2.3"), Target("192.0.2.2")])
    network.run(1)
    assert heard == [Failed(486, "Busy Here")]
    assert network.count("INVITE") == 2
    pair.assert_nothing_left()
    assert not third.sessions


def test_without_any_answer_a_call_fails_with_408(pair, network):
    _, heard = pair.call(OFFER, targets=[Target("192.0.2.99", patience=40)])
    network.run(33)
    assert heard == [Failed(408, "Request Timeout")]
    assert network.count("INVITE") == 7, "timer A doubles from half a second until timer B"
    pair.assert_nothing_left()


def test_without_a_target_a_call_fails_with_503(pair, network):
    _, heard = pair.call(OFFER, targets=[])
    network.run(1)
    assert heard == [Failed(503, "Service Unavailable")]


def test_hanging_up_while_it_rings_cancels(pair, network):
    pair.on_call = lambda call: call.ring()
    call, heard = pair.call()
    network.run(1)
    call.hang_up()
    network.run(1)
    assert pair.called_heard == [Ended(None, by_peer=True)]
    assert heard == [Rang(180)], "who hangs up hears no more of it"
    assert network.starts() == ["INVITE", "180", "CANCEL", "200 CANCEL", "487", "ACK"]
    pair.assert_nothing_left()


def test_hanging_up_before_any_answer_waits_with_the_cancel_for_a_provisional(pair, network):
    call, _ = pair.call()
    call.hang_up()
    assert network.starts() == ["INVITE"]
    network.run(1)
    assert network.starts()[:3] == ["INVITE", "100", "CANCEL"]
    assert pair.called_heard == [Ended(None, by_peer=True)]
    pair.assert_nothing_left()


def test_an_answer_that_crosses_the_cancel_is_acknowledged_and_ended(pair, network):
    pair.on_call = lambda call: call.ring()
    call, heard = pair.call()
    network.run(1)
    pair.incoming.answer(ANSWER)
    call.hang_up()
    network.run(1)
    assert "BYE" in network.starts()
    assert pair.called_heard == [Confirmed(), Ended(None, by_peer=True)]
    assert "WasAnswered" not in heard.names
    pair.assert_nothing_left()


def test_the_called_side_hanging_up_before_the_ack_waits_for_it(pair, network):
    def answer_and_leave(call):
        call.answer(ANSWER)
        call.hang_up()

    pair.on_call = answer_and_leave
    _, heard = pair.call()
    network.run(1)
    assert network.starts() == ["INVITE", "200", "ACK", "BYE", "200 BYE"]
    assert heard == [WasAnswered(ANSWER), Ended(None, by_peer=True)]
    pair.assert_nothing_left()


def test_an_answer_that_is_never_acknowledged_ends_the_session(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    network.loses = lambda data: data.startswith(b"ACK")
    pair.call()
    network.run(33)
    assert pair.called_heard == [Ended(None, by_peer=False)]
    assert network.count("200") == 11, "T1 doubling to T2 for 32 s"
    network.loses = lambda data: False
    pair.assert_nothing_left()


def test_a_late_offer_comes_in_the_200_and_its_answer_in_the_ack(pair, network):
    pair.on_call = lambda call: call.answer(OFFER)
    call, heard = pair.call(None)
    network.run(1)
    (answered,) = heard
    assert answered.sdp == OFFER
    assert pair.called_heard == [], "the ACK waits for our answer"
    answered.reply(ANSWER)
    network.run(1)
    assert pair.called_heard == [Confirmed(ANSWER)]
    call.hang_up()
    pair.assert_nothing_left()


def test_either_side_can_renegotiate(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    call, heard = pair.call()
    network.run(1)
    for side, asked in ((call, pair.called_heard), (pair.incoming, heard)):
        side.renegotiate(b"v=0 hold")
        network.run(1)
        offered = asked[-1]
        assert isinstance(offered, Offered)
        assert offered.sdp == b"v=0 hold"
        offered.reply(b"v=0 held")
        network.run(1)
        assert side.remote_sdp == b"v=0 held"
    assert Renegotiated(b"v=0 held") in heard
    assert Renegotiated(b"v=0 held") in pair.called_heard
    call.renegotiate(b"v=0 other")
    network.run(1)
    pair.called_heard[-1].reply(None)
    network.run(1)
    assert heard[-1] == RenegotiationFailed(488)
    call.hang_up()
    pair.assert_nothing_left()


def test_offers_that_cross_are_refused_with_491_and_made_again(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    call, heard = pair.call()
    network.run(1)
    for heard_by in (heard, pair.called_heard):
        session = call if heard_by is heard else pair.incoming
        session.on_event = lambda event, heard_by=heard_by: (
            heard_by.append(event),
            event.reply(b"v=0 yes") if isinstance(event, Offered) else None,
        )
    call.renegotiate(b"v=0 mine")
    pair.incoming.renegotiate(b"v=0 yours")
    network.run(10)
    assert network.count("491") >= 2
    assert Renegotiated(b"v=0 yes") in heard
    assert Renegotiated(b"v=0 yes") in pair.called_heard
    call.hang_up()
    pair.assert_nothing_left()


def test_a_redirection_is_followed_and_a_loop_of_them_is_not(make_pair, network):
    pair = make_pair()
    contact = [("Contact", "<sip:+15045550199@192.0.2.2>")]
    network.agent("192.0.2.3", on_call=lambda call: call.reject(302, headers=contact))
    pair.on_call = lambda call: call.answer(ANSWER)
    call, heard = pair.call(OFFER, targets=[Target("192.0.2.3")])
    network.run(1)
    assert heard == [WasAnswered(ANSWER)]
    assert pair.incoming.called == "+15045550199"
    call.hang_up()

    pair.on_call = lambda call: call.reject(302, headers=contact)
    _, heard = pair.call(OFFER)
    network.run(2)
    assert heard.names == ["Failed"]
    assert heard[0].status == 302
    pair.assert_nothing_left()


def test_the_second_fork_to_answer_is_thanked_and_ended(pair, network):
    """A proxy between forks the INVITE: two dialogs answer one transaction."""
    call, heard = pair.call(OFFER, targets=[Target("192.0.2.50")])
    flow_in = network.ladder[0][3].decode()
    via, call_id = (line for line in flow_in.split("\r\n") if line.startswith(("Via", "Call-ID")))
    from_ = next(line for line in flow_in.split("\r\n") if line.startswith("From"))

    def response(status, tag, contact):
        return (
            f"SIP/2.0 {status} X\r\n{via}\r\n{from_}\r\nTo: <sip:x@y>;tag={tag}\r\n{call_id}\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:{contact}>\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0"
        ).encode()

    proxy = pair.caller.connect("udp", "192.0.2.50", 5060)
    for status, tag in ((180, "one"), (180, "two"), (200, "two"), (200, "one"), (200, "two")):
        pair.caller.receive(response(status, tag, f"{tag}.example:5070"), proxy, network.now)
    sent = [(described_target(data), data.split(b" ")[0]) for *_, data in network.ladder[1:]]
    assert sent == [
        ("two.example", b"ACK"),
        ("one.example", b"ACK"),
        ("one.example", b"BYE"),
        ("two.example", b"ACK"),
    ]
    assert heard.names == ["Rang", "Rang", "WasAnswered"]
    call.hang_up()
    network.run(70)
    assert not pair.caller.transactions.clients


def described_target(data: bytes) -> str:
    return data.split(b"sip:")[1].split(b":")[0].decode()


def test_the_route_set_of_record_route_is_honoured_in_order(pair, network):
    """Strict and loose routers, as RFC 3261 12.2.1.1 and 16.12.1 lay down."""
    invite = (
        "INVITE sip:callee@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.60;branch=z9hG4bKx\r\n"
        "Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n"
        "Call-ID: routes\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@192.0.2.77:5080>\r\nContent-Length: 0\r\n\r\n"
    )
    edge = pair.called.connect("udp", "192.0.2.60", 5060)
    pair.called.receive(invite.encode(), edge, network.now)
    pair.incoming.answer(ANSWER)
    answer = network.ladder[-1][3].decode()
    assert "Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\n" in answer
    tag = answer.split("To: <sip:c@d>;tag=")[1].split("\r\n")[0]
    ack = (
        "ACK sip:192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.60;branch=z9hG4bKy\r\nFrom: <sip:a@b>;tag=1\r\n"
        f"To: <sip:c@d>;tag={tag}\r\nCall-ID: routes\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
    )
    pair.called.receive(ack.encode(), edge, network.now)
    pair.incoming.hang_up()
    _, _, to, bye = network.ladder[-1]
    assert to == "p2.example"
    assert bye.startswith(b"BYE sip:caller@192.0.2.77:5080 SIP/2.0\r\n")
    assert b"Route: <sip:p2.example;lr>\r\nRoute: <sip:p1.example;lr>\r\n" in bye


def test_identity_is_asserted_or_hidden_by_rule(pair, network):
    pair.on_call = lambda call: call.reject(480)
    shown = Identity("+19855550100", "Bayou Jail", "jail.example", asserted=True)
    hidden = Identity("+19855550100", domain="jail.example", asserted=True, private=True)
    for identity in (shown, hidden):
        pair.caller.call([Target("192.0.2.2")], called="+1504", caller=identity, offer=OFFER)
        network.run(1)
        request = pair.incoming.request
        assert "sip:+19855550100@jail.example" in request.get("p-asserted-identity")
        assert (request.from_.uri == "sip:anonymous@anonymous.invalid") is identity.private
        assert (request.get("privacy") == "id") is identity.private


def test_a_header_value_cannot_smuggle_another_header(pair, network):
    pair.on_call = lambda call: call.reject(480)
    pair.call(OFFER, headers=[("X-Note", "one\r\nX-Forged: two")])
    network.run(1)
    assert pair.incoming.request.get("x-forged") is None


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_100rel_is_honoured_where_the_caller_requires_it(pair, network, transport):
    def ring_twice_and_answer(call):
        call.ring(183, ANSWER)
        call.ring(180)
        call.answer(ANSWER)

    pair.on_call = ring_twice_and_answer
    call, heard = pair.call(OFFER, targets=[Target("192.0.2.2", transport=transport)], headers=[("Require", "100rel")])
    network.run(2)
    assert heard == [Rang(183, ANSWER), Rang(180), WasAnswered(ANSWER)]
    assert network.starts() == [
        "INVITE", "183", "PRACK", "200 PRACK", "180", "PRACK", "200 PRACK", "200", "ACK",
    ]  # fmt: skip
    call.hang_up()
    pair.assert_nothing_left()


def test_a_reliable_provisional_answer_that_is_never_acknowledged_fails_the_call(pair, network):
    network.loses = lambda data: data.startswith(b"PRACK")
    pair.on_call = lambda call: call.ring()
    _, heard = pair.call(OFFER, headers=[("Require", "100rel")])
    network.run(33)
    assert heard == [Rang(180), Failed(504, "Server Time-out")]
    assert pair.called_heard == [Ended(None, by_peer=False)]
    network.loses = lambda data: False
    pair.assert_nothing_left()


def test_the_session_timer_refreshes_and_a_silent_peer_ends_the_session(make_pair, network):
    pair = make_pair(caller={"session_expires": 90})
    pair.on_call = lambda call: call.answer(ANSWER)
    call, heard = pair.call()
    network.run(300)
    assert network.count("UPDATE") == 6, "every 45 s"
    assert call.state is State.TALKING
    network.loses = lambda data: True
    network.run(100)
    assert heard[-1] == Ended(None, by_peer=False)
    assert pair.called_heard[-1] == Ended(None, by_peer=False)
    pair.assert_nothing_left()


def test_too_brief_a_session_interval_is_refused_and_made_longer(make_pair, network):
    pair = make_pair(caller={"session_expires": 30})
    pair.on_call = lambda call: call.answer(ANSWER)
    call, heard = pair.call()
    network.run(1)
    assert network.starts()[:2] == ["INVITE", "422"]
    assert heard == [WasAnswered(ANSWER)]
    call.hang_up()
    pair.assert_nothing_left()


def test_a_request_out_of_order_is_refused_and_one_for_no_session_gets_481(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    call, _ = pair.call()
    network.run(1)
    flow = pair.caller.connect("udp", "192.0.2.2", 5060)
    pair.caller.send(call.dialog.draft("INFO", cseq=1), flow, lambda *_: None, network.now)
    network.run(1)
    assert network.count("500 INFO") == 1
    stranger = call.dialog.draft("BYE")
    stranger.call_id = "another"
    pair.caller.send(stranger, flow, lambda *_: None, network.now)
    network.run(1)
    assert network.count("481 BYE") == 1
    call.hang_up()
    pair.assert_nothing_left()


def test_digits_come_by_info(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    call, _ = pair.call()
    network.run(1)
    extra = "Content-Type: application/dtmf-relay\r\n"
    call.send("INFO", extra, b"Signal=5\r\nDuration=160\r\n", lambda *_: None, network.now)
    network.run(1)
    assert pair.called_heard[-1].digit == "5"
    call.hang_up()
    pair.assert_nothing_left()


def test_verbs_on_a_session_that_is_over_do_nothing(pair, network):
    pair.on_call = lambda call: call.answer(ANSWER)
    call, _ = pair.call()
    network.run(1)
    call.hang_up()
    network.run(1)
    sent = len(network.ladder)
    for side in (call, pair.incoming):
        side.hang_up()
        side.renegotiate(OFFER)
    pair.incoming.ring()
    pair.incoming.answer(ANSWER)
    pair.incoming.reject(486)
    assert len(network.ladder) == sent
