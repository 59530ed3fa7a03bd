"""A call drawn as a ladder, in the order of its times."""

from kinline.core.identity import Language
from kinline.core.phrases.assembly import Fragment
from kinline.telephony.phone.hearing import Heard, Kind
from kinline.telephony.phone.ladder import Hearing, Ladder, Message, Person, Rung, drawn, heading

STATION, PLATFORM = ("127.0.0.1", 45100), ("127.0.0.1", 5060)


def sip_text(start: str, cseq: str = "1 INVITE", *headers: str) -> bytes:
    via = "Via: SIP/2.0/UDP 127.0.0.1:45100;branch=z9hG4bK1"
    ends = "From: <sip:a@x>;tag=1", "To: <sip:b@x>", "Call-ID: 1", f"CSeq: {cseq}", "Content-Length: 0"
    return "\r\n".join((start, via, *ends, *headers, "", "")).encode()


INVITE = sip_text("INVITE sip:kinline@127.0.0.1 SIP/2.0")
OK = sip_text("SIP/2.0 200 OK", "1 INVITE", "X-Kinline-Call: 456")


def a_prompt(text: str, started_at: float, ended_at: float) -> Heard:
    return Heard(Kind.PROMPT, started_at, ended_at, text, Language.ENGLISH, (Fragment("en/dial.wait.0", text),))


def test_the_name_of_the_call_is_read_from_the_answer_to_the_station() -> None:
    ladder = Ladder()
    trace = ladder.trace(Person.RESIDENT)
    trace("out", INVITE, STATION, PLATFORM, 10.0)
    assert ladder.call_id is None
    trace("in", OK, STATION, PLATFORM, 10.1)
    assert ladder.call_id == "456"


def test_a_repeated_message_is_marked() -> None:
    ladder = Ladder()
    trace = ladder.trace(Person.RESIDENT)
    trace("out", INVITE, STATION, PLATFORM, 10.0)
    trace("out", INVITE, STATION, PLATFORM, 10.5)
    assert [rung.repeated for rung in ladder.rungs if isinstance(rung, Message)] == [False, True]


def test_keep_alives_and_noise_are_no_rungs_and_neither_is_what_comes_after_the_end() -> None:
    ladder = Ladder()
    trace = ladder.trace(Person.FAMILY)
    trace("in", sip_text("OPTIONS sip:a@x SIP/2.0", "1 OPTIONS"), STATION, PLATFORM, 1.0)
    trace("in", b"\r\n\r\n", STATION, PLATFORM, 1.0)
    ladder.close()
    trace("in", INVITE, STATION, PLATFORM, 2.0)
    assert ladder.rungs == []


def test_rungs_are_told_in_the_order_of_their_times_though_sounds_are_known_late() -> None:
    told: list[Rung] = []
    listening: list[float | None] = [None]
    ladder = Ladder(on_rung=told.append, ongoing=[lambda: listening[0]])
    trace = ladder.trace(Person.RESIDENT)
    trace("out", INVITE, STATION, PLATFORM, 10.0)
    listening[0] = 11.0
    trace("in", OK, STATION, PLATFORM, 12.0)
    assert [rung.at for rung in told] == [10.0]
    listening[0] = None
    ladder.heard(Person.RESIDENT, a_prompt("Please wait.", 11.0, 13.0))
    assert [rung.at for rung in told] == [10.0, 11.0, 12.0]


def test_what_still_waits_is_told_at_the_end() -> None:
    told: list[Rung] = []
    ladder = Ladder(on_rung=told.append, ongoing=[lambda: 1.0])
    ladder.pressed(Person.FAMILY, "1", 5.0)
    assert told == []
    ladder.close()
    assert [rung.at for rung in told] == [5.0]


def test_arrows_lead_from_sender_to_receiver_in_the_column_of_the_phone() -> None:
    ladder = Ladder()
    ladder.trace(Person.RESIDENT)("out", INVITE, STATION, PLATFORM, 10.0)
    ladder.trace(Person.FAMILY)("in", INVITE, STATION, PLATFORM, 10.25)
    ladder.trace(Person.FAMILY)("out", OK, STATION, PLATFORM, 10.5)
    (first,), (second,), (third,) = (drawn(rung, ladder.first_at) for rung in ladder.in_order())
    width = len(heading()[1])
    assert {len(first), len(second), len(third)} == {width}
    assert first.startswith("    0.00 |--")
    assert ">|" in first
    assert first.index(">") < second.index(">")
    assert third.rindex("<") > 30
    assert "200 OK" in third


def test_a_long_prompt_is_wrapped_beside_the_line_of_who_heard_it() -> None:
    heard = a_prompt("This call is recorded and may be monitored. " * 4, 10.0, 15.0)
    lines = drawn(Hearing(10.0, Person.FAMILY, heard), 8.0)
    assert lines[0].startswith("    2.00 |")
    assert "hears (en), 5.0 s" in lines[0]
    assert len(lines) > 2
    assert all(line.count("|") == 3 for line in lines)
