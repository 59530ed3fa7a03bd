"""How often something may be done from one place or for one address: counted by allauth, for all web processes."""

from allauth.core import ratelimit
from django.http import HttpRequest


def is_allowed(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Whether this is within `ACCOUNT_RATE_LIMITS`; it is counted."""
    return bool(ratelimit.consume(request, action=action, key=key))
