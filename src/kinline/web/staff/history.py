"""`/facility/`: the history of calls and attempts, searched page by page, kept searches, what is found as a file."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_POST, require_safe

from kinline.audit.actions import Action
from kinline.calls.history import all_found, found
from kinline.calls.models import SavedSearch
from kinline.core.identity import CallId
from kinline.people.models import User
from kinline.web.spreadsheet import line
from kinline.web.staff.access import Permission, facilities_where, is_permitted, staff_page, within
from kinline.web.staff.calls import StaffCall, as_staff_reads_it
from kinline.web.staff.history_search import Search, criteria
from kinline.web.trail import refuse, write_down
from kinline.web.words import DISPOSITIONS

CALLS_ON_A_PAGE = 30
SEARCHES_AT_MOST = 50


@require_safe
@staff_page(Permission.SEE_CALLS)
def history(request: HttpRequest) -> HttpResponse:
    """The attempts that fit, where this member of staff may see calls, newest first. A search is written down."""
    search = Search(request, Permission.SEE_CALLS, request.GET)
    before, after = _cursor(request, "before"), _cursor(request, "after")
    typed = search.typed
    calls, is_more = [], False
    if search.is_valid():
        asked = criteria(search.wanted()) | {name: at for name, at in (("before", before), ("after", after)) if at}
        where = within(request.user, Permission.SEE_CALLS)
        calls = found(where, search.wanted(), search.zones, CALLS_ON_A_PAGE + 1, before, after)
        is_more = len(calls) > CALLS_ON_A_PAGE
        calls = calls[-CALLS_ON_A_PAGE:] if after else calls[:CALLS_ON_A_PAGE]
        if typed or before or after:
            write_down(request, Action.HISTORY_SEARCHED, "history", search.facility_id, after=asked)
    return render(
        request,
        "kinline/facility.html",
        {
            "search": search,
            "asked": urlencode(typed),
            "hidden": typed,
            "calls": [as_staff_reads_it(call) for call in calls],
            "older": _link(typed, before=calls[-1].pk) if calls and (is_more or after) else "",
            "newer": _link(typed, after=calls[0].pk) if calls and (before or (after and is_more)) else "",
            "saved": _saved_searches(request),
            "may_save": search.here is not None and search.is_valid(),
            "may_export": search.is_valid() and is_permitted(request.user, Permission.EXPORT_CALLS),
        },
    )


@require_safe
@staff_page(Permission.EXPORT_CALLS)
def export(request: HttpRequest) -> HttpResponseBase:
    """Everything that fits, as a file that is written while it is read. What was asked is written down before."""
    search = Search(request, Permission.EXPORT_CALLS, request.GET)
    if not search.is_valid():
        return HttpResponse(
            gettext("This search cannot be read."), status=400, content_type="text/plain; charset=utf-8"
        )
    wanted, zones = search.wanted(), search.zones
    write_down(request, Action.HISTORY_EXPORTED, "history", search.facility_id, after=criteria(wanted))
    language = get_language() or "en"
    batches = all_found(within(request.user, Permission.EXPORT_CALLS), wanted, zones)

    def lines() -> Iterator[str]:
        with override(language):
            yield "\ufeff" + line(_columns())
        for batch in batches:
            with override(language):
                text = "".join(line(_cells(as_staff_reads_it(call))) for call in batch)
            yield text

    is_asynchronous = isinstance(request, ASGIRequest)
    content: Any = _read_in_threads(lines()) if is_asynchronous else lines()
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="calls.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@staff_page(Permission.SEE_CALLS)
@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep a search of one facility under a name, in place of the reader's own of that name."""
    search = Search(request, Permission.SEE_CALLS, request.POST)
    name = " ".join(request.POST.get("name", "").split())[:60]
    if not search.is_valid() or search.here is None or not name:
        messages.error(request, gettext("Choose a facility, and give the search a name."))
        return redirect(f"/facility/?{urlencode(search.typed)}")
    user = cast(User, request.user)
    if not user.saved_searches.filter(name=name).exists() and user.saved_searches.count() >= SEARCHES_AT_MOST:
        messages.error(request, gettext("You keep fifty searches already. Forget one first."))
    else:
        asked = search.typed | {"facility": str(search.here.pk)}
        kept, _is_new = SavedSearch.objects.update_or_create(
            user=user, name=name, defaults={"facility": search.here, "asked": asked}
        )
        write_down(request, Action.SEARCH_SAVED, f"search/{kept.pk}", search.here.pk, after={"name": name, **asked})
    return redirect(f"/facility/?{urlencode(search.typed)}")


@staff_page(Permission.SEE_CALLS)
@require_POST
def forget_search(request: HttpRequest) -> HttpResponse:
    """One's own search is kept no longer."""
    pk = request.POST.get("search", "")
    kept = SavedSearch.objects.filter(user=cast(User, request.user), pk=int(pk) if pk.isdecimal() else 0).first()
    if kept is None:
        refuse(request, f"search/{pk[:20]}")
    write_down(request, Action.SEARCH_FORGOTTEN, f"search/{kept.pk}", kept.facility_id, after={"name": kept.name})
    kept.delete()
    return redirect("facility")


def _saved_searches(request: HttpRequest) -> list[tuple[SavedSearch, str]]:
    """The reader's own, at the facilities that are still theirs."""
    where = facilities_where(request.user, Permission.SEE_CALLS, partly=True)
    own = SavedSearch.objects.filter(user=cast(User, request.user), facility__in=where).order_by("name")
    return [(each, urlencode(sorted(each.asked.items()))) for each in own.select_related("facility")]


def _cursor(request: HttpRequest, name: str) -> CallId | None:
    typed = request.GET.get(name, "")
    return CallId(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _link(typed: dict[str, str], **cursor: int) -> str:
    return urlencode({**typed, **cursor})


def _columns() -> list[str]:
    return [
        gettext("Call"),
        gettext("When"),
        gettext("Time zone"),
        gettext("Facility"),
        gettext("Unit"),
        gettext("Phone"),
        gettext("Resident’s number"),
        gettext("Resident"),
        gettext("Number"),
        gettext("Privileged"),
        gettext("Outcome"),
        gettext("Reason"),
        gettext("Why"),
        gettext("Seconds"),
        gettext("Price"),
        gettext("Who paid"),
    ]


def _cells(call: StaffCall) -> list[object]:
    return [
        call.call_id,
        call.at.isoformat(sep=" ", timespec="seconds"),
        call.zone,
        call.facility,
        call.unit,
        call.station,
        call.resident_number,
        call.resident,
        call.number,
        gettext("yes") if call.is_privileged else gettext("no"),
        DISPOSITIONS.get(call.outcome, gettext("In progress") if call.is_live else call.outcome),
        call.reason,
        call.explanation.text if call.explanation else "",
        call.talk_seconds,
        call.charge.plain,
        call.payer,
    ]


async def _read_in_threads(lines: Iterator[str]) -> AsyncIterator[str]:
    """The server asks for each part when the one before is sent: nothing is gathered in memory."""
    following = sync_to_async(lambda: next(lines, None))
    while (text := await following()) is not None:
        yield text
