"""A call in progress whose number becomes privileged: from then on nobody records or hears it."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import CallId, FacilityId, Instant
from kinline.statements import rows

_NOW_PRIVILEGED: Final = """
SELECT c.id, c.is_privileged, c.facility_id FROM calls_call c JOIN facilities_facility f ON f.id = c.facility_id
WHERE c.id IN ({calls}) AND c.state <> 'settled' AND (c.is_privileged OR EXISTS (
  SELECT 1 FROM contacts_privilegednumber n WHERE n.verified IS NOT NULL AND n.revoked_at IS NULL
  AND n.number = COALESCE((SELECT d.forwards_to FROM contacts_dedicatednumber d
    WHERE d.number = c.called_party AND d.resident_id IS NOT NULL), c.called_party)
  AND (n.resident_id = c.resident_id OR n.resident_id IS NULL) AND (n.agency_id = f.agency_id OR n.agency_id IS NULL)))
"""

_PRIVILEGED: Final = """
UPDATE calls_call SET is_privileged = TRUE WHERE id = %(call)s AND state <> 'settled' AND NOT is_privileged RETURNING id
"""


def become_privileged(call_ids: Sequence[CallId], at: Instant) -> frozenset[CallId]:
    """Those of a switchboard's live calls that are privileged now, whether they began so or their number was verified
    meanwhile. The latter are marked so and written down: what was recorded of them until now is given out to nobody,
    and their switchboard stops the recorder and sends listeners away. Ask when `facilities.queries.alarms` moves:
    every change of the registry moves it. Once privileged, a call stays so, even when the entry is revoked.
    """
    if not call_ids:
        return frozenset()
    calls = ", ".join(str(int(call_id)) for call_id in call_ids)
    found = rows(_NOW_PRIVILEGED.format(calls=calls), {})
    for call_id, was, facility in found:
        if was:
            continue
        with transaction.atomic():
            if rows(_PRIVILEGED, {"call": call_id}):
                audit.record(
                    "system", Action.CALL_BECAME_PRIVILEGED, f"call/{call_id}", at, facility=FacilityId(facility)
                )
    return frozenset(CallId(call_id) for call_id, _, _ in found)
