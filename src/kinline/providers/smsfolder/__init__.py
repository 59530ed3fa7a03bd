"""Text messages as files, for demonstrations: no phone gets them. In the demo, when nothing else is set up."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from kinline.configuration import Configuration
from kinline.providers.sms import BadSignature, Inbound, SmsProvider


class SmsFolder:
    """Puts each message into a file of its own: `sms` in the data folder, the newest last."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, number: str, text: str) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns() // 1_000_000}-{secrets.token_hex(3)}"
        path = self._folder / f"{name}.txt"
        partial = path.with_suffix(".partial")
        partial.write_text(f"To: {number}\n\n{text}\n", "utf-8")
        partial.rename(path)
        return name

    def inbound(self, address: str, fields: Mapping[str, str], signature: str) -> Inbound:
        raise BadSignature("files answer nothing")


def open_provider(settings: Configuration) -> SmsProvider | None:
    """The folder, in the demo alone."""
    return SmsFolder(settings.sms) if settings.demo else None
