"""How a code reaches who must have it: at once, by e-mail, text message or a call. It is written into no outbox."""

import smtplib
from email.utils import parseaddr
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMessage

from kinline.configuration import configuration
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164
from kinline.enrolment.errors import NotCalled, NotSent
from kinline.notices.kinds import Kind
from kinline.notices.words import Value, letter
from kinline.providers.sms import SmsNotSent, sms_provider
from kinline.servicecalls.errors import NotOrdered
from kinline.servicecalls.services import order_code_call

log = structlog.get_logger("enrolment")

MINUTES: Final = 15


def mail(address: str, language: Language, kind: Kind, key: str, **values: Value) -> None:
    """Write to an address, whoever has it. `key` names the message. Raises `NotSent`."""
    words = letter(kind, language, {"site": configuration().site, **values})
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{key}.{kind}@{domain}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(words.subject, words.text, to=[address], headers=headers).send()
    except (smtplib.SMTPException, OSError) as error:
        log.error("code.not_mailed", kind=kind, problem=type(error).__name__)
        is_refused = isinstance(error, smtplib.SMTPRecipientsRefused)
        raise NotSent(is_transient=not is_refused) from error


def text(number: E164, language: Language, code: str) -> None:
    """Send the code to a phone that takes text messages. Raises `NotSent`."""
    provider = sms_provider()
    if provider is None:
        raise NotSent(is_transient=False)
    words = letter(Kind.NUMBER_CODE, language, {"site": configuration().site, "code": code, "minutes": MINUTES})
    try:
        provider.send(number, " ".join(words.text.split()))
    except SmsNotSent as error:
        log.error("code.not_texted", problem=str(error))
        raise NotSent(is_transient=error.is_transient) from error


def call(number: E164, language: Language, code: str, at: Instant, asked_by: str, address: str) -> None:
    """Have the platform call and speak the code. Raises `NotCalled`."""
    try:
        order_code_call(number, code, language, at, asked_by=asked_by, address=address)
    except NotOrdered as error:
        raise NotCalled(error.why, error.wait_seconds) from error


def can_text() -> bool:
    return sms_provider() is not None
