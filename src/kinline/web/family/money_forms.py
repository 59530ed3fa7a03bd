"""What a family types to add money and to set up automatic reload. Amounts are text, exact to the cent."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.money import ZERO, Money, MoneyError
from kinline.payments.models import SavedCard

CHOICES: Final = tuple(Money.parse(text) for text in ("5.00", "10.00", "25.00", "50.00"))
OTHER: Final = "other"
NEW_CARD: Final = "new"
_CENT: Final = 10_000


class Dollars(forms.CharField):
    """Whole cents, more than nothing."""

    def __init__(self, **settings: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=16, widget=widget, **settings)

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = Money.parse(text, may_be_negative=True)
        except MoneyError:
            raise forms.ValidationError(_("Write dollars with digits and a point, for example 12.50.")) from None
        if amount.micros % _CENT:
            raise forms.ValidationError(_("Write at most two decimals, for example 12.50."))
        if amount <= ZERO:
            raise forms.ValidationError(_("Write an amount of more than nothing, for example 12.50."))
        return amount


class Reference(forms.RegexField):
    """Made with the page: the button pressed twice is one payment."""

    def __init__(self) -> None:
        super().__init__(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput, initial=lambda: secrets.token_hex(16))


class AddMoney(forms.Form):
    """Whose account, how much, and with which card."""

    reference = Reference()
    account = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Choose an account."),
            "invalid_choice": gettext_lazy("Choose again: what you chose is paid, or is no account of yours any more."),
        }
    )
    amount = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose an amount.")})
    other_amount = Dollars(required=False, label=gettext_lazy("Other amount, in dollars"))
    card = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose a card.")})
    save_card = forms.BooleanField(required=False, label=gettext_lazy("Keep this card for the next time"))

    def __init__(
        self,
        accounts: Mapping[str, str],
        debts: Mapping[str, str],
        cards: Sequence[SavedCard],
        *args: Any,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.debts = debts
        self.choices_of("account", [*accounts.items(), *debts.items()])
        self.choices_of("amount", [*((str(each.cents), str(each)) for each in CHOICES), (OTHER, OTHER)])
        self.choices_of("card", [*((str(card.pk), str(card)) for card in cards), (NEW_CARD, NEW_CARD)])
        self.initial.setdefault("account", next(iter(accounts), ""))
        self.initial.setdefault("amount", str(CHOICES[1].cents))
        self.initial.setdefault("card", str(cards[0].pk) if cards else NEW_CARD)

    def choices_of(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") == OTHER:
            typed = cleaned.get("other_amount")
            if typed is None and "other_amount" not in self.errors:
                self.add_error("other_amount", _("Write the amount, for example 12.50."))
            cleaned["money"] = typed
        elif cleaned.get("amount"):
            cleaned["money"] = Money.of_cents(int(cleaned["amount"]))
        return cleaned


class SetUpReload(forms.Form):
    """When, how much, and how much in a month at most."""

    threshold = Dollars(label=gettext_lazy("When less than this is left"))
    amount = Dollars(label=gettext_lazy("Add this much"))
    monthly_ceiling = Dollars(label=gettext_lazy("At most this much in a calendar month"))
    reload_card = forms.ChoiceField(label=gettext_lazy("With this card"))

    def __init__(self, cards: Sequence[SavedCard], names: Mapping[int, str], *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        field = self.fields["reload_card"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = [(str(card.pk), names[card.pk]) for card in cards]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amount, ceiling = cleaned.get("amount"), cleaned.get("monthly_ceiling")
        if amount is not None and ceiling is not None and ceiling < amount:
            self.add_error("monthly_ceiling", _("The most in a month must be at least the amount that is added."))
        return cleaned
