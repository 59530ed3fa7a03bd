"""Getting money back on the pages: the family's refund and closing, finance's cheques, credits of two people."""

import os
import re
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from make import DAY, a_debit_account, a_facility, a_resident

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.people.models import Resident, Role, User
from kinline.refunds import services
from kinline.refunds.models import InactivityNotice, Interest, PayOut, Refund, ReleaseRule, StaffCredit
from kinline.web.staff.owners_told import NOTICES

ADDRESS = {
    "recipient": "Rosa Doucet",
    "street": "12 Levee Street",
    "city": "New Orleans",
    "state": "la",
    "postal_code": "70112",
}


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def account(town) -> AccountId:
    """The mother's, with money that came from somewhere."""
    Account.objects.filter(customer=town.mother).update(posted=0)
    found = AccountId(Account.objects.get(customer=town.mother).pk)
    ledger.deposit(found, Money.parse("12.345"), "test/mother", Instant(time.time_ns() // 1_000_000))
    return found


def test_a_family_gets_its_money_back_by_cheque_without_javascript_and_finance_sends_it(
    town, account, address, chromium, signed_in
) -> None:
    def asks(page) -> list[str]:
        page.goto("/account/money/")
        page.get_by_role("link", name="Get money back").click()
        said = [page.get_by_role("table").inner_text()]
        page.get_by_role("button", name="Give my money back").click()
        said.append(page.locator(".error").first.inner_text())
        for label, typed in (
            ("Name on the cheque", "Rosa Doucet"),
            ("Street and number", "12 Levee Street"),
            ("City", "New Orleans"),
            ("State, two letters", "la"),
            ("ZIP code", "70112"),
        ):
            page.get_by_label(label).fill(typed)
        page.get_by_role("button", name="Give my money back").click()
        said.append(page.get_by_role("status").inner_text())
        page.get_by_role("button", name="Español").click()
        return [*said, page.locator("main").inner_text()]

    session = signed_in(town.mother).cookies["sessionid"].value
    where, missing, told, spanish = chromium.visit(asks, base=address, session=session, scripts=False)
    assert "Cheque by mail\t$12.35" in where
    assert "cannot go to a card" in missing
    assert told == "$12.35 is on its way back to you."
    assert "se está preparando" in spanish
    assert books.balance(account) == Money(0)

    finance = signed_in(town.staff(Role.FINANCE))
    assert "Cheques: 1 in it, $12.35" in text(finance.get("/provider/refunds/"))
    page = text(finance.post("/provider/refunds/", {"what": "make"}, follow=True))
    file = re.search(r"\?file=(\d+)", page)
    assert file is not None
    sheet = finance.get(f"/provider/refunds/?file={file[1]}").content.decode()
    assert "12.35,Rosa Doucet,12 Levee Street,New Orleans,LA,70112" in sheet
    sent = {"what": "sent", "file": file[1]}
    assert "Marked as sent: 1." in text(finance.post("/provider/refunds/", sent, follow=True))
    assert "Marked as sent: 0." in text(finance.post("/provider/refunds/", sent, follow=True))
    number = PayOut.objects.get().pk
    unknown = {"what": "returned", "number": number + 9, "reason": "-"}
    assert "No cheque has" in text(finance.post("/provider/refunds/", unknown), 422)
    back = {"what": "returned", "number": number, "reason": "Moved"}
    page = text(finance.post("/provider/refunds/", back, follow=True))
    assert "Waiting for an address" in page
    moved = {"what": "address", "number": number, **ADDRESS}
    assert "five digits" in text(finance.post("/provider/refunds/", {**moved, "postal_code": "7"}), 422)
    assert signed_in(town.father).post("/account/refund/", moved).status_code == 404
    assert "five digits" in text(signed_in(town.mother).post("/account/refund/", {**moved, "postal_code": "7"}), 422)
    said = signed_in(town.mother).post("/account/refund/", moved, follow=True)
    assert "The cheque waits for the next file." in text(said)
    assert "Cheques: 1 in it, $12.35" in text(finance.get("/provider/refunds/"))
    assert books.discrepancies() == []


def test_finance_gives_a_balance_back_to_who_asked_without_a_page(town, account, signed_in) -> None:
    finance, spanish = (signed_in(town.staff(Role.FINANCE), language) for language in ("en", "es"))
    asked = {"what": "give_back", "reference": "e" * 32, "email": town.mother.user.email}
    wrong = {
        "Write the e-mail of the customer, or": {**asked, "email": ""},
        "or the number of the resident: one of them": {**asked, "resident_number": "100001"},
        "No customer has this e-mail": {**asked, "email": "nobody@example.com"},
        "At most $12.345 can go back now.": {**asked, **ADDRESS, "amount": "12.35"},
        "Write the address for the cheque.": asked,
        "No resident of this facility": {**asked, "email": "", "facility": town.jail.pk, "resident_number": "77"},
    }
    for told, typed in wrong.items():
        assert told in text(finance.post("/provider/refunds/", typed), 422)
    assert "Escriba la dirección para el cheque." in text(spanish.post("/provider/refunds/", asked), 422)
    Account.objects.filter(pk=account).update(review_since=1)
    assert "A payment is being looked at by a bank." in text(finance.post("/provider/refunds/", asked), 422)
    Account.objects.filter(pk=account).update(review_since=None)
    assert not Refund.objects.exists()
    page = text(finance.post("/provider/refunds/", {**asked, **ADDRESS, "amount": "5.00"}, follow=True))
    assert "$5.00 is on its way back." in page
    assert "Cheques: 1 in it, $5.00" in page
    finance.post("/provider/refunds/", {**asked, **ADDRESS, "amount": "5.00"})  # the button pressed twice
    assert (books.balance(account), Refund.objects.count()) == (Money.parse("7.345"), 1)

    debit = ledger.open_resident_account(ResidentId(town.marcus.pk))
    ledger.deposit(debit, Money.parse("3.00"), "test/marcus", Instant(time.time_ns() // 1_000_000))
    number = town.marcus.resident_number
    his = {**asked, "reference": "f" * 32, "email": "", "facility": town.jail.pk, "resident_number": number}
    assert "leave the amount empty" in text(finance.post("/provider/refunds/", {**his, "amount": "1.00"}), 422)
    page = text(finance.post("/provider/refunds/", his, follow=True))
    assert "It is on its way back." in page
    assert f"{town.marcus.name}, $3.00" in page  # waits for an address
    assert "There is nothing that can go back now." in text(finance.post("/provider/refunds/", his), 422)
    assert books.balance(debit) == Money(0)
    assert books.discrepancies() == []


def test_what_was_paid_of_a_monthly_bill_beyond_what_is_owed_is_shown_and_asked_back(town, account, signed_in) -> None:
    bill = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    billing.record_payment(bill, Money.parse("45.00"), "cheque/1", Instant(time.time_ns() // 1_000_000))
    page = text(signed_in(town.mother).get("/account/refund/"))
    assert "$57.35" in page
    assert "$45.00 of it was paid on your monthly bill beyond what you owe." in page
    assert "se pagaron de más en su factura mensual" in text(signed_in(town.mother, "es").get("/account/refund/"))
    assert "$57.345" in text(signed_in(town.mother).get("/account/close/"))
    asked = {"reference": "c" * 32, **ADDRESS}
    assert "$57.35 is on its way" in text(signed_in(town.mother).post("/account/refund/", asked, follow=True))
    assert (books.balance(account), books.balance(bill)) == (Money(0), Money(0))


def test_finance_writes_down_how_residents_were_told_of_money_that_nobody_uses(town, signed_in) -> None:
    finance, now = signed_in(town.staff(Role.FINANCE)), Instant(time.time_ns() // 1_000_000)
    ReleaseRule.objects.create(facility=town.jail, way="commissary")
    Resident.objects.filter(pk=town.marcus.pk).update(language="es")
    debit = ledger.open_resident_account(ResidentId(town.marcus.pk))
    ledger.deposit(debit, Money.parse("3.00"), "test/marcus", Instant(now - 100 * DAY))
    page = text(finance.get("/provider/refunds/"))
    assert "En su cuenta de teléfono hay $3.00" in page
    assert "irá a su cuenta de la comisaría" in page
    given = {"what": "given", "account": debit}
    assert "This field is required" in text(finance.post("/provider/refunds/", given), 422)
    page = text(finance.post("/provider/refunds/", {**given, "how": "Officer Hale, today"}, follow=True))
    assert "they have the notice" in page
    assert "Residents to tell" not in page
    notice = InactivityNotice.objects.get()
    assert (notice.account_id, notice.day, notice.how) == (debit, 90, "Officer Hale, today")

    ReleaseRule.objects.all().delete()
    services.release(ResidentId(town.marcus.pk), None, "jms", now)
    assert "Its owner has no e-mail." in text(finance.get("/provider/refunds/"))
    told = {"what": "told", "number": PayOut.objects.get().pk, "how": "Letter to his mother"}
    assert finance.post("/provider/refunds/", {**told, "number": 9_999_999}).status_code == 404
    page = text(finance.post("/provider/refunds/", told, follow=True))
    assert "Its owner has no e-mail." not in page
    assert "Waiting for an address" in page
    assert PayOut.objects.get().told_how == "Letter to his mother"


def test_a_word_that_lacks_is_asked_for_where_it_lacks_and_no_two_fields_have_the_same_id(town, signed_in) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    debit = ledger.open_resident_account(ResidentId(town.marcus.pk))
    ledger.deposit(debit, Money.parse("3.00"), "test/marcus", Instant(1))
    services.release(ResidentId(town.marcus.pk), None, "jms", Instant(1))
    page = text(finance.post("/provider/refunds/", {"what": "told", "number": PayOut.objects.get().pk}), 422)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_cheque_of_a_customer_that_came_back_does_not_say_that_they_have_no_e_mail(town, account, signed_in) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    signed_in(town.mother).post("/account/refund/", {"reference": "e" * 32, **ADDRESS})
    finance.post("/provider/refunds/", {"what": "make"})
    finance.post("/provider/refunds/", {"what": "returned", "number": PayOut.objects.get().pk, "reason": "Moved"})
    PayOut.objects.update(told_at=None)  # it came back before it was kept whether its owner was told
    page = text(finance.get("/provider/refunds/"))
    assert "Waiting for an address" in page
    assert "Its owner has no e-mail." not in page


def test_the_page_asks_the_database_no_more_when_more_residents_are_to_be_told(town, signed_in) -> None:
    finance, now = signed_in(town.staff(Role.FINANCE)), Instant(time.time_ns() // 1_000_000)
    ReleaseRule.objects.create(facility=town.jail, way="commissary")
    stays = a_facility()

    def questions(residents: int, told: int) -> int:
        for facility in (town.jail, stays):
            for _ in range(residents):
                debit = a_debit_account(a_resident(facility), "0.00")
                ledger.deposit(debit, Money.parse("3.00"), f"test/{debit}", Instant(now - 100 * DAY))
        with CaptureQueriesContext(connection) as queries:
            page = finance.get("/provider/refunds/")
        assert len(page.context["to_tell"]) == told
        return len(queries)

    questions(1, 1)  # what is kept for the process is kept now
    few = questions(1, 2)
    assert questions(10, 12) == few
    assert questions(20, NOTICES) == few


def test_finance_rules_where_who_leaves_gets_their_money_and_how_long_a_state_wants_it_to_stay(town, signed_in) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    leaves = {"what": "release", "facility": town.jail.pk, "way": "commissary"}
    page = text(finance.post("/provider/refunds/", leaves, follow=True))
    assert f"{town.jail.name}: Through the commissary" in page
    assert text(finance.post("/provider/refunds/", {**leaves, "facility": ""}), 422)
    wrong = {"what": "period", "state": "zz", "days": "90", "source": ""}
    page = text(finance.post("/provider/unclaimed/", wrong), 422)
    for told in ("zz is not one of the available choices", "greater than or equal to 180", "This field is required"):
        assert told in page
    right = {"what": "period", "state": "LA", "days": "365", "source": "A statute"}
    assert "<strong>LA</strong>: 365 days, A statute" in text(finance.post("/provider/unclaimed/", right, follow=True))
    assert "365" not in text(finance.post("/provider/unclaimed/", {**right, "days": "180"}, follow=True))
    actions = AuditEvent.objects.filter(action__in=("release_rule.set", "state_period.set"))
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "release_rule.set",
        "state_period.set",
        "state_period.set",
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("unclaimed", {"report": "²"}),
        ("unclaimed", {"what": "paid", "report": "²"}),
        ("credits", {"what": "grant", "credit": "²"}),
    ],
)
def test_a_number_that_is_none_finds_nothing(town, signed_in, path: str, asked: dict[str, str]) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    ask = finance.post if "what" in asked else finance.get
    assert ask(f"/provider/{path}/", asked).status_code == 404


def test_a_family_closes_its_account_and_opens_it_again(town, account, signed_in) -> None:
    mother = signed_in(town.mother)
    assert "Write the address for the cheque" in text(mother.post("/account/close/", {}), 422)
    page = text(mother.post("/account/close/", ADDRESS, follow=True))
    assert "Your account is closed. No call is charged to it any more." in page
    assert books.balance(account) == Money(0)
    assert Account.objects.get(pk=account).closed_at is not None
    money = text(mother.get("/account/money/"))
    assert "Open it again" in money
    assert "How much" not in money
    assert "open again" in text(mother.post("/account/refund/", {"what": "open"}, follow=True))
    assert Account.objects.get(pk=account).closed_at is None


def test_an_unused_account_is_told_so_and_its_owner_keeps_the_money(town, account, signed_in) -> None:
    mother = signed_in(town.mother)
    now = time.time_ns() // 1_000_000
    told = {"since": now - 90 * DAY, "day": 90, "refund_at": now + 90 * DAY, "at": now + DAY}
    InactivityNotice.objects.create(account_id=account, **told)
    assert "Keep my money here" in text(mother.get("/account/refund/"))
    assert "your money stays here" in text(mother.post("/account/refund/", {"what": "keep"}, follow=True))
    assert Interest.objects.get().account_id == account


def test_a_credit_above_the_limit_needs_another_person_and_the_family_reads_why(town, account, signed_in) -> None:
    support, finance = signed_in(town.staff(Role.SUPPORT)), signed_in(town.staff(Role.FINANCE))
    form = {"what": "give", "reference": "c" * 32, "email": town.mother.user.email, "reason": "outage", "text": "Storm"}
    assert "at most $100.00" in text(support.post("/provider/credits/", {**form, "amount": "100.01"}), 422)
    page = text(support.post("/provider/credits/", {**form, "amount": "25.00"}, follow=True))
    assert "needs a second person" in page
    assert "Agree to" not in page
    credit = StaffCredit.objects.get()
    support.post("/provider/credits/", {"what": "grant", "credit": credit.pk})
    assert books.balance(account) == Money.parse("12.345")
    assert "Agree to $25.00 for Rosa Doucet" in text(finance.get("/provider/credits/"))
    finance.post("/provider/credits/", {"what": "grant", "credit": credit.pk})
    assert books.balance(account) == Money.parse("37.345")
    assert "Credit: The phones did not work" in text(signed_in(town.mother).get("/account/statement/"))
    assert "Crédito: Los teléfonos no funcionaron" in text(signed_in(town.mother, "es").get("/account/statement/"))
    wrong = {**form, "reference": "d" * 32, "email": "", "call": "77", "amount": "1.00"}
    assert "No call of this number" in text(support.post("/provider/credits/", wrong), 422)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_pages_fit_and_are_accessible(
    town, account, signed_in, chromium, address, language: str, width: int
) -> None:
    long_ago = Instant(time.time_ns() // 1_000_000 - 400 * DAY)
    father = AccountId(Account.objects.get(customer=town.father).pk)
    ledger.deposit(father, Money.parse("3.00"), "test/father", long_ago)
    User.objects.filter(pk=town.father.user.pk).update(last_login=None)
    for days in (90, 150, 175):
        services.look_after_inactive(Instant(long_ago + days * DAY))
    services.turn_over("LA", "user/1", Instant(long_ago + 181 * DAY))
    ledger.deposit(father, Money.parse("4.00"), "test/father/2", long_ago)
    mother, finance = signed_in(town.mother, language), signed_in(town.staff(Role.FINANCE), language)
    now = time.time_ns() // 1_000_000
    told = {"since": now - 90 * DAY, "day": 90, "refund_at": now + 90 * DAY, "at": now + DAY}
    InactivityNotice.objects.create(account_id=account, **told)
    mother.post("/account/refund/", {"reference": "e" * 32, "amount": "5.00", **ADDRESS})
    mother.post("/account/refund/", {"reference": "f" * 32, "amount": "1.00", **ADDRESS})
    finance.post("/provider/refunds/", {"what": "make"})
    finance.post("/provider/refunds/", {"what": "returned", "number": PayOut.objects.first().pk, "reason": "Moved"})
    ReleaseRule.objects.create(facility=town.jail, way="commissary")
    debit = ledger.open_resident_account(ResidentId(town.marcus.pk))
    ledger.deposit(debit, Money.parse("3.00"), "test/marcus", Instant(now - 100 * DAY))
    form = {"what": "give", "email": town.mother.user.email, "reason": "outage", "text": "Storm"}
    for number, amount in enumerate(("5.00", "75.00")):
        finance.post("/provider/credits/", {**form, "reference": f"{number}" * 32, "amount": amount})
    wrong = []
    for browser, path in (
        (mother, "/account/refund/"),
        (mother, "/account/close/"),
        (finance, "/provider/refunds/"),
        (finance, "/provider/unclaimed/"),
        (finance, "/provider/credits/"),
    ):
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, path, _picture(path, language)),
            base=address,
            session=browser.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        wrong += [f"{path}: {look.width} px wide"] if look.width > width else []
    assert wrong == []
    assert books.balance(books.house_account(AccountKind.UNCLAIMED)) == Money.parse("3.00")


def _picture(path: str, language: str) -> Path | None:
    folder = os.environ.get("KINLINE_PICTURES")
    return Path(folder) / f"{path.strip('/').replace('/', '-')}-{language}.png" if folder else None
