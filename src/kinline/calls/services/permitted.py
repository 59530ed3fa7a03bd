"""What this process has permitted: so that settling a call need not read again what authorising it wrote.

No truth lies here. Whoever acts upon it names in the `WHERE` of the write all that it rests on, and reads the row when
that was no longer so: after another process extended the hold, or the facility's rules changed.
"""

from dataclasses import dataclass
from typing import Final

from kinline.core.crediting import CreditRule
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.tariff import Tariff
from kinline.statements import database_name

_MOST: Final = 20_000
"""Calls; those that were permitted first are forgotten first."""


@dataclass(frozen=True, slots=True)
class Permitted:
    """The columns of a call, and what its facility's rules of `stamp` say of its end."""

    account: AccountId | None
    tariff: Tariff
    held: int
    funded_seconds: int
    authorised_at: Instant | None
    agency: int
    credit: CreditRule
    stamp: int
    is_remembered: bool = True
    """Not read just now."""


_permitted: dict[tuple[str, CallId], Permitted] = {}


def remember(call_id: CallId, permitted: Permitted) -> None:
    _permitted[_key(call_id)] = permitted
    while len(_permitted) > _MOST:
        _permitted.pop(next(iter(_permitted)), None)


def take(call_id: CallId) -> Permitted | None:
    """What is remembered of the call, once: who finds that it is not so any more reads the row."""
    return _permitted.pop(_key(call_id), None)


def _key(call_id: CallId) -> tuple[str, CallId]:
    return database_name(), call_id
