import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kinline.telephony.media.fragments import Sound
from kinline.telephony.media.g711 import PCMA, PCMU
from kinline.telephony.media.playout import Playout


def a_sound(mark: int, samples: int) -> Sound:
    return Sound(bytes([mark]) * samples, bytes([mark]) * samples)


class Heard:
    """A playout with what it gave out and which utterances it said were over."""

    def __init__(self) -> None:
        self.ended: list[int] = []
        self.playout = Playout(self.ended.append)

    def frames(self, count: int = 1000) -> bytes:
        sound = b""
        for _ in range(count):
            frame = self.playout.frame(PCMU, 160)
            if frame is None:
                break
            assert len(frame) == 160
            sound += frame
        return sound


lengths = st.lists(st.integers(0, 500), max_size=4)


@given(st.lists(lengths, min_size=1, max_size=4))
def test_every_utterance_is_heard_whole_in_order_and_ends_once(utterances: list[list[int]]) -> None:
    heard = Heard()
    said = b""
    for token, fragments in enumerate(utterances):
        sounds = [a_sound(token * 8 + index + 1, length) for index, length in enumerate(fragments)]
        heard.playout.queue(sounds, token, interruptible=True)
        said += b"".join(sound.pcmu for sound in sounds)
    sound = heard.frames()
    assert sound.startswith(said)
    assert set(sound[len(said) :]) <= set(PCMU.silence)
    assert len(sound) - len(said) <= 160
    assert heard.ended == list(range(len(utterances)))
    assert not heard.playout.active


def test_the_end_is_told_with_the_last_frame() -> None:
    heard = Heard()
    heard.playout.queue([a_sound(1, 480)], 7, interruptible=True)
    heard.frames(2)
    assert heard.ended == []
    heard.frames(1)
    assert heard.ended == [7]


def test_a_key_cuts_what_may_be_cut_and_nobody_is_told() -> None:
    heard = Heard()
    heard.playout.queue([a_sound(1, 1600)], 1, interruptible=True)
    heard.playout.queue([a_sound(2, 160)], 2, interruptible=False)
    heard.playout.queue([a_sound(3, 160)], 3, interruptible=True)
    heard.frames(2)
    heard.playout.interrupt()
    assert heard.frames() == bytes([2]) * 160
    assert heard.ended == [2]


def test_stop_cuts_everything() -> None:
    heard = Heard()
    heard.playout.queue([a_sound(1, 1600)], 1, interruptible=False)
    heard.playout.repeat(a_sound(9, 100))
    heard.playout.stop()
    assert heard.frames() == b""
    assert heard.ended == []


def test_a_tone_goes_round_until_something_is_said() -> None:
    heard = Heard()
    heard.playout.repeat(Sound(bytes(range(1, 251)), b""))
    assert heard.frames(5) == (bytes(range(1, 251)) * 4)[:800]
    heard.playout.queue([a_sound(7, 160)], 1, interruptible=True)
    assert heard.frames() == bytes([7]) * 160


def test_a_tone_waits_for_the_end_of_what_is_being_said() -> None:
    heard = Heard()
    heard.playout.queue([a_sound(7, 160)], 1, interruptible=True)
    heard.playout.repeat(a_sound(9, 320))
    assert heard.frames(2) == bytes([7]) * 160 + bytes([9]) * 160


def test_an_inserted_sound_goes_before_the_rest() -> None:
    heard = Heard()
    heard.playout.queue([a_sound(7, 320)], 1, interruptible=True)
    heard.frames(1)
    heard.playout.insert(a_sound(5, 160))
    assert heard.frames() == bytes([5]) * 160 + bytes([7]) * 160


def test_the_law_may_change_while_something_plays() -> None:
    playout = Playout(lambda token: None)
    sound = Sound.of(np.full(320, 5000, np.int16))
    playout.queue([sound], 1, interruptible=True)
    first, second = playout.frame(PCMU, 160), playout.frame(PCMA, 160)
    assert (first, second) == (sound.pcmu[:160], sound.pcma[160:])
