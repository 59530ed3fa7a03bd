"""Log lines as events with fields, from which nothing secret or personal can be read.

`structlog.get_logger("supervisor").info("program.started", pid=42)`. Fields that hold secrets become `***`; telephone
and card numbers are masked wherever they stand, in our own lines and in those of libraries.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from kinline.configuration import Configuration, LogFormat

SECRET_FIELD = re.compile(
    r"(?:^|_)(?:pins?|password|passwd|secret|token|pepper|credentials|authorization|cookie|digits?)(?:_|$)",
    re.IGNORECASE,
)
"""Names of fields whose value is never written: a digit pressed may be part of a PIN."""
SECRET_IN_TEXT = re.compile(r"(?i)\b(pin|password|secret|token)(\s*[=:]\s*)[^\s,;&\"')]+")
PASSWORD_IN_ADDRESS = re.compile(r"(?<=//)([^/\s:@]*):[^@\s/]+(?=@)")
CARD_NUMBER = re.compile(r"(?<![\w.+-])(?:\d[ -]?){12,18}\d(?![\w-])")
TELEPHONE_NUMBER = re.compile(
    r"\+\d{7,15}(?!\d)|(?<![\w.+-])(?:1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]?\d{4}(?![\w-])"
)
NO_PERSONS_NUMBER = frozenset({"call_id", "timestamp", "pid", "port", "at", "level", "logger", "event", "lineno"})
"""Fields whose digits name no person; `call_id` is the thread through all logs."""


def configure(configuration: Configuration) -> None:
    """Send the log lines of this process, its libraries' included, to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,  # last, so that nothing is added after it
                _renderer(configuration.log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if configuration.debug else logging.INFO)
    logging.captureWarnings(True)
    for chatty in ("asyncio", "django.db.backends", "fontTools", "uvicorn", "weasyprint.progress"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that masks. It changes `event` and nothing that `event` refers to."""
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


def masked_number(number: str) -> str:
    """A telephone number as staff may see it in a log: its last two digits."""
    return "*" * max(len(number) - 2, 0) + number[-2:]


def _redacted(name: str, value: Any) -> Any:
    if SECRET_FIELD.search(name):
        return "***"
    if isinstance(value, Mapping):
        return {key: _redacted(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(name, inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    if name in NO_PERSONS_NUMBER and (name != "event" or isinstance(value, int)):
        return value
    text = str(value)
    masked = _masked(text)
    return value if masked == text and isinstance(value, int) else masked


def _masked(text: str) -> str:
    text = SECRET_IN_TEXT.sub(r"\1\2***", text)
    text = PASSWORD_IN_ADDRESS.sub(r"\1:***", text)
    text = CARD_NUMBER.sub(_masked_card, text)
    return TELEPHONE_NUMBER.sub(lambda number: masked_number(number[0]), text)


def _masked_card(found: re.Match[str]) -> str:
    """A card number down to its last four digits. Call ids and instants, whose check digit is wrong, stay as is."""
    digits = [int(character) for character in found[0] if character.isdigit()]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    if (sum(digits[-1::-2]) + sum(doubled)) % 10:
        return found[0]
    return "*" * 12 + found[0][-4:]


def _renderer(form: LogFormat) -> Any:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, pad_level=False)
