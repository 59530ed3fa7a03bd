"""One word for how a call sounded."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.crediting import Sound
from kinline.core.sound_quality import Heard, heard

ORDER = (Heard.POOR, Heard.FAIR, Heard.GOOD)
legs = st.builds(Sound, st.just(5000), st.floats(1, 4.5))


@given(one=legs, other=legs)
def test_a_call_is_as_good_as_its_worse_side(one: Sound, other: Sound) -> None:
    assert ORDER.index(heard([one, other])) == min(ORDER.index(heard([one])), ORDER.index(heard([other])))


def test_the_words_follow_what_people_say() -> None:
    assert [heard([Sound(5000, mos)]) for mos in (4.4, 4.03, 3.6, 3.0)] == [
        Heard.GOOD,
        Heard.GOOD,
        Heard.FAIR,
        Heard.POOR,
    ]


def test_too_little_sound_is_not_judged() -> None:
    assert heard([]) is None
    assert heard([Sound(100, 1.0)]) is None
    assert heard([Sound(100, 1.0), Sound(5000, 4.3)]) is Heard.GOOD
