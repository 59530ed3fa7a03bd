"""Text messages, through the provider that the installation is set up for."""

from typing import Final

from kinline.notices.delivery import Document, NotDelivered
from kinline.notices.models import Message
from kinline.notices.words import Letter
from kinline.providers.sms import SmsNotSent, sms_provider

MOST: Final = 480
"""Characters of one message: three to seven parts, as carriers cut it."""


def send(message: Message, letter: Letter, document: Document | None) -> None:
    """Hand a message to the provider: its words alone, without subject or paper. Raises `NotDelivered`."""
    provider = sms_provider()
    if provider is None:
        raise NotDelivered("nothing is set up that sends sms", is_transient=False)
    if not message.number:
        raise NotDelivered("no number to send to", is_transient=False)
    text = " ".join(letter.text.split())
    try:
        provider.send(message.number, text if len(text) <= MOST else f"{text[: MOST - 1]}…")
    except SmsNotSent as error:
        raise NotDelivered(str(error), is_transient=error.is_transient) from error
