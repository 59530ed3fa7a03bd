"""`/staff/api/v1/`: what the portal knows, for machines of staff who are signed in with their second step."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Schema

from kinline.calls.trying import InWords, NoStation, dialled, in_words, may
from kinline.core.identity import Instant
from kinline.facilities.models import Station
from kinline.people.models import Resident, User
from kinline.web.api import problems
from kinline.web.api.problems import Problem, ProblemAnswer
from kinline.web.explanation import reader_language
from kinline.web.staff.access import Permission, is_permitted, within
from kinline.web.staff.session import is_open


def signed_in(request: HttpRequest) -> User | None:
    """The member of staff whose session of the portal asks."""
    user = request.user
    return user if is_open(request) and isinstance(user, User) else None


router = Router(auth=signed_in, tags=["rules"])
ERRORS: dict[Any, Any] = dict.fromkeys((401, 404, 422), ProblemAnswer)


class StepAnswer(Schema):
    question: str
    is_passed: bool
    why: str


class LevelAnswer(Schema):
    level: str
    place: str
    rules: list[str]


class MayAnswer(Schema):
    """Whether the call would be placed, the rule that decides, and the chain that leads there."""

    is_allowed: bool
    reason: str
    """`policy.unit_closed`; empty when allowed."""
    answer: str
    rule: str
    """The deciding rule with its place: `Unit B: hours Mon-Sun 08:00-21:00`; empty when it is no level's rule."""
    longest_seconds: int | None
    steps: list[StepAnswer]
    chain: list[LevelAnswer]


@router.get("/may", response={200: MayAnswer, **ERRORS}, summary="May this resident call this number at this time?")
def may_call(
    request: HttpRequest, resident: int, number: str, at: datetime | None = None, station: int | None = None
) -> InWords:
    """`at` without a zone is on the facility's clock; without `at` it is now. `number` is what would be dialled."""
    mine = within(request.user, Permission.SEE_RULES)
    found = Resident.objects.select_related("facility").filter(mine, pk=resident).first()
    phone = Station.objects.filter(mine, pk=station).first() if station is not None else None
    if found is None or (station is not None and phone is None) or not is_permitted(request.user, Permission.SEE_RULES):
        raise Problem(404, "unknown", _("Not found"), _("There is no such resident or phone."), _("Check the key."))
    try:
        tried = may(found, dialled(number), _instant(at, found), phone)
    except NoStation as error:
        raise Problem(
            422, "no_station", _("No phone"), _("The facility has no phone yet."), _("Set up a phone first.")
        ) from error
    return in_words(tried, reader_language())


def _instant(at: datetime | None, resident: Resident) -> Instant:
    if at is None:
        return Instant(time.time_ns() // 1_000_000)
    local = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(resident.facility.time_zone))
    return Instant(int(local.timestamp() * 1000))


staff_api = NinjaAPI(
    title="Kinline for staff",
    version="1",
    description="Errors are `application/problem+json`. The session is that of the portal.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="staff_api",
)
staff_api.add_router("/v1", router)
problems.register(staff_api)
