"""The landing pages of sections that only lead further."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kinline.web.family.account import customer_of


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """What can be set about the account."""
    if customer_of(request.user) is None:
        return redirect("welcome")
    return render(request, "kinline/settings.html")
