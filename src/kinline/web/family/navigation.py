"""The family's pages as they hang together: six sections, each with a landing page at an address that stays.

Whoever adds a page gives it an `Entry` in its section: the landing page then offers it, and the navigation knows where
one is. A page that is reached from others alone stands in `covers`.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a landing page offers, with a line about what it is for."""

    url_name: str
    label: Any
    about: Any


@dataclass(frozen=True, slots=True)
class Section:
    """A tab of the navigation. `url_name` is its landing page, `icon` the id of a picture in `icons.svg`."""

    url_name: str
    label: Any
    icon: str
    entries: tuple[Entry, ...] = ()
    covers: tuple[str, ...] = ()

    def has(self, url_name: str) -> bool:
        return url_name in (self.url_name, *self.covers, *(entry.url_name for entry in self.entries))


SECTIONS: Final = (
    Section("account", _("Home"), "home"),
    Section("calls", _("Calls"), "calls", covers=("receipt", "dispute")),
    Section(
        "money",
        _("Money"),
        "money",
        entries=(
            Entry("statement", _("Statement"), _("Each month, line by line, to print or keep.")),
            Entry("voucher", _("Redeem a prepaid card"), _("Type the 16 digits of a card that you bought.")),
            Entry("plans", _("Plans"), _("Pay less when you talk much.")),
            Entry("paying", _("Who pays for calls"), _("Your numbers, money for a resident, a monthly bill.")),
            Entry("refund", _("Get money back"), _("What you have not used is yours, without a fee.")),
        ),
        covers=("payment", "payment_card", "save_card", "card_form", "card_saved", "reload_settings", "invoice"),
    ),
    Section(
        "contacts",
        _("People"),
        "people",
        entries=(Entry("wishes", _("Which calls I wish"), _("Blocks, quiet hours, and the most for a day.")),),
        covers=("contact", "find_resident", "ask_contact"),
    ),
    Section(
        "help",
        _("Help"),
        "help",
        entries=(
            Entry("cases", _("My questions"), _("Ask customer service, and read what it answered.")),
            Entry("call_back", _("Have us call you"), _("At once, or when it suits you.")),
            Entry("rates", _("What calls cost"), _("The price of a call from each facility, before you pay.")),
            Entry("phone_tests", _("Test my phone"), _("We call you and tell you what we measured.")),
            Entry(
                "ask_privilege",
                _("For attorneys and others"),
                _("Have a number verified, so that nobody records or hears calls to it."),
            ),
            Entry("home", _("How a call works"), _("What you hear, which keys to press, and when you pay.")),
        ),
        covers=("rates_of_facility", "facility_rules", "new_case", "case", "guide", "phone_test"),
    ),
    Section(
        "settings",
        _("Account"),
        "settings",
        entries=(
            Entry("details", _("My details"), _("Your name, address, e-mail and language.")),
            Entry("own_numbers", _("My telephone numbers"), _("Where you are called. Add or change one.")),
            Entry("identity", _("Who I am"), _("What a facility asks you to show, and showing it.")),
            Entry("ways_in", _("Sign-in and security"), _("Password, passkeys, second step, your devices.")),
            Entry(
                "phone_pin", _("Account by phone"), _("A PIN with which you hear your balance and add money by phone.")
            ),
            Entry("notices", _("Notices"), _("What we told you, and what happened while you were away.")),
            Entry("notice_settings", _("How I am told"), _("E-mail, text messages, quiet hours, low balance.")),
            Entry("own_data", _("Download my data"), _("A copy of all that we keep of you.")),
            Entry("close_account", _("Close my account"), _("Your balance goes back to you. You can open it again.")),
        ),
        covers=(
            "confirm_number",
            "email",
            "email_code",
            "password",
            "family_second_step",
            "passkey_add",
            "devices",
        ),
    ),
)


def section_of(url_name: str) -> Section | None:
    """The section that a page lies in; None: in no section."""
    return next((section for section in SECTIONS if section.has(url_name)), None)
