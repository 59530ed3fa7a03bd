"""What can happen to a visit of the account menu: what happens on the wire, as to any call, and what services answer.

Answers to commands come as one of the events below or as `ServiceFailed`. Nothing of an account is in any event
before `Recognised`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from kinline.core.callflow.events import (
    Answered,
    CutOff,
    DigitPressed,
    HungUp,
    LegFailed,
    MachineHeard,
    MediaLost,
    PlaybackFinished,
    Ringing,
    ServiceFailed,
    TimerFired,
)
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName, Value


@dataclass(frozen=True, slots=True)
class Recognised:
    """Answer to `CheckPin`: whose account it is, and how their saved card ends, if they have one."""

    at: Instant
    customer: int
    card: str | None


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """Answer to `CheckPin`: no such pair, or locked for `locked_seconds` after too many wrong ones."""

    at: Instant
    locked_seconds: int = 0


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """Answer to `ReadBalance`. `seconds`: talk that it is enough for at the dearest of their prices; None: no price."""

    at: Instant
    balance: Money
    seconds: int | None


class Failure(StrEnum):
    """Why a call was not talked on, as much as is said aloud on a telephone. The page of the account says it all."""

    MONEY = "money"
    NOT_ACCEPTED = "not_accepted"
    NO_ANSWER = "no_answer"
    GIVEN_UP = "given_up"
    NETWORK = "network"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call to the customer's numbers or from their money. The date is the facility's."""

    month: int  # 1..12
    day: int
    minute: int  # of the day, 0..1439
    talk_seconds: int
    price: Money
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class CallsRead:
    """Answer to `ReadCalls`: newest first."""

    at: Instant
    calls: tuple[PastCall, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block of calls to one of the customer's numbers: of `who`, of everybody at `where`, or (neither) of all."""

    block: int
    number: str
    """The end of theirs: four digits."""
    who: SpokenName | None = None
    where: SpokenName | None = None


@dataclass(frozen=True, slots=True)
class BlocksRead:
    """Answer to `ReadBlocks`: those that the customer may lift, newest first."""

    at: Instant
    blocks: tuple[Blocked, ...]


@dataclass(frozen=True, slots=True)
class BlockLifted:
    """Answer to `LiftBlock`: the next call may come."""

    at: Instant


@dataclass(frozen=True, slots=True)
class MoneyAdded:
    """Answer to `RedeemVoucher` and `ChargeCard`: `amount` is on the account."""

    at: Instant
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class MoneyRefused:
    """Answer to `RedeemVoucher` and `ChargeCard`: nothing moved. The reason is of the stage `pay`."""

    at: Instant
    reason: Reason
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class ChargeUnsettled:
    """Answer to `ChargeCard`: the bank has not decided yet."""

    at: Instant


Event: TypeAlias = (
    DigitPressed
    | PlaybackFinished
    | TimerFired
    | HungUp
    | Ringing
    | Answered
    | LegFailed
    | MachineHeard
    | MediaLost
    | CutOff
    | ServiceFailed
    | Recognised
    | NotRecognised
    | BalanceRead
    | CallsRead
    | BlocksRead
    | BlockLifted
    | MoneyAdded
    | MoneyRefused
    | ChargeUnsettled
)

__all__ = [
    "Answered",
    "BalanceRead",
    "BlockLifted",
    "Blocked",
    "BlocksRead",
    "CallsRead",
    "ChargeUnsettled",
    "CutOff",
    "DigitPressed",
    "Event",
    "Failure",
    "HungUp",
    "LegFailed",
    "MachineHeard",
    "MediaLost",
    "MoneyAdded",
    "MoneyRefused",
    "NotRecognised",
    "PastCall",
    "PlaybackFinished",
    "Recognised",
    "Ringing",
    "ServiceFailed",
    "TimerFired",
]
