"""Duties: done again and again, whatever happens to one of them."""

import asyncio

from kinline.core.identity import Instant
from kinline.operation.worker import Duty, duties, repeat


async def test_a_duty_that_fails_is_tried_again() -> None:
    stopping = asyncio.Event()
    done: list[Instant] = []

    def perform(at: Instant) -> int:
        done.append(at)
        if len(done) == 1:
            raise RuntimeError("the database was away")
        loop.call_soon_threadsafe(stopping.set)
        return 1

    loop = asyncio.get_running_loop()
    await repeat(Duty("fragile", 0.01, perform), stopping)
    assert len(done) == 2


async def test_a_duty_is_not_begun_after_the_stop() -> None:
    stopping = asyncio.Event()
    stopping.set()

    def perform(at: Instant) -> int:
        raise AssertionError("begun")

    await repeat(Duty("late", 0.01, perform), stopping)


def test_calls_that_were_left_behind_are_settled_again_and_again() -> None:
    (reap,) = (duty for duty in duties() if duty.name == "reap_calls")
    assert reap.period <= 10
