from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media import rtcp
from kinline.telephony.media.rtcp import Control, Goodbye, Report
from kinline.telephony.media.rtp import IncomingStream, OutgoingStream

EPOCH = 1_800_000_000.0


class End:
    """One end of a session, its clock started at another moment than the other's."""

    def __init__(self, clock: float) -> None:
        self.clock = clock
        self.incoming, self.outgoing = IncomingStream(), OutgoingStream()
        self.control = Control("x@y", EPOCH - clock)

    def send(self, count: int) -> None:
        for index in range(count):
            self.outgoing.own(0, bytes(160), self.clock + index * 0.02)

    def hears(self, other: "End", sequences: list[int]) -> None:
        for index in sequences:
            self.incoming.received(other.outgoing.ssrc, index, index * 160, self.clock + index * 0.02)

    def report(self, at: float) -> bytes:
        return self.control.report(self.clock + at, self.outgoing, self.incoming)

    def receive(self, data: bytes, at: float) -> None:
        self.control.received(data, self.clock + at, self.outgoing)


def test_both_ends_learn_the_round_trip_and_what_the_other_lost() -> None:
    here, there = End(1000.0), End(5.0)
    here.send(100)
    there.send(100)
    here.hears(there, [index for index in range(100) if index % 10 != 5])
    there.hears(here, list(range(100)))

    there.receive(here.report(10.0), 10.030)  # 30 ms on the way
    here.receive(there.report(12.0), 12.050)  # 50 ms back
    there.receive(here.report(13.0), 13.030)

    assert here.control.round_trip is not None
    assert there.control.round_trip is not None
    assert abs(here.control.round_trip - 0.080) < 0.0005
    assert abs(there.control.round_trip - 0.080) < 0.0005
    assert here.control.far_loss == 0.0
    assert there.control.far_loss == 0.1


def test_an_end_that_sent_nothing_makes_a_receiver_report() -> None:
    silent, other = End(0.0), End(0.0)
    other.send(5)
    silent.hears(other, [1, 2, 3])
    (report,) = rtcp.parse(silent.report(1.0))
    assert isinstance(report, Report)
    assert report.ntp is None
    assert report.blocks[0].ssrc == other.outgoing.ssrc


def test_goodbye_is_heard() -> None:
    here, there = End(0.0), End(0.0)
    here.send(3)
    data = here.control.goodbye(1.0, here.outgoing, here.incoming)
    assert list(rtcp.parse(data))[-1] == Goodbye((here.outgoing.ssrc,))
    there.receive(data, 1.1)
    assert there.control.said_goodbye


def test_a_report_about_another_stream_is_not_ours() -> None:
    here, there = End(0.0), End(0.0)
    here.send(10)
    there.send(10)
    there.incoming.received(here.outgoing.ssrc ^ 1, 1, 0, 0.0)
    here.receive(there.report(1.0), 1.1)
    assert here.control.far_loss is None
    assert here.control.round_trip is None


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_without_an_error(data: bytes) -> None:
    End(0.0).receive(data, 1.0)


@given(st.data())
def test_a_damaged_report_is_taken_without_an_error(data: st.DataObject) -> None:
    here, there = End(0.0), End(0.0)
    here.send(10)
    there.hears(here, [1, 2, 3])
    whole = bytearray(there.report(2.0))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    here.receive(bytes(whole[: data.draw(st.integers(0, len(whole)))]), 3.0)
    assert here.control.far_loss is None or 0 <= here.control.far_loss <= 1
