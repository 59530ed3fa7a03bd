"""The peer of `pages.py`: Django as it comes, one view, no middleware, no database, served by the same server."""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="hello", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello\n", headers={"Content-Length": "6"})


urlpatterns = [path("", hello)]
application = get_asgi_application()
