"""`/provider/cases/<id>/`: one case with its facts, and what can be done about it."""

import json
import secrets
import time
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kinline.audit import queries as trail
from kinline.audit.actions import Action
from kinline.core.casework import TABLE, CaseEvent, CaseState, NotNow
from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.notices.preferences import end_texts, wishes_of
from kinline.people.authority import is_permitted
from kinline.people.models import User
from kinline.people.permissions import GRANTS
from kinline.refunds.errors import MoreThanTheCall, NotYourRole, OtherRequest
from kinline.refunds.models import CreditReason, CreditState
from kinline.refunds.services import limits_of
from kinline.servicecalls.errors import NotOrdered
from kinline.servicecalls.services import order_call_back
from kinline.support import queries, services
from kinline.support.calling_back import wish_of
from kinline.support.errors import NoOutcome
from kinline.support.models import Case, Outcome
from kinline.support.topics import DISPUTES, Topic
from kinline.web.family.cases import documents_of
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.refund_words import CREDIT_REASONS
from kinline.web.service_call_words import why_not
from kinline.web.staff.access import Permission, staff_page, within
from kinline.web.staff.asking import Act, Refused, act
from kinline.web.staff.calls import calls_where
from kinline.web.staff.cases import wish_in_words
from kinline.web.staff.diagnosis import diagnosis
from kinline.web.staff.staff_credits import STATES as CREDIT_STATES
from kinline.web.support_words import BADGES, OUTCOMES_FOR_STAFF, STATES_FOR_STAFF, TOPICS, waited
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse, write_down

_LONG = forms.Textarea(attrs={"rows": 5, "maxlength": services.MOST_WORDS})
_CHANGES = 20
_TOLD = (Action.CASE_OPENED, Action.CASE_CHANGED, Action.CASE_ASSIGNED, Action.CASE_CREDITED)


class Answer(forms.Form):
    answer = forms.CharField(
        max_length=services.MOST_WORDS, widget=_LONG, label=gettext_lazy("Answer, which the family reads")
    )


class Note(forms.Form):
    note = forms.CharField(
        max_length=services.MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": services.MOST_WORDS}),
        label=gettext_lazy("Note for colleagues; no family reads it"),
    )


class Colleague(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    def label_from_instance(self, obj: User) -> str:
        return obj.name or obj.email


class Assigning(forms.Form):
    to = Colleague(User.objects.none(), label=gettext_lazy("Responsible"), empty_label=None)

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        roles = GRANTS[Permission.ANSWER_CASES]
        to.queryset = User.objects.filter(roles__role__in=roles, is_active=True).distinct().order_by("name", "pk")


class Resolving(forms.Form):
    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), choices=list(OUTCOMES_FOR_STAFF.items()))
    why = forms.CharField(
        max_length=services.MOST_WORDS, widget=_LONG, label=gettext_lazy("Why, in words that the family reads")
    )


class Crediting(forms.Form):
    reference = Reference()
    amount = Dollars(label=gettext_lazy("Amount, in dollars"))
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason, which the family reads"), choices=list(CREDIT_REASONS.items())
    )
    text = forms.CharField(max_length=300, label=gettext_lazy("What happened, for staff and auditors"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.ANSWER_CASES)
def staff_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case. That it was looked at is written down."""
    case = Case.objects.select_related("customer__user", "assigned_to", "credit", "payment").filter(pk=case_id).first()
    if case is None:
        refuse(request, f"case/{case_id}")
    if request.method == "POST":
        act(request, _acts(case, may_credit=is_permitted(request.user, Permission.GIVE_STAFF_CREDITS)))
        return redirect("staff_case", case_id)
    write_down(request, Action.CASE_SEEN, f"case/{case_id}")
    return render(request, "kinline/staff_case.html", _shown(request, case))


def _acts(case: Case, *, may_credit: bool) -> dict[str, tuple[type[forms.Form], Act]]:
    acts: dict[str, tuple[type[forms.Form], Act]] = {
        "answer": (Answer, lambda typed, by, at: _answered(case, typed, by, at)),
        "note": (Note, lambda typed, by, at: _noted(case, typed, by, at)),
        "assign": (Assigning, lambda typed, by, at: _assigned(case, typed, by, at)),
        "resolve": (Resolving, lambda typed, by, at: _resolved(case, typed, by, at)),
    }
    if wishes_of(case.customer.user).number:
        acts["end_texts"] = (forms.Form, lambda typed, by, at: _ended_texts(case, by, at))
    if wish_of(case) is not None:
        acts["call"] = (forms.Form, lambda typed, by, at: _called(case, by, at))
    if may_credit:
        acts["credit"] = (Crediting, lambda typed, by, at: _credited(case, typed, by, at))
    return acts


def _answered(case: Case, typed: dict[str, Any], by: User, at: Instant) -> str:
    try:
        services.answer(case.pk, typed["answer"], by, at)
    except NotNow:
        raise Refused(_is_over()) from None
    return _("Answered. The family is told that there is an answer.")


def _noted(case: Case, typed: dict[str, Any], by: User, at: Instant) -> str:
    services.note(case.pk, typed["note"], by, at)
    return _("Noted.")


def _assigned(case: Case, typed: dict[str, Any], by: User, at: Instant) -> str:
    try:
        services.assign(case.pk, typed["to"], by, at)
    except NotNow:
        raise Refused(_is_over()) from None
    return _("%(name)s is responsible now.") % {"name": typed["to"].name or typed["to"].email}


def _resolved(case: Case, typed: dict[str, Any], by: User, at: Instant) -> str:
    try:
        services.resolve(case.pk, Outcome(typed["outcome"]), typed["why"], by, at)
    except NoOutcome:
        raise Refused(
            _("A case with a credit that is given is decided as credited, and only such a one. First give the credit.")
        ) from None
    except NotNow:
        raise Refused(_is_over()) from None
    return _("Decided. The family is told.")


def _credited(case: Case, typed: dict[str, Any], by: User, at: Instant) -> str:
    try:
        reason = CreditReason(typed["reason"])
        made = services.give_credit(case.pk, typed["amount"], reason, typed["text"], by, at, typed["reference"])
    except MoreThanTheCall as more:
        raise Refused(_("Only %(left)s of this call's charge is left to give back.") % {"left": more.left}) from None
    except NotYourRole:
        most = limits_of(by).proposes
        raise Refused(_("You may give at most %(most)s, with a second person.") % {"most": most}) from None
    except (NoOutcome, OtherRequest):
        raise Refused(_("This case has a credit already.")) from None
    except NotNow:
        raise Refused(_is_over()) from None
    if made.state == "granted":
        return _("The credit is given, and written down with your name.")
    return _("It needs a second person, who decides on the page of credits.")


def _ended_texts(case: Case, by: User, at: Instant) -> str:
    end_texts(case.customer.user, at, by)
    return _("The family gets no more text messages. Written down with your name.")


def _called(case: Case, by: User, at: Instant) -> str:
    """Ring the family, and then whoever answers for customer service; it is noted in the case."""
    wish = wish_of(case)
    if wish is None:
        raise Refused(_("This case asks for no call."))
    try:
        order_call_back(case.customer, E164(wish.number), Language(case.language), at, address="")
    except NotOrdered as refused:
        raise Refused(why_not(refused)) from None
    services.note(case.pk, _("Called back: %(number)s") % {"number": telephone(wish.number)}, by, at)
    return _("The family is called now, and then the phone of customer service rings.")


def _is_over() -> str:
    return _("This case is over. Only a note can be added.")


def _shown(request: HttpRequest, case: Case) -> dict[str, Any]:
    user, at = cast(User, request.user), Instant(time.time_ns() // 1_000_000)
    topic, state = Topic(case.topic), CaseState(case.state)
    call = (
        None
        if case.call_id is None
        else calls_where(within(user, Permission.SEE_CALLS)).filter(pk=case.call_id).first()
    )
    disputed = DISPUTES.get(topic)
    may_credit = is_permitted(user, Permission.GIVE_STAFF_CREDITS) and CaseEvent.RESOLVED in TABLE[state]
    return {
        "case": case,
        "title": case.subject or TOPICS[topic],
        "topic": TOPICS[topic],
        "state": STATES_FOR_STAFF[state],
        "badge": BADGES[state],
        "waited": "" if case.waiting_since is None else waited(at - case.waiting_since),
        "opened": _utc(case.opened_at),
        "said": [
            {"message": each, "at": _utc(each.at), "documents": documents_of(each)} for each in queries.said(case)
        ],
        "facts": queries.facts_of(case),
        "diagnosis": None if call is None else diagnosis(call),
        "outcome": OUTCOMES_FOR_STAFF[Outcome(case.outcome)] if case.outcome else "",
        "credit": _credit(case),
        "changes": _changes(case),
        "texts_to": wishes_of(case.customer.user).number,
        "wish": wish_in_words(case, at),
        "may": TABLE[state],
        "answer": Answer(),
        "note": Note(),
        "assign": Assigning(initial={"to": case.assigned_to_id or user.pk}),
        "resolve": Resolving(initial={"outcome": Outcome.CREDITED if case.credit else Outcome.EXPLAINED}),
        "crediting": Crediting(
            initial={"reference": secrets.token_hex(16), "reason": disputed or CreditReason.GOODWILL}
        )
        if may_credit and (case.credit is None or case.credit.state == "refused")
        else None,
        "limits": limits_of(user),
    }


def _changes(case: Case) -> list[dict[str, Any]]:
    """What was done with it, newest first, from the audit trail."""
    events = list(islice(trail.entries(subject=f"case/{case.pk}", actions=_TOLD), _CHANGES))
    told = [(event, json.loads(event.before or "{}"), json.loads(event.after or "{}")) for event in events]
    names = {"system": _("By itself")}
    actors = {event.actor for event in events} | {after.get("assigned_to", "") for _event, _before, after in told}
    users = [int(actor.removeprefix("user/")) for actor in actors if actor.startswith("user/")]
    names |= {f"user/{user.pk}": user.name or user.email for user in User.objects.filter(pk__in=users)}
    return [
        {
            "at": _utc(event.at),
            "who": names.get(event.actor, event.actor),
            "what": _change(event.action, before, after, names),
        }
        for event, before, after in told
    ]


def _change(action: str, before: dict[str, str], after: dict[str, str], names: dict[str, str]) -> str:
    match action:
        case Action.CASE_ASSIGNED:
            return _("Responsible: %(name)s") % {"name": names.get(after["assigned_to"], after["assigned_to"])}
        case Action.CASE_CREDITED:
            return _("Credit %(key)s") % {"key": after["credit"]}
        case Action.CASE_OPENED:
            return _("Opened")
        case _:
            was, now = (STATES_FOR_STAFF[CaseState(each["state"])] for each in (before, after))
            return f"{was} → {now}"


def _credit(case: Case) -> dict[str, Any] | None:
    if case.credit is None:
        return None
    state = CreditState(case.credit.state)
    return {
        "amount": Money(case.credit.amount),
        "reason": CREDIT_REASONS[CreditReason(case.credit.reason)],
        "state": CREDIT_STATES[state],
        "badge": {CreditState.GRANTED: "good", CreditState.REFUSED: "bad"}.get(state, "none"),
        "key": case.credit.key,
    }


def _utc(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).replace(tzinfo=None)
