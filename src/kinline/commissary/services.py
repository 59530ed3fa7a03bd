"""Take a commissary's file of transfers."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.commissary.lines import BadLine, FileRefused, Line, Problem, read
from kinline.commissary.models import TransferFile
from kinline.core.identity import AccountId, FacilityId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.people.models import Resident, ResidentStatus

__all__ = ["FileRefused", "Report", "take"]

_KEYS_AT_ONCE: Final = 500


@dataclass(slots=True)
class Report:
    """What came of a file, or what would (`is_trial`). Every line is in one of the three."""

    is_trial: bool
    booked: list[Line] = field(default_factory=list)
    repeated: list[Line] = field(default_factory=list)
    """Had been booked before, the same."""
    refused: list[BadLine] = field(default_factory=list)
    was_stopped: bool = False
    """Nothing was booked, because lines were refused and the whole was asked for or nothing."""

    @property
    def amount(self) -> Money:
        return sum((line.amount for line in self.booked), ZERO)


def take(
    facility_id: FacilityId,
    name: str,
    data: bytes,
    actor: str,
    at: Instant,
    *,
    is_trial: bool = False,
    is_strict: bool = False,
) -> Report:
    """Book each good line once, report each bad one; nothing is ever half booked, so a file may be sent again.

    `is_trial`: only say what would be done. `is_strict`: book nothing when any line is bad. Raises `FileRefused`.
    """
    lines = list(read(data))
    residents = {each.resident_number: each for each in Resident.objects.filter(facility_id=facility_id)}
    earlier = _booked_before(facility_id, lines)
    trial = Report(is_trial=True)
    taken = set[str]()
    for line in lines:
        judged = line if isinstance(line, BadLine) else _judged(line, residents, earlier.get(line.transaction_id))
        if isinstance(judged, BadLine):
            trial.refused.append(judged)
        elif judged.transaction_id in earlier or judged.transaction_id in taken:
            trial.repeated.append(judged)
        else:
            taken.add(judged.transaction_id)
            trial.booked.append(judged)
    if is_trial:
        return trial
    if is_strict and trial.refused:
        trial.is_trial, trial.was_stopped, trial.booked = False, True, []
        return trial
    report = Report(is_trial=False, repeated=trial.repeated, refused=trial.refused)
    for line in trial.booked:
        resident = residents[line.resident_number]
        account = ledger.open_resident_account(ResidentId(resident.pk))
        try:
            ledger.transfer(_order(facility_id, line, account), at)
        except ledger.KeyUsedOtherwise:  # another process was faster, with something else
            report.refused.append(BadLine(line.number, Problem.BOOKED_OTHERWISE, line.content))
        else:
            report.booked.append(line)
    _file(facility_id, name, data, actor, at, report)
    return report


def _booked_before(facility_id: FacilityId, lines: Iterable[Line | BadLine]) -> dict[str, Transfer]:
    """By transaction id, what of these is in the ledger already."""
    found: dict[str, Transfer] = {}
    keys = [_key(facility_id, line) for line in lines if isinstance(line, Line)]
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = Transfer.objects.filter(key__in=keys[start : start + _KEYS_AT_ONCE]).select_related("credit")
        found |= {transfer.key.removeprefix(_key_prefix(facility_id)): transfer for transfer in some}
    return found


def _judged(line: Line, residents: Mapping[str, Resident], earlier: Transfer | None) -> Line | BadLine:
    """The line itself when it can be booked or was, the same; else what is wrong with it."""
    resident = residents.get(line.resident_number)
    if resident is None:
        return BadLine(line.number, Problem.RESIDENT_UNKNOWN, line.content)
    if earlier is not None:
        is_same = (earlier.credit.resident_id, earlier.amount) == (resident.pk, line.amount.micros)
        return line if is_same else BadLine(line.number, Problem.BOOKED_OTHERWISE, line.content)
    if resident.status != ResidentStatus.ACTIVE:
        return BadLine(line.number, Problem.RESIDENT_LEFT, line.content)
    return line


def _key_prefix(facility_id: FacilityId) -> str:
    return f"commissary/{facility_id}/"


def _key(facility_id: FacilityId, line: Line) -> str:
    return f"{_key_prefix(facility_id)}{line.transaction_id}"


def _order(facility_id: FacilityId, line: Line, account: AccountId) -> Order:
    return Order(
        _key(facility_id, line), books.house_account(AccountKind.CLEARING), account, line.amount, "commissary_transfer"
    )


def _file(facility_id: FacilityId, name: str, data: bytes, actor: str, at: Instant, report: Report) -> None:
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        taken = TransferFile.objects.create(
            facility_id=facility_id,
            name=name[:120],
            digest=digest,
            taken_by=actor,
            at=at,
            booked=len(report.booked),
            booked_amount=report.amount.micros,
            repeated=len(report.repeated),
            refused=[
                {"line": bad.number, "problem": bad.problem.value, "content": bad.content} for bad in report.refused
            ],
        )
        after = {
            "digest": digest,
            "booked": taken.booked,
            "amount": str(report.amount),
            "repeated": taken.repeated,
            "refused": len(report.refused),
        }
        audit.record(
            actor, Action.COMMISSARY_TAKEN, f"commissary_file/{taken.pk}", at, facility=facility_id, after=after
        )
