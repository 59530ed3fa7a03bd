"""`/rates/FACILITY/rules/`: what a call to my number costs by its length, and the facility's rules.

Open to everybody, to read and to print. The rules are those by which calls are decided, the prices those that are
charged.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kinline.contacts.queries import list_rules
from kinline.core.contacts import Mode
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.policy import USUALLY_BARRED
from kinline.core.windows import Spans
from kinline.facilities.models import Facility
from kinline.facilities.queries import Rulebook, rulebook, stamp
from kinline.facilities.queries.house_rules import Day, HouseRules, house_rules
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.rates.calculator import LONGEST_MINUTES, Calculated, Number, Question, calculate

LENGTHS: Final = (5, 10, 15, 20, 30, 60)
"""Minutes that a price is shown for, up to the longest call that the facility allows."""
MODES: Final = {
    Mode.OPEN: _("A resident may call any number that the rules do not exclude. You need no approval."),
    Mode.APPROVE_FIRST: _("Only approved numbers can be called. You or the resident ask, and staff decide."),
    Mode.ALLOW_LIST: _("Only numbers that staff of the facility put on the resident’s list can be called."),
}
KINDS: Final = {
    "toll_free": _("toll-free numbers"),
    "premium": _("premium numbers"),
    "personal": _("numbers that follow a person (500)"),
    "international": _("other countries"),
    "geographic": _("ordinary numbers of the United States"),
}


@dataclass(frozen=True, slots=True)
class Priced:
    """Calls to one number: what the first answer says of all of them, and for each length in minutes the taxes in the
    price and the price."""

    answer: Calculated
    by_length: tuple[tuple[int, Money, Money], ...]


@require_safe
def facility_rules(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What a call costs and what the facility asks, on one page."""
    found = get_object_or_404(Facility.objects.select_related("agency"), pk=facility_id, is_active=True)
    at = Instant(time.time_ns() // 1_000_000)
    book = rulebook(FacilityId(found.pk), stamp())
    house = house_rules(found, book, reader_language(), at)
    form = Number(request.GET) if "number" in request.GET else Number(initial={"number": _own_number(request)})
    number = form.cleaned_data["number"] if form.is_bound and form.is_valid() else form.initial.get("number", "")
    return render(
        request,
        "kinline/facility_rules.html",
        {
            "facility": found,
            "house": house,
            "form": form,
            "priced": _priced(book, house, number, at) if number else None,
            "free_minutes": book.free_minutes_at(at),
            "mode": MODES[list_rules(found, at).mode],
            "kinds": _barred(house),
            "week": [_day(each) for each in house.week],
            "out_of_turn": [_day(each) for each in house.out_of_turn],
            "changes_at": None if house.changes_at is None else _local(book, house.changes_at),
            "read_at": _local(book, at),
        },
    )


def _own_number(request: HttpRequest) -> str:
    customer = customer_of(request.user)
    own = customer.numbers.filter(is_verified=True).order_by("number").first() if customer else None
    return own.number if own else ""


def _priced(book: Rulebook, house: HouseRules, number: str, at: Instant) -> Priced:
    longest = (house.rules.maximum_seconds or LENGTHS[-1] * 60) // 60
    lengths = [minutes for minutes in LENGTHS if minutes < longest] + [max(1, min(longest, LONGEST_MINUTES))]
    answers = [_answer(book, number, minutes, at) for minutes in lengths]
    by_length = tuple(
        (answer.count, _sum(line.amount for line in answer.quote.at_most.taxes), answer.quote.total)
        for answer in answers
        if answer.quote is not None
    )
    return Priced(answers[0], by_length)


def _answer(book: Rulebook, number: str, minutes: int, at: Instant) -> Calculated:
    question = Question({"number": number, "minutes": str(minutes)})
    question.is_valid()
    return calculate(book, question, at)


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, ZERO)


def _barred(house: HouseRules) -> list[Any]:
    barred = USUALLY_BARRED if house.rules.barred is None else house.rules.barred
    return [name for kind, name in KINDS.items() if kind in barred]


def _day(day: Day) -> dict[str, Any]:
    return {"name": WEEKDAYS[day.weekday], "date": day.on, "spans": _clocks(day.spans)}


def _clocks(spans: Spans) -> list[tuple[clock, clock]]:
    return [(_clock(opens), _clock(closes)) for opens, closes in spans]


def _clock(minute: int) -> clock:
    return clock(minute // 60 % 24, minute % 60)


def _local(book: Rulebook, at: Instant) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(book.zone).replace(tzinfo=None)
