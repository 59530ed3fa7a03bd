"""What a level says about calling: its JSON read into the rules that policy decides by."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kinline.core.policy import Level, Rules, Switch
from kinline.core.windows import Hours

_adapter = TypeAdapter(Rules)
_NAMES = {field.name for field in fields(Rules)} - {"level", "switch", "hours"}


class WrongCallingRules(ValueError):
    """The JSON says something that no rule knows or takes; the text names it."""


def calling_rules(
    level: Level, stored: Mapping[str, Any], switch: Switch = Switch.ON, hours: Hours | None = None
) -> Rules:
    """The rules of one level. Raises `WrongCallingRules`; called when they are saved and when they are used."""
    if unknown := set(stored) - _NAMES:
        raise WrongCallingRules(f"no such calling rule: {', '.join(sorted(unknown))}")
    try:
        return _adapter.validate_python({**stored, "level": level, "switch": switch, "hours": hours})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise WrongCallingRules(f"calling rules: {wrong}") from error
