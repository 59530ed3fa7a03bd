"""Off-hook: the attempt's row."""

from dataclasses import replace

from kinline.calls.vocabulary import CallError
from kinline.core.callflow.settings import CallSettings
from kinline.core.identity import CallId, FacilityId, Instant, StationId
from kinline.core.windows import day_start, month_start, week_start
from kinline.facilities.queries import rulebook
from kinline.statements import Statement, retried, row, write

_STATION = """
SELECT s.facility_id, s.unit_id, v.value FROM facilities_station s CROSS JOIN facilities_stamp v
WHERE s.id = %(station)s AND v.id = 1
"""

_OPEN = """
INSERT INTO calls_call (
  id, state, switchboard, heartbeat_at, cut_off, station_id, unit_id, facility_id,
  day_started_at, week_started_at, month_started_at, identify_failures, dialled, called_party, language, jurisdiction,
  is_hotline, is_privileged, payer, tariff, limit_reason, held, opened_at, disposition, reason, reason_values, ended_by,
  billed_seconds, charge, taxes, facility_additive, credited, recording, quality_resident, quality_called_party)
VALUES (
  %(call)s, 'open', %(switchboard)s, %(at)s, '', %(station)s, %(unit)s, %(facility)s,
  %(day)s, %(week)s, %(month)s, 0, '', '', '', '',
  %(no)s, %(no)s, '', '', '', 0, %(at)s, '', '', '', '',
  0, 0, 0, 0, 0, '', '', '')
ON CONFLICT (id) DO NOTHING
"""


class UnknownStation(CallError):
    def __init__(self, call_id: CallId, station: StationId) -> None:
        super().__init__(call_id, f"there is no station {station}")


@retried
def open_call(call_id: CallId, station_id: StationId, switchboard: str, at: Instant) -> CallSettings:
    """A station went off-hook: write the attempt down and give the settings of its course. Asked again: the same.

    `switchboard` is who carries the call, and so who sends its heartbeats. Raises `UnknownStation`.
    """
    found = row(_STATION, {"station": station_id})
    if found is None:
        raise UnknownStation(call_id, station_id)
    facility, unit, stamp = found
    rules = rulebook(FacilityId(facility), stamp)
    write(
        [
            Statement(
                _OPEN,
                {
                    "call": call_id,
                    "switchboard": switchboard,
                    "at": at,
                    "station": station_id,
                    "unit": unit,
                    "facility": facility,
                    "day": day_start(rules.zone, at),
                    "week": week_start(rules.zone, at),
                    "month": month_start(rules.zone, at),
                    "no": False,
                },
                rows=None,
            )
        ]
    )
    announced = rules.announced(station_id, at)
    return replace(rules.settings, announcements=announced) if announced else rules.settings
