"""`/api/kiosk/v1/`: cash and vouchers, taken by machines and counters of a facility."""

import json
import time
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Path, Query, Router, Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field, model_validator

from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.kiosks import services
from kinline.kiosks.models import Kiosk
from kinline.kiosks.queries import (
    Closed,
    NotFound,
    account_by_number,
    account_of_resident,
    account_of_telephone,
    resident_here,
)
from kinline.kiosks.services import Answer
from kinline.ledger.services import NotEnough
from kinline.vouchers import services as vouchers
from kinline.web.api.problems import CONTENT_TYPE, REMEDIES, Problem, ProblemAnswer
from kinline.web.explanation import reader_language


class KioskKey(HttpBearer):
    """The key that the facility was given for this kiosk."""

    def authenticate(self, request: HttpRequest, token: str) -> Kiosk | None:
        try:
            return services.admit(token, _now())
        except services.TooBusy as busy:
            raise Problem(
                429,
                "rate",
                _("Too many requests"),
                _("This kiosk asked too often in this minute."),
                _("Wait %(seconds)d seconds.") % {"seconds": busy.seconds},
                headers={"Retry-After": str(busy.seconds)},
            ) from busy


router = Router(auth=KioskKey(), tags=["kiosk"])

RECEIPT = r"^[A-Za-z0-9._-]{1,40}$"
ResidentNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$", examples=["100001"])]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9_.:-]{8,64}$")]


class To(Schema):
    """Whose account: exactly one of the three."""

    model_config = ConfigDict(extra="forbid")
    account: Annotated[int, Field(ge=1, lt=2**63, strict=True)] | None = None
    """The account's number."""
    resident_number: ResidentNumber | None = None
    """A resident of the kiosk's own facility: their debit account."""
    customer_phone: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$", examples=["+15045550123"])] | None = None
    """A telephone number that a customer confirmed: their prepaid account."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "To":
        if sum(each is not None for each in (self.account, self.resident_number, self.customer_phone)) != 1:
            raise ValueError("exactly one of account, resident_number and customer_phone")
        return self


class DepositRequest(To):
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,2})?$", examples=["20.00"])]
    """Dollars."""
    currency: Literal["USD"] = "USD"
    receipt_number: Annotated[str, Field(pattern=RECEIPT)]
    """Counts once at this kiosk."""


class RedeemRequest(To):
    code: Annotated[str, Field(min_length=1, max_length=40, examples=["1234 5678 9012 3456"])]
    """As typed: spaces and hyphens do not matter."""


class Booked(Schema):
    """The money is on the account."""

    reference: str
    """Of the movement in the books."""
    account: int
    amount: str
    currency: Literal["USD"] = "USD"


class ResidentAnswer(Schema):
    """As much as a person needs to see that it is the right one."""

    resident_number: str
    name: str
    facility: str
    currency: Literal["USD"] = "USD"
    deposit_most: str


ERRORS: dict[Any, Any] = dict.fromkeys((400, 401, 404, 409, 422, 429), ProblemAnswer)


@router.post("/deposits", response={201: Booked, **ERRORS}, summary="Book cash that was put in")
def deposit(request: HttpRequest, asked: DepositRequest, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Put cash onto an account. Send the same again, with the same Idempotency-Key, until there is an answer: it is
    booked once."""
    kiosk, at = _kiosk(request), _now()
    amount = Money.parse(asked.amount)
    if amount == ZERO:
        raise _refused("amount", _("The amount is zero."), str(REMEDIES["amount"]))

    def book() -> Answer:
        account = _account(kiosk, asked)
        try:
            taken = services.deposit(kiosk, account, amount, asked.receipt_number, at)
        except services.OverLimit as over:
            raise _refused(
                "amount",
                _("This kiosk takes at most %(most)s at a time.") % {"most": over.most},
                _("Take a smaller amount, or several."),
            ) from over
        except services.ReceiptUsed as used:
            raise Problem(
                409,
                "receipt",
                _("This receipt was booked before"),
                _("The receipt %(number)s was booked with %(amount)s.")
                % {"number": asked.receipt_number, "amount": Money(used.earlier.amount)},
                _("If it is the same cash, there is nothing to do. If not, give it a receipt number of its own."),
                "receipt_number",
            ) from used
        return Answer(201, _booked(taken.key, account, amount))

    return _once(request, kiosk, idempotency_key, asked, at, book)


@router.post("/deposits/{receipt_number}/reversal", response={200: Booked, **ERRORS}, summary="Undo a deposit")
def take_back(request: HttpRequest, receipt_number: Annotated[str, Path(pattern=RECEIPT)]) -> dict[str, Any]:
    """The machine has given the cash back: take it off the account again. Within 15 minutes, and only what this kiosk
    booked; sent again, it is undone once."""
    kiosk = _kiosk(request)
    try:
        undone = services.take_back(kiosk, receipt_number, _now())
    except services.NoSuchReceipt as error:
        raise Problem(
            404,
            "not_found",
            _("Nothing to undo"),
            _("This kiosk booked no cash with this receipt number."),
            _("Compare the receipt number. Only the kiosk that booked the cash can undo it."),
            "receipt_number",
        ) from error
    except services.TooLate as error:
        raise Problem(
            409,
            "too_late",
            _("Too late to undo"),
            _("The cash was booked more than 15 minutes ago."),
            _("Keep the cash, and tell the provider's support: they give the money back."),
            "receipt_number",
        ) from error
    except NotEnough as error:
        raise Problem(
            409,
            "spent",
            _("The money was spent"),
            _("A call has used it, or is using it now."),
            _("Keep the cash, and tell the provider's support: they give the money back."),
            "receipt_number",
        ) from error
    return _booked(undone.reversal_key, AccountId(undone.account_id), Money(undone.amount))


@router.post("/redeem", response={201: Booked, **ERRORS}, summary="Redeem a voucher")
def redeem(request: HttpRequest, asked: RedeemRequest, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Put a voucher's money onto an account. A refusal is the answer to its Idempotency-Key too."""
    kiosk, at = _kiosk(request), _now()

    def book() -> Answer:
        account = _account(kiosk, asked)
        answer = vouchers.redeem(asked.code, account, (f"kiosk/{kiosk.pk}", f"account/{account}"), at)
        if isinstance(answer, vouchers.Redeemed):
            return Answer(201, _booked(f"voucher/{answer.serial}", account, answer.amount))
        explained = explain(answer.reason, Audience.FAMILY, reader_language(), answer.values.items())
        is_locked = answer.reason is Reason.PAY_VOUCHER_LOCKED
        kind = answer.reason.value.replace("pay.", "")
        problem = Problem(
            429 if is_locked else 422,
            kind,
            _("The card was not redeemed"),
            explained.text,
            explained.remedy,
            "code",
            {"Retry-After": str(answer.values["wait"].seconds)} if is_locked else {},  # type: ignore[union-attr]
        )
        if is_locked:
            raise problem
        return Answer(problem.status, problem.content)

    return _once(request, kiosk, idempotency_key, asked, at, book)


@router.get("/residents", response={200: ResidentAnswer, **ERRORS}, summary="Show who a number means")
def resident(request: HttpRequest, number: Annotated[ResidentNumber, Query()]) -> dict[str, str]:
    """A resident of the kiosk's own facility, by number: first name and initial, to see that it is the right one."""
    kiosk = _kiosk(request)
    try:
        found = resident_here(kiosk, number)
    except NotFound as error:
        raise _not_found(error) from error
    first, *others = found.name.split()
    return {
        "resident_number": found.resident_number,
        "name": f"{first} {others[-1][0]}." if others else first,
        "facility": kiosk.facility.name,
        "deposit_most": _dollars(Money(kiosk.deposit_most)),
    }


def _once(request: HttpRequest, kiosk: Kiosk, key: str, asked: To, at: Instant, do: Any) -> HttpResponse:
    question = json.dumps([request.path, asked.model_dump()], sort_keys=True)
    try:
        answer = services.once(kiosk, key, question, at, do)
    except services.KeyUsedOtherwise as error:
        raise Problem(
            409,
            "idempotency_key",
            _("This key was used for another request"),
            _("The Idempotency-Key was used before with another body."),
            _("Use a new key for each deposit, and the same one only to repeat it unchanged."),
            "Idempotency-Key",
        ) from error
    return HttpResponse(
        json.dumps(answer.content, ensure_ascii=False),
        "application/json" if answer.status < 400 else CONTENT_TYPE,
        answer.status,
        headers={"Idempotent-Replayed": "true"} if answer.is_repeated else {},
    )


def _account(kiosk: Kiosk, to: To) -> AccountId:
    try:
        if to.account is not None:
            return account_by_number(kiosk, to.account)
        if to.resident_number is not None:
            return account_of_resident(kiosk, to.resident_number)
        return account_of_telephone(to.customer_phone or "")
    except NotFound as error:
        raise _not_found(error) from error
    except Closed as error:
        why = explain(Reason.PAY_ACCOUNT_CLOSED, Audience.FAMILY, reader_language())
        raise Problem(409, "account_closed", _("The account is closed"), why.text, why.remedy, error.field) from error


def _not_found(error: NotFound) -> Problem:
    if error.is_ambiguous:
        return Problem(
            409,
            "ambiguous",
            _("More than one account"),
            _("Several customers have this telephone number."),
            _("Ask for the account's number, which stands on the account page, and send that."),
            error.field,
        )
    detail, remedy = {
        "account": (_("There is no such account."), _("Compare the number with the account page.")),
        "customer_phone": (
            _("No customer has confirmed this telephone number."),
            _("Compare the number. The customer can open an account and confirm it, free of charge."),
        ),
    }.get(
        error.field,
        (
            _("No resident in custody here has this number."),
            _("Compare the number. The facility tells it on request."),
        ),
    )
    return Problem(404, "not_found", _("Nobody found"), detail, remedy, error.field)


def _refused(field: str, detail: str, remedy: str) -> Problem:
    return Problem(422, "field", _("A field is missing or wrong"), detail, remedy, field)


def _booked(reference: str, account: AccountId, amount: Money) -> dict[str, Any]:
    return {"reference": reference, "account": account, "amount": _dollars(amount), "currency": "USD"}


def _dollars(amount: Money) -> str:
    return f"{amount.cents // 100}.{amount.cents % 100:02}"


def _kiosk(request: HttpRequest) -> Kiosk:
    kiosk: Kiosk = request.auth  # type: ignore[attr-defined]
    return kiosk


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
