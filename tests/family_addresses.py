"""Every address of the pages for families: what the mother of the town has there, and how it is looked at.

Whoever adds an address to `urls.py` that no permission of staff opens adds a line here. What names something (`of`) is
somebody's: `tests/web/test_family_access.py` asks for it as another family. What is a page (`heading`) is looked at in
both languages by `tests/web/test_family_looks.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator

from kinline.billing.models import Invoice
from kinline.billing.services import issue_invoices
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.ledger.services import open_direct_bill_account, transfer
from kinline.payments.models import CardSetUp, Payment, SavedCard
from kinline.servicecalls.models import ServiceCall
from kinline.support.services import open_case
from kinline.support.topics import Topic
from kinline.web.family.contacts import found_address

NOON = 1_795_111_200_000
DECEMBER = Instant(1_796_083_200_000)

Town = Any
Made = Callable[[Town], dict[str, object]]


@dataclass(frozen=True)
class Address:
    """`of`: makes what the address names, which is the mother's; None: it names nothing. `heading`: what the page's
    heading begins with, in English and Spanish; empty: it is no page, or `seen` says which test looks at it."""

    heading: tuple[str, str] | tuple[()] = ()
    of: Made | None = None
    is_public: bool = False
    """Open to everybody; what it names is nobody's."""
    posts: bool = False
    """Takes nothing but a form that was sent."""
    query: str = ""
    seen: str = ""
    is_guarded: bool = False
    """Asks first for the password once more."""


def a_payment(town: Town) -> dict[str, object]:
    account = Account.objects.get(customer=town.mother, kind="customer_prepaid")
    made, _new = Payment.objects.get_or_create(
        reference="f" * 32,
        defaults={
            "customer": town.mother,
            "account": account,
            "amount": 20_000_000,
            "way": "saved_card",
            "provider": "stripe",
            "intent": "pi_1",
            "state": "succeeded",
            "created_at": NOON,
            "changed_at": NOON,
        },
    )
    return {"reference": made.reference}


def a_card(town: Town) -> dict[str, object]:
    made, _new = SavedCard.objects.get_or_create(
        provider_id="pm_of_mother",
        defaults={
            "customer": town.mother,
            "brand": "visa",
            "last4": "4242",
            "expiry_month": 4,
            "expiry_year": 2031,
            "saved_at": NOON,
        },
    )
    return {"card_id": made.pk}


def a_card_set_up(town: Town) -> dict[str, object]:
    made, _new = CardSetUp.objects.get_or_create(
        reference="e" * 32, defaults={"customer": town.mother, "created_at": NOON}
    )
    return {"reference": made.reference}


def an_invoice(town: Town) -> dict[str, object]:
    """For a call of November, and a credit."""
    account = open_direct_bill_account(town.mother.pk, Money.parse("50.00"))
    if not Invoice.objects.filter(account=account).exists():
        call = town.call(payer="direct_bill", account_id=account)
        for reason, amount in (("charge", call.charge - call.taxes), ("taxes", call.taxes)):
            earns = house_account(AccountKind.TAXES if reason == "taxes" else AccountKind.REVENUE)
            order = Order(f"call/{call.pk}/{reason}", account, earns, Money(amount), reason, call.pk)
            transfer(order, Instant(NOON))
        credit = Order("credit/invoice", house_account(AccountKind.CREDITS), account, Money(10_000), "staff_credit")
        transfer(credit, Instant(NOON))
        issue_invoices(DECEMBER)
    return {"number": Invoice.objects.get(account=account).number}


def a_case(town: Town) -> dict[str, object]:
    case = open_case(town.mother, Topic.OTHER, "What is this?", Instant(NOON), reference="d" * 32)
    return {"case_id": case.pk}


def a_phone_test(town: Town) -> dict[str, object]:
    made, _new = ServiceCall.objects.get_or_create(
        kind="line_test",
        number="+15045550901",
        defaults={
            "language": "en",
            "customer": town.mother,
            "asked_by": "user/1",
            "ordered_at": NOON,
            "due_by": NOON,
            "stage": "over",
            "outcome": "no_answer",
            "ended_at": NOON,
        },
    )
    return {"test_id": made.pk}


def a_passkey(town: Town) -> dict[str, object]:
    made, _new = Authenticator.objects.get_or_create(
        user=town.mother.user, type="webauthn", defaults={"data": {"name": "Phone", "credential": {}}}
    )
    return {"passkey_id": made.pk}


def a_call(town: Town) -> dict[str, object]:
    calls = town.marcus.calls.filter(called_party="+15045550901", disposition="completed").order_by("pk")
    return {"call_id": (calls.first() or town.recorded_call()).pk}


ADDRESSES: dict[str, Address] = {
    "second_step": Address(is_public=True, seen="test_ways_in.py"),
    "passkey_sign_in": Address(is_public=True, posts=True),
    "prove": Address(seen="test_ways_in.py"),
    "passkey_prove": Address(posts=True),
    "forgotten": Address(is_public=True, seen="test_ways_in.py"),
    "forgotten_code": Address(is_public=True, seen="test_ways_in.py"),
    "details": Address(seen="test_ways_in.py"),
    "email": Address(seen="test_ways_in.py"),
    "email_code": Address(seen="test_ways_in.py"),
    "ways_in": Address(seen="test_ways_in.py"),
    "password": Address(seen="test_ways_in.py"),
    "family_second_step": Address(seen="test_ways_in.py"),
    "passkey_add": Address(seen="test_ways_in.py"),
    "passkey_remove": Address(of=a_passkey, posts=True, is_guarded=True),
    "devices": Address(seen="test_ways_in.py"),
    "call_back": Address(("Have us call you", "Que le llamemos")),
    "notices": Address(seen="test_notices.py"),
    "notice_settings": Address(seen="test_notices.py"),
    "identity": Address(seen="test_identity.py"),
    "own_data": Address(("Download my data", "Descargar mis datos"), is_guarded=True),
    "sms_webhook": Address(posts=True, is_public=True),
    "home": Address(("Calls from inside", "Llamadas desde"), is_public=True),
    "sign_in": Address(("Sign in", "Iniciar"), is_public=True),
    "help": Address(("Help", "Ayuda")),
    "guide": Address(
        ("When a call does not", "Cuando una llamada"), lambda town: {"slug": "calls-that-failed"}, is_public=True
    ),
    "cases": Address(("My questions", "Mis preguntas")),
    "new_case": Address(("Ask customer service", "Preguntar")),
    "case": Address(("Something else", "Otra cosa"), a_case),
    "account": Address(("Can they call you", "¿Le pueden")),
    "calls": Address(("Calls", "Llamadas"), query="?outcome=missed"),
    "calls_export": Address(),
    "receipt": Address(("Call from", "Llamada de"), a_call),
    "dispute": Address(("What was wrong", "¿Qué estuvo mal"), a_call),
    "contacts": Address(("People", "Personas")),
    "contact": Address(("Marcus", "Marcus"), lambda town: {"contact_id": town.marcus.contacts.earliest("pk").pk}),
    "find_resident": Address(("Ask to be a contact", "Solicitar ser contacto")),
    "ask_contact": Address(
        ("Ask to be a contact of", "Solicitar ser contacto de"),
        lambda town: {"found": found_address(town.mother, town.marcus.pk)},
    ),
    "ask_privilege": Address(("Calls that nobody", "Llamadas que nadie"), is_public=True),
    "settings": Address(("Account", "Cuenta")),
    "own_numbers": Address(("My", "Mis")),
    "money": Address(("Money", "Dinero")),
    "voucher": Address(("Redeem", "Canjear")),
    "statement": Address(("Statement", "Estado de cuenta"), query="?month=2026-11"),
    "plans": Address(("Plans", "Planes")),
    "paying": Address(("Who pays", "Quién paga")),
    "refund": Address(("Get money back", "Recuperar")),
    "close_account": Address(("Close my account", "Cerrar mi cuenta")),
    "invoice": Address(("Invoice", "Factura"), an_invoice),
    "payment": Address(("Payment of", "Pago de"), a_payment),
    "payment_card": Address(of=a_payment, seen="test_money.py"),
    "save_card": Address(posts=True),
    "remove_card": Address(of=a_card, posts=True),
    "card_form": Address(of=a_card_set_up, seen="test_money.py"),
    "card_saved": Address(of=a_card_set_up),
    "reload_settings": Address(posts=True),
    "phone_pin": Address(("Account by phone", "Cuenta por teléfono")),
    "wishes": Address(("Which calls I wish", "Qué llamadas deseo")),
    "phone_tests": Address(("Test my phone", "Probar")),
    "phone_test": Address(("Test of my phone", "Prueba de mi teléfono"), a_phone_test),
    "document": Address(of=lambda town: {"document_id": town.document("attachment").pk, "page": 1}),
    "offline": Address(("No connection", "Sin conexión"), lambda town: {"language": "en"}, is_public=True),
    "rates": Address(is_public=True, seen="test_rates_looks.py"),
    "rates_of_facility": Address(
        of=lambda town: {"facility_id": town.jail.pk}, is_public=True, seen="test_rates_looks.py"
    ),
    "facility_rules": Address(
        of=lambda town: {"facility_id": town.jail.pk}, is_public=True, seen="test_facility_rules.py"
    ),
    "rates_machine_readable": Address(of=lambda town: {"facility_id": town.jail.pk}, is_public=True),
    "sign_up": Address(("Open an account", "Abrir una cuenta"), is_public=True),
    "sign_up_code": Address(is_public=True, seen="test_sign_up.py"),
    "agree": Address(seen="test_sign_up.py"),
    "agreement": Address(of=lambda town: {"subject": "terms"}, is_public=True, seen="test_sign_up.py"),
    "confirm_number": Address(seen="test_sign_up.py"),
    "welcome": Address(),
    "sign_out": Address(posts=True),
    "set_language": Address(posts=True, is_public=True),
    "manifest": Address(of=lambda town: {"language": "en"}, is_public=True),
    "service_worker": Address(is_public=True),
    "health": Address(is_public=True),
    "stripe_webhook": Address(posts=True, is_public=True),
}
