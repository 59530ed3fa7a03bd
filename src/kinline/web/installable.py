"""What makes the family's pages installable on a phone: a manifest, a service worker, a page for when there is no
network. Nothing of a person is ever kept: the worker keeps files that are everybody's, and that one page."""

import hashlib
import json
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

KEPT: Final = ("kinline/kinline.css", "kinline/mark.svg", "kinline/icons.svg", "kinline/icon-192.png")
"""Static files that the page without a network needs."""

_A_DAY: Final = 86_400


@cache_control(public=True, max_age=_A_DAY)
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """The web app manifest (W3C) in a language."""
    with translation.override(_offered(language)):
        told: dict[str, Any] = {
            "id": reverse("account"),
            "name": _("Kinline: calls from inside"),
            "short_name": "Kinline",
            "description": _("Calls, money and help for the family of a person in custody."),
            "lang": language,
            "dir": "ltr",
            "start_url": reverse("account"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#f6f4ef",
            "theme_color": "#0b5a60",
            "icons": [
                {"src": static("kinline/icon-192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": static("kinline/icon-512.png"), "sizes": "512x512", "type": "image/png"},
                {
                    "src": static("kinline/icon-maskable-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
            "shortcuts": [
                {"name": _("Add money"), "url": reverse("money")},
                {"name": _("Calls"), "url": reverse("calls")},
            ],
        }
    return JsonResponse(told, content_type="application/manifest+json")


def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that a browser runs beside the pages; another one whenever a file that it keeps has changed."""
    kept = [static(name) for name in KEPT]
    pages = {code: reverse("offline", args=[code]) for code, _name in settings.LANGUAGES}
    version = hashlib.sha256(json.dumps([kept, pages]).encode()).hexdigest()[:12]
    known = {"version": version, "files": kept, "pages": pages, "prefix": settings.STATIC_URL}
    script = render(request, "kinline/service_worker.js", {"known": json.dumps(known)}).content
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    return response


@cache_control(public=True, max_age=_A_DAY)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """What a phone without a network shows: the same to everybody, with no word about who is signed in."""
    with translation.override(_offered(language)):
        return render(request, "kinline/offline.html")


def _offered(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404(language)
    return language
