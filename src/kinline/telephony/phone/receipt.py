"""What became of a demonstration call: its receipt for a person, and all of it as one JSON object."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kinline.core.identity import Language
from kinline.core.reasons import Audience, Reason, explain
from kinline.telephony.phone.ladder import Hearing, Ladder, Message, Pressing

Facts = Mapping[str, Any]
"""What `calls.queries.call_facts` says of a call."""

_CDR = (
    "call_id", "state", "disposition", "reason", "ended_by", "facility", "unit", "station", "resident_number",
    "dialled", "called_party", "jurisdiction", "language", "privileged", "payer", "opened_at", "identified_at",
    "authorised_at", "answered_at", "accepted_at", "ended_at",
)  # fmt: skip


def recording_of(facts: Facts, recordings: Path) -> Path | None:
    """Where the recording of a call lies; None when none was made."""
    return recordings / facts["recording"] if facts.get("recording") else None


def receipt(facts: Facts, recordings: Path) -> Iterator[str]:
    """Lines for a person: what it cost, the CDR, the recording."""
    yield "Receipt"
    for label, value in (
        ("price a minute", _dollars(facts, "price_per_minute_usd", " (taxes included)")),
        ("talked", f"{facts.get('talk_seconds') or 0:.1f} s"),
        ("charged for", f"{facts.get('billed_seconds') or 0} s"),
        ("charge", _dollars(facts, "charge_usd")),
        ("of it taxes", _dollars(facts, "taxes_usd")),
        ("balance before", _dollars(facts, "balance_before_usd")),
        ("balance after", _dollars(facts, "balance_after_usd")),
    ):
        yield f"  {label:<18}{value}"
    yield "CDR"
    for key in _CDR:
        if facts.get(key) is not None:
            yield f"  {key:<18}{facts[key]}"
    for leg in ("quality_resident", "quality_called_party"):
        if quality := facts.get(leg):
            lost, mos = 100 * quality.get("loss", 0.0), quality.get("mos", 0.0)
            yield f"  {leg.removeprefix('quality_') + ' leg':<18}{lost:.2f} % lost, MOS {mos:.2f}"
    yield from _explained(facts)
    path = recording_of(facts, recordings)
    yield f"Recording         {path if path else 'none'}"


def as_json(facts: Facts, ladder: Ladder, recordings: Path, went_as_asked: bool) -> str:
    """Everything as one object; times of the ladder are seconds since its first message."""
    start = ladder.first_at
    path = recording_of(facts, recordings)
    rungs = ladder.in_order()
    return json.dumps(
        {
            **facts,
            "recording": str(path) if path else None,
            "went_as_asked": went_as_asked,
            "heard": [_heard(rung, start) for rung in rungs if isinstance(rung, Hearing)],
            "pressed": [_pressed(rung, start) for rung in rungs if isinstance(rung, Pressing)],
            "ladder": [_message(rung, start) for rung in rungs if isinstance(rung, Message)],
        },
        ensure_ascii=False,
        indent=2,
    )


def _heard(rung: Hearing, start: float) -> dict[str, object]:
    heard = rung.heard
    return {
        "phone": rung.phone,
        "at": round(heard.started_at - start, 3),
        "until": round(heard.ended_at - start, 3),
        "kind": heard.kind,
        "language": heard.language,
        "text": heard.text,
        "phrases": heard.phrases,
    }


def _pressed(rung: Pressing, start: float) -> dict[str, object]:
    return {"phone": rung.phone, "at": round(rung.at - start, 3), "keys": rung.keys}


def _message(rung: Message, start: float) -> dict[str, object]:
    ends = (str(rung.phone), "kinline")
    sender, receiver = ends if rung.sent else ends[::-1]
    return {
        "at": round(rung.at - start, 3),
        "from": sender,
        "to": receiver,
        "message": rung.text,
        "repeated": rung.repeated,
    }


def _dollars(facts: Facts, key: str, suffix: str = "") -> str:
    return f"${facts[key]}{suffix}" if facts.get(key) is not None else "-"


def _explained(facts: Facts) -> Iterator[str]:
    """What the family reads on their page, and what they can do."""
    if facts.get("reason") in set(Reason):
        told = explain(Reason(facts["reason"]), Audience.FAMILY, Language.ENGLISH)
        yield f"  {'family reads':<18}{told.text}"
        if told.remedy:
            yield f"  {'remedy':<18}{told.remedy}"
