"""Money through the facility: a commissary's file, whose good lines are booked once, and whose bad ones are kept."""

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import NOON, a_facility, a_resident

from kinline import cli
from kinline.audit.models import AuditEvent
from kinline.commissary.lines import BadLine, FileRefused, Line, Problem, read
from kinline.commissary.models import TransferFile
from kinline.commissary.services import Report, take
from kinline.core.identity import FacilityId, ResidentId
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Transfer

HEADER = "resident_number,amount,transaction_id\n"
GOOD = HEADER + "100001,12.50,T-1\n100002,$3,T-2\n"
BAD = HEADER + (
    "100001,12.50,T-1\n"  # 2: good
    "100001,12.505,T-3\n"
    "100001,-1.00,T-4\n"
    "999999,1.00,T-5\n"
    "100001,1.00\n"
    "100001,1.00,T 7\n"
    "100001,5000.00,T-8\n"
    "100001,1.00,T-1\n"  # 9: its id is that of line 2
    "\n"
    "100003,1.00,T-9\n"  # 11: released
    "100002,2.00,T-10\n"  # 12: good
)


@pytest.fixture
def jail(db):
    jail = a_facility("Bayou Parish Jail")
    for number in ("100001", "100002"):
        a_resident(jail, resident_number=number)
    a_resident(jail, resident_number="100003", status="released")
    return jail


def debit(jail, number: str) -> Money:
    return books.balance(ledger.open_resident_account(ResidentId(jail.residents.get(resident_number=number).pk)))


def taken(jail, text: str, **how: bool) -> Report:
    return take(FacilityId(jail.pk), "today.csv", text.encode(), "user/1", NOON, **how)


def counts(report: Report) -> tuple[int, int, int]:
    return len(report.booked), len(report.repeated), len(report.refused)


def test_a_file_is_booked_once_however_often_it_is_sent(jail) -> None:
    assert counts(taken(jail, GOOD, is_trial=True)) == (2, 0, 0)
    assert Transfer.objects.count() == 0
    report = taken(jail, GOOD)
    assert (counts(report), report.amount) == ((2, 0, 0), Money.parse("15.50"))
    assert counts(taken(jail, GOOD)) == (0, 2, 0)
    assert (debit(jail, "100001"), debit(jail, "100002")) == (Money.parse("12.50"), Money.parse("3.00"))
    assert Transfer.objects.filter(key=f"commissary/{jail.pk}/T-1").exists()
    assert [event.action for event in AuditEvent.objects.all()] == ["commissary.taken"] * 2
    assert books.discrepancies() == []


def test_good_lines_are_booked_and_each_bad_one_is_kept_with_what_is_wrong(jail) -> None:
    report = taken(jail, BAD)
    assert {bad.number: bad.problem for bad in report.refused} == {
        3: Problem.AMOUNT,
        4: Problem.NEGATIVE,
        5: Problem.RESIDENT_UNKNOWN,
        6: Problem.COLUMNS,
        7: Problem.TRANSACTION_ID,
        8: Problem.TOO_MUCH,
        9: Problem.TWICE_IN_FILE,
        11: Problem.RESIDENT_LEFT,
    }
    assert [line.number for line in report.booked] == [2, 12]
    kept = TransferFile.objects.get()
    assert (kept.booked, kept.booked_amount, len(kept.refused)) == (2, 14_500_000, 8)
    assert kept.refused[0] == {"line": 3, "problem": "amount", "content": "100001,12.505,T-3"}


def test_all_or_nothing_books_nothing_when_a_line_is_bad(jail) -> None:
    report = taken(jail, BAD, is_strict=True)
    assert report.was_stopped
    assert counts(report) == (0, 0, 8)
    assert Transfer.objects.count() == 0
    assert counts(taken(jail, GOOD, is_strict=True)) == (2, 0, 0)


def test_a_transaction_that_comes_again_with_something_else_is_refused(jail) -> None:
    taken(jail, GOOD)
    for changed in ("100001,12.51,T-1", "100002,12.50,T-1"):
        assert [bad.problem for bad in taken(jail, HEADER + changed).refused] == [Problem.BOOKED_OTHERWISE]
    assert debit(jail, "100001") == Money.parse("12.50")


def test_a_spreadsheets_file_is_read_too(jail) -> None:
    text = '\ufeffTransaction_ID,Amount,Resident_Number\r\n"T-1"," 12.50 ",100001\r\nT-1,12.50,100001\r\n,,\r\n'
    assert counts(taken(jail, text)) == (1, 1, 0)


@pytest.mark.parametrize(
    "data", [b"", b"resident,amount\n1,2\n", b"\xff\xfe\x00", (HEADER + "1,1,\0").encode(), b"x" * 1_000_001]
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(jail, data: bytes) -> None:
    with pytest.raises(FileRefused, match="The f"):
        take(FacilityId(jail.pk), "x", data, "user/1", NOON)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
def test_every_line_is_either_read_or_reported(text: str) -> None:
    for line in read((HEADER + text).encode()):
        assert isinstance(line, BadLine) or (isinstance(line, Line) and line.amount.micros % 10_000 == 0)


def test_the_command_books_reports_and_tells_by_its_status(jail, tmp_path, capsys) -> None:
    file = tmp_path / "today.csv"
    file.write_text(BAD)
    words = ["import", "commissary", str(file), "--facility", "Bayou Parish Jail"]
    assert cli.main([*words, "--dry-run"]) == 1
    assert "2 lines would be booked ($14.50)" in capsys.readouterr().out
    assert cli.main([*words, "--strict"]) == 2
    assert cli.main(words) == 1
    said = capsys.readouterr()
    assert "2 lines booked ($14.50), 0 had been before, 8 refused" in said.out
    assert "line 3: Write the amount in dollars" in said.err
    assert cli.main([*words, "--strict", "--language", "es"]) == 2
    said = capsys.readouterr()
    assert "no se registró nada: 8 líneas malas" in said.out
    assert "línea 3: Escriba la cantidad en dólares" in said.err
    file.write_text(GOOD)
    assert cli.main(words) == 0
    assert cli.main([*words[:-1], "Nowhere"]) == 2
    assert cli.main(["import", "commissary", str(tmp_path / "none"), *words[3:]]) == 2
