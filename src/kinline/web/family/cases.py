"""`/help/cases/`: a family's conversation with customer service."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kinline.core.casework import TABLE, CaseEvent, CaseState, NotNow
from kinline.core.identity import CallId, Instant
from kinline.core.money import Money
from kinline.documents.errors import UnacceptableUpload
from kinline.documents.models import Document, Purpose
from kinline.documents.services import keep
from kinline.people.models import Customer
from kinline.refunds.models import CreditReason
from kinline.support import queries, services
from kinline.support.errors import NothingSaid, NotTheirs, TooLong, TooMany
from kinline.support.models import Author, Case, CaseMessage, Outcome
from kinline.support.topics import DISPUTES, Topic
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.family_call import FamilyCall, call_of
from kinline.web.family.money_forms import Reference
from kinline.web.family.payments import zone_of
from kinline.web.files.uploads import WORDS, DocumentField
from kinline.web.refund_words import CREDIT_REASONS
from kinline.web.row_numbers import row_number
from kinline.web.support_words import BADGES, OUTCOMES, STATES, TOPICS, expected
from kinline.web.trail import refuse

ON_A_PAGE: Final = 20
_ABOUT_CALLS: Final = (Topic.CALL_FAILED, Topic.CALL_QUALITY, *DISPUTES)
_QUESTIONS: Final = tuple(topic for topic in Topic if topic not in DISPUTES and topic is not Topic.CALL_BACK)


class Opening(forms.Form):
    """What it is about, and the family's words."""

    reference = Reference()
    topic = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    subject = forms.CharField(max_length=120, required=False, label=gettext_lazy("In a few words, if you like"))
    words = forms.CharField(
        label=gettext_lazy("What happened, and what would you like us to do?"),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": services.MOST_WORDS}),
        max_length=services.MOST_WORDS,
        error_messages={"required": gettext_lazy("Write what happened, so that we can help.")},
    )
    attachment = DocumentField(required=False, label=gettext_lazy("A photo or a paper, if it helps"))

    def __init__(self, *args: Any, is_about_call: bool, **settings: Any) -> None:
        super().__init__(*args, **settings)
        if is_about_call:
            del self.fields["subject"]
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ChoiceField)  # noqa: S101 (for the type checker)
        topic.choices = [(each.value, TOPICS[each]) for each in (_ABOUT_CALLS if is_about_call else _QUESTIONS)]


class Words(forms.Form):
    """Something more."""

    words = forms.CharField(
        label=gettext_lazy("Write to us"),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": services.MOST_WORDS}),
        max_length=services.MOST_WORDS,
        required=False,
    )
    attachment = DocumentField(required=False, label=gettext_lazy("A photo or a paper, if it helps"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["words"] and not cleaned["attachment"]:
            self.add_error("words", _("Write something first."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Said:
    """A message as a family reads it. `at` is local time without zone, `zone` its name."""

    is_ours: bool
    who: str
    text: str
    at: datetime
    zone: str
    documents: list[Document]


@login_required
def cases(request: HttpRequest) -> HttpResponse:
    """All of theirs, the last changed first."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    zone = zone_of(customer)
    page = Paginator(queries.cases_of(customer), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [{"case": case, **_in_words(case), "changed": local(case.changed_at, zone)} for case in page]
    return render(request, "kinline/cases.html", {"cases": shown, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_case(request: HttpRequest) -> HttpResponse:
    """Open one: about nothing, about a call (`?call=`) or about a payment (`?payment=`)."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    asked = request.POST if request.method == "POST" else request.GET
    call = _call(request, customer, asked.get("call", ""))
    payment = asked.get("payment", "")[:32]
    known = {topic.value for topic in Topic}
    topic = asked.get("topic", "") if asked.get("topic", "") in known else (Topic.PAYMENT.value if payment else "")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = Opening(*sent, initial={"topic": topic}, is_about_call=call is not None)
    at = Instant(time.time_ns() // 1_000_000)
    if request.method == "POST" and form.is_valid():
        opened = _opened(request, customer, form, call, payment, at)
        if opened is not None:
            messages.success(request, _("We have your message, and tell you when there is an answer."))
            return redirect("case", opened.pk)
    return render(
        request,
        "kinline/new_case.html",
        {"form": form, "call": call, "payment": payment, "expected": expected(queries.expectation(at))},
        status=422 if form.errors else 200,
    )


def _opened(
    request: HttpRequest, customer: Customer, form: Opening, call: FamilyCall | None, payment: str, at: Instant
) -> Case | None:
    typed = form.cleaned_data
    attachment, is_kept = _attachment(form, customer, at)
    if not is_kept:
        return None
    try:
        return services.open_case(
            customer,
            Topic(typed["topic"]),
            typed["words"],
            at,
            subject=typed.get("subject", ""),
            call=None if call is None else call.call_id,
            payment=payment,
            language=reader_language(),
            reference=typed["reference"],
            attachment=attachment,
        )
    except NotTheirs:
        refuse(request, f"payment/{payment}" if payment else f"call/{call.call_id if call else 0}")
    except TooMany:
        form.add_error(None, _("You have many open cases. Close one that is done, or write into one of them."))
    except (NothingSaid, TooLong):
        form.add_error("words", _("Write what happened, so that we can help."))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One of theirs: what was said, what was decided, and a place to write. Another family's does not exist."""
    customer = customer_of(request.user)
    found = None if customer is None else queries.case_of(customer, case_id)
    if customer is None or found is None:
        refuse(request, f"case/{case_id}")
    at = Instant(time.time_ns() // 1_000_000)
    form = Words(request.POST if request.POST.get("what") == "write" else None, request.FILES or None)
    if request.method == "POST" and _done(request, form, customer, found, at):
        return redirect("case", case_id)
    zone = zone_of(customer)
    state = CaseState(found.state)
    return render(
        request,
        "kinline/case.html",
        {
            "case": found,
            **_in_words(found),
            "said": [_as_family_reads_it(each, zone) for each in queries.said_to_family(found)],
            "call": None if found.call_id is None else call_of(customer, CallId(found.call_id)),
            "credit": _credit(found),
            "outcome": OUTCOMES[Outcome(found.outcome)] if found.outcome else "",
            "waits": found.waiting_since is not None,
            "expected": expected(queries.expectation(at)),
            "may_write": CaseEvent.WROTE in TABLE[state],
            "is_decided": state is CaseState.RESOLVED,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _done(request: HttpRequest, form: Words, customer: Customer, found: Case, at: Instant) -> bool:
    try:
        if request.POST.get("what") == "close":
            services.withdraw(found.pk, customer, at)
            messages.success(request, _("The case is closed."))
            return True
        if form.is_valid():
            attachment, is_kept = _attachment(form, customer, at)
            if not is_kept:
                return False
            services.write(found.pk, customer, form.cleaned_data["words"], at, attachment=attachment)
            messages.success(request, _("We have your message, and tell you when there is an answer."))
            return True
    except NotNow:
        messages.error(request, _("This case is closed. Open a new one, and name this one in it."))
        return True
    except (NothingSaid, TooLong):
        form.add_error("words", _("Write something first."))
    return False


def _attachment(form: forms.Form, customer: Customer, at: Instant) -> tuple[Document | None, bool]:
    """What was kept of the upload, if there was one; and whether all is well: else the field says what is wrong."""
    upload = form.cleaned_data["attachment"]
    if not upload:
        return None, True
    try:
        return keep(customer.user, Purpose.ATTACHMENT, upload, at), True
    except UnacceptableUpload as refused:
        form.add_error("attachment", str(WORDS[refused.why]))
        return None, False


def _call(request: HttpRequest, customer: Customer, asked: str) -> FamilyCall | None:
    if not asked:
        return None
    number = row_number(asked)
    found = call_of(customer, CallId(number))
    if found is None:
        refuse(request, f"call/{number}")
    return found


def _in_words(case: Case) -> dict[str, Any]:
    topic, state = Topic(case.topic), CaseState(case.state)
    return {
        "topic": TOPICS[topic],
        "title": case.subject or TOPICS[topic],
        "state": STATES[state],
        "badge": BADGES[state],
        "is_dispute": topic in DISPUTES,
    }


def _credit(case: Case) -> dict[str, Any] | None:
    if case.credit is None:
        return None
    return {
        "amount": Money(case.credit.amount),
        "reason": CREDIT_REASONS[CreditReason(case.credit.reason)],
        "state": case.credit.state,
        "key": case.credit.key,
    }


def _as_family_reads_it(message: CaseMessage, zone: tzinfo) -> Said:
    is_ours = message.author == Author.STAFF
    at = local(message.at, zone)
    who = _("Customer service") if is_ours else _("You")
    return Said(is_ours, who, message.text, at["at"], at["zone"], documents_of(message))


def documents_of(message: CaseMessage) -> list[Document]:
    return [each.document for each in message.attachments.all()]


def local(instant: int, zone: tzinfo) -> dict[str, Any]:
    """Local time without zone, and the zone's name."""
    found = datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)
    return {"at": found.replace(tzinfo=None), "zone": found.strftime("%Z")}
