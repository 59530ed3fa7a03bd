"""Who is calling: resident number and PIN, with a lock after too many wrong ones."""

from pathlib import Path

from kinline.calls.vocabulary import CallIsOver, OtherQuestion, UnknownCall
from kinline.core.callflow.events import Identified, NotIdentified
from kinline.core.identity import CallId, FacilityId, Instant, Language, ResidentId
from kinline.core.reasons import Reason
from kinline.core.speech import Span, SpokenName
from kinline.facilities.queries import Rulebook, rulebook
from kinline.people.models import Resident, ResidentStatus
from kinline.people.pins import pin_matches
from kinline.statements import Overtaken, Row, Statement, retried, row, rows, write

_FACTS = """
SELECT c.state, c.facility_id, c.resident_id, c.identify_failures, v.value,
  r.id, r.name, r.status, r.language, r.pin_hash, r.pin_failures, r.pin_locked_until, r.name_recording
FROM calls_call c CROSS JOIN facilities_stamp v
LEFT JOIN people_resident r ON r.facility_id = c.facility_id AND r.resident_number = %(number)s
WHERE c.id = %(call)s AND v.id = 1
"""

_ELSEWHERE = """
SELECT r.pin_hash FROM people_resident r JOIN facilities_facility f ON f.id = r.facility_id
WHERE r.resident_number = %(number)s AND f.agency_id = %(agency)s AND r.facility_id <> %(facility)s
  AND r.status = 'active' ORDER BY r.id LIMIT 3
"""

_IDENTIFIED = """
UPDATE calls_call SET resident_id = %(resident)s, identified_at = %(at)s
WHERE id = %(call)s AND state = 'open' AND (resident_id IS NULL OR resident_id = %(resident)s)
"""

_FORGIVE = "UPDATE people_resident SET pin_failures = 0, pin_locked_until = NULL WHERE id = %(resident)s"

_FAILED = """
UPDATE calls_call SET identify_failures = identify_failures + 1 WHERE id = %(call)s AND state = 'open'
"""

_COUNT = """
UPDATE people_resident SET
  pin_locked_until = CASE WHEN pin_failures + 1 >= %(tries)s THEN %(locked_until)s ELSE pin_locked_until END,
  pin_failures = CASE WHEN pin_failures + 1 >= %(tries)s THEN 0 ELSE pin_failures + 1 END
WHERE id = %(resident)s
"""

_ON_ANOTHER_CALL = """
SELECT id FROM calls_call WHERE resident_id = %(resident)s AND id <> %(call)s AND state <> 'settled'
"""


@retried
def identify(call_id: CallId, resident_number: str, pin: str, at: Instant) -> Identified | NotIdentified:
    """Whose number and PIN these are. A wrong pair uses up one try of this call, and counts towards the PIN's lock.

    Only who knows the PIN learns more than that the pair is wrong. Raises `UnknownCall`, `CallIsOver`, `OtherQuestion`.
    """
    facts = row(_FACTS, {"call": call_id, "number": resident_number})
    if facts is None:
        raise UnknownCall(call_id)
    state, facility, known, failures, stamp, *resident = facts
    if state == "settled":
        raise CallIsOver(call_id)
    rules = rulebook(FacilityId(facility), stamp)
    found = Resident() if resident[0] is None else _resident(tuple(resident))
    if found.pin_locked_until is not None and at < found.pin_locked_until:
        wait = Span(-(-(found.pin_locked_until - at) // 60_000) * 60)
        return NotIdentified(at, Reason.IDENTIFY_PIN_LOCKED, 0, (("wait", wait),))
    if not pin_matches(found.pin_hash, pin):
        if found.pk is None and _is_elsewhere(resident_number, pin, rules):
            return NotIdentified(at, Reason.IDENTIFY_PIN_NOT_HERE, 0)
        return _wrong(call_id, found, failures, rules, at)
    if found.status != ResidentStatus.ACTIVE:
        return NotIdentified(at, Reason.IDENTIFY_NOT_ACTIVE, 0)
    if known not in (None, found.pk):
        raise OtherQuestion(call_id)
    if known is None and not _taken(call_id, found, at):
        return NotIdentified(at, Reason.IDENTIFY_IN_USE, 0)
    return Identified(
        at,
        ResidentId(found.pk),
        SpokenName(f"resident/{found.pk}", found.name),
        bool(found.name_recording),
        Language(found.language),
    )


def name_recorded(resident_id: ResidentId, path: Path | str) -> None:
    """The resident's spoken name lies at `path`."""
    Resident.objects.filter(pk=resident_id).update(name_recording=str(path))


def _resident(columns: Row) -> Resident:
    id_, name, status, language, pin_hash, failures, locked_until, name_recording = columns
    return Resident(
        id=id_,
        name=name,
        status=status,
        language=language,
        pin_hash=pin_hash,
        pin_failures=failures,
        pin_locked_until=locked_until,
        name_recording=name_recording,
    )


def _wrong(call_id: CallId, resident: Resident, failures: int, rules: Rulebook, at: Instant) -> NotIdentified:
    statements = [Statement(_FAILED, {"call": call_id})]
    if resident.pk is not None:
        statements.append(
            Statement(
                _COUNT,
                {
                    "resident": resident.pk,
                    "tries": rules.pin_tries,
                    "locked_until": at + rules.pin_lock_seconds * 1000,
                },
            )
        )
    write(statements)
    return NotIdentified(at, Reason.IDENTIFY_BAD_PIN, max(rules.settings.identify_tries - failures - 1, 0))


def _taken(call_id: CallId, resident: Resident, at: Instant) -> bool:
    """Bind the call to the resident; False when they are on another call (the database allows one)."""
    values = {"call": call_id, "resident": resident.pk}
    forgiven = [Statement(_FORGIVE, values)] if resident.pin_failures else []
    try:
        write([*forgiven, Statement(_IDENTIFIED, {**values, "at": at})])
    except Overtaken:
        if rows(_ON_ANOTHER_CALL, values):
            return False
        raise
    return True


def _is_elsewhere(resident_number: str, pin: str, rules: Rulebook) -> bool:
    """Whether the pair is right at another facility of the same agency: a transfer is not finished."""
    found = rows(_ELSEWHERE, {"number": resident_number, "agency": rules.agency, "facility": rules.facility})
    return any(pin_matches(stored, pin) for (stored,) in found)
