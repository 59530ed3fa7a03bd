"""The codes that people get: from letters and from text messages."""

import re

from kinline.configuration import configuration


def code_in(letter) -> str:
    return re.search(r"\b(\d{6})\b", letter.subject)[1]


def texted() -> str:
    """The code of the newest text message."""
    newest = max(configuration().sms.glob("*.txt"))
    return re.search(r"\b(\d{6})\b", newest.read_text("utf-8").partition("\n\n")[2])[1]


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())
