"""Prepared statements of the hot path, asked of PostgreSQL through libpq itself.

psycopg's cursors take three times as much of our CPU for a question: they send, wait and read in steps that can be
interrupted, and look up how to adapt each value. Here a question is one call, in which libpq waits without Python's
lock; values are text, None, whole numbers and truth values, which is all that these statements have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

Row = tuple[Any, ...]

_UNKNOWN: Final = 0
_BOOLEAN: Final = 16
_BIGINT: Final = 20
_GOOD: Final = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


class OtherValue(TypeError):
    """Of a kind that only a cursor can adapt."""


@dataclass(slots=True)
class Answer:
    rows: list[Row]
    touched: int


@dataclass(slots=True)
class Server:
    """A connection of psycopg's, in autocommit, with what was prepared on it."""

    connection: Any
    _names: dict[tuple[str, tuple[int, ...]], bytes] = field(default_factory=dict)
    _count: int = 0
    _transformer: Any = None

    def __post_init__(self) -> None:
        self._transformer = Transformer(self.connection)

    def ask(self, text: str, values: Sequence[object]) -> Answer:
        """Run one statement with parameters `$1`, `$2`, as a transaction of its own.

        Whole numbers go as `bigint`, whatever their size: each mix of widths would be another statement to prepare.
        Raises psycopg's errors, or `OtherValue` before anything was sent.
        """
        kinds, sent = _sent(values)
        try:
            result = self._execute(text, kinds, sent)
        except psycopg.errors.InvalidSqlStatementName:
            self._names.clear()  # psycopg lets go of everything that is prepared, ours too, after each rollback
            result = self._execute(text, kinds, sent)
        self._transformer.set_pgresult(result)
        return Answer(self._transformer.load_rows(0, result.ntuples, tuple), result.command_tuples or 0)

    def _execute(self, text: str, kinds: tuple[int, ...], sent: list[bytes | None]) -> Any:
        server = self.connection.pgconn
        name = self._names.get((text, kinds))
        if name is None:
            self._count += 1
            name = f"kinline_{self._count}".encode()
            self._checked(server.prepare(name, text.encode(), kinds))
            self._names[text, kinds] = name
        return self._checked(server.exec_prepared(name, sent))

    def _checked(self, result: Any) -> Any:
        if result.status in _GOOD:
            return result
        if self.connection.pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection to the server is lost")
        raise error_from_result(result)


def _sent(values: Sequence[object]) -> tuple[tuple[int, ...], list[bytes | None]]:
    """The PostgreSQL types of the values, and their texts."""
    adapted = [_ADAPTED[type(value)] for value in values]
    return tuple([kind for kind, _ in adapted]), [text(value) for (_, text), value in zip(adapted, values, strict=True)]


def _characters(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


class _Adapted(dict[type, tuple[int, Callable[[Any], bytes | None]]]):
    """By the kind of a value its PostgreSQL type, and what makes its text."""

    def __missing__(self, kind: type) -> tuple[int, Callable[[Any], bytes | None]]:
        for known in (str, bool, int):  # an enumeration's member is one of these
            if issubclass(kind, known):
                self[kind] = self[known]
                return self[kind]
        raise OtherValue(kind.__name__)


_ADAPTED: Final = _Adapted(
    {
        int: (_BIGINT, lambda value: b"%d" % value),
        str: (_UNKNOWN, _characters),
        bool: (_BOOLEAN, lambda value: b"t" if value else b"f"),
        type(None): (_UNKNOWN, lambda _: None),
    }
)
