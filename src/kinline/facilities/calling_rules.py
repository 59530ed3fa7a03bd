"""What a level says about calling: its JSON read into the rules that policy decides by, and written from them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from kinline.core.policy import Level, Rules, Switch
from kinline.core.windows import Hours, Window

_adapter = TypeAdapter(Rules)
_NOT_STORED: Final = {"level", "place", "switch"}
_NAMES: Final = {field.name for field in fields(Rules)} - _NOT_STORED | {"exceptions"}
_DEFAULTS: Final = {field.name: field.default for field in fields(Rules)}
LATER: Final = "later"
"""In the JSON of a resident: what is said from an instant on in place of the rest, `[[effective, rules], ...]`."""
_DAY_ONE: Final = date(1970, 1, 1)


class WrongCallingRules(ValueError):
    """The JSON says something that no rule knows or takes; the text names it."""


def calling_rules(
    level: Level,
    stored: Mapping[str, Any],
    switch: Switch = Switch.ON,
    hours: Hours | None = None,
    place: str = "",
) -> Rules:
    """The rules of one level. Raises `WrongCallingRules`; called when they are saved and when they are used.

    `hours` in JSON are `[[weekday, opens, closes], ...]`, `exceptions` `{"2026-12-25": [[opens, closes], ...]}`; where
    it has none, those given hold.
    """
    if unknown := set(stored) - _NAMES:
        raise WrongCallingRules(f"no such calling rule: {', '.join(sorted(unknown))}")
    plain = {name: value for name, value in stored.items() if name not in ("hours", "exceptions")}
    try:
        said = _hours(stored) if stored.get("hours") is not None or stored.get("exceptions") else hours
        return _adapter.validate_python({**plain, "level": level, "place": place, "switch": switch, "hours": said})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise WrongCallingRules(f"calling rules: {wrong}") from error


def stored_rules(rules: Rules) -> dict[str, Any]:
    """The JSON of what a level says: the opposite of `calling_rules`, without level, place and switch."""
    said = {
        name: _written(value)
        for name in sorted(_NAMES - {"hours", "exceptions"})
        if (value := getattr(rules, name)) != _DEFAULTS[name]
    }
    if rules.hours is not None:
        said["hours"] = [[day, *span] for day, spans in enumerate(week(rules.hours)) for span in spans]
        if rules.hours.exceptions:
            said["exceptions"] = {
                (_DAY_ONE + timedelta(days=day)).isoformat(): [list(span) for span in spans]
                for day, spans in rules.hours.exceptions
            }
    return said


def week(hours: Hours) -> list[tuple[tuple[int, int], ...]]:
    """The spans of each weekday, Monday first."""
    monday = 4  # 1970-01-05
    plain = Hours(hours.spans)
    return [plain.day(monday + weekday) for weekday in range(7)]


def _hours(stored: Mapping[str, Any]) -> Hours:
    try:
        weekly = stored.get("hours")
        windows = [Window(day) for day in range(7)] if weekly is None else [Window(*each) for each in weekly]
        exceptions = {
            date.fromisoformat(day): [(span.opens, span.closes) for span in (Window(0, *each) for each in spans)]
            for day, spans in (stored.get("exceptions") or {}).items()
        }
    except (TypeError, ValueError) as error:
        raise WrongCallingRules(f"calling rules: hours: {error}") from error
    return Hours.of(windows, exceptions)


def _written(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value
