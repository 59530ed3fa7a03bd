"""The codes of prices and places as a page writes them, in the reader's language."""

from babel import Locale
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kinline.core.caps import FacilityClass
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Period, Service

SERVICES = {
    Service.AUDIO: _("Phone call"),
    Service.VIDEO: _("Video call"),
    Service.MESSAGE: _("Message"),
}
JURISDICTIONS = {
    Jurisdiction.LOCAL: _("Local"),
    Jurisdiction.INTRASTATE: _("Within the state"),
    Jurisdiction.INTERSTATE: _("To another state"),
    Jurisdiction.INTERNATIONAL: _("To another country"),
}
CLASSES = {
    FacilityClass.PRISON: _("Prison"),
    FacilityClass.LARGE_JAIL: _("Large jail (1,000 people and more)"),
    FacilityClass.MEDIUM_JAIL: _("Medium jail (350 to 999 people)"),
    FacilityClass.SMALL_JAIL: _("Small jail (100 to 349 people)"),
    FacilityClass.VERY_SMALL_JAIL: _("Very small jail (50 to 99 people)"),
    FacilityClass.EXTREMELY_SMALL_JAIL: _("Extremely small jail (under 50 people)"),
}
PERIODS = {
    Period.DAY: _("a day"),
    Period.WEEK: _("a week"),
    Period.MONTH: _("a month"),
}


def destination(code: str) -> str:
    """`México` for MX, `+5255…` for a beginning of numbers, nothing for everywhere."""
    if not code:
        return ""
    if code.startswith("+"):
        return f"{code}…"
    return str(Locale.parse(get_language() or "en", sep="-").territories.get(code, code))


def kind_of_call(jurisdiction: Jurisdiction, code: str) -> str:
    """`Local`, `To another country: México`."""
    name = str(JURISDICTIONS[jurisdiction])
    where = destination(code)
    return gettext("%(kind)s: %(place)s") % {"kind": name, "place": where} if where else name


def percent(parts_per_million: int) -> str:
    """`4.45 %`."""
    whole, rest = divmod(parts_per_million, 10_000)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"
