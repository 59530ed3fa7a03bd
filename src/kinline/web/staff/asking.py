"""What the portal's pages with several small forms share: one act for each, its refusals said on the page."""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from kinline.core.identity import Instant
from kinline.people.models import User

Act = Callable[[dict[str, Any], User, Instant], str]
"""Does what was typed into a form, for a member of staff; what the page then says. Raises `Refused`."""


class Refused(Exception):
    """It was not done; the text says why and what to do, in the reader's language."""


def act(request: HttpRequest, acts: Mapping[str, tuple[type[forms.Form], Act]]) -> None:
    """Do what the pressed button names (`what`), once its form is filled in well; say what came of it."""
    chosen = acts.get(request.POST.get("what", ""))
    if chosen is None:
        raise Http404
    form_of, do = chosen
    form = form_of(request.POST)
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {faults[0]}" if label else str(faults[0]))
        return
    try:
        messages.success(request, do(form.cleaned_data, cast(User, request.user), Instant(time.time_ns() // 1_000_000)))
    except Refused as refused:
        messages.error(request, str(refused))


def done() -> str:
    return _("Done, and written down with your name.")
