"""Ordering a call: how often, and to which numbers."""

from typing import Final

from django.db import IntegrityError, transaction

from kinline.configuration import configuration
from kinline.core.identity import Instant, Language
from kinline.core.numbering import E164, NumberClass, classify
from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.core.servicecall.limits import DAY, LIMITS, REFUSED_FOR, Counted, next_at
from kinline.people.models import Customer
from kinline.servicecalls.errors import NotOrdered, WhyNot
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.sealing import seal
from kinline.servicecalls.services.tidying import give_up

TAKEN_WITHIN: Final = 30_000
"""Milliseconds in which a switchboard must take it up."""


def order_code_call(
    number: E164, code: str, language: Language, at: Instant, *, asked_by: str, address: str
) -> ServiceCall:
    """Have the platform call this number and speak the code, of digits, once a person there presses a key.

    `asked_by` (`user/7`) and `address` are who and where from: calls are counted for both and for the number. Raises
    `NotOrdered`. The code is in no log, no time line, and no longer in the database once the call is over.
    """
    if not code.isascii() or not code.isdigit():
        raise ValueError("a spoken code is made of digits")
    return _order(Kind.CODE, number, language, at, asked_by, address, sealed=seal(code))


def order_line_test(customer: Customer, number: E164, language: Language, at: Instant, *, address: str) -> ServiceCall:
    """Have the platform call a confirmed number of the customer's and test it. Raises `NotOrdered`."""
    if not customer.numbers.filter(number=number, is_verified=True).exists():
        raise NotOrdered(WhyNot.NOT_THEIRS)
    asked_by = f"user/{customer.user_id}"
    return _order(Kind.LINE_TEST, number, language, at, asked_by, address, customer=customer)


def order_call_back(customer: Customer, number: E164, language: Language, at: Instant, *, address: str) -> ServiceCall:
    """Have the platform call the customer and connect them with customer service. Raises `NotOrdered`.

    The number is a confirmed one of theirs. What became of it is in the row: `stage`, `outcome`.
    """
    if not configuration().support_number:
        raise NotOrdered(WhyNot.NOBODY)
    if not customer.numbers.filter(number=number, is_verified=True).exists():
        raise NotOrdered(WhyNot.NOT_THEIRS)
    asked_by = f"user/{customer.user_id}"
    return _order(Kind.CALL_BACK, number, language, at, asked_by, address, customer=customer)


def _order(
    kind: Kind, number: E164, language: Language, at: Instant, asked_by: str, address: str, **fields: object
) -> ServiceCall:
    if classify(number) is not NumberClass.GEOGRAPHIC:
        raise NotOrdered(WhyNot.NUMBER)
    give_up(ServiceCall.objects.filter(number=number), at)
    _within_limits(number, asked_by, address, at)
    try:
        with transaction.atomic():
            return ServiceCall.objects.create(
                kind=kind,
                number=number,
                language=language,
                asked_by=asked_by,
                address=address,
                ordered_at=at,
                due_by=at + TAKEN_WITHIN,
                **fields,
            )
    except IntegrityError:  # one_service_call_at_a_time
        raise NotOrdered(WhyNot.UNDER_WAY, 30) from None


def _within_limits(number: E164, asked_by: str, address: str, at: Instant) -> None:
    recent = ServiceCall.objects.filter(ordered_at__gt=at - DAY)
    if recent.filter(number=number).exclude(stage=Stage.OVER).exists():
        raise NotOrdered(WhyNot.UNDER_WAY, 30)
    refused = recent.filter(number=number, outcome=Outcome.REFUSED, ended_at__gt=at - REFUSED_FOR)
    if last := refused.order_by("-ended_at").values_list("ended_at", flat=True).first():
        raise NotOrdered(WhyNot.REFUSED, _seconds_until(Instant(last + REFUSED_FOR), at))
    counted = {
        Counted.NUMBER: recent.filter(number=number),
        Counted.ACCOUNT: recent.filter(asked_by=asked_by),
        Counted.ADDRESS: recent.filter(address=address) if address else recent.none(),
    }
    allowed = max(
        next_at([Instant(time) for time in calls.values_list("ordered_at", flat=True)], LIMITS[what], at)
        for what, calls in counted.items()
    )
    if allowed > at:
        raise NotOrdered(WhyNot.TOO_MANY, _seconds_until(allowed, at))


def _seconds_until(then: Instant, at: Instant) -> int:
    return max(1, -(-(then - at) // 1000))
