"""Which address shows which page."""

from django.urls import path

from kinline.web import health

urlpatterns = [
    path("healthz", health.health, name="health"),
]
