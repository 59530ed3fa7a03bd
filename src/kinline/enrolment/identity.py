"""What families show to prove who they are, and who decides. The rule is `core.identification`."""

from collections.abc import Mapping
from datetime import date

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identification import (
    REFUSALS,
    WITHIN,
    Identification,
    Proof,
    RefusedBecause,
    identification,
    knows,
    may_answer,
)
from kinline.core.identity import FacilityId, Instant, Language
from kinline.documents import services as documents
from kinline.documents.models import Purpose
from kinline.enrolment.errors import AlreadyDecided, AlreadyWaiting, NotKnown, TooManyAnswers
from kinline.enrolment.models import CheckState, IdentityCheck, IdentityRule
from kinline.facilities.models import Facility
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.models import Customer, Resident, User


def asked_by(facility: Facility | None) -> Proof:
    """What a facility, or the provider, asks for by itself."""
    rule = IdentityRule.objects.filter(facility=facility).first()
    return Proof(rule.proof) if rule else Proof.NONE


def ask_for(facility: Facility | None, proof: Proof, by: User, at: Instant, why: str) -> None:
    """From now on that is what is asked for."""
    with transaction.atomic():
        before = asked_by(facility)
        IdentityRule.objects.filter(facility=facility).delete()
        IdentityRule.objects.create(facility=facility, proof=proof.value)
        _write_down(
            by, Action.IDENTITY_RULE_SET, facility, "identity_rule", at, {"proof": before}, {"proof": proof}, why
        )


def standing_of(customer: Customer, facility: Facility | None) -> Identification:
    """What is asked of a customer at a facility (of the provider alone without one), and how they stand."""
    theirs = IdentityCheck.objects.filter(Q(facility=facility) | Q(facility=None), customer=customer)
    found = list(theirs.values_list("proof", "state"))
    shown = [Proof(proof) for proof, state in found if state == CheckState.ACCEPTED]
    provider = asked_by(None)
    own = asked_by(facility) if facility is not None else Proof.NONE
    is_waiting = any(state == CheckState.WAITING for _, state in found)
    return identification(provider, own, shown, is_waiting=is_waiting)


def answer(
    customer: Customer, facility: Facility, resident_number: str, birth_date: date, at: Instant
) -> IdentityCheck:
    """They say what they know of a resident. A wrong number and a wrong date look the same. Raises `NotKnown` or
    `TooManyAnswers`."""
    answers = IdentityCheck.objects.filter(proof=Proof.KNOWLEDGE.value, asked_at__gt=at - WITHIN)
    own = [Instant(when) for when in answers.filter(customer=customer).values_list("asked_at", flat=True)]
    wrong = answers.filter(facility=facility, state=CheckState.REFUSED).count()
    if not may_answer(own, wrong, at):
        raise TooManyAnswers
    resident = Resident.objects.filter(facility=facility, resident_number=resident_number.strip()).first()
    is_known = resident is not None and knows(
        resident.resident_number, resident.birth_date, resident_number, birth_date
    )
    with transaction.atomic():
        check = IdentityCheck.objects.create(
            customer=customer,
            facility=facility,
            proof=Proof.KNOWLEDGE.value,
            state=CheckState.ACCEPTED if is_known else CheckState.REFUSED,
            asked_at=at,
            decided_at=at,
        )
        after = {"proof": Proof.KNOWLEDGE, "state": check.state}
        _write_down(customer.user, Action.IDENTITY_SHOWN, facility, str(check), at, None, after)
    if not is_known:
        raise NotKnown
    return check


def show(customer: Customer, facility: Facility | None, upload: "File[bytes]", at: Instant) -> IdentityCheck:
    """They send in a document, for the staff of the facility (of the provider) to decide on. Raises
    `UnacceptableUpload` or `AlreadyWaiting`."""
    waiting = IdentityCheck.objects.filter(customer=customer, facility=facility, state=CheckState.WAITING)
    if waiting.exists():
        raise AlreadyWaiting
    document = documents.keep(customer.user, Purpose.IDENTITY, upload, at, facility=facility)
    try:
        with transaction.atomic():
            check = IdentityCheck.objects.create(
                customer=customer, facility=facility, proof=Proof.DOCUMENT.value, document=document, asked_at=at
            )
            _write_down(customer.user, Action.IDENTITY_SHOWN, facility, str(check), at, None, {"proof": Proof.DOCUMENT})
    except IntegrityError as error:  # sent twice at once
        documents.delete(document, at, f"user/{customer.user_id}", "sent twice")
        raise AlreadyWaiting from error
    return check


def decide(check: IdentityCheck, by: User, at: Instant, refused: RefusedBecause | None = None, note: str = "") -> None:
    """Accepted, or refused because of something. The document goes with the decision: who is refused sends another
    one, so no appeal needs it. Raises `AlreadyDecided`."""
    state = CheckState.REFUSED if refused else CheckState.ACCEPTED
    with transaction.atomic():
        ours = IdentityCheck.objects.filter(pk=check.pk, state=CheckState.WAITING)
        reason = refused.value if refused else ""
        if not ours.update(state=state, decided_at=at, decided_by=by, reason=reason, note=note[:300]):
            raise AlreadyDecided
        if check.document is not None:
            documents.delete(check.document, at, f"user/{by.pk}", "decided")
        after = {"state": state, "reason": reason}
        before = {"state": CheckState.WAITING}
        _write_down(by, Action.IDENTITY_DECIDED, check.facility, str(check), at, before, after, note)
        _tell(check, refused, at)


def close_undecided(at: Instant) -> int:
    """End the checks whose document went undecided with its time: another one is asked for; how many."""
    gone = IdentityCheck.objects.filter(state=CheckState.WAITING, document__deleted_at__isnull=False)
    return gone.update(state=CheckState.REFUSED, decided_at=at, reason=RefusedBecause.UNREADABLE.value)


def _tell(check: IdentityCheck, refused: RefusedBecause | None, at: Instant) -> None:
    user = check.customer.user
    if refused is None:
        notices.tell(user, Kind.IDENTITY_ACCEPTED, f"{check}/accepted", at)
        return
    text = REFUSALS[refused][Language(user.language)]
    notices.tell(user, Kind.IDENTITY_REFUSED, f"{check}/refused", at, why=f"{text.why} {text.remedy}")


def _write_down(
    by: User,
    action: Action,
    facility: Facility | None,
    subject: str,
    at: Instant,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    reason: str = "",
) -> None:
    where = FacilityId(facility.pk) if facility else None
    audit.record(f"user/{by.pk}", action, subject, at, facility=where, before=before, after=after, reason=reason[:300])
