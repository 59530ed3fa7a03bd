"""Which claim this browser waits with: its id lies in the session, and in no address."""

from typing import Final

from django.http import HttpRequest

from kinline.enrolment.models import Confirmation, Purpose

_KEY: Final = "waiting"


def let_wait(request: HttpRequest, claim: Confirmation) -> None:
    """The browser waits with this claim from now on."""
    request.session[f"{_KEY}.{claim.purpose}"] = claim.pk


def waiting(request: HttpRequest, purpose: Purpose) -> Confirmation | None:
    """What it waits with, as long as it is not over."""
    found = Confirmation.objects.filter(pk=request.session.get(f"{_KEY}.{purpose}") or 0, purpose=purpose, used_at=None)
    return found.select_related("user").first()


def no_longer(request: HttpRequest, purpose: Purpose) -> None:
    request.session.pop(f"{_KEY}.{purpose}", None)
