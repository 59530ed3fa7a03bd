"""What only this installation knows: taken from the environment, else made at first need and kept in `data`."""

import os
import secrets
from enum import StrEnum
from pathlib import Path

from kinline.configuration import Configuration


class Secret(StrEnum):
    """A secret by the name of its setting, which is also the name of its file."""

    SECRET_KEY = "secret_key"  # noqa: S105 (a name, not a secret)
    PIN_PEPPER = "pin_pepper"
    VOUCHER_KEY = "voucher_key"
    SECOND_STEP_KEY = "second_step_key"
    DOCUMENT_KEY = "document_key"


def secret_file(configuration: Configuration, secret: Secret) -> Path:
    """Where a secret lies when the environment does not give it."""
    return configuration.data / "secrets" / secret.value


def secret_text(configuration: Configuration, secret: Secret) -> str:
    """The secret: the environment's, else the file's; a missing file is made, readable by its owner alone.

    Several processes may ask at once at first start: all get the same text.
    """
    given: str = getattr(configuration, secret.value).get_secret_value()
    if given:
        return given
    path = secret_file(configuration, secret)
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(draft, path)  # whole or not at all, and the first one wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
