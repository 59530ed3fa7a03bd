"""What a family and finance take home as PDF: readable by everybody, complete, and made without asking anybody."""

import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest
from make import NOON
from sheets import is_for_everybody, text_of

from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.core.identity import AccountId, Instant, Language
from kinline.core.money import Money
from kinline.core.tariff import Tariff, Tax
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.notices.models import Message
from kinline.people.models import Role
from kinline.vouchers import services as vouchers
from kinline.vouchers.models import Voucher
from kinline.web.documents import paper, voucher_cards
from kinline.web.documents.attached import attached
from kinline.web.documents.invoices import invoice_contents

DECEMBER = Instant(1_796_083_200_000)


@pytest.fixture(autouse=True)
def no_complaints(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """WeasyPrint says in its log what it could not do."""
    caplog.set_level(logging.WARNING, "weasyprint")
    yield
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []


@pytest.fixture
def invoice(town) -> Invoice:
    """Five dollars of November."""
    account = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("test/call", account, revenue, Money.parse("5.00"), "charge"), Instant(NOON))
    billing.issue_invoices(DECEMBER)
    return Invoice.objects.get()


def test_an_invoice_goes_with_its_message_and_is_read_by_everybody(town, signed_in, invoice: Invoice) -> None:
    assert Message.objects.get().document == f"invoice/{invoice.number}"
    document = attached(f"invoice/{invoice.number}", Language.SPANISH)
    assert document is not None
    assert document.name == f"kinline-{invoice.number}.pdf"
    assert is_for_everybody(document.content, "es")

    sheets = paper.laid_out("kinline/paper/invoice.html", invoice_contents(invoice), Language.ENGLISH)
    written = text_of(sheets)
    for part in (invoice.number, "Rosa Doucet", "$5.00", "Total, taxes included", "47 CFR 64.6020"):
        assert part in written

    address = f"/account/invoices/{invoice.number}/?as=pdf"
    answer = signed_in(town.mother).get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert is_for_everybody(answer.content)
    assert signed_in(town.father).get(address).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            Language.ENGLISH,
            (
                "Talk $0.21",
                "Facility-related component $0.042",
                "at $0.06 a minute; taxes $0.011214.",
                "Given back −$0.01",
            ),
        ),
        (
            Language.SPANISH,
            ("Conversación $0.21", "$0.042", "a $0.06 por minuto; impuestos $0.011214.", "−$0.01"),
        ),
    ],
)
def test_an_invoice_is_an_itemised_bill_on_its_page_and_on_paper(
    town, signed_in, monkeypatch, language: Language, said: tuple[str, ...]
) -> None:
    """Of each call the number, the facility's date and clock, the facility, how long, the rate; of all the parts."""
    account, number = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00")), "+15045550177"
    tariff = Tariff(Money.parse("0.05"), Money.parse("0.01"), taxes=(Tax("Louisiana sales tax", 44_500),))
    call = town.call(
        number=number,
        is_privileged=True,  # its payer may read whom they paid for
        payer="direct_bill",
        account_id=account,
        tariff=json.dumps(tariff.to_json()),
        funded_seconds=300,
        facility_additive=42_000,
    )
    additive = ledger.open_additive_account(town.jail.agency_id)
    for reason, earns, amount in (
        ("charge", books.house_account(AccountKind.REVENUE), 210_000),
        ("facility_additive", additive, 42_000),
        ("taxes", books.house_account(AccountKind.TAXES), 11_214),
    ):
        ledger.transfer(Order(f"call/{reason}", account, earns, Money(amount), reason, call.pk), Instant(NOON))
    ours = books.house_account(AccountKind.CREDITS)
    ledger.transfer(Order("credit/1", ours, account, Money(10_000), "staff_credit"), Instant(NOON))
    billing.issue_invoices(DECEMBER)
    invoice = Invoice.objects.get()

    page = signed_in(town.mother, language).get(f"/account/invoices/{invoice.number}/").content.decode()
    sheets = paper.laid_out("kinline/paper/invoice.html", invoice_contents(invoice), language)

    common = ("(504) 555-0177", "Cypress County Jail", "4 min 12 s", "2026, 12:00", "Louisiana sales tax $0.011214")
    for form in (re.sub("<[^>]+>", " ", page), text_of(sheets)):
        read = " ".join(form.replace("\u00a0", " ").split())
        for part in (*common, *said, "$0.253214"):
            assert part in read, part


def test_a_statement_is_kept_as_pdf_with_its_balances(town, signed_in) -> None:
    account = AccountId(Account.objects.get(customer=town.mother).pk)
    ledger.deposit(account, Money.parse("20.00"), "deposit/1", Instant(NOON))
    mother = signed_in(town.mother)
    page = mother.get("/account/statement/?month=2026-11").content.decode()
    assert "Balance at the beginning: $0.00" in page
    assert "Balance at the end: $20.00" in page
    answer = mother.get("/account/statement/?month=2026-11&as=pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement-2026-11.pdf"'
    assert is_for_everybody(answer.content)


def test_prepaid_cards_are_printed_with_codes_that_are_nowhere_else(town, signed_in) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    answer = finance.post("/facility/vouchers/", {"what": "make", "make-amount": "20.00", "make-count": 1, "pdf": "1"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert Voucher.objects.count() == 1

    made = vouchers.make(Money.parse("20.00"), 9, "user/1", NOON)
    assert is_for_everybody(voucher_cards.voucher_cards_pdf(made, Language.SPANISH), "es")
    sheets = paper.laid_out(
        "kinline/paper/voucher_cards.html",
        {"made": made, "cards": [(card, voucher_cards.square(card.code)) for card in made.cards]},
        Language.ENGLISH,
    )
    assert re.findall(r"(\d{4} \d{4} \d{4} \d{4}) Redeem", text_of(sheets)) == [
        card.printed_code for card in made.cards
    ]


def test_a_paper_that_asks_for_anything_from_elsewhere_is_not_made(db) -> None:
    from weasyprint.urls import FatalURLFetchingError

    for address in ("http://127.0.0.1:1/spy.png", "file:///etc/passwd"):
        with pytest.raises(FatalURLFetchingError):
            paper._fetcher().fetch(address)


def test_without_pango_the_pages_say_so_and_stay(town, signed_in, invoice: Invoice, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert not paper.can_be_made()
    assert attached(f"invoice/{invoice.number}", Language.ENGLISH) is None
    for address in (f"/account/invoices/{invoice.number}/?as=pdf", "/account/statement/?as=pdf"):
        page = signed_in(town.mother).get(address)
        assert page.headers["Content-Type"].startswith("text/html")
        assert "A PDF cannot be made here now" in page.content.decode()
