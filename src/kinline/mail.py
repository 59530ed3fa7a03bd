"""Where e-mail goes: the server that `KINLINE_EMAIL_URL` names, or files in the data folder."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 587, "smtps": 465}
_EXAMPLE = "write smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465, or leave it empty for files"


class UnreadableEmailUrl(ValueError):
    """`KINLINE_EMAIL_URL` names no mail server; the text says why, and never the password."""


@dataclass(frozen=True, slots=True)
class Mail:
    """Django's settings for e-mail."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def mail(url: str) -> Mail:
    """Django's settings for `KINLINE_EMAIL_URL`. Raises `UnreadableEmailUrl`."""
    if not url:
        return Mail("kinline.notices.email.FolderBackend")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnreadableEmailUrl(f"it cannot be read: {_EXAMPLE}") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UnreadableEmailUrl(f"it is no smtp:// or smtps:// address: {_EXAMPLE}")
    return Mail(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        # A server that is asked without a name is one on this machine or in this network: it may know no TLS.
        starttls=parts.scheme == "smtp" and bool(parts.username),
        tls=parts.scheme == "smtps",
    )
