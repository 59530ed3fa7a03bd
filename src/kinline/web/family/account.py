"""Whose account a signed-in user opens."""

from django.contrib.auth.models import AnonymousUser

from kinline.people.models import Customer, User


def customer_of(user: User | AnonymousUser) -> Customer | None:
    """The customer that a signed-in user is, if they are one."""
    return getattr(user, "customer", None) if user.is_authenticated else None
