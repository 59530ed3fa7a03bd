"""Off-hook: what staff have to say is said first, before a language is chosen."""

from dataclasses import dataclass, replace
from typing import ClassVar

from kinline.core.callflow.commands import Play
from kinline.core.callflow.events import Event, PlaybackFinished, Timer
from kinline.core.callflow.identify import greet
from kinline.core.callflow.moment import Act, Attempt, Turn
from kinline.core.callflow.unaccepted import Unaccepted
from kinline.core.identity import Side
from kinline.core.reasons import Reason


def off_hook(attempt: Attempt) -> Turn:
    """The station is off-hook and its call answered."""
    plays = list[Play]()
    for language in attempt.settings.languages:
        said = [each.says(language) for each in attempt.settings.announcements if each.text(language)]
        if said:
            attempt, play = attempt.say(Side.RESIDENT, *said, language=language, interruptible=False)
            plays.append(play)
    if not plays:
        return greet(attempt)
    heard = frozenset(each.number for each in attempt.settings.announcements)
    return Announcing(replace(attempt, heard=heard)), tuple(plays)


@dataclass(frozen=True, slots=True)
class Announcing(Unaccepted):
    """Said in each language of the facility, to its end: keys neither cut it nor count."""

    act: ClassVar = Act.OFF_HOOK
    timers: ClassVar = frozenset({Timer.LIMIT})
    abandoned: ClassVar = Reason.IDENTIFY_ABANDONED
    overdue: ClassVar = Reason.IDENTIFY_TIMEOUT

    def on(self, event: Event) -> Turn:
        match event:
            case PlaybackFinished(token=token) if token == self.attempt.plays:
                return greet(self.attempt)
            case _:
                return self.in_any_case(event)
