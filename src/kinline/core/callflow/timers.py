"""Which timers run from one moment of a call to the next."""

from collections.abc import Iterable
from typing import TypeVar

from kinline.core.callflow.commands import CancelTimer, SetTimer
from kinline.core.callflow.events import Timer, TimerFired
from kinline.core.identity import Instant

Command = TypeVar("Command")
Timers = tuple[tuple[Timer, Instant], ...]


def fired(event: TimerFired, running: dict[Timer, Instant]) -> tuple[SetTimer, ...] | None:
    """What to do for a timer that was stopped or moved while it fired; None for one that fired in its time, which then
    runs no more."""
    due = running.get(event.timer)
    if due is None:
        return ()
    if event.at < due:
        return (SetTimer(event.timer, due),)
    del running[event.timer]
    return None


def kept(
    meant: frozenset[Timer], given: Iterable[Command], running: dict[Timer, Instant]
) -> tuple[tuple[Command | CancelTimer, ...], Timers]:
    """The commands that are worth giving, and the timers that run after them: one that means nothing to the new moment
    is cancelled, first of all."""
    commands: list[Command | CancelTimer] = [CancelTimer(timer) for timer in running if timer not in meant]
    running = {timer: due for timer, due in running.items() if timer in meant}
    for command in given:
        match command:
            case SetTimer(timer=timer, due=due):
                if timer not in meant:  # set on the way through a moment that is over already
                    continue
                running[timer] = due
            case CancelTimer(timer=timer):
                if running.pop(timer, None) is None:
                    continue
        commands.append(command)
    return tuple(commands), tuple(running.items())
