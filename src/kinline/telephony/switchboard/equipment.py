"""What every call on a switchboard works with."""

from dataclasses import dataclass
from pathlib import Path

from kinline.telephony.media.engine import MediaEngine
from kinline.telephony.prompts import Prompts
from kinline.telephony.sip.endpoint import Endpoint
from kinline.telephony.switchboard.books import Books
from kinline.telephony.switchboard.routes import Routes


@dataclass(frozen=True, slots=True)
class Equipment:
    """The wire, the sound, the books, the prompts and the ways out."""

    endpoint: Endpoint
    engine: MediaEngine
    books: Books
    prompts: Prompts
    routes: Routes
    recordings: Path
