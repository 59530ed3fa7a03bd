"""What can be done about a case. Each is one short transaction; each change of state is in the audit trail."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls.models import Call, CallState
from kinline.calls.queries import calls_of
from kinline.core.casework import QUIET, CaseEvent, CaseState, after, waiting_since
from kinline.core.identity import AccountId, CallId, Instant, Language
from kinline.core.money import Money
from kinline.documents.models import Document, Purpose
from kinline.ledger.services import open_customer_account
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.payments.models import Payment
from kinline.payments.queries import payment_of
from kinline.people.models import Customer, User
from kinline.refunds import services as refunds
from kinline.refunds.models import CreditReason, CreditState, StaffCredit
from kinline.statements import retried
from kinline.support import facts
from kinline.support.errors import NoOutcome, NothingSaid, NotTheirs, TooLong, TooMany
from kinline.support.models import Attachment, Author, Case, CaseMessage, Outcome
from kinline.support.topics import DISPUTES, Topic

MOST_WORDS: Final = 4000
"""Characters of a message."""
MOST_OPEN: Final = 20
"""Cases of one family that are not closed."""
_AT_ONCE: Final = 200


@retried
def open_case(
    customer: Customer,
    topic: Topic,
    words: str,
    at: Instant,
    *,
    subject: str = "",
    call: CallId | None = None,
    payment: str = "",
    language: Language | None = None,
    reference: str = "",
    attachment: Document | None = None,
    known: Mapping[str, Any] | None = None,
) -> Case:
    """Open a case of a family, in the family's words.

    `call` is the id of one of their calls (`calls.queries.calls_of`), `payment` the reference of one of their payments:
    the case then carries its facts as they stand now, frozen, and the way to it. A topic of `topics.DISPUTES` disputes
    the call: it needs a `call` that has ended, and for it words may be missing. A call has one dispute at a time: while
    one is not closed, the words are added to it and it is returned. `language` is what the words are in, the person's
    own if nothing is said. The same `reference` (32 hexadecimal digits, of the form) opens one case. `attachment`: what
    `documents.services.keep` kept of their upload. `known`: other facts for it to carry.

    Raises `NotTheirs` (also for a call that goes on), `NothingSaid`, `TooLong`, `TooMany`.
    """
    spoken = language or Language(customer.user.language)
    said = _words(words, may_be_nothing=topic in DISPUTES or topic is Topic.CALL_BACK)
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)
        earlier = Case.objects.filter(reference=reference).first() if reference else None
        if earlier is not None:
            if earlier.customer_id != customer.pk:
                raise NotTheirs(reference)
            return earlier
        about_call = None if call is None else _call(customer, call)
        about_payment = _payment(customer, payment) if payment else None
        theirs = Case.objects.filter(customer=customer).exclude(state=CaseState.CLOSED)
        if topic in DISPUTES:
            if about_call is None or about_call.state != CallState.SETTLED:
                raise NotTheirs(f"call {call}")
            disputed = theirs.filter(call_id=about_call.pk, topic__in=DISPUTES).first()
            if disputed is not None:
                return _said_more(disputed, said, at, attachment) if said or attachment else disputed
        if theirs.count() >= MOST_OPEN:
            raise TooMany
        carried: dict[str, Any] = dict(known or {})
        if about_call is not None:
            carried["call"] = facts.of_call(about_call, spoken)
        if about_payment is not None:
            carried["payment"] = facts.of_payment(about_payment)
        case = Case(
            customer=customer,
            topic=topic.value,
            subject=" ".join(subject.split())[:120],
            language=spoken.value,
            call_id=None if about_call is None else about_call.pk,
            payment=about_payment,
            facts=json.dumps(carried, ensure_ascii=False),
            opened_at=at,
            changed_at=at,
            waiting_since=at,
        )
        if reference:
            case.reference = reference
        case.save()
        if said or attachment:
            _said(case, said, at, attachment)
        _record(case, Action.CASE_OPENED, customer.user, at, None)
    return case


@retried
def write(
    case_id: int, customer: Customer, words: str, at: Instant, *, attachment: Document | None = None
) -> CaseMessage:
    """The family says something more, or sends a document. Raises `NotTheirs`, `NothingSaid`, `TooLong`, `NotNow`."""
    said = _words(words, may_be_nothing=attachment is not None)
    with transaction.atomic():
        case = _locked(case_id)
        if case.customer_id != customer.pk:
            raise NotTheirs(f"case {case_id}")
        _happened(case, CaseEvent.WROTE, customer.user, at)
        return _said(case, said, at, attachment)


@retried
def withdraw(case_id: int, customer: Customer, at: Instant) -> Case:
    """The family needs no more. Raises `NotTheirs`, `NotNow`."""
    with transaction.atomic():
        case = _locked(case_id)
        if case.customer_id != customer.pk:
            raise NotTheirs(f"case {case_id}")
        return _happened(case, CaseEvent.WITHDRAWN, customer.user, at)


@retried
def assign(case_id: int, to: User, by: User, at: Instant) -> Case:
    """Make somebody of ours responsible. Raises `NotNow`."""
    with transaction.atomic():
        case = _locked(case_id)
        before = case.assigned_to_id
        case.assigned_to = to
        _happened(case, CaseEvent.TAKEN, by, at)
        if before != to.pk:
            was = None if before is None else f"user/{before}"
            _audit(case, Action.CASE_ASSIGNED, by, at, {"assigned_to": was}, {"assigned_to": f"user/{to.pk}"})
        return case


@retried
def note(case_id: int, words: str, by: User, at: Instant) -> CaseMessage:
    """A note of staff for each other, which no family reads. Raises `NothingSaid`, `TooLong`."""
    said = _words(words)
    with transaction.atomic():
        case = _locked(case_id)
        _happened(case, CaseEvent.NOTED, by, at)
        return CaseMessage.objects.create(case=case, author=Author.STAFF, by=by, is_internal=True, text=said, at=at)


@retried
def answer(case_id: int, words: str, by: User, at: Instant) -> CaseMessage:
    """Answer the family, who is told that there is an answer, not what it says. Who answers a case of nobody takes it.

    Raises `NothingSaid`, `TooLong`, `NotNow`.
    """
    said = _words(words)
    with transaction.atomic():
        case = _locked(case_id)
        waited = None if case.waiting_since is None else at - case.waiting_since
        case.assigned_to = case.assigned_to or by
        _happened(case, CaseEvent.ANSWERED, by, at)
        message = CaseMessage.objects.create(case=case, author=Author.STAFF, by=by, text=said, at=at, waited=waited)
        _tell(case, Kind.CASE_ANSWERED, f"message/{message.pk}", at)
        return message


@retried
def resolve(case_id: int, outcome: Outcome, words: str, by: User, at: Instant) -> Case:
    """Decide a case; the words are the answer that says why. `credited` needs the case's credit to be given
    (`give_credit`), no other outcome may stand beside one.

    Raises `NoOutcome`, `NothingSaid`, `TooLong`, `NotNow`.
    """
    said = _words(words)
    with transaction.atomic():
        case = _locked(case_id)
        is_credited = case.credit is not None and case.credit.state == CreditState.GRANTED
        if is_credited != (outcome == Outcome.CREDITED) or _credit_waits(case):
            raise NoOutcome(outcome)
        waited = None if case.waiting_since is None else at - case.waiting_since
        case.outcome = outcome
        case.assigned_to = case.assigned_to or by
        _happened(case, CaseEvent.RESOLVED, by, at)
        message = CaseMessage.objects.create(case=case, author=Author.STAFF, by=by, text=said, at=at, waited=waited)
        _tell(case, Kind.CASE_RESOLVED, f"resolved/{message.pk}", at)
        return case


def give_credit(
    case_id: int, amount: Money, reason: CreditReason, text: str, by: User, at: Instant, reference: str
) -> StaffCredit:
    """Give a credit for a case, or propose it where the amount needs a second person: to the account that paid the
    case's call, or, where it is about none, to the family's own. The same `reference` gives one.

    Raises `NoOutcome` for a case that has a credit, `NotNow` for one that is over, and what `refunds.give` raises.
    """
    case = Case.objects.select_related("credit").get(pk=case_id)
    if case.credit is not None and case.credit.reference != reference and case.credit.state != CreditState.REFUSED:
        raise NoOutcome("there is a credit")
    after(CaseState(case.state), CaseEvent.RESOLVED)
    call = None if case.call_id is None else Call.objects.get(pk=case.call_id)
    if call is not None and call.account_id is not None:
        account, call_id = AccountId(call.account_id), CallId(call.pk)
        credit = refunds.give(account, amount, reason, text, by, at, call_id=call_id, reference=reference)
    else:
        account = open_customer_account(case.customer_id)
        credit = refunds.give(account, amount, reason, text, by, at, reference=reference)
    return _linked(case_id, credit, by, at)


@retried
def _linked(case_id: int, credit: StaffCredit, by: User, at: Instant) -> StaffCredit:
    with transaction.atomic():
        case = _locked(case_id)
        if case.credit_id != credit.pk:
            was = None if case.credit is None else case.credit.key
            case.credit = credit
            case.save(update_fields=["credit"])
            _audit(case, Action.CASE_CREDITED, by, at, {"credit": was}, {"credit": credit.key, "state": credit.state})
    return credit


def close_quiet(at: Instant) -> int:
    """Close the cases in which nobody said anything for long (`core.casework.QUIET`); how many."""
    quiet = [
        case_id
        for state, patience in QUIET.items()
        for case_id in Case.objects.filter(state=state, changed_at__lte=at - patience)
        .order_by("changed_at")
        .values_list("pk", flat=True)[:_AT_ONCE]
    ]
    return sum(_closed(case_id, at) for case_id in quiet)


@retried
def _closed(case_id: int, at: Instant) -> bool:
    with transaction.atomic():
        case = _locked(case_id)
        patience = QUIET.get(CaseState(case.state))
        if patience is None or case.changed_at > at - patience:
            return False
        _happened(case, CaseEvent.FELL_SILENT, None, at)
    return True


def _said_more(case: Case, said: str, at: Instant, attachment: Document | None) -> Case:
    _happened(case, CaseEvent.WROTE, case.customer.user, at)
    _said(case, said, at, attachment)
    return case


def _said(case: Case, said: str, at: Instant, attachment: Document | None) -> CaseMessage:
    by = case.customer.user
    if attachment is not None and (attachment.owner_id != by.pk or attachment.purpose != Purpose.ATTACHMENT):
        raise NotTheirs(str(attachment))
    message = CaseMessage.objects.create(case=case, author=Author.FAMILY, by=by, text=said, at=at)
    if attachment is not None:
        Attachment.objects.create(message=message, document=attachment)
    return message


def _locked(case_id: int) -> Case:
    return Case.objects.select_for_update().get(pk=case_id)


def _happened(case: Case, event: CaseEvent, by: User | None, at: Instant) -> Case:
    """Carry out what the table says, and write it down if the state changed."""
    before = CaseState(case.state)
    following = after(before, event)
    since = None if case.waiting_since is None else Instant(case.waiting_since)
    case.waiting_since = waiting_since(following, since, at)
    case.state = following
    if following is not CaseState.RESOLVED and before is CaseState.RESOLVED and following is not CaseState.CLOSED:
        case.outcome = ""  # it is open again; what was said stays said
    if event is not CaseEvent.NOTED:
        case.changed_at = at
    case.save()
    if following is not before:
        _record(case, Action.CASE_CHANGED, by, at, before)
    return case


def _words(words: str, *, may_be_nothing: bool = False) -> str:
    said = words.replace("\r\n", "\n").replace("\x00", "").strip()
    if not said and not may_be_nothing:
        raise NothingSaid
    if len(said) > MOST_WORDS:
        raise TooLong(MOST_WORDS)
    return said


def _call(customer: Customer, call_id: CallId) -> Call:
    found = calls_of(customer).filter(pk=call_id).first()
    if found is None:
        raise NotTheirs(f"call {call_id}")
    return found


def _payment(customer: Customer, reference: str) -> Payment:
    found = payment_of(customer.pk, reference)
    if found is None:
        raise NotTheirs(f"payment {reference}")
    return found


def _credit_waits(case: Case) -> bool:
    return case.credit is not None and case.credit.state == CreditState.WAITING


def _tell(case: Case, kind: Kind, what: str, at: Instant) -> None:
    notices.tell_customer(case.customer_id, kind, f"case/{case.pk}/{what}", at, number=case.pk)


def _record(case: Case, action: Action, by: User | None, at: Instant, before: CaseState | None) -> None:
    was = None if before is None else {"state": before.value}
    now = {"state": CaseState(case.state).value, **({"outcome": case.outcome} if case.outcome else {})}
    _audit(case, action, by, at, was, {**now, **({} if before else {"topic": case.topic})})


def _audit(
    case: Case, action: Action, by: User | None, at: Instant, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    actor = "system" if by is None else f"user/{by.pk}"
    audit.record(actor, action, f"case/{case.pk}", at, before=before, after=after)
