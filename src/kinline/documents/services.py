"""Keep what somebody sends in, and let it go."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import structlog
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant
from kinline.documents.errors import UnacceptableUpload, Why
from kinline.documents.models import Document, Purpose
from kinline.documents.remaking import LARGEST, remade
from kinline.documents.sealing import sealed
from kinline.facilities.models import Facility
from kinline.people.models import User

log = structlog.get_logger("documents")

_DAY: Final = 24 * 3_600_000
LONGEST_KEPT: Final[Mapping[Purpose, int]] = {
    Purpose.IDENTITY: 90 * _DAY,
    Purpose.RELATIONSHIP: 90 * _DAY,
    Purpose.ATTACHMENT: 730 * _DAY,
}
"""Milliseconds after which a document goes even if nobody ever decided."""
MOST_A_DAY: Final = 30
"""Documents that one person can send in within 24 hours."""
_STRAY_AFTER: Final = _DAY
_AT_ONCE: Final = 500


def keep(
    owner: User,
    purpose: Purpose,
    upload: "File[Any]",
    at: Instant,
    *,
    facility: Facility | None = None,
    actor: str = "",
) -> Document:
    """Draw the pages of an upload anew, seal and store them; the upload itself is not kept. `actor`: who sent it in,
    where that is not its owner. Raises `UnacceptableUpload`."""
    if (upload.size or 0) > LARGEST:
        raise UnacceptableUpload(Why.TOO_LARGE)
    if Document.objects.filter(owner=owner, kept_at__gt=at - _DAY).count() >= MOST_A_DAY:
        raise UnacceptableUpload(Why.TOO_MANY)
    pages = remade(upload.read(LARGEST + 1))
    month = datetime.fromtimestamp(at / 1000, UTC)
    document = Document(
        owner=owner,
        purpose=purpose,
        facility=facility,
        name=_plain(upload.name or ""),
        folder=f"{month:%Y-%m}/{uuid.uuid4().hex}",
        pages=len(pages),
        kept_at=at,
        delete_at=at + LONGEST_KEPT[purpose],
    )
    for number, page in enumerate(pages, 1):
        place = document.place(number)
        _storage().save(place, ContentFile(sealed(page, place)))
    with transaction.atomic():
        document.save()
        after = {"purpose": purpose.value, "pages": len(pages)}
        _write_down(actor or f"user/{owner.pk}", Action.DOCUMENT_KEPT, document, at, after)
    return document


def delete(document: Document, at: Instant, actor: str, reason: str = "") -> None:
    """Its pages go when the caller's transaction is committed, and at the latest with the worker's next round."""
    delete_at(document, at)
    _write_down(actor, Action.DOCUMENT_DELETED, document, at, reason=reason)
    transaction.on_commit(partial(_erase, document, at))


def delete_at(document: Document, when: Instant) -> None:
    """Its pages go then: never later than before."""
    Document.objects.filter(pk=document.pk, delete_at__gt=when).update(delete_at=when)
    document.refresh_from_db(fields=("delete_at",))


def delete_due(at: Instant) -> int:
    """Remove the pages whose time has come; of how many documents."""
    due = Document.objects.filter(deleted_at=None, delete_at__lte=at).order_by("delete_at")[:_AT_ONCE]
    return sum(_erase(document, at) for document in due)


def sweep(at: Instant) -> int:
    """Remove the files of uploads whose transaction never came to its end; how many folders there were."""
    storage, swept = _storage(), 0
    if not storage.exists("."):
        return 0
    for month in storage.listdir(".")[0]:
        folders = {f"{month}/{name}" for name in storage.listdir(month)[0]}
        there = Document.objects.filter(folder__startswith=f"{month}/", deleted_at=None)
        for folder in folders - set(there.values_list("folder", flat=True)):
            files = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
            newest = max((storage.get_modified_time(file).timestamp() * 1000 for file in files), default=0.0)
            if at - newest > _STRAY_AFTER:
                _remove(folder, files)
                swept += 1
    return swept


def _erase(document: Document, at: Instant) -> bool:
    _remove(document.folder, [document.place(page) for page in range(1, document.pages + 1)])
    erased = Document.objects.filter(pk=document.pk, deleted_at=None).update(deleted_at=at)
    if erased:
        log.info("document.erased", document=document.pk, purpose=document.purpose)
    return bool(erased)


def _remove(folder: str, files: list[str]) -> None:
    for file in files:
        _storage().delete(file)
    _storage().delete(folder)


def _storage() -> Storage:
    return storages["documents"]


def _plain(name: str) -> str:
    """The sender's name for it, as one line of text."""
    return "".join(each for each in name.replace("\\", "/").rpartition("/")[2] if each.isprintable())[:80]


def _write_down(
    actor: str,
    action: Action,
    document: Document,
    at: Instant,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    where = FacilityId(document.facility_id) if document.facility_id else None
    audit.record(actor, action, str(document), at, facility=where, after=after, reason=reason[:300])
