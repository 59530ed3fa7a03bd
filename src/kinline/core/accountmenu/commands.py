"""Everything that a visit of the account menu can ask to be done, in the order given."""

from dataclasses import dataclass
from typing import TypeAlias

from kinline.core.callflow.commands import (
    Bridge,
    CancelTimer,
    HangUp,
    PlaceLeg,
    Play,
    PlayTone,
    Release,
    SetTimer,
    StopPlaying,
)
from kinline.core.money import Money


@dataclass(frozen=True, slots=True)
class CheckPin:
    """-> `Recognised` | `NotRecognised`. `number`: as entered, or the caller's in E.164."""

    number: str
    pin: str

    def __repr__(self) -> str:  # a PIN is never printed
        return f"CheckPin(number={self.number!r}, pin=...)"


@dataclass(frozen=True, slots=True)
class ReadBalance:
    """-> `BalanceRead`."""

    customer: int


@dataclass(frozen=True, slots=True)
class ReadCalls:
    """The last few calls -> `CallsRead`."""

    customer: int


@dataclass(frozen=True, slots=True)
class RedeemVoucher:
    """-> `MoneyAdded` | `MoneyRefused`."""

    customer: int
    code: str

    def __repr__(self) -> str:  # a code is money
        return f"RedeemVoucher(customer={self.customer}, code=...)"


@dataclass(frozen=True, slots=True)
class ChargeCard:
    """-> `MoneyAdded` | `MoneyRefused` | `ChargeUnsettled`.

    `attempt` counts the charges that the caller confirmed in this call, from 1: with the call's id it is the key
    under which a repeat charges nothing.
    """

    customer: int
    amount: Money
    attempt: int


@dataclass(frozen=True, slots=True)
class ReadBlocks:
    """Whose calls are blocked -> `BlocksRead`."""

    customer: int


@dataclass(frozen=True, slots=True)
class LiftBlock:
    """-> `BlockLifted`; lifted twice, nothing more."""

    customer: int
    block: int


Question: TypeAlias = CheckPin | ReadBalance | ReadCalls | ReadBlocks | LiftBlock | RedeemVoucher | ChargeCard
"""Asks a service; at most one at a time is open."""

Command: TypeAlias = (
    Play | PlayTone | StopPlaying | SetTimer | CancelTimer | PlaceLeg | Bridge | HangUp | Release | Question
)

__all__ = [
    "Bridge",
    "CancelTimer",
    "ChargeCard",
    "CheckPin",
    "Command",
    "HangUp",
    "LiftBlock",
    "PlaceLeg",
    "Play",
    "PlayTone",
    "Question",
    "ReadBalance",
    "ReadBlocks",
    "ReadCalls",
    "RedeemVoucher",
    "Release",
    "SetTimer",
    "StopPlaying",
]
