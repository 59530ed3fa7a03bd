"""An unused balance: told about at its days, given back after them, and never before 180."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.identity import Instant
from kinline.core.inactivity import DAY, LEAST_PERIOD, GiveBack, GiveNotice, Told, due


def lived(days: list[int], period: int = LEAST_PERIOD) -> list[tuple[int, object]]:
    """What was done on each of the days on which the worker ran, until the balance went back."""
    told: list[Told] = []
    done: list[tuple[int, object]] = []
    for day in days:
        match due(Instant(0), told, period, Instant(day * DAY)):
            case GiveNotice(day=of) as notice:
                told.append(Told(of, Instant(day * DAY)))
                done.append((day, notice))
            case GiveBack() as give_back:
                return [*done, (day, give_back)]
            case None:
                pass
    return done


def test_a_worker_that_runs_each_day_tells_three_times_and_gives_back_on_the_last() -> None:
    days = [(day, type(what)) for day, what in lived(list(range(400)))]
    assert days == [(90, GiveNotice), (150, GiveNotice), (175, GiveNotice), (180, GiveBack)]


def test_a_longer_period_of_a_state_counts_and_a_shorter_one_does_not() -> None:
    assert lived(list(range(800)), period=365)[-1] == (365, GiveBack())
    assert lived(list(range(800)), period=30)[-1] == (180, GiveBack())


@given(days=st.lists(st.integers(0, 500), max_size=12, unique=True).map(sorted), period=st.integers(0, 400))
def test_nothing_goes_back_too_early_or_untold_however_seldom_the_worker_runs(days: list[int], period: int) -> None:
    done = lived(days, period)
    notices = [day for day, what in done if isinstance(what, GiveNotice)]
    for day, what in done:
        if isinstance(what, GiveBack):
            assert day >= max(period, LEAST_PERIOD)
            assert day >= notices[0] + 5
    assert len(notices) <= 3
    # Who looks daily from then on sees it go back.
    assert isinstance(lived([*days, *range(500, 520)], period)[-1][1], GiveBack)
