"""The only page with anything from another house: the provider's own form for a card.

What is typed into it goes from the browser to the provider; none of it reaches us (PCI DSS, SAQ A).
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.providers.cards import CardPage, card_provider
from kinline.web.explanation import reader_language


def with_the_providers_form(
    request: HttpRequest, secret: str, return_address: str, *, saves: bool, context: Mapping[str, object]
) -> HttpResponse:
    """The page. `secret` opens one payment, or the saving of one card (`saves`), and nothing else."""
    provider = card_provider()
    if provider is None:
        return redirect("money")
    needs = provider.page()
    response = render(
        request,
        "kinline/card.html",
        {
            **context,
            "script": needs.script,
            "key": needs.publishable_key,
            "secret": secret,
            "return_url": request.build_absolute_uri(return_address),
            "saves": saves,
            "reader_language": reader_language().value,
        },
    )
    response.headers["Content-Security-Policy"] = content_security(needs)
    wallets = " ".join(f'"{origin}"' for origin in needs.may_frame if "*" not in origin)
    response.headers["Permissions-Policy"] = (
        f"camera=(), microphone=(), geolocation=(), payment=(self {wallets}), usb=(), browsing-topics=()"
    )
    return response


def content_security(needs: CardPage) -> str:
    """As for every page, and what the provider's form needs; inline scripts stay forbidden."""
    frames = " ".join(needs.may_frame) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(needs.may_script)}",
            f"connect-src {' '.join(needs.may_connect)}",
            "worker-src 'self'",
            "manifest-src 'self'",
            f"frame-src {frames}",
            "style-src 'self'",
            "img-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
