"""`/sign-up/`: a family opens an account. Two pages until it is open: who they are, and the code from their mail."""

import time

from django.contrib.auth.hashers import make_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.identity import Instant
from kinline.enrolment import agreements, services
from kinline.enrolment.agreements import Subject
from kinline.enrolment.errors import EnrolmentError
from kinline.enrolment.models import Purpose
from kinline.web.explanation import reader_language
from kinline.web.family import code_words
from kinline.web.family.entry_forms import PASSKEY, CodeForm, SignUpForm
from kinline.web.family.limits import is_allowed
from kinline.web.family.waiting import let_wait, waiting
from kinline.web.sign_in import enter, too_many_tries


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Everything that is asked. Whether the address is known already, only its owner learns, by mail."""
    if request.user.is_authenticated:
        return redirect("welcome")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if not is_allowed(request, "sign_up") or not is_allowed(request, "send_code", typed["email"]):
            return too_many_tries(request)
        address = {name: typed[name] for name in ("street", "city", "state", "postal_code", "country")}
        person = services.Newcomer(
            name=typed["name"],
            email=typed["email"],
            number=typed["number"],
            language=reader_language(),
            password_hash="" if typed["way"] == PASSKEY else make_password(typed["password"]),
            **address,
        )
        try:
            let_wait(request, services.sign_up(person, _now()))
        except EnrolmentError as error:
            code_words.say(form, error, "email")
        else:
            return redirect("sign_up_code")
    return render(request, "kinline/sign_up.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail opens the account, and its owner is signed in."""
    claim = waiting(request, Purpose.SIGN_UP)
    if claim is None or request.user.is_authenticated:
        return redirect("welcome" if request.user.is_authenticated else "sign_up")
    is_again = request.POST.get("what") == "again"
    form = CodeForm(request.POST if request.method == "POST" and not is_again else None)
    was_sent = False
    if is_again:
        if not is_allowed(request, "send_code", claim.target):
            return too_many_tries(request)
        try:
            services.send_again(claim, _now())
            was_sent = True
        except EnrolmentError as error:
            form = CodeForm({"code": ""})
            form.is_valid()
            form.errors.clear()
            code_words.say(form, error)
    elif form.is_bound and form.is_valid():
        if not is_allowed(request, "check_code"):
            return too_many_tries(request)
        number, wants_passkey = claim.contents.get("number"), claim.contents.get("password_hash") == ""
        try:
            user = services.join(claim, form.cleaned_data["code"], _now())
        except EnrolmentError as error:
            code_words.say(form, error)
        else:
            services.ask_number(user, number, _now())
            enter(request, user)
            return redirect("passkey_add" if wants_passkey else "confirm_number")
    context = {"form": form, "email": claim.target, "was_sent": was_sent}
    return render(request, "kinline/sign_up_code.html", context, status=422 if form.errors else 200)


@require_safe
def agreement(request: HttpRequest, subject: str) -> HttpResponse:
    """What one agrees to, in the reader's language."""
    if subject not in set(Subject):
        raise Http404
    found = agreements.current(Subject(subject), reader_language(), _now())
    return render(request, "kinline/agreement.html", {"agreement": found, "paragraphs": found.text.split("\n\n")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest) -> HttpResponse:
    """A text has changed: nothing else opens before they agree, or close their account."""
    user = request.user
    if not user.is_authenticated:
        return redirect("sign_in")
    if request.method == "POST":
        agreements.accept(user, reader_language(), _now())
        request.session.pop("must_agree", None)
        return redirect("welcome")
    texts = [agreements.current(each, reader_language(), _now()) for each in agreements.lacking(user, _now())]
    if not texts:
        request.session.pop("must_agree", None)
        return redirect("welcome")
    shown = [(text, text.text.split("\n\n")) for text in texts]
    return render(request, "kinline/agree.html", {"texts": shown, "close": reverse("close_account")})


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
