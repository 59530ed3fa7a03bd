from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media import rtp
from kinline.telephony.media.rtp import IncomingStream, OutgoingStream, Packet

words = st.integers(0, 0xFFFFFFFF)
shorts = st.integers(0, 0xFFFF)
packets = st.builds(Packet, st.integers(0, 127), st.booleans(), shorts, words, words, st.binary(max_size=200))


def parsed(data: bytes) -> Packet:
    packet = rtp.parse(data)
    assert packet is not None
    return packet


@given(packets)
def test_what_is_written_is_read_again(packet: Packet) -> None:
    assert rtp.parse(rtp.write(packet)) == packet


@given(st.binary(max_size=100))
def test_any_datagram_is_a_packet_or_none(data: bytes) -> None:
    packet = rtp.parse(data)
    assert packet is None or len(packet.payload) <= len(data) - 12


@given(packets, st.lists(words, max_size=15), st.integers(0, 5), st.integers(1, 20))
def test_sources_extension_and_padding_are_no_sound(
    packet: Packet, sources: list[int], extra: int, padding: int
) -> None:
    data = bytearray(rtp.write(packet)[:12])
    data[0] |= 0x10 | 0x20 | len(sources)
    for source in sources:
        data += source.to_bytes(4, "big")
    data += b"\xbe\xde" + extra.to_bytes(2, "big") + bytes(4 * extra)
    data += packet.payload + bytes(padding - 1) + bytes([padding])
    assert parsed(bytes(data)) == packet


# What arrives


def arrive(stream: IncomingStream, sequences: list[int], *, ssrc: int = 7, start: float = 0.0) -> None:
    for index, sequence in enumerate(sequences):
        stream.received(ssrc, sequence & 0xFFFF, index * 160, start + index * 0.02)


@given(shorts, st.sets(st.integers(1, 198)))
def test_loss_is_what_is_missing_even_over_the_wrap(first: int, missing: set[int]) -> None:
    stream = IncomingStream()
    arrive(stream, [first + index for index in range(200) if index not in missing])
    assert (stream.expected, stream.lost) == (200, len(missing))


@given(shorts, st.permutations(range(1, 20)))
def test_packets_out_of_order_are_not_lost(first: int, order: list[int]) -> None:
    stream = IncomingStream()
    arrive(stream, [first, *(first + index for index in order), first + 20])
    assert (stream.packets, stream.lost) == (21, 0)


def test_a_new_source_starts_a_new_count_and_keeps_the_old_one() -> None:
    stream = IncomingStream()
    arrive(stream, [10, 11, 13])
    arrive(stream, [50000, 50001, 50003], ssrc=8)
    assert (stream.packets, stream.expected, stream.lost, stream.restarts) == (6, 8, 2, 1)


def test_one_stray_packet_is_not_counted_and_two_in_order_are_a_jump() -> None:
    stream = IncomingStream()
    arrive(stream, [1, 2, 30000, 3, 4])
    assert (stream.packets, stream.lost) == (4, 0)
    arrive(stream, [40000, 40001, 40002])
    assert (stream.packets, stream.expected, stream.restarts) == (6, 6, 1)


def test_jitter_is_nothing_for_even_packets_and_grows_to_the_unevenness() -> None:
    even, uneven = IncomingStream(), IncomingStream()
    for index in range(500):
        even.received(1, index, index * 160, index * 0.02)
        uneven.received(1, index, index * 160, index * 0.02 + (0.005 if index % 2 else 0.0))
    assert even.jitter < 0.01
    assert 35 < uneven.jitter < 40.1  # 5 ms of difference from packet to packet are 40 samples


def test_the_fraction_lost_is_that_of_the_last_interval() -> None:
    stream = IncomingStream()
    arrive(stream, list(range(0, 100, 2)))
    assert 120 <= stream.fraction_lost() <= 128
    arrive(stream, list(range(99, 150)))
    assert stream.fraction_lost() == 0


# What is sent


def test_one_source_after_another_makes_one_stream() -> None:
    """Prompts, a voice, a key, prompts again: one SSRC, no hole in the sequence, time only forward."""
    stream = OutgoingStream()
    sent = [stream.own(0, bytes(160), index * 0.02) for index in range(5)]
    sent += [stream.relayed(0, bytes(160), 0.1 + i * 0.02, 99, 5000 + i, 777 + i * 160) for i in range(5)]
    sent += [stream.event(101, b"1234", 0.2 + i * 0.02, first=i == 0) for i in range(3)]
    sent += [stream.relayed(0, bytes(160), 0.26 + i * 0.02, 98, 65534 + i & 0xFFFF, i * 160) for i in range(5)]
    sent += [stream.own(0, bytes(160), 0.36 + i * 0.02) for i in range(5)]
    seen = [parsed(data) for data in sent]
    assert len({packet.ssrc for packet in seen}) == 1
    assert [(packet.sequence - seen[0].sequence) & 0xFFFF for packet in seen] == list(range(23))
    assert [index for index, packet in enumerate(seen) if packet.marker] == [0, 5, 10, 13, 18]
    audio = [(packet.timestamp - seen[0].timestamp) & 0xFFFFFFFF for packet in seen if packet.payload_type == 0]
    assert audio == [*range(0, 1600, 160), *range(2080, 3680, 160)]
    events = [packet for packet in seen if packet.payload_type == 101]
    assert len({packet.timestamp for packet in events}) == 1


@given(st.sets(st.integers(1, 98), max_size=30), shorts, words)
def test_a_relayed_stream_keeps_its_gaps(missing: set[int], sequence: int, timestamp: int) -> None:
    stream = OutgoingStream()
    kept = [index for index in range(100) if index not in missing]
    seen = [
        parsed(stream.relayed(0, bytes(160), i * 0.02, 5, (sequence + i) & 0xFFFF, (timestamp + 160 * i) & 0xFFFFFFFF))
        for i in kept
    ]
    assert [(packet.sequence - seen[0].sequence) & 0xFFFF for packet in seen] == kept
    assert [(packet.timestamp - seen[0].timestamp) & 0xFFFFFFFF for packet in seen] == [160 * i for i in kept]


def test_packets_out_of_order_stay_so() -> None:
    stream = OutgoingStream()
    order = [0, 1, 4, 2, 3, 5, 6]
    seen = [parsed(stream.relayed(0, bytes(160), n * 0.02, 5, 100 + i, 160 * i)) for n, i in enumerate(order)]
    assert [packet.sequence - seen[0].sequence for packet in seen] == order
    assert not any(packet.marker for packet in seen[1:])


@given(st.lists(st.tuples(st.integers(1, 3), shorts, words, st.floats(0, 2)), min_size=1, max_size=50))
def test_whatever_a_source_says_the_stream_goes_on_from_where_it_was(steps: list[tuple[int, int, int, float]]) -> None:
    stream = OutgoingStream()
    at, newest = 0.0, stream.sequence
    for ssrc, sequence, timestamp, wait in steps:
        at += wait
        packet = parsed(stream.relayed(0, bytes(160), at, ssrc, sequence, timestamp))
        jump = (packet.sequence - newest + 0x8000 & 0xFFFF) - 0x8000
        assert abs(jump) <= 3000
        newest = packet.sequence if jump > 0 else newest
        assert stream.sequence == newest


def test_a_source_whose_clock_is_fast_is_followed_without_a_marker_each_time() -> None:
    stream = OutgoingStream()
    packets = 20000
    seen = [parsed(stream.relayed(0, bytes(160), i * 0.0199, 5, i & 0xFFFF, 160 * i)) for i in range(packets)]
    assert sum(packet.marker for packet in seen) <= 3
    assert [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in pairwise(seen)] == [160] * (packets - 1)


def test_time_goes_on_while_nothing_is_sent() -> None:
    stream = OutgoingStream()
    first = parsed(stream.relayed(0, bytes(160), 0.0, 5, 1, 0))
    stream.skip(160)
    later = parsed(stream.own(0, bytes(160), 3.0))
    assert (later.timestamp - first.timestamp) & 0xFFFFFFFF == 24000
