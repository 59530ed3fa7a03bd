"""`/account/test-my-phone/`: the platform calls one of their numbers and says what it measured."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Kind, Outcome, Stage
from kinline.core.servicecall.findings import Finding, Grade, KeySignal, LineResult, judge
from kinline.people.models import Customer
from kinline.servicecalls import services
from kinline.servicecalls.errors import NotOrdered
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.queries import line_tests_of, result_of, stage_of
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.payments import zone_of
from kinline.web.service_call_words import OUTCOMES, REMEDIES, STAGES, why_not
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse

GRADES: Final = {
    Grade.GOOD: _("Your phone and your line are good for calls."),
    Grade.FAIR: _("Calls will work, and something could be better."),
    Grade.POOR: _("Calls on this line may fail."),
}
BADGES: Final = {
    Grade.GOOD: ("good", _("Good")),
    Grade.FAIR: ("none", _("Fair")),
    Grade.POOR: ("bad", _("Poor")),
}
FINDINGS: Final = {
    Finding.LOSS: (
        _("Parts of your voice were lost on the way."),
        _("Move closer to your internet router, or to a window on a mobile phone, or use another phone."),
    ),
    Finding.JITTER: (
        _("Your voice arrived unevenly."),
        _("If you call over the internet, let nobody else use much of it during a call."),
    ),
    Finding.DELAY: (
        _("Your voice arrived late."),
        _("Pause after you speak, so that you do not talk over each other."),
    ),
    Finding.SILENT: (
        _("We heard nothing of you."),
        _("See that your microphone is not muted or covered."),
    ),
    Finding.QUIET: (
        _("Your voice was very quiet."),
        _("Speak closer to the phone, and not on the loudspeaker."),
    ),
    Finding.CLIPPED: (
        _("Your voice was too loud and sounded torn."),
        _("Hold the phone a little farther away."),
    ),
    Finding.KEYS: (
        _("Not every key arrived as you pressed it."),
        _("You accept a call with a key: press it for a moment longer, or use another phone."),
    ),
    Finding.HEARD_BADLY: (
        _("You did not hear yourself well."),
        _("Raise the volume of your phone, and try it again in another place."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A test as the family reads it. `at` is local time without zone."""

    id: int
    at: datetime
    number: str
    is_under_way: bool
    headline: Any
    remedy: Any = ""
    badge: tuple[str, Any] | None = None
    findings: tuple[tuple[Any, Any], ...] = ()
    measured: tuple[tuple[Any, str], ...] = ()


class NumberForm(forms.Form):
    """Which of their numbers."""

    number = forms.ChoiceField(
        label=_("Which phone?"),
        error_messages={"required": _("Choose a number."), "invalid_choice": _("Choose a number.")},
    )

    def __init__(self, numbers: list[str], *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        chosen = self.fields["number"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (for the type checker)
        chosen.choices = [(number, telephone(number)) for number in numbers]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone_tests(request: HttpRequest) -> HttpResponse:
    """Start a test of one of their confirmed numbers; the latest tests with what they found."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    numbers = list(customer.numbers.filter(is_verified=True).order_by("number").values_list("number", flat=True))
    form = NumberForm(numbers, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            test = services.order_line_test(
                customer,
                E164(form.cleaned_data["number"]),
                reader_language(),
                _now(),
                address=_address(request),
            )
        except NotOrdered as refused:
            form.add_error("number", why_not(refused))
        else:
            return redirect("phone_test", test_id=test.pk)
    tests = [_told(customer, test) for test in line_tests_of(customer.pk)]
    return render(request, "kinline/phone_tests.html", {"form": form, "has_numbers": bool(numbers), "tests": tests})


@login_required
@require_safe
def phone_test(request: HttpRequest, test_id: int) -> HttpResponse:
    """One test: how far it is, then what it found. Another family's is not found, and the attempt is written down."""
    customer = customer_of(request.user)
    test = ServiceCall.objects.filter(pk=test_id, customer=customer, kind=Kind.LINE_TEST.value).first()
    if customer is None or test is None:
        refuse(request, f"service_call/{test_id}")
    page = "kinline/phone_test_told.html" if request.headers.get("HX-Request") else "kinline/phone_test.html"
    return render(request, page, {"test": _told(customer, test)})


def _told(customer: Customer, test: ServiceCall) -> Told:
    stage, outcome = stage_of(test, _now())
    at = datetime.fromtimestamp(test.ordered_at / 1000, UTC).astimezone(zone_of(customer)).replace(tzinfo=None)
    result = result_of(test)
    if stage is not Stage.OVER or outcome is None:
        return Told(test.pk, at, test.number, True, STAGES[stage])
    if result is None or outcome is not Outcome.TESTED:
        return Told(test.pk, at, test.number, False, OUTCOMES[outcome], REMEDIES.get(outcome, ""))
    verdict = judge(result)
    return Told(
        test.pk,
        at,
        test.number,
        False,
        GRADES[verdict.grade],
        badge=BADGES[verdict.grade],
        findings=tuple(FINDINGS[finding] for finding in verdict.findings),
        measured=_measured(result),
    )


def _measured(result: LineResult) -> tuple[tuple[Any, str], ...]:
    measured = result.measurement
    keys = {
        KeySignal.EVENT: _("as messages (RFC 4733), the surest way"),
        KeySignal.TONE: _("as tones in the sound; press them for a full second"),
        None: _("none arrived"),
    }[measured.keys]
    heard = {True: _("well"), False: _("not well"), None: _("you did not say")}[result.heard_well]
    rows: list[tuple[Any, str]] = [
        (_("Sound that was lost"), _("%(share).1f %%") % {"share": measured.loss * 100}),
        (_("Unevenness (jitter)"), _("%(count).0f ms") % {"count": measured.jitter_ms}),
    ]
    if measured.round_trip_ms is not None:
        rows.append((_("There and back"), _("%(count).0f ms") % {"count": measured.round_trip_ms}))
    rows.append((_("Quality (MOS)"), _("%(mos).1f of 4.5") % {"mos": measured.mos}))
    if measured.level is not None:
        rows.append(
            (_("Loudness of your voice"), _("%(level).0f dB; ordinary is near -20") % {"level": measured.level})
        )
    return (*rows, (_("Your keys arrived"), str(keys)), (_("You heard yourself"), str(heard)))


def _address(request: HttpRequest) -> str:
    """The reader's address; none behind a proxy of our own, where it would be everybody's."""
    address = request.META.get("REMOTE_ADDR", "")
    return "" if address in ("127.0.0.1", "::1") else address


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
