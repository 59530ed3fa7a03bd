"""The first page: what this is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """For everybody, signed in or not."""
    return render(request, "kinline/home.html")
