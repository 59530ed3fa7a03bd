"""Codes cannot be found by trying: wrong ones are counted for everybody and every place that they come from."""

from collections.abc import Iterable
from typing import Final

from kinline.core.identity import Instant
from kinline.core.speech import Span
from kinline.statements import Overtaken
from kinline.vouchers.models import Guesser

_MINUTE: Final = 60_000
_DAY: Final = 24 * 60 * _MINUTE
TRIES: Final = {"account": 5, "caller": 5, "kiosk": 20, "address": 30}
"""Wrong codes until it must wait. Many people stand at one kiosk, and many homes share one address."""
LOCKS: Final = (15 * _MINUTE, 60 * _MINUTE, _DAY)
"""How long it must wait the first time, the second, and from then on. A day without a wrong code begins anew."""


def watched(by: Iterable[str]) -> list[Guesser]:
    """The counters of all these, locked until the transaction ends: tries at the same moment count one by one."""
    names = sorted(set(by))
    if not names:
        raise ValueError("somebody must be counted for a wrong code")
    for name in names:
        Guesser.objects.get_or_create(who=name)
    found = list(Guesser.objects.select_for_update().filter(who__in=names).order_by("who"))
    if len(found) < len(names):
        raise Overtaken("one of them was forgotten in this moment")
    return found


def must_wait(guessers: Iterable[Guesser], at: Instant) -> Span | None:
    """How long until one of them may try again; None: now."""
    longest = max((guesser.locked_until - at for guesser in guessers), default=0)
    return Span(-(-longest // _MINUTE) * 60) if longest > 0 else None


def count(guessers: Iterable[Guesser], at: Instant) -> None:
    """A wrong code."""
    for guesser in guessers:
        if at - guesser.last_failure_at > _DAY:
            guesser.failures = 0
        guesser.failures += 1
        guesser.last_failure_at = at
        rounds, rest = divmod(guesser.failures, TRIES[guesser.who.partition("/")[0]])
        if rounds and not rest:
            guesser.locked_until = at + LOCKS[min(rounds, len(LOCKS)) - 1]
        guesser.save()


def forget_guesses(at: Instant) -> int:
    """Drop the counters that count nothing any more: no wrong code for a day, and no wait. How many there were."""
    idle = Guesser.objects.filter(last_failure_at__lt=at - _DAY, locked_until__lte=at)
    return idle.delete()[0]
