"""`/rates/`: for everybody, without log-in."""

import time

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kinline.core.identity import Instant
from kinline.facilities.models import Facility
from kinline.web.rates.calculator import Question, calculate, quote_for_machines
from kinline.web.rates.disclosure import disclosure, for_machines


@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """Every facility, or those whose name or agency was asked for."""
    asked = request.GET.get("find", "").strip()[:60]
    found = Facility.objects.filter(is_active=True).select_related("agency").order_by("state", "name")
    for word in asked.split():
        found = found.filter(Q(name__icontains=word) | Q(agency__name__icontains=word) | Q(state__iexact=word))
    return render(request, "kinline/rates.html", {"facilities": found, "asked": asked})


@require_safe
def facility(request: HttpRequest, facility_id: int) -> HttpResponse:
    """What calls from a facility cost, and what a call or messages to a number would."""
    at = _now()
    disclosed = disclosure(_facility(facility_id), at)
    question = Question(request.GET) if "number" in request.GET else Question()
    calculated = calculate(disclosed.rules, question, at) if question.is_bound and question.is_valid() else None
    return render(
        request,
        "kinline/rates_of_facility.html",
        {"disclosed": disclosed, "facility": disclosed.facility, "question": question, "calculated": calculated},
    )


@require_safe
def machine_readable(request: HttpRequest, facility_id: int) -> HttpResponse:
    """The same as JSON; with `?number=&minutes=&service=` also a quote. 400 names the fields that cannot be read."""
    at = _now()
    disclosed = disclosure(_facility(facility_id), at)
    answer = for_machines(disclosed)
    if "number" in request.GET:
        question = Question(request.GET)
        if not question.is_valid():
            return JsonResponse({"errors": question.errors}, status=400)
        answer["quote"] = quote_for_machines(calculate(disclosed.rules, question, at))
    response = JsonResponse(answer)
    response.headers["Access-Control-Allow-Origin"] = "*"  # public by law; nothing in it is anybody's own
    return response


def _facility(facility_id: int) -> Facility:
    return get_object_or_404(Facility.objects.select_related("agency"), pk=facility_id, is_active=True)


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
