"""What became of a call, for a person and for a program."""

import json
from pathlib import Path
from typing import Any

from kinline.core.identity import Language
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.phone.hearing import Heard, Kind
from kinline.telephony.phone.ladder import Ladder, Person
from kinline.telephony.phone.receipt import as_json, receipt

RECORDINGS = Path("/srv/recordings")


def the_facts(**changed: Any) -> dict[str, Any]:
    facts = {
        "call_id": "456",
        "state": "settled",
        "disposition": "completed",
        "reason": "talk.hangup_resident",
        "price_per_minute_usd": "0.06267",
        "talk_seconds": 65.2,
        "billed_seconds": 65,
        "charge_usd": "0.067893",
        "taxes_usd": "0.002893",
        "balance_before_usd": "20.00",
        "balance_after_usd": "19.932107",
        "recording": "2026/11/22/456.wav",
        "mos": 4.4,
        "quality_resident": {"loss": 0.001, "mos": 4.4},
        "quality_called_party": None,
    }
    return facts | changed


def test_a_receipt_says_what_was_charged_what_is_left_and_where_the_recording_is() -> None:
    text = "\n".join(receipt(the_facts(), RECORDINGS))
    for told in ("$0.06267", "65 s", "$0.067893", "$20.00", "$19.932107", "/srv/recordings/2026/11/22/456.wav"):
        assert told in text


def test_a_call_that_nobody_paid_for_shows_no_balance_and_no_recording() -> None:
    facts = the_facts(balance_before_usd=None, balance_after_usd=None, recording=None)
    lines = list(receipt(facts, RECORDINGS))
    assert any(line.split() == ["balance", "before", "-"] for line in lines)
    assert lines[-1].split() == ["Recording", "none"]


def test_a_reason_is_told_as_the_family_reads_it_with_the_remedy() -> None:
    lines = list(receipt(the_facts(reason="fund.insufficient"), RECORDINGS))
    assert any(line.strip().startswith("family reads") for line in lines)
    assert any(line.strip().startswith("remedy") for line in lines)


def test_the_object_holds_the_facts_and_all_that_was_heard_pressed_and_sent() -> None:
    ladder = Ladder()
    ladder.pressed(Person.RESIDENT, "••••", 10.0)
    said = (Fragment("es/dial.wait.0", "Espere un momento, por favor."),)
    ladder.heard(Person.RESIDENT, Heard(Kind.PROMPT, 11.0, 12.5, said[0].text, Language.SPANISH, said))
    told = json.loads(as_json(the_facts(), ladder, RECORDINGS, went_as_asked=True))
    assert told["call_id"] == "456"
    assert told["went_as_asked"] is True
    assert told["recording"] == "/srv/recordings/2026/11/22/456.wav"
    assert told["pressed"] == [{"phone": "resident", "at": 0.0, "keys": "••••"}]
    assert told["heard"] == [
        {
            "phone": "resident",
            "at": 1.0,
            "until": 2.5,
            "kind": "prompt",
            "language": "es",
            "text": "Espere un momento, por favor.",
            "phrases": ["dial.wait"],
        }
    ]
    assert told["ladder"] == []
