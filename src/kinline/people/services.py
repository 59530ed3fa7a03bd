"""Which customers pay for calls to a number, and in which order they are asked."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Max

from kinline.people.models import CustomerNumber


class NotThePayers(ValueError):
    """The order names others than the customers who pay for the number."""


@transaction.atomic
def serve(customer_id: int, number: str, *, is_verified: bool = False) -> CustomerNumber:
    """The customer's account pays for calls to a number: asked after all who pay for it already. At a replay the
    place that they have."""
    if known := CustomerNumber.objects.filter(customer_id=customer_id, number=number).first():
        return known
    last = CustomerNumber.objects.filter(number=number).aggregate(last=Max("order"))["last"] or 0
    return CustomerNumber.objects.create(
        customer_id=customer_id, number=number, order=last + 1, is_verified=is_verified
    )


@transaction.atomic
def put_in_order(number: str, customer_ids: Sequence[int]) -> None:
    """Ask the number's payers in this order. Raises `NotThePayers`."""
    paying = CustomerNumber.objects.filter(number=number)
    if sorted(paying.values_list("customer_id", flat=True)) != sorted(customer_ids):
        raise NotThePayers(number)
    paying.update(order=F("order") + len(customer_ids))  # out of the way: each place is taken once
    for order, customer_id in enumerate(customer_ids, 1):
        paying.filter(customer_id=customer_id).update(order=order)
