"""The day close: a chain of hashes over all transfers, so that no byte of the books can be changed unseen.

Each close seals what was written since the one before, in the order of the transfers' ids:

    hash = SHA-256(previous hash, day, last id, then for each transfer a JSON array of all its columns and a new line)

Who can rewrite the database can compute the chain anew: note the head of the chain outside of it (it is logged at each
close), and `verify` tells whether a noted hash is still part of the chain.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.ledger import queries
from kinline.ledger.models import DayClose, Transfer
from kinline.ledger.postings import Order

log = structlog.get_logger()
GENESIS = "0" * 64
"""What stands before the first close."""

_BEFORE_ALL = -(2**63)
"""Ids count from one, but nobody shall slip a transfer in below."""

_COLUMNS = ("id", "key", "inputs", "debit_id", "credit_id", "amount", "reason", "call_id", "at")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What some transfers come to."""

    transfers: int
    amount: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` are sentences, none in an untouched ledger; `head` is the hash to note outside of the database."""

    closes: int
    sealed: int
    unsealed: int
    head: str
    faults: list[str]


def close_day(at: Instant) -> int:
    """Close the day (UTC) before `at`, unless it is closed; how many days were closed. Days on which nobody closed are
    sealed with it."""
    day = datetime.fromtimestamp(at // 1000, UTC).date() - timedelta(days=1)
    latest = DayClose.objects.order_by("-day").first()
    if latest is not None and latest.day >= day:
        return 0
    since, previous = (latest.last_transfer, latest.hash) if latest else (_BEFORE_ALL, GENESIS)
    until = _settled_id(since)
    sealed = _seal(previous, day, since, until)
    try:
        with transaction.atomic():
            DayClose.objects.create(
                day=day,
                last_transfer=until,
                transfers=sealed.transfers,
                amount=sealed.amount,
                previous=previous,
                hash=sealed.hash,
            )
    except IntegrityError:  # another worker was faster
        return 0
    log.info("day.closed", day=day.isoformat(), transfers=sealed.transfers, head=sealed.hash)
    return 1


def verify(noted: str = "") -> Verdict:
    """Compute the whole chain anew and ask the books whether they agree with themselves.

    Finds a changed byte, a transfer that is missing or was added, a close that was changed or removed. `noted` is the
    hash of a close, or its beginning, that somebody kept outside of the database.
    """
    faults: list[str] = []
    since, previous, known, sealed_count, closes = _BEFORE_ALL, GENESIS, noted == "", 0, 0
    for close in DayClose.objects.order_by("day"):
        if close.previous != previous:
            faults.append(f"the close of {close.day} does not follow the one before: a close was changed or removed")
        found = _seal(close.previous, close.day, since, close.last_transfer)
        if found.transfers != close.transfers:
            faults.append(f"the close of {close.day} sealed {close.transfers} transfers, there are {found.transfers}")
        if found.amount != close.amount:
            faults.append(
                f"the close of {close.day} sealed {Money(close.amount)}, the transfers come to {Money(found.amount)}"
            )
        if found.hash != close.hash:
            faults.append(f"the transfers sealed by the close of {close.day} are not as they were: the hash differs")
        known = known or close.hash.startswith(noted)
        since, previous = close.last_transfer, close.hash
        sealed_count, closes = sealed_count + found.transfers, closes + 1
    if not known:
        faults.append(f"no close has the noted hash {noted}: the chain was written anew")
    faults += _not_as_asked()
    faults += queries.discrepancies()
    return Verdict(closes, sealed_count, Transfer.objects.filter(id__gt=since).count(), previous, faults)


def _settled_id(since: int) -> int:
    """The highest id below which no transfer can appear any more: ids are given before the commit, so writers in
    flight are waited for, and new ones wait a moment."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE ledger_transfer IN SHARE MODE")
        highest: int | None = Transfer.objects.aggregate(highest=Max("id"))["highest"]
    return max(since, 0 if highest is None else highest)


def _seal(previous: str, day: date, since: int, until: int) -> Sealed:
    digest = hashlib.sha256(f"{previous}\n{day.isoformat()}\n{until}\n".encode())
    count = amount = 0
    for columns in (
        Transfer.objects.filter(id__gt=since, id__lte=until).order_by("id").values_list(*_COLUMNS).iterator()
    ):
        digest.update(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
        amount += columns[5]
    return Sealed(count, amount, digest.hexdigest())


def _not_as_asked() -> Iterator[str]:
    """The transfers whose digest of inputs is not that of what stands in the row: names the very one, sealed or not."""
    for transfer in Transfer.objects.order_by("id").iterator():
        order = Order(
            transfer.key,
            AccountId(transfer.debit_id),
            AccountId(transfer.credit_id),
            Money(transfer.amount),
            transfer.reason,
            None if transfer.call_id is None else CallId(transfer.call_id),
        )
        if order.inputs != transfer.inputs:
            yield f"transfer {transfer.key} is not what was asked: its accounts, amount, reason or call were changed"
