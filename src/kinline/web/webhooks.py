"""`/webhooks/...`: what the providers of cards and of text messages tell us by themselves.

No session, no cookie: the signature is the proof.
"""

import time
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.core.telling import Answered
from kinline.notices.preferences import take_answer
from kinline.payments import services
from kinline.payments.models import InboxOutcome
from kinline.providers import cards
from kinline.providers.cards import card_provider
from kinline.providers.sms import BadSignature, sms_provider

log = structlog.get_logger("web")

_SIGNATURE: Final = "X-Twilio-Signature"
LARGEST = 256 * 1024
"""Bytes; the provider's messages are a few thousand."""


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """200 once the message is kept, whatever it is about, with what came of it and what to do; 400 for one that the
    provider did not sign."""
    provider = card_provider()
    if provider is None or provider.name != "stripe":
        return _answer(404, "card payments are not set up: set KINLINE_STRIPE_KEY")
    payload = request.read(LARGEST + 1)
    if len(payload) > LARGEST:
        return _answer(413, f"larger than {LARGEST} bytes")
    try:
        event = provider.event(payload, request.headers.get("Stripe-Signature", ""))
    except cards.BadSignature as error:
        log.warning("webhook.refused", said=str(error)[:100])
        return _answer(400, "the signature is not right: compare KINLINE_STRIPE_WEBHOOK_SECRET with Stripe's dashboard")
    except ValueError:
        return _answer(400, "signed, but no event: let the endpoint send events in full (snapshot, not thin)")
    at = Instant(time.time_ns() // 1_000_000)
    message = services.work_off(services.take(event, at), at)
    return _answer(200, _TAKEN[InboxOutcome(message.outcome)] if message.outcome else _WAITS)


_TAKEN: Final = {
    InboxOutcome.APPLIED: "taken",
    InboxOutcome.IGNORED: "taken: nothing of this kind is booked, so the endpoint need not send it",
    InboxOutcome.UNKNOWN: "taken, and nothing booked: we asked for no such payment. If other systems use this Stripe "
    "account there is nothing to do, else compare KINLINE_STRIPE_KEY with it",
    InboxOutcome.REFUSED: "taken, and nothing booked: the amount or the currency is not what we asked for. Finance "
    "finds it on the page Reconciliation, and looks it up in Stripe's dashboard",
}
_WAITS: Final = "taken: Stripe did not answer what it is about, and is asked again within minutes"

_SAID: Final = {
    Answered.STOP: "Kinline: no more text messages to this number. START brings them back. / "
    "No más mensajes a este número. INICIO los reactiva.",
    Answered.START: "Kinline: text messages are on again. STOP ends them. / "
    "Los mensajes están activos de nuevo. ALTO los termina.",
}


@csrf_exempt
@require_POST
def sms(request: HttpRequest) -> HttpResponse:
    """Somebody answered one of our text messages. STOP counts at once, whoever they are (47 CFR 64.1200(a)(10)), and is
    confirmed once. The answer is TwiML; its words are in both languages, since a number tells none."""
    provider = sms_provider()
    if provider is None:
        return _answer(404, "text messages are not set up: set KINLINE_SMS_URL")
    fields = {name: str(value) for name, value in request.POST.items()}
    try:
        said = provider.inbound(f"{configuration().site}{request.path}", fields, request.headers.get(_SIGNATURE, ""))
    except BadSignature as error:
        log.warning("webhook.refused", said=str(error)[:100])
        return _answer(400, "not signed by the provider, or KINLINE_WEB_ADDRESS is not the address that it was given")
    meaning = take_answer(said.number, said.text, Instant(time.time_ns() // 1_000_000))
    words = f"<Message>{_SAID[meaning]}</Message>" if meaning in _SAID else ""
    return HttpResponse(f"<Response>{words}</Response>", content_type="text/xml; charset=utf-8")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
