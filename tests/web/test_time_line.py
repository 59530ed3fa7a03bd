"""The time line on the page of a call."""

import re
from pathlib import Path

from kinline.calls.services import Entry, note
from kinline.calls.vocabulary import ANSWERED, RECORDING_STARTED
from kinline.core.identity import CallId, Instant
from kinline.people.models import Role
from kinline.telephony import switchboard
from kinline.web.words import EVENTS


def test_staff_read_what_happened_in_words_of_their_language(town, signed_in) -> None:
    call = town.call()
    note([Entry(CallId(call.pk), Instant(call.opened_at + 1500), ANSWERED, {})])
    officer = signed_in(town.staff(Role.OFFICER, town.jail.units.get(name="Unit A")))
    for language, words in (("en", "The called party answered"), ("es", "La persona llamada contestó")):
        page = officer.get(f"/facility/calls/{call.pk}/", headers={"accept-language": language}).content.decode()
        assert words in page
        assert ANSWERED not in page


def test_whatever_the_switchboard_notes_has_words() -> None:
    sources = "".join(path.read_text() for path in Path(switchboard.__file__).parent.glob("*.py"))
    noted = set(re.findall(r'\bnote\("([\w.]+)"', sources))
    assert {"prompt", "call.accepted"} <= noted
    assert noted | {ANSWERED, RECORDING_STARTED} <= EVENTS.keys()
