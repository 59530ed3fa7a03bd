"""`/account/wishes/`: whose calls a family wishes, at which hours, and for how much a day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kinline.contacts import services
from kinline.contacts.errors import NotTheirNumber
from kinline.contacts.models import Contact, ContactState
from kinline.contacts.queries.wishes import Wishes, wishes_of
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.facilities.models import Facility
from kinline.people.models import Customer, Resident
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of
from kinline.web.family.wish_forms import ZONES, BlockForm, LimitForm, PauseForm, QuietForm
from kinline.web.trail import refuse

_HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is about, and its forms; one that was sent holds what was typed."""

    customer: Customer
    wishes: Wishes
    residents: dict[str, Resident]
    facilities: dict[str, Facility]
    forms: dict[str, forms.Form]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Blocks, a pause, quiet hours and limits, each with what undoes it."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    page = _page(request, customer)
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("what", ""))
        if act is None:
            raise Http404
        if act(request, page):
            messages.success(request, _("Your wish is saved. It holds from the next call on."))
            return redirect("wishes")
    return render(request, "kinline/wishes.html", _told(page))


def _page(request: HttpRequest, customer: Customer) -> Page:
    wished = wishes_of(customer)
    listed = Contact.objects.filter(number__in=wished.numbers).exclude(state=ContactState.REMOVED)
    known = {contact.resident.pk: contact.resident for contact in listed.select_related("resident__facility")}
    limited = (limit.resident for limit in wished.limits)  # perhaps they are on nobody's list any more
    known |= {resident.pk: resident for resident in limited if resident is not None}
    residents = {f"resident-{pk}": each for pk, each in sorted(known.items(), key=lambda item: item[1].name)}
    facilities = {f"facility-{each.facility_id}": each.facility for each in residents.values()}
    whose = [
        *((key, _("Calls of %(name)s") % {"name": each.name}) for key, each in residents.items()),
        *((key, _("All calls from %(facility)s") % {"facility": each.name}) for key, each in facilities.items()),
    ]
    names = [(key, each.name) for key, each in residents.items()]
    zone = next((hours.time_zone for hours in wished.quiet.values()), None) or getattr(zone_of(customer), "key", "")
    initial = {"time_zone": zone if zone in dict(ZONES) else "America/Chicago"}
    sent = request.POST.get("what") if request.method == "POST" else None
    return Page(
        customer,
        wished,
        residents,
        facilities,
        {
            "block": BlockForm(wished.numbers, whose, request.POST if sent == "block" else None),
            "pause": PauseForm(request.POST if sent == "pause" else None),
            "quiet": QuietForm(wished.numbers, request.POST if sent == "quiet" else None, initial),
            "limit": LimitForm(names, request.POST if sent == "limit" else None),
        },
    )


def _block(request: HttpRequest, page: Page) -> bool:
    form = page.forms["block"]
    if not form.is_valid():
        return False
    services.block_calls(
        page.customer,
        E164(form.cleaned_data["number"]),
        _actor(request),
        _now(),
        resident=page.residents.get(form.cleaned_data["whose"]),
        facility=page.facilities.get(form.cleaned_data["whose"]),
    )
    return True


def _unblock(request: HttpRequest, page: Page) -> bool:
    block = _number(request, "block")
    try:
        services.unblock_calls(page.customer, block, _actor(request), _now())
    except NotTheirNumber:
        refuse(request, f"block/{block}")
    return True


def _pause(request: HttpRequest, page: Page) -> bool:
    form = page.forms["pause"]
    if not form.is_valid():
        return False
    until = Instant(_now() + int(form.cleaned_data["hours"]) * _HOUR)
    services.pause_calls(page.customer, until, _actor(request), _now())
    return True


def _resume(request: HttpRequest, page: Page) -> bool:
    services.pause_calls(page.customer, None, _actor(request), _now())
    return True


def _quiet(request: HttpRequest, page: Page) -> bool:
    form = page.forms["quiet"]
    if not form.is_valid():
        return False
    said = form.cleaned_data
    number = E164(said["number"])
    hours = page.wishes.quiet.get(number)
    stretch = (said["weekdays"], _minute(said["opens"]), _minute(said["closes"]))
    stretches = [*(tuple(each) for each in (hours.windows if hours else [])), stretch]
    try:
        services.set_quiet_hours(page.customer, number, stretches, ZoneInfo(said["time_zone"]), _actor(request), _now())
    except ValueError:
        form.add_error("weekdays", _("These are many different hours. Remove some first."))
        return False
    return True


def _no_longer_quiet(request: HttpRequest, page: Page) -> bool:
    number, place = request.POST.get("number", ""), _number(request, "place")
    hours = page.wishes.quiet.get(number)
    if hours is None or place >= len(hours.windows):
        refuse(request, "quiet_hours")
    stretches = [tuple(each) for index, each in enumerate(hours.windows) if index != place]
    zone = ZoneInfo(hours.time_zone)
    services.set_quiet_hours(page.customer, E164(number), stretches, zone, _actor(request), _now())
    return True


def _limit(request: HttpRequest, page: Page) -> bool:
    form = page.forms["limit"]
    if not form.is_valid():
        return False
    who = page.residents.get(form.cleaned_data["who"])
    services.limit_spending(page.customer, who, form.cleaned_data["amount"], _actor(request), _now())
    return True


def _no_longer_limited(request: HttpRequest, page: Page) -> bool:
    limit = next((each for each in page.wishes.limits if each.pk == _number(request, "limit")), None)
    if limit is None:
        refuse(request, f"spending_limit/{_number(request, 'limit')}")
    services.limit_spending(page.customer, limit.resident, None, _actor(request), _now())
    return True


_ACTS: Final[dict[str, Callable[[HttpRequest, Page], bool]]] = {
    "block": _block,
    "unblock": _unblock,
    "pause": _pause,
    "resume": _resume,
    "quiet": _quiet,
    "no_longer_quiet": _no_longer_quiet,
    "limit": _limit,
    "no_longer_limited": _no_longer_limited,
}


def _told(page: Page) -> dict[str, Any]:
    zone, paused = zone_of(page.customer), page.wishes.paused_until

    def local(at: int) -> datetime:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(tzinfo=None)

    return {
        "numbers": page.wishes.numbers,
        "blocks": [(block, local(block.at)) for block in page.wishes.blocks],
        "paused_until": local(paused) if paused is not None and paused > _now() else None,
        "quiet": [
            (number, dict(ZONES).get(hours.time_zone, hours.time_zone), [_stretch(each) for each in hours.windows])
            for number, hours in page.wishes.quiet.items()
        ],
        "limits": page.wishes.limits,
        "forms": page.forms,
    }


def _stretch(stored: tuple[list[int], int, int]) -> dict[str, Any]:
    weekdays, opens, closes = stored
    names = _("every day") if len(weekdays) == len(WEEKDAYS) else ", ".join(str(WEEKDAYS[day]) for day in weekdays)
    return {"days": names, "opens": _clock(opens), "closes": _clock(closes), "is_overnight": closes <= opens}


def _minute(at: clock) -> int:
    return at.hour * 60 + at.minute


def _clock(minute: int) -> clock:
    return clock(minute // 60 % 24, minute % 60)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _actor(request: HttpRequest) -> str:
    return f"user/{request.user.pk}"


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
