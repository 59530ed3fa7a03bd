"""Prepared statements of the hot path, asked of PostgreSQL through libpq itself.

psycopg's cursors take three times as much of our CPU for a question: they send, wait and read in steps that can be
interrupted, and look up how to adapt each value. Here a question is one call, in which libpq waits without Python's
lock; values are text, None, whole numbers and truth values, which is all that these statements have.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

Row = tuple[Any, ...]
ToText = Callable[[Any], bytes | None]

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
    _prepared: dict[tuple[str, tuple[type, ...]], tuple[bytes, tuple[ToText, ...]]] = field(default_factory=dict)
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
        name, to_texts = self._prepared.get((text, types)) or self._prepare(text, types)
        sent = [to_text(value) for to_text, value in zip(to_texts, values, strict=True)]
        return self._checked(self.connection.pgconn.exec_prepared(name, sent))

    def _prepare(self, text: str, types: tuple[type, ...]) -> tuple[bytes, tuple[ToText, ...]]:
        kinds, to_texts = zip(*map(_adapted, types), strict=True) if types else ((), ())
        self._count += 1
        name = f"kinline_{self._count}".encode()
        self._checked(self.connection.pgconn.prepare(name, text.encode(), kinds))
        self._prepared[text, types] = name, to_texts
        return name, to_texts

    def _checked(self, result: Any) -> Any:
        if result.status in _GOOD:
            return result
        if self.connection.pgconn.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection to the server is lost")
        raise error_from_result(result)


def _adapted(kind: type) -> tuple[int, ToText]:
    """The PostgreSQL type of such values, and what makes their text."""
    for known, adapted in _ADAPTED.items():
        if issubclass(kind, known):  # a member of an enumeration is text or a number too
            return adapted
    raise OtherValue(kind.__name__)


def _characters(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


_ADAPTED: Final[Mapping[type, tuple[int, ToText]]] = {
    str: (_UNKNOWN, _characters),
    bool: (_BOOLEAN, lambda value: b"t" if value else b"f"),
    int: (_BIGINT, lambda value: b"%d" % value),
    type(None): (_UNKNOWN, lambda _: None),
}
"""A truth value is a whole number too, to Python, and so comes first."""
