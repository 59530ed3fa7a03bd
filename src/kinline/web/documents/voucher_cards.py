"""A new batch of prepaid cards, on its page and on paper."""

import segno
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kinline.core.identity import Language
from kinline.vouchers.services import Made
from kinline.web.documents.paper import paper


def square(code: str) -> SafeString:
    """The code as a QR code for a kiosk's scanner."""
    drawn = segno.make(code, error="m", micro=False).svg_inline(scale=2, border=2, title=None)
    return mark_safe(drawn)  # noqa: S308 (drawn from sixteen digits)


def voucher_cards_pdf(made: Made, language: Language) -> bytes:
    """Raises `NoPdf`."""
    with translation.override(language.value):
        cards = [(card, _pictured(card.code)) for card in made.cards]
    return paper("kinline/paper/voucher_cards.html", {"made": made, "cards": cards}, language)


def _pictured(code: str) -> SafeString:
    drawn = segno.make(code, error="m", micro=False).svg_data_uri(border=2)
    return format_html('<img class="square" src="{}" alt="{}">', drawn, _("QR code of this card"))
