import socket

import pytest

from kinline.telephony.media.engine import PortsExhausted
from kinline.telephony.media.ports import Ports


def close(*pairs: tuple[socket.socket, socket.socket]) -> None:
    for pair in pairs:
        for one in pair:
            one.close()


def port_of(one: socket.socket) -> int:
    return int(one.getsockname()[1])


def test_rtp_is_on_an_even_port_and_rtcp_on_the_next() -> None:
    pair = Ports("127.0.0.1", 44801, 44900).take()
    rtp, rtcp = map(port_of, pair)
    close(pair)
    assert rtp % 2 == 0
    assert rtcp == rtp + 1
    assert 44802 <= rtp <= 44899


def test_every_pair_of_the_range_is_given_once_and_then_none() -> None:
    ports = Ports("127.0.0.1", 44901, 44911)
    pairs = [ports.take() for _ in range(5)]
    assert sorted(port_of(rtp) for rtp, _ in pairs) == [44902, 44904, 44906, 44908, 44910]
    with pytest.raises(PortsExhausted) as refusal:
        ports.take()
    assert (refusal.value.first_port, refusal.value.last_port) == (44901, 44911)
    freed = port_of(pairs[2][0])
    close(pairs[2])
    ports.give_back(freed)
    again = ports.take()
    assert port_of(again[0]) == freed
    close(again, *pairs)


def test_a_port_that_another_program_holds_is_passed_over() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 44923))
        pair = Ports("127.0.0.1", 44922, 44925).take()
        assert port_of(pair[0]) == 44924
        close(pair)


def test_a_range_without_a_pair_is_exhausted_from_the_start() -> None:
    with pytest.raises(PortsExhausted):
        Ports("127.0.0.1", 44931, 44932).take()
