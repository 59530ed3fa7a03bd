"""`/provider/cases/`: the queue of what families asked and disputed."""

import time
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.core.casework import CaseState
from kinline.core.identity import Instant
from kinline.people.models import User
from kinline.refunds.models import CreditState
from kinline.support import queries
from kinline.support.calling_back import wish_of
from kinline.support.models import Case
from kinline.support.queries import Queue, Wanted
from kinline.support.topics import DISPUTES, Topic
from kinline.web.staff.access import Permission, staff_page
from kinline.web.support_words import BADGES, QUEUES, STATES_FOR_STAFF, TOPICS, expected, waited

ON_A_PAGE: Final = 50


class Search(forms.Form):
    """Which cases."""

    queue = forms.ChoiceField(required=False, choices=[(each.value, each.value) for each in Queue])
    state = forms.ChoiceField(
        required=False, label=_("State"), choices=[("", _("Any")), *((k.value, v) for k, v in STATES_FOR_STAFF.items())]
    )
    topic = forms.ChoiceField(
        required=False, label=_("Topic"), choices=[("", _("Any")), *((k.value, v) for k, v in TOPICS.items())]
    )
    disputes = forms.BooleanField(required=False, label=_("Disputed calls only"))
    words = forms.CharField(required=False, max_length=80, label=_("Name, e-mail, subject, case or call number"))


@require_safe
@staff_page(Permission.ANSWER_CASES)
def staff_cases(request: HttpRequest) -> HttpResponse:
    """Who waits longest first."""
    user, at = cast(User, request.user), Instant(time.time_ns() // 1_000_000)
    form = Search(request.GET)
    typed = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(
        queue=Queue(typed.get("queue") or Queue.WAITING),
        state=CaseState(typed["state"]) if typed.get("state") else None,
        topic=Topic(typed["topic"]) if typed.get("topic") else None,
        disputes=bool(typed.get("disputes")),
        words=typed.get("words", "").strip(),
    )
    expectation = queries.expectation(at)
    late_before = at - expectation.seconds * 1000
    page = Paginator(queries.queue(wanted, user, at, expectation), ON_A_PAGE).get_page(request.GET.get("page"))
    numbers = queries.counts(user, at, expectation)
    asked = {name: value for name, value in request.GET.items() if name != "page" and value}
    return render(
        request,
        "kinline/staff_cases.html",
        {
            "form": form,
            "queues": [(each.value, QUEUES[each], numbers.get(each), each is wanted.queue) for each in Queue],
            "queue": wanted.queue.value,
            "cases": [_in_words(case, at, late_before) for case in page],
            "page": page,
            "asked": urlencode(asked),
            "expected": expected(expectation),
        },
    )


def wish_in_words(case: Case, at: Instant) -> dict[str, Any] | None:
    """Where and when a family wishes to be called, if that is what a case asks."""
    wish = wish_of(case)
    if wish is None:
        return None
    begin, end = (datetime.fromtimestamp(each / 1000, UTC).replace(tzinfo=None) for each in (wish.begin, wish.end))
    is_now, is_over = wish.begin <= at < wish.end, wish.end <= at
    return {"number": wish.number, "begin": begin, "end": end, "now": is_now, "over": is_over}


def _in_words(case: Case, at: Instant, late_before: int) -> dict[str, Any]:
    topic, state = Topic(case.topic), CaseState(case.state)
    return {
        "case": case,
        "title": case.subject or TOPICS[topic],
        "topic": TOPICS[topic],
        "state": STATES_FOR_STAFF[state],
        "badge": BADGES[state],
        "is_dispute": topic in DISPUTES,
        "waited": "" if case.waiting_since is None else waited(at - case.waiting_since),
        "wish": wish_in_words(case, at),
        "credit_waits": case.credit is not None and case.credit.state == CreditState.WAITING,
        "is_late": case.waiting_since is not None and case.waiting_since < late_before,
    }
