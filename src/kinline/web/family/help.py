"""`/help/`: guides for each task and the search over them, for everybody, signed in or not."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kinline.core.identity import Language
from kinline.core.reasons import CATALOGUE, Audience, Reason, explain
from kinline.core.reasons.catalogue.shared import NO_ACTION, NOTHING_TO_DO
from kinline.support.guides import Guide, guides
from kinline.support.search import Found, search
from kinline.web.explanation import reader_language
from kinline.web.family.remedies import Button, button

LONGEST_QUESTION: Final = 100


@dataclass(frozen=True, slots=True)
class Result:
    """Something that was found: a guide with its address, or a reason of failed calls (`address` empty), with a button
    that does something about it."""

    title: str
    text: str
    address: str
    button: Button | None = None


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """All guides, or what was found of them."""
    language = reader_language()
    asked = request.GET.get("find", "")[:LONGEST_QUESTION].strip()
    shown: dict[str, Any] = {"asked": asked, "guides": guides(language).values()}
    if asked:
        shown["results"] = [_result(each, language) for each in search(asked, language)]
    return render(request, "kinline/help.html", shown)


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide, in the reader's language."""
    found = guides(reader_language()).get(slug)
    if found is None:
        raise Http404
    return render(request, "kinline/guide.html", {"guide": found})


def address_of(target: str) -> str:
    """Where a link of a guide leads."""
    kind, _, name = target.partition(":")
    if kind == "page":
        return reverse(name)
    return reverse("guide", args=[name]) if kind == "guide" else target


def _result(found: Found, language: Language) -> Result:
    if isinstance(found, Guide):
        return Result(found.title, found.about, reverse("guide", args=[found.slug]))
    return _reason(found, language)


def _reason(reason: Reason, language: Language) -> Result:
    explained = explain(reason, Audience.FAMILY, language)
    has_remedy = CATALOGUE[reason].remedy not in (NO_ACTION, NOTHING_TO_DO)
    return Result(explained.text, explained.remedy if has_remedy else "", "", button(explained))
