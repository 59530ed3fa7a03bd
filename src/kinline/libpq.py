"""Prepared statements of the hot path, asked of PostgreSQL through libpq itself.

psycopg's cursors take three times as much of our CPU for a question: they send, wait and read in steps that can be
interrupted, and look up how to adapt each value. Here a question is one call, in which libpq waits without Python's
lock; values are text, None, whole numbers and truth values, which is all that these statements have. Numbers go, and
answers come, in PostgreSQL's own form, which neither side has to read.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

Row = tuple[Any, ...]
ToBytes = Callable[[Any], bytes | None]

_TEXT: Final = pq.Format.TEXT
_BINARY: Final = pq.Format.BINARY
_UNKNOWN: Final = 0
_BOOLEAN: Final = 16
_BIGINT: Final = 20
_GOOD: Final = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


class OtherValue(TypeError):
    """Of a kind that only a cursor can adapt."""


_Prepared = tuple[bytes, tuple[ToBytes, ...], tuple[pq.Format, ...]]
"""Its name, and for each parameter what makes bytes of it and how these are to be read."""


@dataclass(slots=True)
class Answer:
    rows: list[Row]
    touched: int


@dataclass(slots=True)
class Server:
    """A connection of psycopg's, in autocommit, with what was prepared on it."""

    connection: Any
    _prepared: dict[tuple[str, tuple[type, ...]], _Prepared] = field(default_factory=dict)
    _count: int = 0
    _transformer: Any = None

    def __post_init__(self) -> None:
        self._transformer = Transformer(self.connection)

    def ask(self, text: str, values: Sequence[object]) -> Answer:
        """Run one statement with parameters `$1`, `$2`, as a transaction of its own.

        Whole numbers go as `bigint`, whatever their size: each mix of widths would be another statement to prepare.
        Raises psycopg's errors, or `OtherValue` before anything was sent.
        """
        try:
            result = self._execute(text, values)
        except psycopg.errors.InvalidSqlStatementName:
            self._prepared.clear()  # psycopg lets go of everything that is prepared, ours too, after each rollback
            result = self._execute(text, values)
        self._transformer.set_pgresult(result)
        return Answer(self._transformer.load_rows(0, result.ntuples, tuple), result.command_tuples or 0)

    def _execute(self, text: str, values: Sequence[object]) -> Any:
        types = tuple(map(type, values))
        name, to_bytes, formats = self._prepared.get((text, types)) or self._prepare(text, types)
        try:
            sent = [as_bytes(value) for as_bytes, value in zip(to_bytes, values, strict=True)]
        except struct.error as error:
            raise psycopg.DataError(f"a whole number is out of range: {error}") from error
        return self._checked(self.connection.pgconn.exec_prepared(name, sent, formats, _BINARY))

    def _prepare(self, text: str, types: tuple[type, ...]) -> _Prepared:
        kinds, to_bytes, formats = zip(*map(_adapted, types), strict=True) if types else ((), (), ())
        self._count += 1
        name = f"kinline_{self._count}".encode()
        self._checked(self.connection.pgconn.prepare(name, text.encode(), kinds))
        prepared = self._prepared[text, types] = name, to_bytes, formats
        return prepared

    def _checked(self, result: Any) -> Any:
        if result.status in _GOOD:
            return result
        if self.connection.pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection to the server is lost")
        raise error_from_result(result)


def _adapted(kind: type) -> tuple[int, ToBytes, pq.Format]:
    """The PostgreSQL type of such values, what makes bytes of them, and how these are to be read."""
    for known, adapted in _ADAPTED.items():
        if issubclass(kind, known):  # a member of an enumeration is text or a number too
            return adapted
    raise OtherValue(kind.__name__)


def _characters(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


_ADAPTED: Final[Mapping[type, tuple[int, ToBytes, pq.Format]]] = {
    str: (_UNKNOWN, _characters, _TEXT),  # it may also stand for a day, or for JSON
    bool: (_BOOLEAN, struct.Struct("?").pack, _BINARY),
    int: (_BIGINT, struct.Struct("!q").pack, _BINARY),
    type(None): (_UNKNOWN, lambda _: None, _TEXT),
}
"""A truth value is a whole number too, to Python, and so comes first."""
