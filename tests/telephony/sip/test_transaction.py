"""The state machines of RFC 3261 17 and RFC 6026, alone, with a clock in the hand."""

import pytest

from kinline.telephony.sip.draft import Draft
from kinline.telephony.sip.message import parse
from kinline.telephony.sip.timers import Timers
from kinline.telephony.sip.transaction import InviteServer, OtherServer, State, Transactions, server_key


class Wire:
    def __init__(self, *, reliable=False):
        self.transport = "tcp" if reliable else "udp"
        self.reliable = reliable
        self.remote = ("192.0.2.9", 5060)
        self.open = True
        self.sent = []

    def send(self, data):
        self.sent.append(data.split(b" ")[0 if not data.startswith(b"SIP") else 1].decode())


class Bench:
    """One side's transactions; `until` lets time go by and tells when things were sent."""

    def __init__(self, *, reliable=False):
        self.timers = Timers()
        self.table = Transactions(self.timers)
        self.wire = Wire(reliable=reliable)
        self.now = 0.0
        self.told = []

    def client(self, method):
        draft = Draft(method, "sip:x@y", from_="<sip:a@b>;tag=1", to="<sip:x@y>", call_id="c", cseq=1)
        return self.table.client(
            draft, "SIP/2.0/UDP h;branch=z9hG4bKx", "z9hG4bKx", self.wire,
            lambda response, now: self.told.append((round(now, 3), response.status)), self.now,
        )  # fmt: skip

    def server(self, method):
        request = self.request(method)
        kind = InviteServer if method == "INVITE" else OtherServer
        return kind(self.table, server_key(request), request, self.wire, self.now)

    def request(self, method):
        return parse(
            f"{method} sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
            f"To: <sip:x@y>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n".encode()
        )

    def response(self, status, method="INVITE"):
        return parse(
            f"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
            f"To: <sip:x@y>;tag=2\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\r\n".encode()
        )

    def until(self, end):
        moments = []
        while (due := self.timers.next_due) is not None and due <= end:
            self.now = due
            before = len(self.wire.sent)
            self.timers.run(due)
            moments += [due] * (len(self.wire.sent) - before)
        self.now = end
        return moments

    @property
    def is_empty(self):
        return not self.table.clients and not self.table.servers and self.table.proceeding == 0


def test_an_invite_is_repeated_by_timer_a_and_given_up_by_timer_b():
    bench = Bench()
    bench.client("INVITE")
    assert bench.until(100) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert bench.told == [(32.0, 408)]
    assert bench.is_empty


def test_over_a_reliable_transport_nothing_is_repeated():
    for method in ("INVITE", "OPTIONS"):
        bench = Bench(reliable=True)
        bench.client(method)
        assert bench.until(100) == []
        assert bench.told == [(32.0, 408)]
        assert bench.is_empty


def test_another_request_is_repeated_by_timer_e_up_to_t2_and_given_up_by_timer_f():
    bench = Bench()
    bench.client("OPTIONS")
    assert bench.until(100) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert bench.told == [(32.0, 408)]
    assert bench.is_empty


def test_a_refusal_is_acknowledged_as_often_as_it_comes_until_timer_d():
    bench = Bench()
    client = bench.client("INVITE")
    for _ in range(3):
        client.receive(bench.response(486), 0.1)
    assert bench.wire.sent == ["INVITE", "ACK", "ACK", "ACK"]
    assert bench.told == [(0.1, 486)]
    bench.until(31.9)
    assert client.state is State.COMPLETED
    bench.until(33)
    assert bench.is_empty


def test_every_2xx_is_told_until_timer_m():
    bench = Bench()
    client = bench.client("INVITE")
    client.receive(bench.response(200), 0.1)
    client.receive(bench.response(200), 0.6)
    client.receive(bench.response(486), 0.7)
    assert bench.told == [(0.1, 200), (0.6, 200)]
    assert bench.wire.sent == ["INVITE"], "the ACK is the session's"
    bench.until(33)
    assert bench.is_empty


def test_the_answer_to_another_request_is_told_once_and_remembered_for_timer_k():
    bench = Bench()
    client = bench.client("BYE")
    client.receive(bench.response(100, "BYE"), 0.1)
    client.receive(bench.response(200, "BYE"), 0.2)
    client.receive(bench.response(200, "BYE"), 0.3)
    assert bench.told == [(0.1, 100), (0.2, 200)]
    bench.until(5.1)
    assert not bench.is_empty
    bench.until(6)
    assert bench.is_empty


def test_a_cancel_waits_for_a_provisional_answer_and_the_invite_ends_even_in_silence():
    bench = Bench()
    client = bench.client("INVITE")
    client.cancel(0.0)
    assert bench.wire.sent == ["INVITE"]
    client.receive(bench.response(180), 0.1)
    assert bench.wire.sent == ["INVITE", "CANCEL"]
    bench.until(40)
    assert bench.told == [(0.1, 180), (32.1, 487)]
    bench.until(80)
    assert bench.is_empty


def test_a_lost_connection_fails_what_waits_for_it_with_503():
    bench = Bench(reliable=True)
    bench.client("INVITE")
    bench.table.lost(bench.wire, 1.0)
    assert bench.told == [(1.0, 503)]
    assert bench.is_empty


def test_a_refusal_is_repeated_by_timer_g_until_the_ack_then_timer_i_absorbs():
    bench = Bench()
    server = bench.server("INVITE")
    server.respond(486, "", "t", 0.0)
    assert bench.until(5) == [0.5, 1.5, 3.5]
    server.receive(bench.request("ACK"), 5.0)
    assert server.state is State.CONFIRMED
    server.receive(bench.request("ACK"), 5.5)
    assert bench.until(9.9) == []
    assert not bench.is_empty
    bench.until(10.1)
    assert bench.is_empty


def test_a_refusal_without_ack_is_given_up_by_timer_h():
    bench = Bench()
    bench.server("INVITE").respond(486, "", "t", 0.0)
    assert bench.until(100) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert bench.is_empty


def test_an_invite_that_comes_again_gets_the_last_provisional_answer():
    bench = Bench()
    server = bench.server("INVITE")
    server.respond(180, "", "t", 0.0)
    server.receive(bench.request("INVITE"), 0.5)
    assert bench.wire.sent == ["180", "180"]


def test_an_answered_invite_that_comes_again_is_absorbed_until_timer_l():
    bench = Bench()
    server = bench.server("INVITE")
    server.respond(200, "", "t", 0.0)
    server.receive(bench.request("INVITE"), 0.5)
    assert bench.wire.sent == ["200"]
    assert server.respond(486, "", "t", 1.0) == b"", "there is one final answer"
    bench.until(31.9)
    assert not bench.is_empty
    bench.until(32.1)
    assert bench.is_empty


def test_another_request_that_comes_again_gets_the_same_answer_until_timer_j():
    bench = Bench()
    server = bench.server("BYE")
    server.receive(bench.request("BYE"), 0.0)
    assert bench.wire.sent == []
    server.respond(200, "", "t", 0.1)
    server.receive(bench.request("BYE"), 1.0)
    assert bench.wire.sent == ["200", "200"]
    bench.until(33)
    assert bench.is_empty


def test_requests_of_old_peers_without_a_magic_cookie_are_told_apart_by_their_content():
    text = (
        "BYE sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>;tag=2\r\n"
        "Call-ID: c\r\nCSeq: {} BYE\r\n\r\n"
    )
    first, again, other = (parse(text.format(cseq).encode()) for cseq in (1, 1, 2))
    assert server_key(first) == server_key(again) != server_key(other)


def test_nobody_is_woken_for_a_cancelled_timer():
    timers = Timers()
    timers.cancel(timers.set(1.0, list))
    assert timers.next_due is None
    timers.cancel(timers.set(2.0, list))
    timers.set(3.0, list)
    assert timers.next_due == 3.0
    assert len(timers) == 1


@pytest.mark.parametrize("cancelled", [10, 5000])
def test_cancelled_timers_do_not_fire_and_do_not_pile_up(cancelled):
    timers = Timers()
    fired = []
    for number in range(cancelled):
        timers.cancel(timers.set(100.0 + number, fired.append))
    timers.set(50.0, fired.append)
    assert len(timers) == 1
    assert len(timers._heap) < 3000
    timers.run(10_000.0)
    assert fired == [10_000.0]
