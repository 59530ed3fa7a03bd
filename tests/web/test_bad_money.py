"""Money that is typed wrong, by every form that takes an amount, and cards that are declined in each way: the answer
names the field and what to do, and nothing moves."""

import re
from functools import reduce

import pytest
from bank import DECLINED_LATER, Bank, bank, running_bank, signed
from django import forms
from django.utils.html import escape
from payers import Payer, a_saved_card

from kinline.alerts.models import BalanceWatch
from kinline.billing import services as billing
from kinline.billing.models import Application
from kinline.contacts.models import DedicatedNumber, SpendingLimit
from kinline.core.identity import AccountId, Instant, Language
from kinline.core.money import Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.core.voucher_code import with_check_digit
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.payments.models import AutoReload, InboxMessage, Payment
from kinline.people.models import Role
from kinline.providers.stripe.declines import DECLINES, decline_reason
from kinline.refunds.models import Refund, StaffCredit
from kinline.vouchers import services as vouchers
from kinline.vouchers.models import Batch

__all__ = ["bank", "running_bank"]

NOVEMBER = Instant(1_795_197_600_000)
REFERENCE = "0123456789abcdef0123456789abcdef"
CENTS, MORE, DIGITS = "cents", "more", "digits"
WRONG = {
    "12.505": CENTS,
    "-5.00": MORE,
    "0.00": MORE,
    "€5": DIGITS,
    "EUR 5.00": DIGITS,
    "1,000.00": DIGITS,
    "1e3": DIGITS,
    "٣": DIGITS,
    "NaN": DIGITS,
    "9999999999999": DIGITS,
}
TOLD = {
    "en": {
        CENTS: "Write at most two decimals, for example 12.50.",
        MORE: "Write an amount of more than nothing, for example 12.50.",
        DIGITS: "Write dollars with digits and a point, for example 12.50.",
    },
    "es": {
        CENTS: "Escriba como máximo dos decimales, por ejemplo 12.50.",
        MORE: "Escriba una cantidad mayor que cero, por ejemplo 12.50.",
        DIGITS: "Escriba dólares con cifras y un punto, por ejemplo 12.50.",
    },
}
EMPTY = {
    "en": ("This field is required", "Write the amount"),
    "es": ("Este campo es obligatorio", "Escriba la cantidad"),
}

RELOAD = {"threshold": "5.00", "amount": "20.00", "monthly_ceiling": "60.00"}
FAMILY = {
    "adding money": ("/account/money/", {"amount": "other", "account": "own", "card": "new"}, "other_amount"),
    "automatic reload, below": ("/account/money/reload/", RELOAD, "threshold"),
    "automatic reload, amount": ("/account/money/reload/", RELOAD, "amount"),
    "automatic reload, ceiling": ("/account/money/reload/", RELOAD, "monthly_ceiling"),
    "paying invoices": ("/account/paying/", {"what": "pay_invoices"}, "amount"),
    "giving": ("/account/paying/", {"what": "give", "resident": "RESIDENT"}, "amount"),
    "setting aside": ("/account/paying/", {"what": "set_aside", "number": "+15045550700"}, "amount"),
    "applying": ("/account/paying/", {"what": "apply", "purpose": "Law office"}, "limit"),
    "getting money back": ("/account/refund/", {}, "amount"),
    "a limit for a day": ("/account/wishes/", {"what": "limit", "who": "all"}, "amount"),
    "when to be told": (
        "/account/notices/settings/",
        {"what": "save", "zone": "America/Chicago", "quiet_from": "21:00", "quiet_until": "08:00", "low_by": "money"},
        "low_money",
    ),
}

STAFF = {
    "prepaid cards": (Role.FINANCE, "/facility/vouchers/", {"what": "make", "make-count": "1"}, "make-amount"),
    "deposits": (
        Role.FACILITY_ADMINISTRATOR,
        "/facility/deposits/JAIL/",
        {"what": "give", "give-reference": REFERENCE, "give-resident_number": "100001", "give-reason": "Work"},
        "give-amount",
    ),
    "credit": (
        Role.FINANCE,
        "/provider/credit/",
        {"application": "APPLICATION", "decision": "approve", "reason": "-"},
        "limit",
    ),
    "a credit": (
        Role.SUPPORT,
        "/provider/credits/",
        {"what": "give", "email": "EMAIL", "reason": "outage", "text": "-", "reference": REFERENCE},
        "amount",
    ),
    "a payment of an invoice": (
        Role.FINANCE,
        "/provider/billing/BILL/",
        {"what": "take", "account": "BILL", "means": "cheque", "reference": "7"},
        "amount",
    ),
}


@pytest.fixture
def mother(town) -> Payer:
    """With a bill, a dedicated number, and an application that waits."""
    account = Account.objects.get(customer=town.mother)
    Account.objects.filter(pk=account.pk).update(posted=0)
    ledger.deposit(AccountId(account.pk), Money.parse("12.34"), "test/mother", NOVEMBER)
    ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    given = {"customer": town.mother, "resident": town.marcus, "forwards_to": town.mother.numbers.get().number}
    DedicatedNumber.objects.create(number="+15045550700", given_at=NOVEMBER, **given)
    ledger.open_dedicated_account(town.mother.pk, "+15045550700")
    return Payer(town.mother.pk, AccountId(account.pk))


def said(client, address: str, asked: dict[str, str]) -> str:
    return " ".join(client.post(address, asked, follow=True).content.decode().split())


AT_A_FIELD = re.compile(r'class="error" id="(?:id_)?(?:\w+-)*(\w+)_error"')
WRITTEN = (Payment, AutoReload, Batch, Refund, StaffCredit, SpendingLimit, BalanceWatch)


def all_that_could_have_moved() -> tuple[object, ...]:
    return (
        list(Transfer.objects.values_list("key", flat=True)),
        [model.objects.count() for model in WRITTEN],
        list(Application.objects.values_list("standing", "credit_limit")),
        list(Account.objects.order_by("pk").values_list("posted", "held", "credit_limit")),
    )


def named(answer) -> set[str]:
    """The fields of which the page says that they are wrong."""
    found = [value for each in answer.context for value in each.flatten().values()]
    found += [each for value in found if isinstance(value, dict) for each in value.values()]
    wrong = {name for each in found if isinstance(each, forms.Form) and each.is_bound for name in each.errors}
    wrong |= set(AT_A_FIELD.findall(answer.content.decode()))
    labels = {"amount": ("Amount, in dollars: ", "Cantidad, en dólares: ")}
    labels["limit"] = ("Credit limit, in dollars: ", "Límite de crédito, en dólares: ")
    page = answer.content.decode()
    return wrong | {name for name, beginnings in labels.items() if any(each in page for each in beginnings)}


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize("form", FAMILY)
def test_a_family_that_types_an_amount_wrong_reads_what_to_write(
    town, mother, bank: Bank, signed_in, form: str, language: str
) -> None:
    address, others, field = FAMILY[form]
    resident = f"resident-{town.marcus.pk}"
    card = {"reload_card": str(a_saved_card(bank, mother).pk)} if "reload" in address else {}
    asked = {"reference": REFERENCE, **others, **card}
    asked = {name: value.replace("RESIDENT", resident) for name, value in asked.items()}
    if form == "applying":  # for a bill that they have not
        Account.objects.filter(kind=AccountKind.DIRECT_BILL).delete()
    client, before = signed_in(town.mother, language), all_that_could_have_moved()
    may_be_empty = form == "getting money back"  # then it is all of it
    for typed, kind in {**WRONG, **({} if may_be_empty else {"": ""})}.items():
        answer = client.post(address, {**asked, field: typed}, follow=True)
        page = " ".join(answer.content.decode().split())
        expected = (TOLD[language][kind],) if kind else EMPTY[language]
        assert any(each in page for each in expected), (typed, form)
        assert named(answer) == {field}, (typed, form)
        assert f'value="{escape(typed)}"' in page or not typed, "what was typed is still there"
    assert all_that_could_have_moved() == before


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize("form", STAFF)
def test_staff_who_type_an_amount_wrong_read_what_to_write(town, mother, signed_in, form: str, language: str) -> None:
    role, address, others, field = STAFF[form]
    application = billing.apply(mother.customer, Money.parse("20.00"), "Law office", NOVEMBER)
    bill = Account.objects.get(customer=town.mother, kind=AccountKind.DIRECT_BILL)
    known = {"APPLICATION": application.pk, "BILL": bill.pk, "JAIL": town.jail.pk, "EMAIL": town.mother.user.email}

    def filled(text: str) -> str:
        return reduce(lambda text, name: text.replace(name, str(known[name])), known, text)

    asked = {name: filled(value) for name, value in others.items()}
    client, before = signed_in(town.staff(role), language), all_that_could_have_moved()
    for typed, kind in WRONG.items():
        answer = client.post(filled(address), {**asked, field: typed}, follow=True)
        assert TOLD[language][kind] in " ".join(answer.content.decode().split()), typed
        assert named(answer) == {field.rpartition("-")[2]}, typed
    assert all_that_could_have_moved() == before


@pytest.mark.parametrize("language", list(Language))
def test_a_prepaid_card_that_is_typed_wrong_is_told_at_its_field_with_what_to_do(
    town, mother, signed_in, language: Language
) -> None:
    unknown, unsold, sold = (with_check_digit(f"{number:015}") for number in (1, 2, 3))
    batch = vouchers.make(Money.parse("10.00"), 2, "user/1", NOVEMBER, (unsold, sold)).batch_id
    vouchers.activate(batch, 2, 2, "user/1", NOVEMBER)
    vouchers.redeem(sold, AccountId(Account.objects.get(customer=town.father).pk), ("account/0",), NOVEMBER)
    client, before = signed_in(town.mother, language.value), all_that_could_have_moved()
    for code, reason in (
        (unknown[:-1] + str((int(unknown[-1]) + 1) % 10), Reason.PAY_VOUCHER_MISTYPED),
        ("12 34", Reason.PAY_VOUCHER_MISTYPED),
        (unknown, Reason.PAY_VOUCHER_UNKNOWN),
        (unsold, Reason.PAY_VOUCHER_NOT_ACTIVE),
        (sold, Reason.PAY_VOUCHER_USED),
    ):
        answer = client.post("/account/voucher/", {"account": "own", "code": code})
        explained = explain(reason, Audience.FAMILY, language)
        assert f"{explained.text} {explained.remedy}" in answer.content.decode(), code
        assert named(answer) == {"code"}
    assert all_that_could_have_moved() == before


@pytest.mark.parametrize("language", list(Language))
def test_a_card_that_is_declined_in_any_of_the_banks_ways_is_told_so_with_what_to_do(
    town, mother, bank: Bank, signed_in, language: Language
) -> None:
    """One code for each reason; that each code has its reason is the next test."""
    card, client = a_saved_card(bank, mother, DECLINED_LATER), signed_in(town.mother, language.value)
    codes = {reason: code for code, reason in DECLINES.items()} | {Reason.PAY_DECLINED: "pickup_card"}
    for number, (reason, code) in enumerate(codes.items()):
        bank.decline_codes[card.provider_id] = ("card_declined", code)
        Payment.objects.update(changed_at=0)  # ten declines in an hour are enough
        asked = {"reference": f"{number:032}", "account": "own", "amount": "1000", "card": str(card.pk)}
        page = said(client, "/account/money/", asked)
        explained = explain(reason, Audience.FAMILY, language)
        assert explained.text in page, code
        assert explained.remedy in page, code
    assert len(codes) == 11
    assert Payment.objects.filter(state="failed").count() == 11
    assert (mother.balance, bank.charged_cents()) == (Money.parse("12.34"), 0)


STRIPES_CODES = """approve_with_id authentication_not_handled authentication_required call_issuer card_not_supported
    card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again duplicate_transaction expired_card
    fraudulent generic_decline incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip
    insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year
    invalid_number invalid_pin issuer_not_available lost_card merchant_blacklist mobile_device_authentication_required
    new_account_information_available no_action_taken not_permitted offline_pin_required
    online_or_offline_pin_required pickup_card pin_try_exceeded processing_error reenter_transaction restricted_card
    revocation_of_all_authorizations revocation_of_authorization security_violation service_not_allowed stolen_card
    stop_payment_order testmode_decline transaction_not_allowed try_again_later withdrawal_count_limit_exceeded"""
TOLD_NO_MORE = {"fraudulent", "lost_card", "stolen_card", "merchant_blacklist", "pickup_card", "restricted_card"}
"""What the holder must not learn from us (Stripe: "report a generic decline")."""


def test_every_code_of_the_provider_has_a_reason_and_what_is_secret_stays_so() -> None:
    reasons = {code: decline_reason("card_declined", code) for code in STRIPES_CODES.split()}
    assert all(reason.value.startswith("pay.") for reason in reasons.values())
    assert {reasons[code] for code in TOLD_NO_MORE} == {Reason.PAY_DECLINED}
    assert set(DECLINES.values()) <= set(reasons.values())


def test_a_message_with_a_bad_signature_or_for_an_unknown_payment_says_what_to_do(
    town, bank: Bank, client, signed_in
) -> None:
    stranger = bank.ask("POST", "/v1/payment_intents", amount=700, currency="usd")
    body, headers = bank.message("payment_intent.succeeded", stranger)

    def send(body: bytes, signature: str) -> tuple[int, str]:
        sent = {"stripe-signature": signature}
        answer = client.post("/webhooks/stripe", body, content_type="application/json", headers=sent)
        return answer.status_code, answer.content.decode()

    status, told = send(body, signed(body, secret="whsec_guessed")[1]["Stripe-Signature"])
    assert (status, "KINLINE_STRIPE_WEBHOOK_SECRET" in told) == (400, True)
    assert InboxMessage.objects.count() == 0
    status, told = send(body, headers["Stripe-Signature"])
    assert (status, "compare KINLINE_STRIPE_KEY" in told) == (200, True)
    assert InboxMessage.objects.get().outcome == "unknown"
    assert Transfer.objects.count() == 0
    for nonsense in (
        b"{}",
        b"[]",
        b"not JSON",
        b'{"id": "e", "type": "t", "data": {"object": {"id": "x", "metadata": "m"}}}',
    ):
        status, told = send(nonsense, signed(nonsense)[1]["Stripe-Signature"])
        assert (status, "send events in full" in told) == (400, True)
    finance = signed_in(town.staff(Role.FINANCE))
    page = " ".join(finance.get("/provider/reconciliation/").content.decode().split())
    assert stranger["id"] in page
    assert "We asked for no such payment." in page
    spanish = signed_in(town.staff(Role.FINANCE), "es").get("/provider/reconciliation/").content.decode()
    assert "No pedimos ese pago." in spanish
