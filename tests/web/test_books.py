"""The books in a browser and as files: a trial balance of any day, any account's statement, revenue, taxes, annual."""

import csv
import io
from typing import Any

import pytest
from make import DAY, NOON

from kinline.audit.models import AuditEvent
from kinline.core.identity import AccountId, CallId, Instant, ResidentId
from kinline.core.money import Money
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day
from kinline.ledger.models import Account, AccountKind, DayClose
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.people.models import Role
from kinline.web.documents import statements
from kinline.web.staff.books.figures import COLUMNS, REPORTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(town, signed_in):
    """A deposit on 20 November, a call on the 21st."""
    account = AccountId(Account.objects.get(customer=town.mother).pk)
    Account.objects.update(posted=0)
    ledger.deposit(account, Money.parse("20.00"), "deposit/1", NOON)
    at = Instant(NOON + DAY)
    call = town.call(at=at, jurisdiction="local", is_privileged=True)
    for reason, kind, micros in (("charge", AccountKind.REVENUE, 252_000), ("taxes", AccountKind.TAXES, 11_214)):
        order = Order(f"call/1/{reason}", account, house_account(kind), Money(micros), reason, CallId(call.pk))
        ledger.transfer(order, at)
    close_day(Instant(NOON + 2 * DAY))
    return signed_in(town.staff(Role.FINANCE))


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def rows(answer) -> list[dict[str, Any]]:
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_trial_balance_of_any_day_is_nothing_together(finance) -> None:
    first = finance.get("/provider/books/?day=2026-11-20")
    sums = {kind: amount for kind, _, _, amount in first.context["kinds"]}
    assert (sums["customer_prepaid"], sums["clearing"]) == (Money.parse("20.00"), -Money.parse("20.00"))
    assert "Together: $0.00" in text(first)
    second = finance.get("/provider/books/?day=2026-11-21").context["kinds"]
    assert {kind: amount for kind, _, _, amount in second}["revenue"] == Money.parse("0.252")
    before = finance.get("/provider/books/?day=2026-11-19").context["kinds"]
    assert {amount for _, _, _, amount in before} == {Money(0)}


def test_each_account_of_a_kind_is_listed_and_leads_to_its_statement(finance, town) -> None:
    account = Account.objects.get(customer=town.mother)
    page = text(finance.get("/provider/books/?day=2026-11-20&kind=customer_prepaid"))
    assert town.mother.user.name in page
    assert f"/provider/books/accounts/{account.pk}/?month=2026-11" in page
    assert town.father.user.name not in page  # has not moved


def test_the_trial_balance_as_a_file_has_every_account_and_the_sum(finance, town) -> None:
    found = rows(finance.get("/provider/books/?day=2026-11-21&as=csv"))
    balances = {row["kind"]: row["balance"] for row in found}
    assert balances == {
        "customer_prepaid": "19.736786",
        "clearing": "-20.00",
        "revenue": "0.252",
        "taxes": "0.011214",
        "sum": "0.00",
    }


def test_the_day_closes_are_shown_with_their_hashes(finance) -> None:
    assert DayClose.objects.get().hash in text(finance.get("/provider/books/"))


def test_a_statement_of_any_account_is_a_page_a_file_and_a_paper_and_each_look_is_written_down(finance, town) -> None:
    account = Account.objects.get(customer=town.mother).pk
    address = f"/provider/books/accounts/{account}/?month=2026-11"
    page = text(finance.get(address))
    assert "Prepaid · " + town.mother.user.name in page
    assert "Balance at the end: $19.736786" in page
    assert "/account/calls/" not in page  # no receipt of a family
    assert [row["balance"] for row in rows(finance.get(f"{address}&as=csv"))] == ["20.00", "19.736786"]
    assert finance.get(f"{address}&as=pdf").content.startswith(b"%PDF")
    seen = AuditEvent.objects.filter(action="statement.seen", subject=f"account/{account}")
    assert seen.count() == 3
    revenue = finance.get(f"/provider/books/accounts/{house_account(AccountKind.REVENUE)}/?month=2026-11")
    assert "Balance at the end: $0.252" in text(revenue)


def test_a_month_that_is_too_long_for_paper_is_a_file(finance, town, monkeypatch) -> None:
    monkeypatch.setattr(statements, "MOST_ON_PAPER", 1)
    address = f"/provider/books/accounts/{Account.objects.get(customer=town.mother).pk}/?month=2026-11"
    assert "too long for paper" in text(finance.get(f"{address}&as=pdf"))
    assert len(rows(finance.get(f"{address}&as=csv"))) == 2


def test_staff_do_not_read_the_number_of_a_privileged_call(finance, town) -> None:
    account = Account.objects.get(customer=town.mother).pk
    address = f"/provider/books/accounts/{account}/?month=2026-11"
    page = text(finance.get(address))
    assert "Privileged number" in page
    assert "555" not in page.partition("<main")[2]
    assert rows(finance.get(f"{address}&as=csv"))[1]["number"] == ""


def test_revenue_taxes_and_the_annual_figures_are_pages_and_files(finance) -> None:
    days = "since=2026-11-01&until=2026-11-30"
    page = text(finance.get(f"/provider/books/figures/?report=revenue&{days}"))
    for part in ("Cypress County Jail", "Local", "$0.252"):
        assert part in page
    [revenue] = rows(finance.get(f"/provider/books/figures/?report=revenue&{days}&as=csv"))
    assert (revenue["calls"], revenue["revenue_usd"], revenue["taxes_usd"]) == ("1", "0.252", "0.011214")
    [tax] = rows(finance.get(f"/provider/books/figures/?report=taxes&{days}&as=csv"))
    assert tax["tax_usd"] == "0.011214"
    annual = rows(finance.get(f"/provider/books/figures/?report=annual&{days}&as=csv"))
    assert {row["facility"]: row["calls"] for row in annual}["Cypress County Jail"] == "1"
    assert "Daily population" in text(finance.get(f"/provider/books/figures/?report=annual&{days}"))
    assert AuditEvent.objects.filter(action="report.seen", subject="report/annual").count() == 2


def test_every_report_of_the_command_is_on_the_page_with_a_word_for_each_column(finance) -> None:
    assert set(REPORTS) == {"revenue", "taxes", "agencies", "annual"}
    for _title, of in REPORTS.values():
        for row in of(Instant(NOON - DAY), Instant(NOON + 3 * DAY)):
            assert set(row) <= set(COLUMNS)


def test_days_in_the_wrong_order_are_told(finance) -> None:
    page = text(finance.get("/provider/books/figures/?report=taxes&since=2026-11-02&until=2026-11-01"))
    assert "ends after it begins" in page


def test_who_takes_deposits_at_a_facility_reads_what_its_residents_ask_about(town, signed_in) -> None:
    account = ledger.open_resident_account(ResidentId(town.marcus.pk))
    ledger.deposit(account, Money.parse("12.50"), "deposit/marcus", Instant(NOON))
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    address = f"/facility/residents/{town.marcus.pk}/statement/"
    assert address in text(administrator.get(f"/facility/residents/{town.marcus.pk}/"))
    page = text(administrator.get(f"{address}?month=2026-11"))
    assert f"{town.marcus.name} · {town.marcus.resident_number}" in page
    assert "Balance at the end: $12.50" in page
    assert [row["amount"] for row in rows(administrator.get(f"{address}?month=2026-11&as=csv"))] == ["12.50"]
    assert administrator.get(f"{address}?month=2026-11&as=pdf").content.startswith(b"%PDF")
    seen = AuditEvent.objects.filter(action="statement.seen", subject=f"resident/{town.marcus.pk}")
    assert seen.values_list("facility", flat=True).distinct().get() == town.jail.pk
    elsewhere = town._staff(Role.FACILITY_ADMINISTRATOR, town.other_jail.agency, town.other_jail)
    assert signed_in(elsewhere).get(address).status_code == 404
    assert signed_in(town.staff(Role.FINANCE)).get(address).status_code == 200
