"""What went wrong, for a machine and for whoever stands before it: `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

CONTENT_TYPE = "application/problem+json"


class ProblemAnswer(Schema):
    """An error: `type` names it for good, `field` the part of the request, `remedy` what to do."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    field: str | None = None


class Problem(Exception):
    """Nothing was done. `kind` is the last word of the type, `field` what of the request it is about."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        remedy: str,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.status = status
        self.headers = headers or {}
        self.content: dict[str, Any] = {
            "type": f"urn:kinline:problem:{kind}",
            "title": title,
            "status": status,
            "detail": detail,
            "remedy": remedy,
            "field": field,
        }


def answered(problem: Problem) -> HttpResponse:
    return HttpResponse(
        json.dumps(problem.content, ensure_ascii=False), CONTENT_TYPE, problem.status, headers=problem.headers
    )


REMEDIES: Mapping[str, Any] = {
    "amount": gettext_lazy('Write dollars as text, more than zero, with at most two decimals, such as "20.00".'),
    "currency": gettext_lazy("Only USD is taken. Leave the currency out, or write USD."),
    "receipt_number": gettext_lazy("Write the number of your receipt: 1 to 40 letters, digits, points or hyphens."),
    "account": gettext_lazy("Write the account's number, as a whole number."),
    "resident_number": gettext_lazy("Write the resident's number: 1 to 20 letters, digits or hyphens."),
    "number": gettext_lazy("Write the resident's number: 1 to 20 letters, digits or hyphens."),
    "customer_phone": gettext_lazy("Write the telephone number with + and the country's code, such as +15045550123."),
    "code": gettext_lazy("Write the 16 digits of the card, as text."),
    "Idempotency-Key": gettext_lazy(
        "Send a header Idempotency-Key: 8 to 64 letters, digits or hyphens, new for each deposit, the same when you "
        "repeat one."
    ),
    "to": gettext_lazy("Name exactly one of account, resident_number and customer_phone."),
}


def register(api: NinjaAPI) -> None:
    """Answer every error in this form."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
        return answered(error)

    @api.exception_handler(AuthenticationError)
    def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answered(
            Problem(
                401,
                "key",
                _("No key that opens this"),
                _("The key is missing, wrong or revoked."),
                _("Send the kiosk's key in the header Authorization: Bearer. The facility can make a new one."),
                headers={"WWW-Authenticate": "Bearer"},
            )
        )

    @api.exception_handler(ValidationError)
    def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answered(unreadable(error.errors[0]))

    @api.exception_handler(HttpError)
    def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answered(
            Problem(
                error.status_code,
                "request",
                _("The request cannot be read"),
                _("The body is not JSON, or not as described in /api/openapi.json."),
                _("Send a JSON object with the Content-Type application/json."),
            )
        )


def unreadable(error: Mapping[str, Any]) -> Problem:
    """The first thing wrong with the form of a request, by the field that it is in."""
    where = [str(step) for step in error["loc"]]
    field = next((step for step in reversed(where) if step in REMEDIES), None)
    if field is None and error["type"] == "value_error":
        field = "to"
    if field is None:
        unknown = where[-1] if error["type"] == "extra_forbidden" else None
        detail = _("There is no such field: %(field)s.") % {"field": unknown[:40]} if unknown else _("It is malformed.")
        return Problem(
            422,
            "request",
            _("The request cannot be read"),
            detail,
            _("Send what /api/openapi.json describes."),
            unknown and unknown[:40],
        )
    missing = error["type"] == "missing"
    detail = _("%(field)s is missing.") if missing else _("%(field)s is not as it must be.")
    return Problem(
        422, "field", _("A field is missing or wrong"), detail % {"field": field}, str(REMEDIES[field]), field
    )
