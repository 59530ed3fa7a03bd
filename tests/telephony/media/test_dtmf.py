from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.telephony.media import dtmf
from kinline.telephony.media.dtmf import EventPacket, EventReceiver, Keys, press

presses = st.lists(st.tuples(st.sampled_from(dtmf.EVENTS), st.integers(40, 3000)), min_size=1, max_size=12)


def packets_of(digits: list[tuple[str, int]], *, start: int = 0) -> list[tuple[int, bool, bytes]]:
    """(timestamp, marker, payload) of presses one after the other."""
    sent: list[tuple[int, bool, bytes]] = []
    now = begun = start
    for digit, milliseconds in digits:
        for packet in press(digit, milliseconds):
            if packet is not None:
                begun = now if packet.first else begun
                sent.append((begun & 0xFFFFFFFF, packet.first, packet.payload))
            now += 160
    return sent


def heard(packets: list[tuple[int, bool, bytes]]) -> str:
    receiver = EventReceiver()
    return "".join(receiver.received(1, *packet) or "" for packet in packets)


@given(presses, st.integers(0, 0xFFFFFFFF))
def test_each_press_is_heard_once(digits: list[tuple[str, int]], start: int) -> None:
    assert heard(packets_of(digits, start=start)) == "".join(digit for digit, _ in digits)


@given(presses, st.data())
def test_loss_of_all_but_one_packet_of_a_press_loses_no_key(digits: list[tuple[str, int]], data: st.DataObject) -> None:
    packets = packets_of(digits)
    kept = {
        data.draw(st.sampled_from([i for i, p in enumerate(packets) if p[0] == at])) for at in {p[0] for p in packets}
    }
    assert heard([packet for index, packet in enumerate(packets) if index in kept]) == "".join(d for d, _ in digits)


@given(presses, st.randoms(use_true_random=False))
@settings(max_examples=examples(30), deadline=None)
def test_duplicates_and_stragglers_make_no_second_press(digits: list[tuple[str, int]], random) -> None:
    packets = packets_of(digits)
    delayed = [packets[0]]
    for index, packet in enumerate(packets[1:], 1):
        delayed.append(packet)
        if random.random() < 0.3:
            delayed.append(packets[random.randrange(index)])
    assert heard(delayed) == "".join(digit for digit, _ in digits)


def test_a_key_held_longer_than_one_event_can_say_is_one_press() -> None:
    first = [(0, i == 0, bytes((5, 10)) + min(160 * (i + 1), 0xFFFF).to_bytes(2, "big")) for i in range(410)]
    rest = [(0xFFFF, False, bytes((5, 10)) + (160 * i).to_bytes(2, "big")) for i in range(1, 20)]
    assert heard(first + rest) == "5"


def test_the_same_key_twice_is_two_presses() -> None:
    assert heard(packets_of([("5", 60), ("5", 60)])) == "55"


def test_the_last_packet_is_sent_three_times_with_the_end_bit_and_the_whole_duration() -> None:
    packets = [packet for packet in press("#", 100) if isinstance(packet, EventPacket)]
    assert [packet.first for packet in packets] == [True] + [False] * (len(packets) - 1)
    assert [packet.payload for packet in packets[-3:]] == [bytes((11, 0x80 | 10)) + (800).to_bytes(2, "big")] * 3
    assert not any(packet.payload[1] & 0x80 for packet in packets[:-3])


@given(st.integers(0, 0xFFFFFFFF), st.booleans(), st.binary(max_size=8))
def test_any_payload_is_a_key_or_nothing(timestamp: int, marker: bool, payload: bytes) -> None:
    digit = EventReceiver().received(1, timestamp, marker, payload)
    assert digit is None or digit in dtmf.EVENTS


def test_a_tone_followed_by_its_event_is_one_press() -> None:
    keys = Keys()
    assert keys.by_tone("5", 1.0) == "5"
    assert keys.by_event("5", 1.1) is None
    assert keys.by_event("5", 1.3) == "5"


def test_tones_of_a_far_end_that_sends_events_count_no_more() -> None:
    keys = Keys()
    assert keys.by_event("5", 1.0) == "5"
    assert keys.by_tone("5", 1.04) is None
    assert not keys.tones_count


def test_a_tone_of_another_key_does_not_swallow_an_event() -> None:
    keys = Keys()
    assert keys.by_tone("5", 1.0) == "5"
    assert keys.by_event("6", 1.1) == "6"
