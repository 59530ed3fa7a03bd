"""How amounts, lengths of time and telephone numbers are written on a page."""

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.reasons.explanation import written
from kinline.core.speech import Span

register = template.Library()
NO_BREAK = "\u00a0"
"""A space at which no line ends."""


@register.filter
def dollars(amount: Money | int | None) -> str:
    """`$2.10`, and `$0.0575` where cents do not suffice; microdollars are taken too. Nothing: an empty text."""
    if amount is None:
        return ""
    return str(amount if isinstance(amount, Money) else Money(amount))


@register.filter
def cents(amount: Money | int | None) -> str:
    """For an overview, down to whole cents: `$12.34`; what is less than a cent, exactly."""
    if amount is None:
        return ""
    money = amount if isinstance(amount, Money) else Money(amount)
    return str(Money.of_cents(money.cents) if money.cents else money)


@register.filter
def span(seconds: int | None) -> str:
    """`4 min 12 s`, `35 s`, `15 min`."""
    minutes, rest = divmod(int(seconds or 0), 60)
    if not minutes:
        text = _("%(seconds)d s") % {"seconds": rest}
    elif not rest:
        text = _("%(minutes)d min") % {"minutes": minutes}
    else:
        text = _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return text.replace(" ", NO_BREAK)


@register.filter
def wait(seconds: int | None) -> str:
    """`3 days 4 hours`, `25 minutes`: how long somebody waits, to the minute, at least one."""
    language = Language.SPANISH if (get_language() or "").startswith("es") else Language.ENGLISH
    whole = max(int(seconds or 0) // 60, 1) * 60
    return written(Span(whole // 3600 * 3600 if whole >= 2 * 86_400 else whole), language)


@register.filter
def clock(seconds: int | None) -> str:
    """`4:12`, `0:05`, `1:02:03`: a time that runs."""
    minutes, rest = divmod(int(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def minutes(count: int) -> str:
    """`205 minutes`."""
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}


@register.filter
def telephone(number: str) -> str:
    """`(504) 555-0123` for a number of ten digits in the North American plan, any other as it is stored."""
    digits = number.removeprefix("+1")
    if number.startswith("+1") and len(digits) == 10:
        return f"({digits[:3]}){NO_BREAK}{digits[3:6]}-{digits[6:]}"
    return number
