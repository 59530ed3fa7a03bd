"""Nobody is released by mistake, nothing of a file is lost, and what was done is not done again."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.custody import Act, Change, Custody, Fault, FileMapping, Kind, Mode, Plan, Problem, Row, plan

UNITS = ("A", "B", "Medical")
HERE = {
    "100001": Custody("100001", "Daniel Reyes", "A"),
    "100002": Custody("100002", "Tomás Herrera", "B", "es"),
    "100003": Custody("100003", "Terry Boone", "A", is_here=False),
}


def row(number: int, resident: str, name: str = "Some One", **cells: str) -> Row:
    return Row(number, {"resident_number": resident, "name": name, **cells})


def planned(*rows: Row, mode: Mode = Mode.FULL, mapping: FileMapping | None = None) -> Plan:
    return plan(rows, HERE, UNITS, mapping or FileMapping(), mode)


def kinds(found: Plan) -> list[tuple[Kind, str]]:
    return [(change.kind, change.resident_number) for change in found.changes]


def test_a_full_list_books_moves_corrects_returns_and_releases() -> None:
    found = planned(
        row(2, "100001", "Daniel Reyes", unit="b"),
        row(3, "100003", "Terry Boone", unit="A"),
        row(4, "100009", "Ana Paz", unit="Medical", language="ES"),
    )
    assert kinds(found) == [
        (Kind.MOVE, "100001"),
        (Kind.RETURN, "100003"),
        (Kind.BOOK, "100009"),
        (Kind.RELEASE, "100002"),
    ]
    assert planned(row(2, "100001", "Reyes, Daniel"), mode=Mode.CHANGES).unchanged == 1


def test_a_birth_date_is_corrected_kept_when_partial_and_a_wrong_one_is_that_lines_fault() -> None:
    born = date(1990, 5, 31)
    here = {"100001": replace(HERE["100001"], birth_date=born)}

    def with_date(written: str) -> Plan:
        line = row(2, "100001", "Daniel Reyes", birth_date=written)
        return plan([line], here, UNITS, FileMapping(), Mode.FULL, today=date(2026, 11, 26))

    for same in ("1990-05-31", "05/31/1990", "1990-05-XX", ""):
        assert with_date(same).unchanged == 1
    (change,) = with_date("1990-06-01").changes
    assert (change.kind, change.wanted and change.wanted.birth_date) == (Kind.CORRECT, date(1990, 6, 1))
    for wrong in ("31/05/1990", "2026-11-26"):
        assert with_date(wrong).faults == (Fault(2, Problem.BIRTH_DATE),)


def test_a_mapping_gives_a_files_own_columns_and_words_their_meaning() -> None:
    mapping = FileMapping(
        columns={
            "resident_number": "BookingNo",
            "last_name": "LAST",
            "first_name": "FIRST",
            "unit": "POD",
            "act": "EVT",
        },
        units={"pod 7": "B"},
        acts={"rel": "release", "bkg": "present"},
    )
    moved = Row(2, {"BookingNo": "100001", "LAST": "Reyes", "FIRST": "Daniel", "POD": "Pod 7", "EVT": "BKG"})
    gone = Row(3, {"BookingNo": "100002", "LAST": "", "FIRST": "", "POD": "", "EVT": "Rel"})
    found = planned(moved, gone, mode=Mode.CHANGES, mapping=mapping)
    assert kinds(found) == [(Kind.MOVE, "100001"), (Kind.RELEASE, "100002")]


def test_each_bad_line_says_what_is_wrong_with_it() -> None:
    found = planned(
        row(2, "no number!"),
        row(3, "100004", ""),
        row(4, "100005", unit="Z"),
        row(5, "100006", language="fr"),
        row(6, "100007", pin="12"),
        row(7, "100008", act="escape"),
        row(8, "100008"),
        row(9, "900000", act="release"),
        Row(10, None),
        mode=Mode.CHANGES,
    )
    assert [(fault.line, fault.problem) for fault in found.faults] == [
        (2, Problem.NUMBER),
        (3, Problem.NAME),
        (4, Problem.UNIT),
        (5, Problem.LANGUAGE),
        (6, Problem.PIN),
        (7, Problem.ACT),
        (8, Problem.TWICE),
        (9, Problem.RELEASE_UNKNOWN),
        (10, Problem.FORM),
    ]
    assert found.changes == ()


def test_a_list_with_a_line_that_names_nobody_releases_nobody() -> None:
    found = planned(row(2, "100001", "Daniel Reyes"), row(3, "1 0 0 0 0 2"))
    assert (found.releases, found.releases_withheld) == (0, 1)


numbers = st.sampled_from([*HERE, "100009", "100010", "", "?", "1" * 21])
rows = st.lists(
    st.one_of(
        st.just(None),
        st.fixed_dictionaries(
            {"resident_number": numbers, "name": st.sampled_from(["Daniel Reyes", "Ana Paz", "", "x" * 121])},
            optional={
                "unit": st.sampled_from(["A", "b", "", "Z"]),
                "language": st.sampled_from(["en", "ES", "", "fr"]),
                "act": st.sampled_from(["", *Act, "escape"]),
                "pin": st.sampled_from(["", "1234", "12"]),
                "birth_date": st.sampled_from(["", "1990-05-31", "05/31/1991", "1990-05-XX", "31.5.1990"]),
            },
        ),
    ),
    max_size=6,
).map(lambda cells: [Row(number, each) for number, each in enumerate(cells, 2)])


def carried_out(found: Plan) -> dict[str, Custody]:
    after = dict(HERE)
    for change in found.changes:
        after[change.resident_number] = _after(change, after.get(change.resident_number))
    return after


def _after(change: Change, now: Custody | None) -> Custody:
    if change.kind is Kind.RELEASE:
        assert now is not None
        return replace(now, is_here=False)
    wanted = change.wanted
    assert wanted is not None
    before = now or Custody(wanted.resident_number, wanted.name)
    unit = before.unit if wanted.unit is None else wanted.unit
    return Custody(
        wanted.resident_number,
        wanted.name,
        unit,
        wanted.language or before.language,
        birth_date=wanted.birth_date or before.birth_date,
    )


@settings(max_examples=150)
@given(rows=rows, mode=st.sampled_from(Mode))
def test_every_file_keeps_the_promises(rows: list[Row], mode: Mode) -> None:
    found = plan(rows, HERE, UNITS, FileMapping(), mode)
    told = {change.line for change in found.changes if change.line} | {fault.line for fault in found.faults}
    assert len(told) + found.unchanged == len(rows)  # no line is lost
    assert len({fault.line for fault in found.faults}) == len(found.faults)

    named = {str(each.cells["resident_number"]) for each in rows if each.cells}
    silent = [change for change in found.changes if change.line is None]
    assert all(change.resident_number not in named for change in silent)  # a bad line releases nobody
    doubtful = any(fault.problem in (Problem.NUMBER, Problem.FORM) for fault in found.faults)
    assert not (silent and (doubtful or mode is Mode.CHANGES))

    again = plan(rows, carried_out(found), UNITS, FileMapping(), mode)
    assert again.changes == ()
    unbooked = Fault(0, Problem.RELEASE_UNKNOWN)
    assert {fault for fault in again.faults if fault.problem != unbooked.problem} == {
        fault for fault in found.faults if fault.problem != unbooked.problem
    }
    assert found.is_over(found.releases) is False
    assert found.is_over(found.releases - 1) is True
