"""`kinline cdr`: what is written out, and for which days."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from kinline import demo
from kinline.cli import main
from kinline.operation.cdr import write_csv, write_json_lines


@pytest.fixture
def cast(db: None) -> None:
    demo.seed()


pytestmark = pytest.mark.usefixtures("cast")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["cdr", *words]) == 0
    return capsys.readouterr().out


def test_csv_and_json_lines_tell_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys))))
    objects = [json.loads(line) for line in printed(capsys, "--format", "jsonl").splitlines()]
    assert [row["call_id"] for row in rows] == [each["call_id"] for each in objects] != []
    assert rows[0]["privileged"] == "false"
    assert objects[0]["privileged"] is False
    assert list(rows[0]) == list(objects[0])


def test_since_is_included_and_until_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    opened = json.loads(printed(capsys, "--format", "jsonl").splitlines()[0])["opened_at"]
    assert printed(capsys, "--format", "jsonl", "--since", opened) != ""
    assert printed(capsys, "--format", "jsonl", "--until", opened) == ""


def test_one_facility_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--facility", demo.FACILITY) != ""
    header, *records = printed(capsys, "--facility", "Bayou Parish Annex").splitlines()
    assert header == printed(capsys).splitlines()[0]
    assert not records


def test_an_unknown_facility_is_said_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cdr", "--facility", "Alcatraz"]) == 1
    assert demo.FACILITY in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-01T08:00"])
def test_a_moment_that_cannot_be_read_is_refused(moment: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["cdr", "--since", moment])
    assert "neither a day" in capsys.readouterr().err


def test_records_are_written_as_they_are_read() -> None:
    out = io.StringIO()

    def records() -> Iterator[dict[str, object]]:
        yield {"call_id": "1"}
        assert out.getvalue() == '{"call_id": "1"}\n'
        yield {"call_id": "2"}

    write_json_lines(records(), out)
    assert out.getvalue().count("\n") == 2


def test_a_spreadsheet_takes_no_text_for_a_formula() -> None:
    out = io.StringIO()
    write_csv([{"dialled": "=HYPERLINK(1)", "number": "+15045550123", "charge_usd": "-0.50", "mos": {"a": 1}}], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["dialled"] == "'=HYPERLINK(1)"
    assert row["charge_usd"] == "-0.50"
    assert row["number"] == "+15045550123"
    assert row["mos"] == '{"a": 1}'
