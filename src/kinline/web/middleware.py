"""What is sent and written down with every answer."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

log = structlog.get_logger("web")

Answer = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",  # files of ours alone: no script that gets into a page can run
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_COMPRESSED = ("text/html", "text/csv", "text/javascript", "application/manifest+json")
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def content_security(answer: Answer) -> Answer:
    """Tell browsers to load nothing but our own files, and to store no page of a person."""

    def with_headers(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return with_headers


class CompressedPages(GZipMiddleware):
    """Sends pages compressed.

    What is compressed together with a secret can betray it by its length (BREACH). Nothing that a stranger sends comes
    back in a page of a person, a form's token is masked anew in each answer, and Django adds a random number of bytes.
    What is streamed (live boards, files that are written while they are read, recordings) is left as it is.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)


def request_log(answer: Answer) -> Answer:
    """A log line for each request: what was asked and how it went, not what was typed or from where."""

    def logged(request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        response = answer(request)
        if request.path != "/healthz":
            match = request.resolver_match
            log.info(
                "web.answered",
                method=request.method,
                page=match.view_name if match else "",
                status=response.status_code,
                ms=round((time.perf_counter() - begun) * 1000, 1),
                user=getattr(getattr(request, "user", None), "pk", None),
            )
        return response

    return logged
