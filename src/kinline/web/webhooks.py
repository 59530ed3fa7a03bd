"""`/webhooks/stripe`: what the card provider tells us by itself. No session, no cookie: the signature is the proof."""

import time

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kinline.core.identity import Instant
from kinline.payments import services
from kinline.providers.cards import BadSignature, card_provider

log = structlog.get_logger("web")

LARGEST = 256 * 1024
"""Bytes; the provider's messages are a few thousand."""


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """200 once the message is kept, whatever it is about; 400 for one that the provider did not sign."""
    provider = card_provider()
    if provider is None or provider.name != "stripe":
        return _answer(404, "card payments are not set up: set KINLINE_STRIPE_KEY")
    payload = request.read(LARGEST + 1)
    if len(payload) > LARGEST:
        return _answer(413, f"larger than {LARGEST} bytes")
    try:
        event = provider.event(payload, request.headers.get("Stripe-Signature", ""))
    except BadSignature as error:
        log.warning("webhook.refused", said=str(error)[:100])
        return _answer(400, "the signature is not right: compare KINLINE_STRIPE_WEBHOOK_SECRET with Stripe's dashboard")
    except ValueError:
        return _answer(400, "signed, but no event")
    at = Instant(time.time_ns() // 1_000_000)
    services.work_off(services.take(event, at), at)
    return _answer(200, "taken")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
