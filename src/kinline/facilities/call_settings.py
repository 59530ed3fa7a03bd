"""A facility's own course of its calls: what its JSON says over the defaults of `CallSettings`."""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kinline.core.callflow.settings import CallSettings
from kinline.core.crediting import CreditRule
from kinline.core.identity import Language
from kinline.core.speech import SpokenName

_adapter = TypeAdapter(CallSettings)
_credit = TypeAdapter(CreditRule)
_NAMES = {field.name for field in fields(CallSettings)} - {"facility", "languages"}


class WrongCallSettings(ValueError):
    """The JSON says something that no setting knows or takes; the text names it."""


def call_settings(facility: SpokenName, languages: tuple[Language, ...], stored: Mapping[str, Any]) -> CallSettings:
    """The settings of a facility's calls, checked when they are saved and when they are used.

    Raises `WrongCallSettings`.
    """
    if unknown := set(stored) - _NAMES:
        raise WrongCallSettings(f"no such call setting: {', '.join(sorted(unknown))}")
    try:
        return _adapter.validate_python({**stored, "facility": facility, "languages": languages})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise WrongCallSettings(f"call settings: {wrong}") from error


def credit_rule(stored: object) -> CreditRule:
    """The facility's rule for giving back charges, from its settings as the database gives them: JSON as text or
    decoded. A rule that cannot be read is the default: a call is settled whatever somebody wrote there."""
    return _credit_rule(stored if isinstance(stored, str) else json.dumps(stored or {}))


@lru_cache(maxsize=1000)
def _credit_rule(text: str) -> CreditRule:
    try:
        return _credit.validate_python(json.loads(text or "{}").get("credit", {}))
    except (ValidationError, ValueError, AttributeError):
        return CreditRule()
