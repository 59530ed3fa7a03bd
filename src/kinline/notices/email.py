"""E-mail, through Django's backend that `KINLINE_EMAIL_URL` chose."""

import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from kinline.notices.delivery import Document, NotDelivered
from kinline.notices.models import Message
from kinline.notices.words import Letter


def send(message: Message, letter: Letter, document: Document | None) -> None:
    """Hand a message to the mail server. Raises `NotDelivered`."""
    mail = EmailMessage(
        letter.subject,
        letter.text,
        to=[message.user.email if message.user else message.email],
        headers=_headers(message),
    )
    if document is not None:
        mail.attach(document.name, document.content, document.kind)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise NotDelivered(f"the address is refused ({codes})", is_transient=min(codes, default=0) < 500) from error
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"the mail server answered {error.smtp_code}", is_transient=True) from error
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        raise NotDelivered(f"the mail server is not reached ({type(error).__name__})", is_transient=True) from error


def _headers(message: Message) -> dict[str, str]:
    """The same at each try, so that a receiver knows a message that comes twice. No answer of an absent reader comes
    back to us (RFC 3834)."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {"Message-ID": f"<{message.pk:08}.{message.kind}@{domain}>", "Auto-Submitted": "auto-generated"}


class FolderBackend(BaseEmailBackend):
    """Puts each message into a file of its own, which any mail program opens: for demonstrations."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:  # type: ignore[override]  # Django names a Sequence
        settings.EMAIL_FILE_PATH.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            name = mail.extra_headers.get("Message-ID", "<message>").strip("<>").partition("@")[0]
            path = settings.EMAIL_FILE_PATH / f"{name}.eml"
            partial = path.with_suffix(".partial")
            partial.write_bytes(mail.message().as_bytes())
            partial.rename(path)
        return len(email_messages)
