"""`/account/paying/`: who pays for the calls to a family's numbers, and all that can be paid from their money."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kinline.billing import queries, services
from kinline.billing.models import Invoice
from kinline.contacts.models import Contact, ContactState, DedicatedNumber
from kinline.core.identity import AccountId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import KeyUsedOtherwise, NotEnough, open_customer_account
from kinline.people.models import Customer, CustomerNumber, Resident
from kinline.providers.cards import card_provider
from kinline.web.clock import in_utc, now
from kinline.web.documents.invoices import invoice_contents, invoice_pdf
from kinline.web.documents.paper import NoPdf, attachment
from kinline.web.explanation import reader_language
from kinline.web.family.account import customer_of
from kinline.web.family.money_forms import Dollars, Reference
from kinline.web.family.payments import accounts_of
from kinline.web.family.prices import balance_of
from kinline.web.templatetags.plain_words import telephone
from kinline.web.trail import refuse


class Apply(forms.Form):
    """For direct bill."""

    limit = Dollars(label=gettext_lazy("Credit limit, in dollars"))
    purpose = forms.CharField(max_length=200, label=gettext_lazy("What it is for, for example a law office"))


class Amount(forms.Form):
    """So much of their balance; a button pressed twice counts once."""

    reference = Reference()
    amount = Dollars(label=gettext_lazy("Amount, in dollars"))


class Give(Amount):
    """To one of their people."""

    resident = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        error_messages={"required": gettext_lazy("Choose for whom it is: what is given cannot be taken back.")},
    )
    field_order = ("resident", "amount", "reference")

    def __init__(self, residents: dict[str, str], *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        first = [("", gettext_lazy("Choose"))] if len(residents) > 1 else []
        self.fields["resident"].choices = [*first, *residents.items()]  # type: ignore[attr-defined]


class Collect(forms.Form):
    """All that a number owes."""

    reference = Reference()
    number = forms.CharField(max_length=16)


class Line(forms.Form):
    """Which of their people, at which of their numbers, a number of its own is for."""

    line = forms.ChoiceField(label=gettext_lazy("For whom, and which of your numbers it rings"))

    def __init__(self, choices: dict[str, str], *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["line"].choices = list(choices.items())  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paying(request: HttpRequest) -> HttpResponse:
    """Numbers with their payers, direct bill with its invoices, what is owed for collect calls, dedicated numbers."""
    customer = customer_of(request.user)
    if customer is None:
        return redirect("welcome")
    mistyped: forms.Form | None = None
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("what", ""))
        if act is None:
            raise Http404
        try:
            act(request, customer)
        except _Mistyped as fault:
            mistyped = fault.form
        except _Faulty as fault:
            messages.error(request, str(fault))
        except KeyUsedOtherwise:
            messages.error(request, _("This page was used already. Look at the balance, then try again."))
        except NotEnough:
            messages.error(request, _("There is not enough money in your account. Add money first."))
        except services.UnderReview:
            messages.error(request, _("A bank is deciding on a payment of yours. Until then nothing can be moved."))
        if mistyped is None:
            return redirect("paying")
    return render(request, "kinline/paying.html", _told(customer, mistyped))


@require_safe
@login_required
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """An invoice, to be read or printed, or as PDF. Another's is not found, and the attempt is written down."""
    customer = customer_of(request.user)
    found = Invoice.objects.filter(number=number, account__customer=customer).first() if customer else None
    if found is None:
        refuse(request, f"invoice/{number}")
    no_pdf = False
    if request.GET.get("as") == "pdf":
        try:
            return attachment(invoice_pdf(found, reader_language()), f"kinline-{found.number}.pdf")
        except NoPdf:
            no_pdf = True
    return render(request, "kinline/invoice.html", {**invoice_contents(found), "no_pdf": no_pdf})


class _Faulty(ValueError):
    """What was asked cannot be done; says why."""


class _Mistyped(ValueError):
    """One of the page's forms says at its field what is wrong, and keeps what was typed."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__(form.errors)
        self.form = form


def _told(customer: Customer, mistyped: forms.Form | None) -> dict[str, Any]:
    def form(name: str, kind: Callable[..., forms.Form], *arguments: Any) -> forms.Form:
        """The page's form of that name, or the same as it was sent."""
        if mistyped is not None and mistyped.auto_id == _ids(name):
            return mistyped
        return kind(*arguments, auto_id=_ids(name))

    at = now()
    residents = _residents_of(customer)
    numbers = list(customer.numbers.order_by("number"))
    account = queries.direct_bill_of(customer.pk)
    suspension = queries.suspension_of(AccountId(account.pk)) if account else None
    limit = suspension or account
    return {
        "customer": customer,
        "balance": balance_of(customer),
        "numbers": [(each, CustomerNumber.objects.filter(number=each.number).count()) for each in numbers],
        "bill": account,
        "suspension": suspension,
        "owed": Money(max(-account.posted, 0)) if account else ZERO,
        "credit_limit": Money(limit.credit_limit) if limit else ZERO,
        "invoices": [
            (each, Money(each.amount), in_utc(each.due_at), each.paid_at is None and each.due_at < at)
            for each in (queries.invoices_of(AccountId(account.pk)) if account else ())
        ],
        "application": queries.last_application_of(customer.pk),
        "collect": [(each.account, each.number, each.owed) for each in queries.debts_of(customer.pk) if each.number],
        "takes_cards": card_provider() is not None,
        "lines": form("line", Line, _lines_of(customer)),
        "dedicated": [
            (
                each,
                Money(Account.objects.get(kind=AccountKind.DEDICATED, number=each.number).posted),
                form(f"aside-{each.pk}", Amount),
            )
            for each in customer.dedicated_numbers.select_related("resident").order_by("number")
        ],
        "give": form("give", Give, residents) if residents else None,
        "apply": form("apply", Apply),
        "pay": form("pay", Amount),
        "pay_collect": Collect(auto_id=False),  # once for each number
    }


def _ids(name: str) -> str:
    """Several forms of the page have a field of the same name."""
    return f"{name}-%s"


def _residents_of(customer: Customer) -> dict[str, str]:
    return {key: name for key, name in accounts_of(customer).items() if key.startswith("resident-")}


def _apply(request: HttpRequest, customer: Customer) -> None:
    if queries.direct_bill_of(customer.pk) is not None:
        raise Http404
    typed = _cleaned(Apply(request.POST, auto_id=_ids("apply")))
    try:
        services.apply(customer.pk, typed["limit"], typed["purpose"], now())
    except services.ApplicationRefused:  # what the form asks for is there, so they did it before
        raise _Faulty(_("You asked for a monthly bill. We have not decided yet.")) from None
    messages.success(request, _("We have your application. You can read the decision here."))


def _pay_invoices(request: HttpRequest, customer: Customer) -> None:
    account = queries.direct_bill_of(customer.pk)
    if account is None:
        raise Http404
    bill = AccountId(account.pk)
    _move(
        customer,
        Amount(request.POST, auto_id=_ids("pay")),
        lambda source, amount, key: services.pay_from_balance(source, bill, amount, key, now()),
    )
    messages.success(request, _("Paid. Calls go on at once when nothing is overdue."))


def _pay_collect(request: HttpRequest, customer: Customer) -> None:
    typed = _cleaned(Collect(request.POST))
    if not customer.numbers.filter(number=typed["number"], is_verified=True).exists():
        refuse(request, "collect")
    services.pay_collect(_prepaid(customer), typed["number"], f"web/{customer.pk}/{typed['reference']}", now())
    messages.success(request, _("Paid."))


def _give(request: HttpRequest, customer: Customer) -> None:
    residents, chosen = _residents_of(customer), request.POST.get("resident", "")
    if chosen and chosen not in residents:
        refuse(request, "resident_debit")

    def give(source: AccountId, amount: Money, key: str) -> None:
        resident = Resident.objects.get(pk=int(chosen.removeprefix("resident-")))
        services.give_to_resident(source, resident, amount, key, now())

    _move(customer, Give(residents, request.POST, auto_id=_ids("give")), give)
    messages.success(request, _("Given. It belongs to them now and pays for their calls."))


def _set_aside(request: HttpRequest, customer: Customer) -> None:
    number = _own_dedicated(request, customer)
    _move(
        customer,
        Amount(request.POST, auto_id=_ids(f"aside-{number.pk}")),
        lambda source, amount, key: services.set_aside(source, number, amount, key, now()),
    )
    messages.success(request, _("Set aside. Only calls to this number spend it."))


def _take_number(request: HttpRequest, customer: Customer) -> None:
    typed = _cleaned(Line(_lines_of(customer), request.POST, auto_id=_ids("line")))
    resident, _slash, phone = typed["line"].partition("/")
    try:
        given = services.give_number(customer.pk, Resident.objects.get(pk=int(resident)), E164(phone), now())
    except services.NoNumberLeft as none:
        raise _Faulty(_("No number is free just now. Ask us, and we get more.")) from none
    messages.success(
        request,
        _("%(number)s is yours. Set money aside for it, and tell them to call it.")
        % {"number": telephone(given.number)},
    )


def _give_back_number(request: HttpRequest, customer: Customer) -> None:
    number = _own_dedicated(request, customer)
    try:
        services.give_back_number(number, now())
    except NotEnough as held:
        raise _Faulty(_("A call to this number is in progress. Try again when it is over.")) from held
    messages.success(request, _("Given back. What was set aside for it is in your balance again."))


def _own_dedicated(request: HttpRequest, customer: Customer) -> DedicatedNumber:
    number = customer.dedicated_numbers.filter(number=request.POST.get("number", "")).first()
    if number is None:
        refuse(request, "dedicated_number")
    return number


def _lines_of(customer: Customer) -> dict[str, str]:
    """Each of their people at each of their numbers that can have a number of its own, and has none."""
    own = customer.numbers.filter(is_verified=True).values("number")
    known = Contact.objects.filter(number__in=own, state=ContactState.APPROVED).select_related("resident")
    given = set(customer.dedicated_numbers.values_list("resident", "forwards_to"))
    return {
        f"{each.resident_id}/{each.number}": f"{each.resident.name}, {telephone(each.number)}"
        for each in known.order_by("resident__name", "number")
        if (each.resident_id, each.number) not in given
    }


_ACTS: Final[dict[str, Callable[[HttpRequest, Customer], None]]] = {
    "apply": _apply,
    "pay_invoices": _pay_invoices,
    "pay_collect": _pay_collect,
    "give": _give,
    "set_aside": _set_aside,
    "take_number": _take_number,
    "give_back_number": _give_back_number,
}


def _move(customer: Customer, form: Amount, move: Callable[[AccountId, Money, str], object]) -> None:
    """The amount that was typed, from their balance, once for the form."""
    typed = _cleaned(form)
    try:
        move(_prepaid(customer), typed["amount"], f"web/{customer.pk}/{typed['reference']}")
    except NotEnough:
        form.add_error("amount", _("There is not enough money in your account. Add money first."))
        raise _Mistyped(form) from None


def _cleaned(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise _Mistyped(form)
    return form.cleaned_data


def _prepaid(customer: Customer) -> AccountId:
    return open_customer_account(customer.pk)
