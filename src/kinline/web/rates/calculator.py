"""What a call of so many minutes to this number costs, or so many messages: by the function that prices them."""

from dataclasses import dataclass, replace
from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, Jurisdiction, NotANumber, NumberClass, classify, e164
from kinline.core.policy import USUALLY_BARRED
from kinline.core.reasons import Audience, Reason, explain
from kinline.core.tariff import FREE, Quote, Service, Tariff, given, quote, standing
from kinline.facilities.queries import Rulebook, plans_on
from kinline.web.explanation import reader_language
from kinline.web.rates.words import JURISDICTIONS, SERVICES

LONGEST_MINUTES = 240
_NEVER = USUALLY_BARRED | {NumberClass.EMERGENCY, NumberClass.SERVICE_CODE, NumberClass.CARRIER, NumberClass.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Lowered:
    """A lower price of the same call, with a plan, or (`plan` is empty) with the facility's free minutes, of which
    nothing was used yet in the period."""

    plan: str
    total: Money


@dataclass(frozen=True, slots=True)
class Calculated:
    """The price of a call by the minute, or of messages; `refusal`: there is none, and why."""

    number: E164
    service: Service
    count: int
    """Minutes, or messages."""
    jurisdiction: Jurisdiction
    tariff: Tariff
    quote: Quote | None
    refusal: str = ""
    lowered: tuple[Lowered, ...] = ()

    @property
    def kind(self) -> str:
        return str(JURISDICTIONS[self.jurisdiction])

    @property
    def is_of_messages(self) -> bool:
        return self.service is Service.MESSAGE


class Number(forms.Form):
    """The number that would be called."""

    number = forms.CharField(
        label=_("Phone number that is called"),
        max_length=25,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Write the phone number that would be called.")},
    )

    def clean_number(self) -> E164:
        try:
            return e164(self.cleaned_data["number"])
        except NotANumber as error:
            raise forms.ValidationError(
                gettext("This is not a phone number: write ten digits, or + and the country code.")
            ) from error


class Question(Number):
    """And for how long, or how many messages."""

    minutes = forms.IntegerField(
        label=_("Minutes, or messages"),
        min_value=1,
        max_value=LONGEST_MINUTES,
        initial=15,
        error_messages={
            key: _("Write a number from 1 to 240.") for key in ("required", "invalid", "min_value", "max_value")
        },
    )
    service = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[(service.value, SERVICES[service]) for service in Service],
    )

    def clean_service(self) -> Service:
        return Service(self.cleaned_data["service"] or Service.AUDIO)


def calculate(rules: Rulebook, question: Question, at: Instant) -> Calculated:
    """The answer to a valid question, for a call that begins now: by the minute, and with what can lower it."""
    number, count = question.cleaned_data["number"], question.cleaned_data["minutes"]
    service, jurisdiction = question.cleaned_data["service"], rules.jurisdiction(number)
    length = count * service.unit
    if number in rules.hotlines:
        return Calculated(number, service, count, jurisdiction, FREE, quote(FREE, length))
    tariff = rules.tariff(number, at, service)
    if classify(number) in _NEVER:
        tariff = Reason.POLICY_DESTINATION_CLASS
    if isinstance(tariff, Reason):
        return Calculated(number, service, count, jurisdiction, FREE, None, _refusal(tariff, service))
    lowered = _lowered(rules, tariff, jurisdiction, rules.local_day(at), length, at)
    return Calculated(number, service, count, jurisdiction, tariff, quote(tariff, length), lowered=lowered)


def _refusal(reason: Reason, service: Service) -> str:
    if reason is not Reason.TARIFF_NO_RATE:
        return explain(reason, Audience.FAMILY, reader_language()).text
    if service is Service.MESSAGE:
        return gettext("This facility has no price for messages to this number: none can be sent.")
    return gettext("This facility has no price for such calls to this number: none can be made.")


def _lowered(
    rules: Rulebook, tariff: Tariff, jurisdiction: Jurisdiction, day: date, seconds: int, at: Instant
) -> tuple[Lowered, ...]:
    """By free minutes and by each plan that is offered, as `calls` and `plans` apply them to a call."""
    if tariff.is_free or tariff.service is not Service.AUDIO:
        return ()
    with_free_minutes = given(tariff, rules.free_minutes_at(at), 0, 0)
    found = [Lowered("", quote(with_free_minutes, seconds).total)] if with_free_minutes.free_seconds else []
    for plan in plans_on(rules, day) if jurisdiction is not Jurisdiction.INTERNATIONAL else ():
        with_plan = replace(with_free_minutes, plan=standing(plan, 0, 0, ZERO))
        found.append(Lowered(plan.name, quote(with_plan, seconds).total))
    by_the_minute = quote(tariff, seconds).total
    return tuple(each for each in found if each.total < by_the_minute)


def quote_for_machines(calculated: Calculated) -> dict[str, object]:
    answer: dict[str, object] = {
        "number": calculated.number,
        "service": calculated.service.value,
        "messages" if calculated.is_of_messages else "minutes": calculated.count,
        "jurisdiction": calculated.jurisdiction.value,
    }
    if calculated.quote is None:
        return answer | {"refusal": calculated.refusal}
    cost, each = calculated.quote.at_most, calculated.quote.price_per_minute.plain
    if calculated.is_of_messages:
        answer |= {"price_per_message": each}
    else:
        answer |= {"price_per_minute": each, "billed_seconds": cost.billed_seconds}
    return answer | {
        "talk": cost.talk.plain,
        "facility_additive": cost.facility_additive.plain,
        "termination": cost.termination.plain,
        "taxes": [{"name": line.name, "amount": line.amount.plain} for line in cost.taxes],
        "total": cost.total.plain,
        "lowered": [{"by": way.plan or "free_minutes", "total": way.total.plain} for way in calculated.lowered],
    }
