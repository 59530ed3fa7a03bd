"""The registry of privileged numbers: one person enters, another verifies, either revokes with a reason.

What is verified or revoked holds at once, at every facility within its reach: the next call is decided by it, and the
database wakes every switchboard for the calls in progress (`calls.services.become_privileged`).
"""

from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.contacts.errors import AlreadyRegistered, NotWaiting, SamePerson
from kinline.contacts.models import PrivilegedNumber, PrivilegeKind, PrivilegeRequest
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164
from kinline.facilities.models import Agency
from kinline.notices.kinds import Kind
from kinline.notices.services import tell_address
from kinline.people.models import Resident, User


def enter_privileged(
    number: E164,
    kind: PrivilegeKind,
    holder: str,
    evidence: str,
    user: User,
    at: Instant,
    *,
    agency: Agency | None = None,
    resident: Resident | None = None,
    is_free: bool = True,
) -> PrivilegedNumber:
    """Put a number on the registry, for somebody else to verify. Until then no call to it is placed, rather than one
    recorded that must not be. Without agency it is for all of them. Raises `AlreadyRegistered`."""
    entry = PrivilegedNumber(
        number=number,
        kind=kind,
        holder=holder,
        evidence=evidence,
        agency=agency,
        resident=resident,
        is_free=is_free,
        entered_at=at,
        entered_by=user,
    )
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            _write_down(user, Action.PRIVILEGE_ENTERED, entry, at, after=_told(entry), reason=evidence)
    except IntegrityError as error:
        raise AlreadyRegistered(number) from error
    return entry


def ask_for_privilege(
    number: E164,
    kind: PrivilegeKind,
    holder: str,
    organisation: str,
    licence: str,
    email: str,
    language: str,
    at: Instant,
) -> None:
    """Somebody from outside asks that a number be put on the registry. No call is decided by it; asked again while it
    waits, nothing more."""
    waiting = PrivilegeRequest.objects.filter(number=number, email=email, decided_at=None)
    if not waiting.exists():
        PrivilegeRequest.objects.create(
            number=number,
            kind=kind,
            holder=holder,
            organisation=organisation,
            licence=licence,
            email=email,
            language=language,
            at=at,
        )


def take_privilege_request(
    request_id: int, evidence: str, user: User, at: Instant, *, agency: Agency | None = None
) -> PrivilegedNumber:
    """Enter the number that somebody asked for, for another person to verify. Raises `NotWaiting`,
    `AlreadyRegistered`."""
    with transaction.atomic():
        asked = _locked_request(request_id)
        entry = enter_privileged(
            E164(asked.number), PrivilegeKind(asked.kind), asked.holder, evidence, user, at, agency=agency
        )
        asked.decided_at, asked.decided_by, asked.entry = at, user, entry
        asked.save(update_fields=("decided_at", "decided_by", "entry"))
    return entry


def refuse_privilege_request(request_id: int, answer: str, user: User, at: Instant) -> None:
    """What was asked for is not entered, and who asked reads the answer. Raises `NotWaiting`."""
    with transaction.atomic():
        asked = _locked_request(request_id)
        asked.decided_at, asked.decided_by, asked.answer = at, user, answer
        asked.save(update_fields=("decided_at", "decided_by", "answer"))
        audit.record(
            f"user/{user.pk}",
            Action.PRIVILEGE_REQUEST_REFUSED,
            f"privilege_request/{asked.pk}",
            at,
            after={"number": asked.number, "holder": asked.holder},
            reason=answer,
        )
        _tell(asked, Kind.PRIVILEGE_REFUSED, at, reason=answer)


def _tell(asked: PrivilegeRequest, kind: Kind, at: Instant, **more: str) -> None:
    values = {"holder": asked.holder, "number": asked.number, **more}
    tell_address(asked.email, Language(asked.language), kind, f"privilege_request/{asked.pk}/{kind}", at, **values)


def _locked_request(request_id: int) -> PrivilegeRequest:
    asked = PrivilegeRequest.objects.select_for_update().get(pk=request_id)
    if asked.decided_at is not None:
        raise NotWaiting(request_id)
    return asked


def verify_privileged(entry_id: int, user: User, at: Instant) -> None:
    """The number is privileged from now on, for calls in progress too, and who asked for it is told. Raises
    `SamePerson`, `NotWaiting`."""
    with transaction.atomic():
        entry = _locked(entry_id)
        if entry.verified is not None or entry.revoked_at is not None:
            raise NotWaiting(entry_id)
        if entry.entered_by_id == user.pk:
            raise SamePerson(entry_id)
        entry.verified, entry.verified_by = datetime.fromtimestamp(at / 1000, UTC), user
        entry.save(update_fields=("verified", "verified_by"))
        _write_down(user, Action.PRIVILEGE_VERIFIED, entry, at, {"verified": False}, {**_told(entry), "verified": True})
        for asked in entry.requests.all():
            _tell(asked, Kind.PRIVILEGE_GRANTED, at)


def revoke_privileged(entry_id: int, user: User, why: str, at: Instant) -> None:
    """The entry, verified or not, counts for nothing from the next call on: a call in progress stays unrecorded.
    Who asked for it is told why. Raises `NotWaiting`."""
    with transaction.atomic():
        entry = _locked(entry_id)
        if entry.revoked_at is not None:
            raise NotWaiting(entry_id)
        entry.revoked_at, entry.revoked_by, entry.revoked_why = at, user, why
        entry.save(update_fields=("revoked_at", "revoked_by", "revoked_why"))
        _write_down(user, Action.PRIVILEGE_WITHDRAWN, entry, at, _told(entry), {"revoked": True}, why)
        kind = Kind.PRIVILEGE_REFUSED if entry.verified is None else Kind.PRIVILEGE_ENDED
        for asked in entry.requests.all():
            _tell(asked, kind, at, reason=why)


def _locked(entry_id: int) -> PrivilegedNumber:
    return PrivilegedNumber.objects.select_for_update().get(pk=entry_id)


def _told(entry: PrivilegedNumber) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": str(entry.kind),
        "holder": entry.holder,
        "agency": entry.agency_id,
        "resident": entry.resident_id,
        "free": entry.is_free,
    }


def _write_down(
    user: User,
    action: Action,
    entry: PrivilegedNumber,
    at: Instant,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    subject = f"privileged_number/{entry.pk}"
    audit.record(f"user/{user.pk}", action, subject, at, before=before, after=after, reason=reason[:300])
