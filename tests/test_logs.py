"""What a log may not tell."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinline.logs import masked_number, redact


def line(**fields: object) -> dict[str, object]:
    return dict(redact(None, "info", {"event": "call.accepted", **fields}))


@pytest.mark.parametrize(
    "name",
    [
        "pin",
        "PIN",
        "resident_pin",
        "password",
        "new_password",
        "secret_key",
        "pin_pepper",
        "csrf_token",
        "Authorization",
        "digits",
        "digit",
        "cookie",
    ],
)
def test_a_secret_field_is_never_written(name: str) -> None:
    assert line(**{name: "4711"})[name] == "***"


@pytest.mark.parametrize("name", ["shipping", "spinning", "opinion", "seconds", "digital"])
def test_a_field_whose_name_only_looks_alike_is_written(name: str) -> None:
    assert line(**{name: "4711"})[name] == "4711"


@pytest.mark.parametrize(
    "number",
    ["+15045550123", "15045550123", "5045550123", "504-555-0123", "(504) 555-0123", "504.555.0123", "+525512345678"],
)
def test_a_telephone_number_is_masked_wherever_it_stands(number: str) -> None:
    told = line(to=number, uri=f"sip:{number}@192.0.2.9:5060", note=f"rang {number} twice", many=[{"a": number}])
    digits = "".join(filter(str.isdigit, number))
    everything = "".join(filter(str.isdigit, json.dumps(told)))
    assert digits not in everything
    assert digits[:-2] not in everything
    assert "192.0.2.9:5060" in str(told["uri"])


@pytest.mark.parametrize("number", ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", 4242424242424242])
def test_a_card_keeps_its_last_four_digits(number: str | int) -> None:
    assert line(typed=number)["typed"] == "*" * 12 + "4242"


def test_a_secret_in_a_sentence_is_masked() -> None:
    assert "hush" not in str(line(event="login failed: password=hush user=mother"))
    assert "4711" not in str(line(error="Identify(resident_number='100001', pin=4711)"))
    assert "hush" not in str(line(url="postgresql://kinline:hush@db/kinline"))


def test_what_names_no_person_stays_readable() -> None:
    fields = {"call_id": 455_555_012_345_678_901, "seconds": 12.5, "pid": 4711, "reason": "fund.insufficient",
              "at": 1_700_000_000_000, "is_privileged": True, "address": "127.0.0.1", "nothing": None}  # fmt: skip
    assert line(**fields) == {"event": "call.accepted", **fields}


def test_the_thing_that_was_logged_is_not_changed() -> None:
    payer = {"number": "+15045550123", "pin": "4711"}
    line(payer=payer)
    assert payer == {"number": "+15045550123", "pin": "4711"}


@given(st.from_regex(r"\A\+1[2-9]\d{2}[2-9]\d{6}\Z", fullmatch=True), st.text(alphabet="abc ,;:=()<>@/", max_size=8))
def test_no_e164_number_survives_whatever_stands_around_it(number: str, around: str) -> None:
    assert number not in str(line(event=f"{around}{number}{around}", other=number))


@given(st.text(alphabet="0123456789", max_size=16))
def test_a_masked_number_shows_two_digits_at_most(number: str) -> None:
    assert len(masked_number(number)) == len(number)
    assert masked_number(number).count("*") == max(len(number) - 2, 0)


def test_a_process_writes_its_own_and_its_libraries_lines_as_json(tmp_path: Path) -> None:
    program = """
        import logging, structlog
        from kinline import logs
        from kinline.configuration import Configuration

        logs.configure(Configuration(log_format="json"))
        structlog.get_logger("calls").info("call.accepted", call_id=7, payer="+15045550123")
        logging.getLogger("library").warning("could not ring %s", "+15045550123")
        try:
            raise ValueError("no such number: +15045550123, pin=4711")
        except ValueError:
            structlog.get_logger("calls").exception("call.failed")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    ours, library, failure = (json.loads(each) for each in done.stderr.splitlines())
    assert ours["event"] == "call.accepted"
    assert ours["call_id"] == 7
    assert ours["logger"] == "calls"
    assert ours["level"] == "info"
    assert library["event"].startswith("could not ring ")
    assert "ValueError" in failure["exception"]
    assert "504555" not in done.stderr
    assert "4711" not in done.stderr
    assert done.stdout == ""
