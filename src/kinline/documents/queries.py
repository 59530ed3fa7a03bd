"""Who may read a document, and the address at which they can, for a minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from cryptography.exceptions import InvalidTag
from django.core import signing
from django.core.files.storage import storages
from django.utils.crypto import salted_hmac

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.configuration import configuration
from kinline.core.identity import FacilityId, Instant
from kinline.documents.models import Document, Purpose
from kinline.documents.sealing import opened
from kinline.people.authority import Asked, facilities_where, is_permitted_everywhere
from kinline.people.models import User
from kinline.people.permissions import Permission

log = structlog.get_logger("documents")

READERS: Final[Mapping[Purpose, Asked]] = {
    Purpose.IDENTITY: Permission.REVIEW_IDENTITY,
    Purpose.RELATIONSHIP: Permission.DECIDE_CONTACTS,
    Purpose.ATTACHMENT: Permission.ANSWER_CASES,
}
"""What staff must be permitted, at the document's facility, to read one of this purpose."""
READ_BY_THEIR_OWNER: Final = frozenset({Purpose.ATTACHMENT})
ADDRESS_LIVES: Final = 60
"""Seconds."""
_SALT: Final = "kinline.documents"


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A page as it is given out."""

    name: str
    """Of the file: ours, never the sender's."""
    content: bytes
    media_type: str = "image/jpeg"


def may_read(reader: User, document: Document) -> bool:
    """Whether the document's purpose lets this person read it, today."""
    if not reader.is_active or not document.is_there:
        return False
    purpose = Purpose(document.purpose)
    if purpose in READ_BY_THEIR_OWNER and document.owner_id == reader.pk:
        return True
    if document.facility_id is None:
        return is_permitted_everywhere(reader, READERS[purpose])
    return facilities_where(reader, READERS[purpose], partly=True).filter(pk=document.facility_id).exists()


def address_for(document: Document, reader: User, page: int = 1) -> str:
    """Where the reader finds a page, on another origin than the pages of the house. It lives for `ADDRESS_LIVES`
    seconds, opens for this reader's sake alone, and dies when they may read it no more or change their password.
    Ask `may_read` first; it is asked again at the opening."""
    named = {"document": document.pk, "page": page, "reader": reader.pk, "by": _mark(reader)}
    return f"{configuration().files_site}/{signing.dumps(named, salt=_SALT, compress=True)}"


def open_page(token: str, at: Instant) -> OpenedPage | None:
    """The page that an address names; None: it is no address, or it is too old, or its reader may not. That it was
    opened, or refused to its reader, is written down."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=ADDRESS_LIVES)
    except signing.BadSignature:
        return None
    reader = User.objects.filter(pk=named["reader"]).first()
    document = Document.objects.filter(pk=named["document"]).first()
    if reader is None or document is None or named["by"] != _mark(reader):
        return None
    page = named["page"]
    is_allowed = 1 <= page <= document.pages and may_read(reader, document)
    where = FacilityId(document.facility_id) if document.facility_id else None
    audit.record(
        f"user/{reader.pk}",
        Action.DOCUMENT_OPENED if is_allowed else Action.ACCESS_REFUSED,
        str(document),
        at,
        facility=where,
        after={"page": page, "purpose": document.purpose},
    )
    if not is_allowed:
        return None
    place = document.place(page)
    try:
        with storages["documents"].open(place) as file:
            return OpenedPage(f"{document.purpose}-{document.pk}-{page}.jpg", opened(file.read(), place))
    except (InvalidTag, OSError) as error:  # changed, sealed with another key, or gone: for whoever runs the place
        log.error("document.unreadable", document=document.pk, page=page, problem=type(error).__name__)
        return None


def _mark(reader: User) -> str:
    """Changes with the reader's password."""
    return salted_hmac(_SALT, reader.get_session_auth_hash()).hexdigest()[:16]
