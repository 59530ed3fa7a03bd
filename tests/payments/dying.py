"""A process that charges a saved card (or refunds, or hears of a payment) and dies at a given point, as by kill -9.

`python dying.py POINT ACT NUMBER...`: POINT is where it dies; see `POINTS`.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from make import NOON  # noqa: E402

from kinline.core.identity import AccountId  # noqa: E402
from kinline.core.money import Money  # noqa: E402
from kinline.payments import services  # noqa: E402
from kinline.payments.models import CardRefund, Payment  # noqa: E402
from kinline.payments.services import depositing, refunding  # noqa: E402
from kinline.providers.stripe.provider import Stripe  # noqa: E402


def die(*_: Any, **__: Any) -> Any:
    os._exit(9)


def then_die(done: Callable[..., Any]) -> Callable[..., Any]:
    def do(*arguments: Any, **named: Any) -> Any:
        done(*arguments, **named)
        die()

    return do


def before_the_provider() -> None:
    Stripe.charge = Stripe.refund = die  # type: ignore[method-assign]


def after_the_provider() -> None:
    Stripe.charge = then_die(Stripe.charge)  # type: ignore[method-assign]
    Stripe.refund = then_die(Stripe.refund)  # type: ignore[method-assign]


def between_the_ledger_and_the_commit() -> None:
    depositing.ledger.transfer = then_die(depositing.ledger.transfer)
    CardRefund.save = die  # type: ignore[method-assign]


def at_the_commit() -> None:
    saved = Payment.save

    def save(payment: Payment, *arguments: Any, **named: Any) -> None:
        saved(payment, *arguments, **named)
        if payment.state == "succeeded":
            die()

    Payment.save = save  # type: ignore[method-assign]


def after_the_commit() -> None:
    depositing.apply = then_die(depositing.apply)
    refunding._apply = then_die(refunding._apply)


def main() -> None:
    globals()[sys.argv[1]]()
    numbers = [int(word) for word in sys.argv[3:]]
    if sys.argv[2] == "charge":
        customer, account, card = numbers
        services.charge(customer, AccountId(account), Money.parse("10.00"), card, NOON, reference="dying")
    else:
        services.refund(numbers[0], Money.parse("10.00"), NOON, reference="dying")


if __name__ == "__main__":
    main()
