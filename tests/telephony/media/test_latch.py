from kinline.telephony.media.latch import Latch

SIGNALLED, NATTED, STRANGER = ("192.0.2.9", 4000), ("203.0.113.5", 61234), ("198.51.100.66", 666)


def a_latch() -> Latch:
    latch = Latch()
    latch.signal(SIGNALLED)
    return latch


def hears(latch: Latch, source: tuple[str, int], at: float) -> bool:
    admitted = source == latch.source or latch.admits(source, at)
    if admitted:
        latch.heard_at = at
    return admitted


def test_before_any_packet_sound_goes_where_the_sdp_says() -> None:
    assert a_latch().destination == SIGNALLED


def test_a_phone_behind_a_nat_is_answered_where_it_sends_from() -> None:
    latch = a_latch()
    assert hears(latch, NATTED, 1.0)
    assert latch.destination == NATTED


def test_a_stranger_cannot_take_a_call_that_is_talking() -> None:
    latch = a_latch()
    hears(latch, NATTED, 1.0)
    assert not hears(latch, STRANGER, 1.5)
    assert latch.destination == NATTED
    assert latch.strangers == 1


def test_the_signalled_address_wins_over_a_stranger_who_came_first() -> None:
    latch = a_latch()
    hears(latch, STRANGER, 1.0)
    assert hears(latch, SIGNALLED, 1.1)
    assert latch.destination == SIGNALLED
    assert not hears(latch, STRANGER, 1.2)


def test_a_far_end_that_moved_is_found_again_after_silence() -> None:
    latch = a_latch()
    hears(latch, NATTED, 1.0)
    moved = ("203.0.113.5", 50000)
    assert not hears(latch, moved, 2.9)
    assert hears(latch, moved, 3.1)
    assert latch.destination == moved


def test_a_new_sdp_address_ends_the_hold_and_the_same_one_does_not() -> None:
    latch = a_latch()
    hears(latch, NATTED, 1.0)
    latch.signal(SIGNALLED)
    assert latch.destination == NATTED
    latch.signal(("192.0.2.10", 5000))
    assert latch.destination == ("192.0.2.10", 5000)


def test_an_ipv6_source_is_compared_by_host_and_port() -> None:
    latch = Latch()
    latch.signal(("2001:db8::1", 4000))
    assert latch.admits(("2001:db8::66", 1, 0, 0), 1.0)
    assert latch.admits(("2001:db8::1", 4000, 0, 0), 1.1)
