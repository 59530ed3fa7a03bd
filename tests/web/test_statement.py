"""A family reads and keeps the statement of a month."""

import csv
import io
import json

import pytest
from make import NOON
from sheets import is_for_everybody, text_of

from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import Money
from kinline.core.tariff import Tariff, Tax
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.ledger.transfer_reasons import TransferReason
from kinline.web.documents import paper
from kinline.web.documents.statement_words import ACCOUNTS, REASONS
from kinline.web.templatetags.plain_words import telephone

pytestmark = pytest.mark.django_db
TARIFF = json.dumps(
    Tariff(
        Money.parse("0.05"),
        Money.parse("0.01"),
        taxes=(Tax("state", 44_500),),
        cap=Money.parse("0.11"),
        free_seconds=60,
    ).to_json()
)
LIMIT = {"limit_seconds": 900, "limit_reason": "talk.time_limit"}


@pytest.fixture
def mother(town, client):
    """Signed in, with a deposit and a call in November."""
    call = town.call(held=313_350, jurisdiction="local", tariff=TARIFF, **LIMIT)
    account = AccountId(Account.objects.get(customer=town.mother).pk)
    ledger.deposit(account, Money.parse("20.00"), "deposit/1", Instant(NOON))
    revenue = house_account(AccountKind.REVENUE)
    order = Order("call/1/charge", account, revenue, Money(263_214), "charge", CallId(call.pk))
    ledger.transfer(order, Instant(NOON + 300_000))
    client.force_login(town.mother.user)
    return client


def test_each_call_shows_what_made_its_price(mother) -> None:
    page = mother.get("/account/statement/?month=2026-11").content.decode()
    assert "Money added" in page
    for part in ("Cypress County Jail", "4\u00a0min\u00a012\u00a0s", "$0.06", "$0.011214", "$0.31335", "-$0.263214"):
        assert part in page


def test_page_and_paper_and_file_say_of_a_call_all_that_decided_it(mother, town, monkeypatch) -> None:
    """Number, facility, seconds, rate, tax, the rule of price and length, and the hold."""
    address, number = "/account/statement/?month=2026-11", town.mother.numbers.get().number
    page = " ".join(mother.get(address).content.decode().split())
    sheets = []
    whole = paper.laid_out
    monkeypatch.setattr(paper, "laid_out", lambda *asked: sheets.append(whole(*asked)) or sheets[-1])
    assert is_for_everybody(mother.get(f"{address}&as=pdf").content)
    rule = (
        "Local, by the second, lawful up to $0.11 a minute, 1 min free; it could last 15 min: the longest call allowed."
    )
    said = (
        telephone(number).replace("\u00a0", " "),
        "Cypress County Jail",
        "4 min 12 s",
        "$0.06 a minute",
        "taxes $0.011214",
        "$0.31335",
        rule,
    )
    for form in (page, text_of(sheets[0])):
        for part in said:
            assert part in form.replace("\u00a0", " ")
    _, call = csv.DictReader(io.StringIO(mother.get(f"{address}&as=csv").content.decode()))
    assert [call[name] for name in ("number", "facility", "seconds", "rate_per_minute", "tax", "rule", "hold")] == [
        number.lstrip("+"),
        "Cypress County Jail",
        "252",
        "0.06",
        "0.011214",
        "local, per second, under the cap of 0.11, 60 seconds free, limit 900 seconds (talk.time_limit)",
        "0.31335",
    ]


def test_each_account_of_theirs_has_a_statement_and_no_other(mother, town, client) -> None:
    bill = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    spent = Order("test/bill", bill, house_account(AccountKind.REVENUE), Money.parse("5.00"), "charge")
    ledger.transfer(spent, Instant(NOON))
    assert f"?account={bill}&amp;month=2026-11" in mother.get("/account/statement/?month=2026-11").content.decode()
    page = mother.get(f"/account/statement/?month=2026-11&account={bill}").content.decode()
    assert "Monthly bill" in page
    assert "Balance at the end: -$5.00" in page
    assert f"?account={bill}&amp;month=2026-10" in page
    assert "-5.00" in mother.get(f"/account/statement/?month=2026-11&account={bill}&as=csv").content.decode()
    others = Account.objects.get(customer=town.father).pk
    for strange in (others, house_account(AccountKind.REVENUE), "x"):
        assert mother.get(f"/account/statement/?account={strange}").status_code == 404


def test_each_reason_for_which_money_moves_and_each_account_has_its_word() -> None:
    assert set(REASONS) == {"call", *TransferReason}
    assert set(ACCOUNTS) == set(AccountKind)


def test_it_can_be_kept_as_a_spreadsheet(mother) -> None:
    answer = mother.get("/account/statement/?month=2026-11&as=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="statement-2026-11.csv"'
    assert [line["amount"] for line in csv.DictReader(io.StringIO(answer.content.decode()))] == ["20.00", "-0.263214"]


def test_another_month_is_empty_and_a_strange_one_is_not_found(mother) -> None:
    assert "No money moved" in mother.get("/account/statement/?month=2026-10").content.decode()
    assert mother.get("/account/statement/?month=soon").status_code == 404


def test_another_family_sees_nothing_of_it(mother, town, client) -> None:
    client.force_login(town.father.user)
    assert "Cypress" not in client.get("/account/statement/?month=2026-11").content.decode()


def test_it_reads_in_spanish(mother) -> None:
    page = mother.get("/account/statement/?month=2026-11", headers={"Accept-Language": "es"}).content.decode()
    assert "Estado de cuenta" in page
    assert "Saldo después" in page


def test_times_are_those_of_the_facility_which_are_named_in_the_readers_language(mother) -> None:
    page = mother.get("/account/statement/?month=2026-11").content.decode()
    assert "Statement of November 2026" in page
    assert "Nov 20, 2026, 12:05\u202fPM, Central Time" in page
    spanish = mother.get("/account/statement/?month=2026-11", headers={"Accept-Language": "es"}).content.decode()
    assert "Estado de cuenta de noviembre de 2026" in spanish
    assert "20 nov 2026, 12:05\u202fp.m., hora central" in spanish


def test_a_long_month_comes_in_parts_and_whole_on_paper(mother, town) -> None:
    account = AccountId(Account.objects.get(customer=town.mother).pk)
    for number in range(100):
        ledger.deposit(account, Money.parse("1.00"), f"deposit/many/{number}", Instant(NOON + 600_000 + number))
    first = mother.get("/account/statement/?month=2026-11")
    assert (len(first.context["lines"]), first.context["page"].paginator.count) == (100, 102)
    assert 'href="?month=2026-11&amp;page=2">Later</a>' in first.content.decode()
    second = mother.get("/account/statement/?month=2026-11&page=2")
    assert [line.amount for _, _, line, _ in second.context["lines"]] == [Money.parse("1.00")] * 2
    for page in (first, second):
        assert "Balance at the beginning: $0.00" in page.content.decode()
        assert "Balance at the end: $119.736786" in page.content.decode()
    assert second.context["lines"][-1][2].balance == Money.parse("119.736786")
    whole = mother.get("/account/statement/?month=2026-11&as=csv").content.decode()
    assert len(list(csv.DictReader(io.StringIO(whole)))) == 102
