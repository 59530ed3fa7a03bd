"""What any provider of text messages does for us, in our words; its folder translates.

A message that was handed over counts as sent: whether it reached a phone, carriers tell later and not always. A number
to which a provider must not send (its owner answered STOP, it is a landline) is refused for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

from kinline.configuration import configuration


class SmsNotSent(Exception):
    """The provider did not take the message; the text names neither number nor words. `is_transient`: the same may
    succeed later. `is_the_numbers_fault`: no message can reach this number."""

    def __init__(self, problem: str, *, is_transient: bool, is_the_numbers_fault: bool = False) -> None:
        super().__init__(problem)
        self.is_transient = is_transient
        self.is_the_numbers_fault = is_the_numbers_fault


class BadSignature(Exception):
    """This did not come from the provider."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Somebody answered: from which number (E.164), and what."""

    number: str
    text: str


class SmsProvider(Protocol):
    """A provider of text messages."""

    name: str

    def send(self, number: str, text: str) -> str:
        """Hand over one message to a number (E.164); the provider's name for it. Raises `SmsNotSent`."""

    def inbound(self, address: str, fields: Mapping[str, str], signature: str) -> Inbound:
        """What the provider posted to our `address`, if it was the provider. Raises `BadSignature`."""


_FOLDERS: Final = ("twilio", "smsfolder")
"""Those that know how to open a provider, the first that does is taken; a folder that was deleted is passed over."""


@lru_cache(maxsize=1)
def sms_provider() -> SmsProvider | None:
    """The provider that this installation is set up for; None: it sends no text messages."""
    for folder in _FOLDERS:
        module = f"{__package__}.{folder}"
        if find_spec(module) is not None:
            provider: SmsProvider | None = import_module(module).open_provider(configuration())
            if provider is not None:
                return provider
    return None
