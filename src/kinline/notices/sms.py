"""Text messages, through the provider that the installation is set up for."""

from typing import Final

from kinline.configuration import configuration
from kinline.notices.delivery import Document, NotDelivered
from kinline.notices.models import Message, SmsConsent, SmsStop
from kinline.notices.words import Letter
from kinline.providers.sms import SmsNotSent, sms_provider

_END: Final = {"en": "STOP to end", "es": "ALTO para terminar"}
MOST: Final = 480
"""Characters of one message: three to seven parts, as carriers cut it."""


def send(message: Message, letter: Letter, document: Document | None) -> None:
    """Hand a message to the provider. To a number of which nobody is known, its words, without subject or paper; to a
    person who agreed to it, its subject and where to read the rest. Raises `NotDelivered`."""
    provider = sms_provider()
    if provider is None:
        raise NotDelivered("nothing is set up that sends sms", is_transient=False)
    if not message.number:
        raise NotDelivered("no number to send to", is_transient=False)
    if SmsStop.objects.filter(number=message.number).exists():
        raise NotDelivered("its owner answered STOP", is_transient=False)
    if message.user is None:
        text = " ".join(letter.text.split())
    elif SmsConsent.objects.filter(user=message.user, number=message.number, withdrawn_at=None).exists():
        text = f"Kinline: {letter.subject}. {configuration().site}/account/notices/ {_END[message.user.language]}"
    else:
        raise NotDelivered("its owner does not agree to text messages any more", is_transient=False)
    try:
        provider.send(message.number, text if len(text) <= MOST else f"{text[: MOST - 1]}…")
    except SmsNotSent as error:
        raise NotDelivered(str(error), is_transient=error.is_transient) from error
