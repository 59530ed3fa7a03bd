"""The words of setting a facility up, in the reader's language: steps, what is missing, what would change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.commissioning.copying import Change, Part
from kinline.core.commissioning import Finding, Lack, Step, Weight
from kinline.core.numbering import Jurisdiction
from kinline.core.policy import Rules, rules_in_words
from kinline.core.tariff import FreeMinutes, Rate, TaxRate
from kinline.facilities.services import PriceRefused
from kinline.web.explanation import reader_language
from kinline.web.rates.words import JURISDICTIONS, SERVICES, kind_of_call, percent
from kinline.web.staff.contact_lists import ListsForm
from kinline.web.staff.contact_words import MODES, SEARCHES
from kinline.web.staff.prices import in_words
from kinline.web.staff.residents_words import LANGUAGES

STEPS = {
    Step.FACILITY: _("The facility"),
    Step.UNITS: _("Housing units"),
    Step.PHONES: _("Phones"),
    Step.PRICES: _("Prices"),
    Step.RULES: _("Hours and rules"),
    Step.RESIDENTS: _("Residents"),
    Step.STAFF: _("Staff"),
    Step.TEST_CALL: _("Test call"),
}
WEIGHTS = {Weight.STOPS: _("Stops calls"), Weight.MEND: _("To mend")}
LACKS = {
    Lack.ZONE: _("The time zone is missing or unknown. Choose it: hours and days go by it."),
    Lack.NUMBER: _("The facility’s number is not one of this country. Called parties see it, and prices go by it."),
    Lack.STATE: _("The state is missing. Its laws and taxes go by it."),
    Lack.POPULATION: _("The average daily population is missing. The price caps go by it."),
    Lack.LANGUAGES: _("No language is chosen: every language of the system is offered at the phones."),
    Lack.CALL_SETTINGS: _("The settings of calls cannot be read. Copy them from a sister facility."),
    Lack.TRUNK: _("No way out is enabled: the provider has to connect a carrier."),
    Lack.TURNED_OFF: _("Phones are turned off here:"),
    Lack.UNITS: _("There are no housing units. Residents are booked into one."),
    Lack.UNIT_WITHOUT_PHONE: _("No phone hangs in:"),
    Lack.PHONES: _("There are no phones."),
    Lack.PHONE_WITHOUT_SECRET: _("These phones have neither a password nor a trusted address:"),
    Lack.PHONE_NOT_REGISTERED: _("These phones are not signed in now:"),
    Lack.PHONE_NEVER_HEARD: _("Nobody ever called from these phones:"),
    Lack.PRICE: _("There is no lawful price today for calls:"),
    Lack.HOURS: _("No level says hours, so that phones may be used at any time, in:"),
    Lack.NEVER_OPEN: _("The hours never let a call through in:"),
    Lack.LONGEST_CALL: _("No level says how long a call may last."),
    Lack.RULES_UNREADABLE: _("The calling rules cannot be read. Say them anew."),
    Lack.RESIDENTS: _("Nobody is booked."),
    Lack.RESIDENT_WITHOUT_PIN: _("Some residents have no PIN yet. Reset it on their page."),
    Lack.RESIDENT_WITHOUT_UNIT: _("Some residents have no unit, and only phones of their own unit are allowed."),
    Lack.ADMINISTRATOR: _("No facility administrator has come yet."),
    Lack.APPROVER: _("Contacts must be approved, and nobody here can."),
    Lack.OFFICER: _("No officer has come yet."),
    Lack.NOT_ACCEPTED: _("Invited, and not here yet:"),
    Lack.TEST_CALL: _("Nobody has talked from here yet. Make a test call."),
    Lack.TEST_LEFT: _("The test has done its work. End it: its resident and free number are still there."),
}
PARTS = {
    Part.RULES: _("Calling rules and hours of the facility"),
    Part.PRICES: _("Prices, taxes and free minutes"),
    Part.CALL_SETTINGS: _("Course of calls, languages, wrong PINs"),
    Part.CONTACTS: _("How contacts are dealt with"),
}
FIELDS = {
    "call_settings": _("Course of calls"),
    "languages": _("Languages"),
    "pin_tries": _("Wrong PINs in a row that lock a PIN"),
    "pin_lock_seconds": _("Seconds that a PIN stays locked"),
    "free_minutes": _("Free minutes"),
    "rules": _("Calling rules and hours"),
}
HAPPENINGS = {
    "off_hook": _("The phone reached us"),
    "identified": _("Number and PIN were right"),
    "authorised": _("The call was allowed"),
    "answered": _("The other phone was answered"),
    "accepted": _("The call was accepted with 1"),
    "settled": _("It ended and is in the books"),
}
NOT_A_PLACE = {
    "name": _("Write a name that is not taken here."),
    "agency_name": _("Write a name that no agency has yet."),
    "time_zone": _("Choose the time zone."),
    "state": _("Choose the state in which it stands."),
    "number": _("Write ten digits, such as 985 555 0100."),
    "languages": _("Choose at least one language."),
    "address": _("Write an address that no other phone has, such as 192.0.2.20."),
    "unit": _("This unit is of another facility."),
}


def finding_in_words(finding: Finding) -> dict[str, Any]:
    """A row of what is missing."""
    where = [_kind(name) if finding.lack is Lack.PRICE else name for name in finding.where]
    return {
        "step": finding.step.value,
        "step_name": STEPS[finding.step],
        "stops": finding.weight is Weight.STOPS,
        "weight": WEIGHTS[finding.weight],
        "text": LACKS[finding.lack],
        "where": ", ".join(where),
    }


def _kind(name: str) -> str:
    return str(JURISDICTIONS[Jurisdiction(name)])


def change_in_words(change: Change) -> dict[str, Any]:
    """A row of the preview: what, as it is, as it would be, and why it cannot."""
    return {
        "what": _what(change),
        "before": _lines(_named(change.before), change.after),
        "after": _lines(_named(change.after), change.before),
        "refused": in_words(change.refused) if isinstance(change.refused, PriceRefused) else "",
    }


def _what(change: Change) -> str:
    match change.after:
        case Rate():
            kind = kind_of_call(change.after.jurisdiction, change.after.destination)
            return f"{SERVICES[change.after.service]}: {kind}"
        case TaxRate():
            return change.after.tax.name
        case _:
            lists = ListsForm.base_fields
            return str(lists[change.name].label if change.name in lists else FIELDS[change.name])


def _named(value: Any) -> Any:
    """A code of how lists are kept, in words."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str({**MODES, **SEARCHES}.get(value, value)) if isinstance(value, str) else value


def _lines(value: Any, other: Any) -> list[str]:
    match value:
        case None:
            return [gettext("nothing")]
        case Rules():
            return list(rules_in_words(value, reader_language())) or [gettext("nothing")]
        case Rate():
            return [f"{value.price} + {value.facility_additive}", str(value.effective)]
        case TaxRate():
            return [percent(value.tax.parts_per_million)]
        case FreeMinutes():
            return [_free(value)]
        case Mapping():
            differs = [key for key in value if not isinstance(other, Mapping) or other.get(key) != value[key]]
            return [f"{key}: {value[key]}" for key in sorted(differs)] or [gettext("nothing")]
        case list():
            return [", ".join(LANGUAGES.get(each, str(each)) for each in value)]
        case _:
            return [str(value)]


def _free(value: FreeMinutes) -> str:
    allowances = (
        (gettext("%(count)s minutes a day"), value.seconds_per_day),
        (gettext("%(count)s minutes a week"), value.seconds_per_week),
    )
    said = [text % {"count": seconds // 60} for text, seconds in allowances if seconds is not None]
    return ", ".join(said) or gettext("nothing")
