"""What is written down of looking: who saw or heard what, and who asked for what is not theirs."""

import time
from collections.abc import Mapping
from typing import NoReturn

from django.http import Http404, HttpRequest

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId, Instant


def write_down(
    request: HttpRequest,
    action: Action,
    subject: str,
    facility: int | None = None,
    reason: str = "",
    after: Mapping[str, object] | None = None,
) -> None:
    """Add an entry in the name of the signed-in user; `after`: what was asked for or is so now."""
    at = Instant(time.time_ns() // 1_000_000)
    where = None if facility is None else FacilityId(facility)
    audit.record(f"user/{request.user.pk}", action, subject, at, facility=where, after=after, reason=reason[:300])


def refuse(request: HttpRequest, subject: str) -> NoReturn:
    """Somebody asked for what they may not see: write it down, and answer as if it did not exist."""
    write_down(request, Action.ACCESS_REFUSED, subject, reason=request.path)
    raise Http404
