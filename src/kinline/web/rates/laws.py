"""The sources of caps and what is not sure of a law, in the reader's language. Citations stay as they are."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LAWS: Final = frozenset(
    {
        _("47 CFR 64.6030 (2014): interim caps, debit and prepaid 0.21, collect 0.25"),
        _("FCC 21-60, 86 FR 40340: 0.12 and 0.14 with an additive of 0.02; 0.21 for the other jails"),
        _("FCC 24-75, 89 FR 77244, Table One"),
        _("FCC waiver of 30 June 2025 of the caps of FCC 24-75: the caps of FCC 21-60 hold again"),
        _("FCC 25-75, 90 FR 56013, with the additive of 0.02; compliance date 6 April 2026"),
        _("Connecticut law signed 16 June 2021: free calls, at least 90 minutes a day"),
        _("California law of 2022: free calls from state prisons"),
        _("Minnesota law in force since 1 July 2023: free calls"),
        _(
            "Colorado law: the state pays 25 % of calls from 1 September 2023, 35 % from 1 July 2024, all from "
            "1 July 2025"
        ),
        _("Massachusetts law in force since 1 December 2023: free calls, video and messages in prisons and jails"),
        _("in force since 1 July or 1 October 2022: the day is not verified"),
        _("the exact day in January 2023 is not verified"),
    }
)
"""As `core.caps` and `core.state_laws` write them."""


def law_in_words(text: str) -> str:
    """One of them in the reader's language."""
    return gettext(text)
