"""`/api/bookings/v1/`: a jail management system says who came, moved and went. One key for each facility."""

import json
import time
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field

from kinline.bookings import services
from kinline.bookings.models import Feed, Import, Outcome
from kinline.bookings.reading import MOST_ROWS, rows_of
from kinline.core.custody import Mode
from kinline.core.identity import Instant
from kinline.web.api.problems import Problem, ProblemAnswer
from kinline.web.staff.residents_words import LINE_PROBLEMS


class FacilityKey(HttpBearer):
    """The key that the facility made on its page "Import"."""

    def authenticate(self, request: HttpRequest, token: str) -> Feed | None:
        return services.admit(token)


router = Router(auth=FacilityKey(), tags=["bookings"])


class Residents(Schema):
    """Rows with the facility's own columns, or ours: resident_number, name, unit, language, pin, act."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["full", "changes"]
    residents: list[Any] = Field(max_length=MOST_ROWS)
    dry_run: bool = False
    releases_at_most: int | None = Field(default=None, ge=0, le=100_000)


class BadLine(Schema):
    line: int
    problem: str
    remedy: str
    content: dict[str, str]


class Report(Schema):
    """`outcome`: `applied`, `trial` or `refused` (it would release more than `releases_at_most`: nothing was done)."""

    id: int
    outcome: str
    counts: dict[str, int]
    releases_at_most: int
    changes: list[dict[str, Any]]
    bad_lines: list[BadLine]


@router.post("/residents", response={200: Report, 409: Report | ProblemAnswer}, summary="Who came, moved and went")
def residents(
    request: HttpRequest,
    asked: Residents,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9-]{8,64}$")],
) -> HttpResponse:
    """Good lines are done, bad ones come back. The same key again gives the first report; without it the same rows
    again change nothing more."""
    feed: Feed = request.auth  # type: ignore[attr-defined]
    data = json.dumps([asked.mode, asked.residents, asked.releases_at_most], sort_keys=True).encode()
    try:
        done = services.take(
            feed.facility,
            f"API {idempotency_key}",
            data,
            "api",
            Mode(asked.mode),
            f"feed/{feed.pk}",
            Instant(time.time_ns() // 1_000_000),
            rows=rows_of(asked.residents),
            is_trial=asked.dry_run,
            releases_at_most=asked.releases_at_most,
            key=idempotency_key,
        )
    except services.KeyUsedOtherwise as error:
        raise Problem(
            409,
            "idempotency_key",
            _("This key was used for another request"),
            _("The Idempotency-Key was used before with another body."),
            _("Use a new key for each deposit, and the same one only to repeat it unchanged."),
            "Idempotency-Key",
        ) from error
    status = 409 if done.outcome == Outcome.REFUSED else 200
    return HttpResponse(json.dumps(_report(done), ensure_ascii=False), "application/json", status)


def _report(done: Import) -> dict[str, Any]:
    return {
        "id": done.pk,
        "outcome": str(done.outcome),
        "counts": done.counts,
        "releases_at_most": done.releases_at_most,
        "changes": done.changes,
        "bad_lines": [
            {**bad, "content": dict(bad["content"]), "remedy": str(LINE_PROBLEMS[bad["problem"]])}
            for bad in done.bad_lines
        ],
    }
