"""A copy of all that is kept of a customer, for them: a ZIP of JSON, and of CSV for what is a table.

What others are protected from stays out, as on the pages: reasons are told as families read them, an order of no
contact as they were told of it, and of a call that somebody else paid for, no price.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any, Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls import spoken
from kinline.calls.account_statement import account_statement
from kinline.calls.queries import calls_of
from kinline.contacts.models import Contact
from kinline.contacts.queries.standing import seen_by_family
from kinline.core.identity import AccountId, Instant, Language
from kinline.core.money import Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.documents.models import Document
from kinline.enrolment.models import Acceptance, IdentityCheck
from kinline.ledger.models import Account
from kinline.notices.kinds import Kind
from kinline.notices.models import Message
from kinline.notices.words import from_text, letter
from kinline.payments.queries import payments_of
from kinline.people.models import Customer
from kinline.support.queries import cases_of, said_to_family

Row = dict[str, Any]
_AT_A_TIME: Final = 500


def write_copy(customer: Customer, to: IO[bytes], at: Instant) -> None:
    """Write the ZIP. That it was taken is written down."""
    tables = {
        "numbers": _numbers(customer),
        "calls": _calls(customer),
        "money": _money(customer),
        "payments": _payments(customer),
        "contacts": _contacts(customer, at),
        "messages": _messages(customer),
        "cases": _cases(customer),
        "documents": _documents(customer),
        "identity": _identity(customer),
        "agreements": _agreements(customer),
        "devices": _devices(customer),
    }
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        copy.writestr("account.json", _as_json(_account(customer, at)))
        for name, rows in tables.items():
            found = list(rows)
            copy.writestr(f"{name}.json", _as_json(found))
            copy.writestr(f"{name}.csv", _as_csv(found))
    subject = f"customer/{customer.pk}"
    audit.record(f"user/{customer.user_id}", Action.DATA_DOWNLOADED, subject, at)


def _account(customer: Customer, at: Instant) -> Row:
    user = customer.user
    passkeys = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return {
        "made_at": _time(at),
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "joined": user.joined,
        "address": {name: getattr(customer, name) for name in ("street", "city", "state", "postal_code", "country")},
        "calls_paused_until": _time(customer.calls_paused_until),
        "has_phone_pin": bool(customer.phone_pin_hash),
        "has_second_step": Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists(),
        "passkeys": [{"name": each.data.get("name", ""), "since": each.created_at} for each in passkeys],
    }


def _numbers(customer: Customer) -> Iterator[Row]:
    for each in customer.numbers.order_by("pk"):
        yield {"number": each.number, "is_confirmed": each.is_verified, "order": each.order}


def _calls(customer: Customer) -> Iterator[Row]:
    language = Language(customer.user.language)
    for call in calls_of(customer).iterator(_AT_A_TIME):
        is_theirs = call.account is not None and call.account.customer_id == customer.pk
        why = ""
        if call.reason:
            why = explain(Reason(call.reason), Audience.FAMILY, language, spoken.from_text(call.reason_values)).text
        yield {
            "call": str(call.pk),
            "at": _time(call.opened_at),
            "accepted_at": _time(call.accepted_at),
            "ended_at": _time(call.ended_at),
            "number": call.called_party,
            "resident": call.resident.name if call.resident else "",
            "facility": call.facility.name if call.facility else "",
            "outcome": call.disposition,
            "why": why,
            "is_privileged": call.is_privileged,
            "seconds": call.billed_seconds,
            "charge": Money(call.charge).plain if is_theirs else "",
            "taxes": Money(call.taxes).plain if is_theirs else "",
            "credited": Money(call.credited).plain if is_theirs else "",
        }


def _money(customer: Customer) -> Iterator[Row]:
    for account in Account.objects.filter(customer=customer).order_by("pk"):
        for line in account_statement(AccountId(account.pk)):
            yield {
                "account": account.kind,
                "at": _time(line.at),
                "what": line.reason,
                "call": str(line.call.call_id) if line.call else "",
                "amount": line.amount.plain,
                "balance": line.balance.plain,
            }


def _payments(customer: Customer) -> Iterator[Row]:
    for each in payments_of(customer.pk):
        yield {
            "reference": each.reference,
            "at": _time(each.created_at),
            "amount": Money(each.amount).plain,
            "card": each.card.last4 if each.card else "",
            "state": each.state,
            "given_back": Money(each.refunded).plain,
        }


def _contacts(customer: Customer, at: Instant) -> Iterator[Row]:
    numbers = customer.numbers.filter(is_verified=True).values("number")
    for each in Contact.objects.filter(number__in=numbers).select_related("resident__facility").order_by("pk"):
        yield {
            "resident": each.resident.name,
            "facility": each.resident.facility.name,
            "number": each.number,
            "relationship": each.relationship,
            "standing": seen_by_family(each, at).value,
        }


def _messages(customer: Customer) -> Iterator[Row]:
    language = Language(customer.user.language)
    for each in Message.objects.filter(user=customer.user).order_by("pk").iterator(_AT_A_TIME):
        words = letter(Kind(each.kind), language, {"name": customer.user.name, "site": "", **from_text(each.contents)})
        yield {
            "at": _time(each.made_at),
            "sent_at": _time(each.sent_at),
            "by": each.channel,
            "subject": words.subject,
            "text": words.text,
        }


def _cases(customer: Customer) -> Iterator[Row]:
    for case in cases_of(customer):
        for message in said_to_family(case):
            yield {
                "case": case.reference,
                "subject": case.subject,
                "state": case.state,
                "at": _time(message.at),
                "from": message.author,
                "text": message.text,
            }


def _documents(customer: Customer) -> Iterator[Row]:
    for each in Document.objects.filter(owner=customer.user).order_by("pk"):
        yield {
            "purpose": each.purpose,
            "name": each.name,
            "pages": each.pages,
            "sent_at": _time(each.kept_at),
            "deleted_at": _time(each.deleted_at),
        }


def _identity(customer: Customer) -> Iterator[Row]:
    for each in IdentityCheck.objects.filter(customer=customer).select_related("facility").order_by("pk"):
        yield {
            "what": each.proof,
            "facility": each.facility.name if each.facility else "",
            "at": _time(each.asked_at),
            "state": each.state,
            "decided_at": _time(each.decided_at),
        }


def _agreements(customer: Customer) -> Iterator[Row]:
    for each in Acceptance.objects.filter(user=customer.user).select_related("text").order_by("pk"):
        yield {
            "what": each.subject,
            "version": each.version,
            "language": each.language,
            "at": _time(each.at),
            "text": each.text.text,
        }


def _devices(customer: Customer) -> Iterator[Row]:
    for each in UserSession.objects.filter(user_id=customer.user_id).order_by("pk"):
        yield {"address": each.ip, "browser": each.user_agent, "since": each.created_at, "seen": each.last_seen_at}


def _as_json(what: object) -> str:
    return json.dumps(what, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)


def _as_csv(rows: list[Row]) -> str:
    """RFC 4180, a header first; what a spreadsheet would take for a formula gets an apostrophe."""
    text = io.StringIO()
    if rows:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(rows[0])
        writer.writerows(_harmless(row.values()) for row in rows)
    return text.getvalue()


def _harmless(cells: Iterable[object]) -> list[str]:
    texts = ["" if cell is None else str(cell) for cell in cells]
    return [f"'{each}" if _is_formula(each) else each for each in texts]


def _is_formula(cell: str) -> bool:
    is_number = cell[1:].replace(".", "", 1).isdigit()
    return cell[:1] in ("=", "@", "+", "-", "\t", "\r") and not is_number


def _time(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
