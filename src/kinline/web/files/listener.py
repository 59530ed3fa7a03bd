"""The other origin: a port (and in production a name) that gives out what people sent in, and nothing else.

No cookie is read or set here, no page of ours is served here, and nothing that is opened here may run or embed
anything. An address is all that opens something: see `documents.queries.address_for`.
"""

import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kinline.configuration import configuration
from kinline.core.identity import Instant
from kinline.documents.queries import open_page

Answer = Callable[[HttpRequest], HttpResponseBase]

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",  # the pages show it as a picture
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def files_listener(answer: Answer) -> Answer:
    """Answer what came in by the files' port here, everything else as ever. Which port that was, the server says, and
    no header of a request can."""

    def listening(request: HttpRequest) -> HttpResponseBase:
        if request.META.get("SERVER_PORT") != str(configuration().files_port):
            return answer(request)
        response = _opened(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return listening


def _opened(request: HttpRequest) -> HttpResponse:
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    found = open_page(request.path_info.removeprefix("/"), Instant(time.time_ns() // 1_000_000))
    if found is None:
        gone = "Go back and open it again. / Vuelva atrás y ábralo de nuevo.\n"
        return HttpResponse(gone, status=404, content_type="text/plain; charset=utf-8")
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{found.name}"'
    return response
