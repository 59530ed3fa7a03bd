"""What the database itself sees to, on SQLite and PostgreSQL alike: rows that stay, rules, and stamps of change.

SQLite forgets the triggers of a table when a later migration alters it (Django copies the table): such a migration
names the trigger again.
"""

from collections.abc import Sequence

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

_ANEW = "UPDATE facilities_stamp SET value = random() WHERE id = 1"
"""On SQLite."""


def append_only(table: str, when: str = "") -> RunPython:
    """Refuse to change or delete rows of a table for which `when` holds (SQL about `OLD`), as an integrity error."""
    postgresql = [
        f"""CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW
        {"WHEN (" + when + ")" if when else ""} EXECUTE FUNCTION {table}_append_only()""",
    ]
    return _operation(
        _append_only_on_sqlite(table, when),
        postgresql,
        [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"],
        [f"DROP TRIGGER {table}_no_change ON {table}", f"DROP FUNCTION {table}_append_only()"],
    )


def ruled(table: str, name: str, rule: str, columns: Sequence[str]) -> RunPython:
    """Refuse rows that break a rule (SQL about `NEW`) as an integrity error, when they come and when one of the named
    columns changes.

    Of a row that is written often a rule is kept so and not as a `CHECK`, whose text PostgreSQL reads anew for every
    statement that touches the row.
    """
    refused = _refusal(table, name)
    postgresql = [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF ({rule}) IS NOT TRUE THEN RAISE EXCEPTION '{refused}' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW; END $$""",
        f"""CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {", ".join(columns)} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()""",
    ]
    return _operation(
        _ruled_on_sqlite(table, name, rule, columns),
        postgresql,
        [f"DROP TRIGGER {name}_insert", f"DROP TRIGGER {name}_update"],
        [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
    )


def stamped(table: str, when: str = "") -> RunPython:
    """Give `facilities_stamp` a new random value whenever rows of `table` change. For a table whose rows only come,
    `when` may say for which of them (SQL about `NEW`).

    Random, not counted: a change that is rolled back and another one in its place must not look the same.
    """
    if when:
        return _operation(
            [f"CREATE TRIGGER {table}_insert_stamp AFTER INSERT ON {table} WHEN {when} BEGIN {_ANEW}; END"],
            [
                f"""CREATE TRIGGER {table}_stamp AFTER INSERT ON {table}
                FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION facilities_stamp_anew()"""
            ],
            [f"DROP TRIGGER {table}_insert_stamp"],
            [f"DROP TRIGGER {table}_stamp ON {table}"],
        )
    postgresql = [
        """CREATE OR REPLACE FUNCTION facilities_stamp_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE facilities_stamp SET value = ('x' || substr(md5(random()::text), 1, 16))::bit(64)::bigint WHERE id = 1;
        RETURN NULL; END $$""",
        f"""CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION facilities_stamp_anew()""",
    ]
    return _operation(
        _stamped_on_sqlite(table),
        postgresql,
        [f"DROP TRIGGER {table}_{verb}_stamp" for verb in ("insert", "update", "delete")],
        [f"DROP TRIGGER {table}_stamp ON {table}"],
    )


def alarmed(table: str) -> RunPython:
    """Wake every switchboard (`facilities.queries.alarms`) whenever rows of `table` change, whoever changes them: their
    calls in progress may have to change too."""
    anew = "UPDATE facilities_stamp SET value = value + 1 WHERE id = 2"
    sqlite = [
        f"CREATE TRIGGER {table}_{verb}_alarm AFTER {verb} ON {table} BEGIN {anew}; END"
        for verb in ("insert", "update", "delete")
    ]
    postgresql = [
        f"""CREATE OR REPLACE FUNCTION facilities_alarm_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {anew}; RETURN NULL; END $$""",
        f"""CREATE TRIGGER {table}_alarm AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION facilities_alarm_anew()""",
    ]
    return _operation(
        sqlite,
        postgresql,
        [f"DROP TRIGGER {table}_{verb}_alarm" for verb in ("insert", "update", "delete")],
        [f"DROP TRIGGER {table}_alarm ON {table}"],
    )


def noted(
    table: str, columns: Sequence[str] = ("number",), numbers: str = "SELECT NEW.number AS number", first: str = ""
) -> RunPython:
    """Enter `numbers` (SQL about `NEW`) into `contacts_notednumber` for each row of `table` that is there, that comes,
    or of which one of the columns changes.

    When rows of two tables make a number one to be noted only together, each asks for the other. Then `first` takes a
    lock on PostgreSQL, so that of two at the same time the later one sees the earlier; SQLite has one writer at a time.
    """
    note = f"""INSERT INTO contacts_notednumber (number) SELECT DISTINCT t.number FROM ({numbers}) t
        WHERE NOT EXISTS (SELECT 1 FROM contacts_notednumber n WHERE n.number = t.number)"""  # noqa: S608 (SQL of ours)
    what_is_there = f"UPDATE {table} SET {columns[0]} = {columns[0]}"  # noqa: S608
    postgresql = [
        f"""CREATE FUNCTION {table}_noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        {first} {note} ON CONFLICT DO NOTHING; RETURN NULL; END $$""",
        f"""CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OF {", ".join(columns)} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {table}_noted()""",
        what_is_there,
    ]
    sqlite = [
        f"CREATE TRIGGER {table}_{word}_noted AFTER {verb} ON {table} BEGIN {note}; END"
        for word, verb in _comes_or_changes(columns)
    ]
    return _operation(
        [*sqlite, what_is_there],
        postgresql,
        [f"DROP TRIGGER {table}_{word}_noted" for word in ("insert", "update")],
        [f"DROP TRIGGER {table}_noted ON {table}", f"DROP FUNCTION {table}_noted()"],
    )


def undone(operation: RunPython) -> RunPython:
    """Take away what one of these gave a table."""
    return RunPython(operation.reverse_code or RunPython.noop, operation.code)


def append_only_again(table: str, when: str = "") -> RunPython:
    """Give a table back the triggers of `append_only` that SQLite forgot, after what altered the table."""
    return _operation(_append_only_on_sqlite(table, when), [], [], [])


def ruled_again(table: str, name: str, rule: str, columns: Sequence[str]) -> RunPython:
    """Give a table back the triggers of `ruled` that SQLite forgot: before and after what alters the table, so that
    they are there whichever way the migration goes."""
    sqlite = _ruled_on_sqlite(table, name, rule, columns)
    return _operation(sqlite, [], sqlite, [])


def stamped_again(table: str) -> RunPython:
    """Give a table back the triggers of `stamped` that SQLite forgot: before and after what alters the table, so that
    they are there whichever way the migration goes."""
    sqlite = _stamped_on_sqlite(table)
    return _operation(sqlite, [], sqlite, [])


def with_room(table: str, percent: int) -> RunPython:
    """Have PostgreSQL fill pages of the table only so far with new rows: their next versions fit beside them, and no
    index learns of those."""
    return _operation(
        [], [f"ALTER TABLE {table} SET (fillfactor = {percent})"], [], [f"ALTER TABLE {table} RESET (fillfactor)"]
    )


def _append_only_on_sqlite(table: str, when: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table} {'WHEN ' + when if when else ''} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]


def _stamped_on_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb}_stamp AFTER {verb} ON {table} BEGIN {_ANEW}; END"
        for verb in ("insert", "update", "delete")
    ]


def _refusal(table: str, name: str) -> str:
    return f"{table} breaks the rule {name}"


def _ruled_on_sqlite(table: str, name: str, rule: str, columns: Sequence[str]) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{word} BEFORE {verb} ON {table} WHEN ({rule}) IS NOT TRUE "
        f"BEGIN SELECT RAISE(ABORT, '{_refusal(table, name)}'); END"
        for word, verb in _comes_or_changes(columns)
    ]


def _comes_or_changes(columns: Sequence[str]) -> Sequence[tuple[str, str]]:
    """SQLite's events, each with a word for the name of its trigger: a row comes, one of the columns changes."""
    return (("insert", "INSERT"), ("update", f"UPDATE OF {', '.join(columns)}"))


def _operation(
    sqlite: Sequence[str], postgresql: Sequence[str], sqlite_back: Sequence[str], postgresql_back: Sequence[str]
) -> RunPython:
    def forwards(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _run(schema_editor, sqlite, postgresql)

    def backwards(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _run(schema_editor, sqlite_back, postgresql_back)

    return RunPython(forwards, backwards)


def _run(schema_editor: BaseDatabaseSchemaEditor, sqlite: Sequence[str], postgresql: Sequence[str]) -> None:
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement, params=None)
