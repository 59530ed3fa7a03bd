"""Take a file of a jail management system: plan with `core.custody`, carry out the plan, keep the report."""

import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.bookings.models import Feed, Import, Outcome
from kinline.bookings.reading import FileRefused, read
from kinline.bookings.services import coming_and_going as custody
from kinline.core.custody import Change, Custody, FileMapping, Kind, Mode, Plan, Row, plan
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import Facility, HousingUnit
from kinline.people.models import Resident, ResidentStatus
from kinline.people.residents import reset_pin

_SETTLED_AFTER: Final = 10.0
"""Seconds that a file in a folder must have lain unchanged: until then somebody may still be writing it."""


class KeyUsedOtherwise(ValueError):
    """The key of a request was used before, for another file."""


def feed_of(facility: Facility) -> Feed:
    return Feed.objects.get_or_create(facility=facility)[0]


def mapping_of(feed: Feed) -> FileMapping:
    """What the facility's files mean; without a mapping of its own, our field names."""
    stored: Mapping[str, Mapping[str, str]] = feed.mapping
    known = FileMapping()
    return FileMapping(
        columns=dict(known.columns) | dict(stored.get("columns", {})),
        **{name: dict(stored.get(name, {})) for name in ("units", "languages", "acts")},
    )


def set_feed(
    feed: Feed, mode: Mode, mapping: Mapping[str, Any], releases_at_most: int, actor: str, at: Instant
) -> None:
    """From now on the facility's files mean this."""
    after = {"mode": str(mode), "mapping": mapping, "releases_at_most": releases_at_most}
    with transaction.atomic():
        before = {name: getattr(feed, name) for name in after}
        Feed.objects.filter(pk=feed.pk).update(**after)
        _write_down(actor, Action.IMPORT_SET, feed.facility_id, at, before, after)


def give_key(feed: Feed, actor: str, at: Instant) -> str:
    """A new key for the facility's API, seen this once; the one before opens nothing any more."""
    key = f"jail_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        Feed.objects.filter(pk=feed.pk).update(token_hash=_hash(key.encode()))
        _write_down(actor, Action.IMPORT_SET, feed.facility_id, at, {"key": bool(feed.token_hash)}, {"key": True})
    return key


def admit(key: str) -> Feed | None:
    """The feed whose key this is."""
    return Feed.objects.select_related("facility").filter(token_hash=_hash(key.encode())).first() if key else None


def take(
    facility: Facility,
    name: str,
    data: bytes,
    source: str,
    mode: Mode,
    actor: str,
    at: Instant,
    *,
    rows: Sequence[Row] | None = None,
    is_trial: bool = False,
    releases_at_most: int | None = None,
    key: str = "",
) -> Import:
    """Do what the file says: good lines are done, bad ones kept with the report. A plan with more releases than the
    file may cause is refused as a whole. The same file again changes nothing more; the same `key` again gives the
    first report. Raises `FileRefused`, `KeyUsedOtherwise`."""
    digest = _hash(data)
    if key and (earlier := _earlier(facility, key, digest)):
        return earlier
    feed = feed_of(facility)
    read_rows = list(rows) if rows is not None else read(name, data)
    units = {unit.name: unit for unit in HousingUnit.objects.filter(facility=facility)}
    today = datetime.fromtimestamp(at / 1000, UTC).date()
    planned = plan(read_rows, _residents(facility), tuple(units), mapping_of(feed), mode, today=today)
    limit = feed.releases_at_most if releases_at_most is None else releases_at_most
    outcome = Outcome.TRIAL if is_trial else Outcome.REFUSED if planned.is_over(limit) else Outcome.APPLIED
    if outcome == Outcome.APPLIED:
        for change in planned.changes:
            _carry_out(facility, change, units, actor, at)
    try:
        with transaction.atomic():
            return _filed(facility, name, source, mode, digest, key, at, actor, outcome, planned, limit, read_rows)
    except IntegrityError:  # the same request at the same moment
        again = _earlier(facility, key, digest)
        if again is None:
            raise
        return again


def take_folder(folder: Path, at: Instant) -> int:
    """Take every file that lies in `<folder>/<id of the facility>/`, by its feed; how many. Each goes to `done`, or,
    when it cannot be read or would release too many, to `refused`, with a report beside it."""
    taken = 0
    for place in sorted(folder.glob("[0-9]*")):
        facility = Facility.objects.filter(pk=int(place.name)).first() if place.name.isdigit() else None
        if facility is None:
            continue
        for file in sorted(each for each in place.iterdir() if each.suffix.lower() in (".csv", ".json")):
            if file.is_symlink() or time.time() - file.stat().st_mtime < _SETTLED_AFTER:
                continue
            _take_file(facility, file, at)
            taken += 1
    return taken


def _take_file(facility: Facility, file: Path, at: Instant) -> None:
    try:
        mode = Mode(feed_of(facility).mode)
        done = take(facility, file.name, file.read_bytes(), "folder", mode, "system", at)
        where = "refused" if done.outcome == Outcome.REFUSED else "done"
        report = "\n".join(f"{kind}: {count}" for kind, count in {"outcome": done.outcome, **done.counts}.items())
        report += "".join(f"\nline {bad['line']}: {bad['problem']}" for bad in done.bad_lines)
    except FileRefused as refused:
        where, report = "refused", f"cannot be read: {refused.problem}"
    target = file.parent / where
    target.mkdir(exist_ok=True)
    named = target / f"{at}-{file.name}"
    named.with_name(f"{named.name}.txt").write_text(report + "\n")
    file.replace(named)


def _earlier(facility: Facility, key: str, digest: str) -> Import | None:
    found = Import.objects.filter(facility=facility, key=key).first()
    if found is not None and found.digest != digest:
        raise KeyUsedOtherwise(key)
    return found


def _residents(facility: Facility) -> dict[str, Custody]:
    return {
        each.resident_number: Custody(
            each.resident_number,
            each.name,
            each.unit.name if each.unit else "",
            each.language,
            each.status == ResidentStatus.ACTIVE,
            each.birth_date,
        )
        for each in Resident.objects.filter(facility=facility).select_related("unit")
    }


def _carry_out(facility: Facility, change: Change, units: Mapping[str, HousingUnit], actor: str, at: Instant) -> None:
    resident = Resident.objects.filter(facility=facility, resident_number=change.resident_number).first()
    wanted = change.wanted
    if change.kind is Kind.RELEASE:
        if resident is not None:
            custody.release(resident, actor, at, "import")
        return
    if wanted is None:
        return
    before = change.before
    unit = units.get((before.unit if before else "") if wanted.unit is None else wanted.unit)
    language = wanted.language or (before.language if before else facility.languages[0] if facility.languages else "en")
    if change.kind in (Kind.BOOK, Kind.RETURN):
        number, born = change.resident_number, wanted.birth_date
        booked = custody.book(facility, number, wanted.name, unit, actor, at, language=language, birth_date=born)
        if wanted.pin and not booked.pin_hash:
            reset_pin(booked, actor, at, wanted.pin)
    elif resident is not None and change.kind is Kind.MOVE:
        custody.move(resident, facility, unit, actor, at)
    elif resident is not None:
        custody.correct(resident, wanted.name, language, actor, at, birth_date=wanted.birth_date)


def _filed(
    facility: Facility,
    name: str,
    source: str,
    mode: Mode,
    digest: str,
    key: str,
    at: Instant,
    actor: str,
    outcome: Outcome,
    planned: Plan,
    limit: int,
    rows: Sequence[Row],
) -> Import:
    cells = {row.number: row.cells for row in rows}
    counts = {
        **{str(kind): count for kind, count in planned.counts().items()},
        "unchanged": planned.unchanged,
        "bad": len(planned.faults),
        "releases_withheld": planned.releases_withheld,
    }
    done = Import.objects.create(
        facility=facility,
        name=name[:120],
        source=source,
        mode=str(mode),
        digest=digest,
        key=key if outcome != Outcome.TRIAL else "",
        at=at,
        taken_by=actor,
        outcome=outcome,
        counts=counts,
        releases_at_most=limit,
        changes=[_told(change) for change in planned.changes],
        bad_lines=[
            {"line": fault.line, "problem": str(fault.problem), "content": list((cells.get(fault.line) or {}).items())}
            for fault in planned.faults
        ],
    )
    if outcome != Outcome.TRIAL:
        refused = outcome == Outcome.REFUSED
        action = Action.RESIDENTS_IMPORT_REFUSED if refused else Action.RESIDENTS_IMPORTED
        after = {"import": done.pk, "file": done.name, "digest": digest, **counts}
        _write_down(actor, action, facility.pk, at, None, after)
    return done


def _told(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": str(change.kind),
        "line": change.line,
        "resident_number": change.resident_number,
        "name": change.name,
    }
    if change.kind is Kind.MOVE and change.before and change.wanted:
        told |= {"from": change.before.unit, "to": change.wanted.unit}
    known, born = change.before and change.before.birth_date, change.wanted and change.wanted.birth_date
    if change.kind is Kind.BOOK or (born and born != known and change.kind is not Kind.MOVE):
        told |= {"birth_date": str(born or ""), "birth_date_before": str(known or "")}
    return told


def _write_down(actor: str, action: Action, facility: int, at: Instant, before: Any, after: Any) -> None:
    where = FacilityId(facility)
    audit.record(actor, action, f"facility/{facility}", at, facility=where, before=before, after=after)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
