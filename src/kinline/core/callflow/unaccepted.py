"""What can happen at any moment before acceptance: somebody leaves, somebody orders an end, it takes too long."""

from dataclasses import dataclass, replace
from typing import ClassVar

from kinline.core.callflow.commands import Flag
from kinline.core.callflow.end import finish
from kinline.core.callflow.events import (
    BecamePrivileged,
    CutOff,
    Event,
    HungUp,
    MediaLost,
    Suspected,
    Suspicion,
    Timer,
    TimerFired,
)
from kinline.core.callflow.moment import CalledLeg, Moment, Turn
from kinline.core.identity import Side
from kinline.core.reasons import Reason

SUSPICION_REASONS = {
    Suspicion.THREE_WAY: Reason.TALK_THREEWAY_SUSPECTED,
    Suspicion.FORWARDED: Reason.TALK_FORWARD_SUSPECTED,
}
"""Why a call ends at a suspicion, where the facility ends calls at it. Extra digits end none."""

_BEFORE_TALK = {
    Reason.TALK_LOCKDOWN: Reason.POLICY_LOCKDOWN,
    Reason.TALK_PLATFORM_FAULT: Reason.NET_PLATFORM_FAULT,
}
"""What an order to end a talk means to a call that has none yet."""


@dataclass(frozen=True, slots=True)
class Unaccepted(Moment):
    """A moment before acceptance: nobody is charged for it and nobody hears the other."""

    abandoned: ClassVar[Reason]  # the resident leaves now
    overdue: ClassVar[Reason]  # the act takes longer than it may

    def in_any_case(self, event: Event) -> Turn:
        """For every event that the moment itself gives no other meaning; most of them are late and change nothing."""
        match event:
            case HungUp(side=Side.RESIDENT, carrier=True) | MediaLost(side=Side.RESIDENT):
                return finish(self, event.at, Reason.NET_STATION_FAULT, gone=_left(event))
            case HungUp(side=Side.RESIDENT):
                return finish(self, event.at, self.abandoned, by=Side.RESIDENT, gone=_left(event))
            case CutOff(reason=reason, is_silent=is_silent):
                return finish(self, event.at, _BEFORE_TALK.get(reason, reason), is_silent=is_silent)
            case BecamePrivileged():
                return replace(self, attempt=replace(self.attempt, became_privileged=True)), ()
            case TimerFired(timer=Timer.LIMIT):
                return finish(self, event.at, self.overdue)
            case Suspected(side=side, suspicion=suspicion):
                flag = Flag(side, suspicion)
                why = SUSPICION_REASONS.get(suspicion)
                if why and self.called_leg is not CalledLeg.NONE and self.attempt.settings.end_on_suspicion:
                    moment, commands = finish(self, event.at, why)
                    return moment, (flag, *commands)
                return self, (flag,)
            case _:
                return self, ()


def _left(event: Event) -> frozenset[Side]:
    return frozenset({event.side}) if isinstance(event, HungUp) else frozenset()
