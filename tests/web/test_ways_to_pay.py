"""Each way to pay, set up by a person on a page, through to a call that it paid for: its row, its entries, its receipt.

What the public calculator and its JSON say of so many minutes is what the call then costs.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from make import DAY, PIN, a_resident, dial, hung_up

from kinline.billing import services as billing
from kinline.calls.models import Call
from kinline.contacts.models import Contact, DedicatedNumber, PrivilegedNumber
from kinline.core.callflow.events import Authorised, Denied
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import FreeMinutesRow, TaxRow
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.notices.models import Message
from kinline.people import services as people
from kinline.people.models import Resident, Role
from kinline.people.pins import hash_pin

NOW = Instant(time.time_ns() // 1_000_000)
STRANGER, ATTORNEY, LINE = "+15045550921", "+15045550922", "+18005550144"
PAYING, REFERENCE = "/account/paying/", "0123456789abcdef0123456789abcdef"
MINUTES = 5
PRICE = Money.parse("0.4178")
"""Five minutes at six cents and two for the facility, with 4.45 % of tax."""


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@dataclass
class Wing:
    """The jail with a priced list, and a resident who has a PIN."""

    town: object
    resident: Resident

    def call(self, number: str, at: int = NOW, minutes: int = MINUTES) -> tuple[Call, Authorised]:
        """A call that was accepted and lasted so long."""
        call_id, answer = self._dial(number, at)
        assert isinstance(answer, Authorised), answer
        hung_up(CallId(call_id), minutes * 60, Instant(at))
        return Call.objects.get(pk=call_id), answer

    def refusal(self, number: str, at: int = NOW) -> Reason:
        call_id, answer = self._dial(number, at)
        assert isinstance(answer, Denied), answer
        Call.objects.filter(pk=call_id).update(state="settled")
        return answer.reason

    def _dial(self, number: str, at: int):
        return dial(self.town.jail.stations.get(), self.resident, number, Instant(at))


@pytest.fixture
def wing(town) -> Wing:
    town.jail.tariff_rows.update(price=60_000, facility_additive=20_000, is_checked=True)
    TaxRow.objects.create(facility=town.jail, name="Sales tax", parts_per_million=44_500, effective="2026-01-01")
    account = Account.objects.get(customer=town.mother)
    Account.objects.filter(pk=account.pk).update(posted=0)  # the town's balances lie there without a transfer
    ledger.deposit(AccountId(account.pk), Money.parse("12.34"), "test/mother", NOW)
    town.marcus.pin_hash, town.marcus.name_recording = hash_pin(PIN), "demo"
    town.marcus.save()
    return Wing(town, town.marcus)


@pytest.fixture
def staff(town, signed_in):
    """A browser of somebody with this role, made once."""
    browsers = {}

    def with_role(role: Role):
        if role not in browsers:
            browsers[role] = signed_in(town.staff(role))
        return browsers[role]

    return with_role


def entries_of(call: Call) -> dict[str, Money]:
    """What a call moved, by reason; all of it from one account."""
    moved = Transfer.objects.filter(call_id=call.pk)
    assert len({each.debit_id for each in moved}) <= 1
    return {each.reason: Money(each.amount) for each in moved}


def assert_paid(call: Call, kind: AccountKind, total: Money = PRICE) -> None:
    """The call's row, its entries and the books say the same."""
    assert (call.payer, call.account.kind, Money(call.charge)) == (_PAYERS.get(kind, kind.value), kind, total)
    entries = entries_of(call)
    assert set(entries) == {"charge", "facility_additive", "taxes"}
    assert sum(entries.values(), ZERO) == total
    assert {each.debit_id for each in Transfer.objects.filter(call_id=call.pk)} == {call.account_id}
    assert books.discrepancies() == []


_PAYERS = {AccountKind.COLLECT_RECEIVABLE: "collect"}


def receipt(browser, call: Call) -> str:
    return text(browser.get(f"/account/calls/{call.pk}/"))


def balance(kind: AccountKind, **whose: object) -> Money:
    return Money(Account.objects.get(kind=kind, **whose).posted)


def test_the_calculator_its_json_the_offer_the_entries_and_the_receipt_tell_one_price(wing, town, signed_in) -> None:
    mother, nobody = town.mother.numbers.get().number, signed_in(None)
    asked = f"?number={mother.lstrip('+')}&minutes={MINUTES}"
    told = json.loads(nobody.get(f"/rates/{town.jail.pk}/rates.json{asked}").content)["quote"]
    assert (told["total"], told["facility_additive"]) == ("0.4178", "0.10")
    assert f"{PRICE}" in text(nobody.get(f"/rates/{town.jail.pk}/{asked}"))

    call, answer = wing.call(mother)

    assert str(answer.permit.price_per_minute).lstrip("$") == told["price_per_minute"]
    assert_paid(call, AccountKind.CUSTOMER_PREPAID)
    assert entries_of(call)["facility_additive"] == Money.parse("0.10")
    page = receipt(signed_in(town.mother), call)
    for line in ("Facility-related component", "$0.10", "Sales tax", "$0.0178", f"{PRICE}"):
        assert line in page, line


def test_another_customer_pays_for_a_number_when_staff_put_them_first(wing, town, signed_in, staff) -> None:
    number = town.mother.numbers.get().number
    fathers = AccountId(Account.objects.get(customer=town.father).pk)
    ledger.deposit(fathers, Money.parse("5.00"), "test/father", NOW)
    people.serve(town.father.pk, number, is_verified=True)
    asked = {"what": "first", "number": number, "customer": town.father.pk, "reason": "They agreed"}
    text(staff(Role.SUPPORT).post("/provider/numbers/", asked, follow=True))

    call, _ = wing.call(number)

    assert_paid(call, AccountKind.CUSTOMER_PREPAID)
    assert balance(AccountKind.CUSTOMER_PREPAID, customer=town.father) == Money.parse("5.00") - PRICE
    assert f"{PRICE}" in receipt(signed_in(town.father), call)


def test_a_resident_pays_with_what_the_family_gave_and_with_what_the_facility_added(
    wing, town, signed_in, staff
) -> None:
    friend = "+15045550930"
    Contact.objects.create(resident=town.marcus, number=friend, name="Sam", relationship="friend", state="approved")
    assert wing.refusal(friend) is Reason.FUND_NO_ACCOUNT
    gift = {"what": "give", "resident": f"resident-{town.marcus.pk}", "amount": "1.00", "reference": REFERENCE}
    text(signed_in(town.mother).post(PAYING, gift, follow=True))
    added = {"reference": REFERENCE, "resident_number": "100001", "amount": "2.00", "reason": "Work"}
    form = {f"give-{name}": value for name, value in added.items()} | {"what": "give"}
    text(staff(Role.FACILITY_ADMINISTRATOR).post(f"/facility/deposits/{town.jail.pk}/", form))

    call, answer = wing.call(friend)

    assert answer.permit.resident_pays
    assert_paid(call, AccountKind.RESIDENT_DEBIT)
    assert balance(AccountKind.RESIDENT_DEBIT, resident=town.marcus) == Money.parse("3.00") - PRICE


def test_only_the_money_set_aside_for_a_dedicated_number_pays_for_it(wing, town, signed_in, staff) -> None:
    phone, support = town.mother.numbers.get().number, staff(Role.SUPPORT)
    for asked in (
        {"what": "supply", "number": "504 555 0700"},
        {"what": "assign", "forwards_to": phone, "resident_number": "100001", "reason": "Asked by phone"},
    ):
        text(support.post("/provider/numbers/", asked, follow=True))
    number = DedicatedNumber.objects.get().number
    assert wing.refusal(number) is Reason.FUND_INSUFFICIENT, "she has $12.34, but set nothing aside"
    aside = {"what": "set_aside", "number": number, "amount": "3.00", "reference": REFERENCE}
    text(signed_in(town.mother).post(PAYING, aside, follow=True))

    call, answer = wing.call(number)

    assert (answer.permit.called_party, answer.permit.ring) == (number, phone)
    assert_paid(call, AccountKind.DEDICATED)
    assert balance(AccountKind.DEDICATED, number=number) == Money.parse("3.00") - PRICE
    assert f"{PRICE}" in receipt(signed_in(town.mother), call)
    other = a_resident(town.jail, resident_number="100002")
    Contact.objects.create(resident=other, number=phone, name="Rosa", relationship="friend", state="approved")
    assert Wing(town, other).refusal(number) is Reason.POLICY_NOT_ON_LIST


def test_a_monthly_bill_from_asking_for_it_to_its_restoration(wing, town, signed_in, staff) -> None:
    number, family, finance = town.father.numbers.get().number, signed_in(town.father), staff(Role.FINANCE)
    assert wing.refusal(number) is Reason.FUND_INSUFFICIENT
    text(family.post(PAYING, {"what": "apply", "limit": "200.00", "purpose": "Law office"}, follow=True))
    application = town.father.billing_applications.get()
    decided = {"application": application.pk, "decision": "approve", "limit": "50.00", "reason": "New"}
    text(finance.post("/provider/credit/", decided, follow=True))

    call, _ = wing.call(number)

    assert_paid(call, AccountKind.DIRECT_BILL)
    assert f"{PRICE}" in receipt(family, call)
    month_later = Instant(NOW + 32 * DAY)
    assert billing.issue_invoices(month_later) == 1
    bill = Account.objects.get(kind=AccountKind.DIRECT_BILL)
    invoice = bill.invoices.get()
    assert Money(invoice.amount) == PRICE
    assert f"{PRICE}" in text(family.get(f"/account/invoices/{invoice.number}/"))
    assert family.get(f"/account/invoices/{invoice.number}/?as=pdf").content.startswith(b"%PDF")
    mailed = Message.objects.get(kind="invoice_issued")
    assert mailed.document == f"invoice/{invoice.number}"
    overdue = month_later + 30 * DAY
    assert billing.remind(Instant(overdue)) == 1
    assert wing.refusal(number, overdue) is Reason.FUND_INVOICE_OVERDUE

    cheque = {"what": "take", "account": bill.pk, "means": "cheque", "reference": "77", "amount": "0.42"}
    text(finance.post(f"/provider/billing/{bill.pk}/", cheque, follow=True))
    again, _ = wing.call(number, overdue)
    assert_paid(again, AccountKind.DIRECT_BILL)
    decide = {"account": bill.pk, "reason": "Two cheques bounced"}
    text(finance.post(f"/provider/billing/{bill.pk}/", {**decide, "what": "suspend"}, follow=True))
    assert wing.refusal(number, overdue + 3_600_000) is Reason.FUND_BILL_SUSPENDED
    assert "Two cheques bounced" in text(family.get(PAYING))
    text(finance.post(f"/provider/billing/{bill.pk}/", {**decide, "what": "restore"}, follow=True))
    assert_paid(wing.call(number, overdue + 3_600_000)[0], AccountKind.DIRECT_BILL)


def test_a_number_without_account_accepts_collect_is_invited_and_pays_from_its_new_account(
    wing, town, signed_in, staff
) -> None:
    Contact.objects.create(resident=town.marcus, number=STRANGER, name="Ann", relationship="aunt", state="approved")
    assert wing.refusal(STRANGER) is Reason.FUND_NO_ACCOUNT
    plans = f"/facility/prices/{town.jail.pk}/plans/"
    allow = {"what": "allow", "allowance": "0.55", "reason": "New families"}
    text(staff(Role.FACILITY_ADMINISTRATOR).post(plans, allow, follow=True))

    call, answer = wing.call(STRANGER)

    assert answer.permit.is_collect
    assert_paid(call, AccountKind.COLLECT_RECEIVABLE)
    later = NOW + 3_600_000
    assert wing.call(STRANGER, later, minutes=1)[1].permit.funded_seconds < 120, "what is left of 55 cents"
    assert wing.refusal(STRANGER, later + 600_000) is Reason.FUND_COLLECT_NOT_BILLABLE
    assert billing.invite(Instant(later)) == 2
    assert Message.objects.filter(kind="collect_invitation").count() == 2

    people.serve(town.mother.pk, STRANGER, is_verified=True)
    family = signed_in(town.mother)
    assert "owes" in text(family.get(PAYING))
    text(family.post(PAYING, {"what": "pay_collect", "number": STRANGER, "reference": REFERENCE}, follow=True))
    assert balance(AccountKind.COLLECT_RECEIVABLE, number=STRANGER) == ZERO
    assert_paid(wing.call(STRANGER, later + 600_000)[0], AccountKind.CUSTOMER_PREPAID)


def test_staff_stop_the_collect_calls_of_a_number(wing, town, staff) -> None:
    Contact.objects.create(resident=town.marcus, number=STRANGER, name="Ann", relationship="aunt", state="approved")
    type(town.jail).objects.filter(pk=town.jail.pk).update(collect_allowance=5_000_000)
    stop = {"what": "collect", "number": STRANGER, "is_allowed": "", "reason": "Asked by the holder"}
    text(staff(Role.SUPPORT).post("/provider/numbers/", stop, follow=True))
    assert wing.refusal(STRANGER) is Reason.FUND_COLLECT_NOT_BILLABLE


def test_a_hotline_an_attorney_and_a_residents_free_calls_cost_nobody_anything(wing, town, staff, signed_in) -> None:
    administrator = staff(Role.FACILITY_ADMINISTRATOR)
    free = f"/facility/prices/{town.jail.pk}/free/"
    text(
        administrator.post(
            free, {"what": "make", "number": LINE, "note": "Crisis line", "short_code": "*77"}, follow=True
        )
    )
    entry = {"number": ATTORNEY, "kind": "attorney", "holder": "G. Landry", "evidence": "LA 12345", "is_free": "on"}
    form = {f"enter-{name}": value for name, value in entry.items()} | {"enter-agency": town.jail.agency.pk}
    text(administrator.post("/facility/registry/", {**form, "what": "enter"}, follow=True))
    entered = PrivilegedNumber.objects.get()
    text(signed_in(town.approver).post("/facility/registry/", {"what": "verify", "entry": entered.pk}, follow=True))
    text(
        administrator.post(
            f"/facility/residents/{town.marcus.pk}/",
            {"what": "free", "free-per_week": "1", "free-per_month": "", "free-reason": "Indigent"},
            follow=True,
        )
    )

    for number, marks in (
        ("*77", {"is_hotline": True}),
        (ATTORNEY, {"is_privileged": True}),
        (town.father.numbers.get().number, {"is_hotline": False, "is_privileged": False}),
    ):
        call, answer = wing.call(number)
        assert answer.permit.free
        assert (call.payer, call.account, call.charge, entries_of(call)) == ("free", None, 0, {})
        assert {name: getattr(call, name) for name in marks} == marks
    assert wing.refusal(town.father.numbers.get().number) is Reason.FUND_INSUFFICIENT, "one a week"


def test_the_facilitys_free_minutes_are_paid_by_its_agency_and_the_rest_by_the_family(wing, town, staff) -> None:
    administrator, number = staff(Role.FACILITY_ADMINISTRATOR), town.mother.numbers.get().number
    prices, day = f"/facility/prices/{town.jail.pk}/", datetime.now(UTC).date() + timedelta(days=2)
    terms = {"service": "audio", "jurisdiction": "local", "price": "0.06", "facility_additive": "0.02"}
    rate = {**terms, "agency_price": "0.05", "increment": "1", "minimum": "0", "effective": day.isoformat()}
    for what, form in (
        ("rate", rate),
        ("free", {"per_day": "4", "per_week": "", "effective": day.isoformat()}),
    ):
        asked = {f"{what}-{name}": value for name, value in form.items()} | {"what": what}
        assert "Saved." in text(administrator.post(prices, asked, follow=True))

    call, _ = wing.call(number, NOW + 3 * DAY)

    agency = Account.objects.get(kind=AccountKind.AGENCY_PAID, agency=town.jail.agency)
    given = Transfer.objects.get(reason="agency_paid", call_id=call.pk)
    assert (given.debit_id, Money(given.amount)) == (agency.pk, Money.parse("0.20"))
    assert Money(call.charge) == Money.parse("0.08356")
    assert balance(AccountKind.CUSTOMER_PREPAID, customer=town.mother) == Money.parse("12.34") - Money(call.charge)


def test_an_agency_settles_what_it_owes_and_is_paid_its_documented_costs(wing, town, staff) -> None:
    town.jail.tariff_rows.update(agency_price=50_000)
    FreeMinutesRow.objects.create(facility=town.jail, effective="2026-01-01", seconds_per_day=120)
    wing.call(town.mother.numbers.get().number)
    finance, address = staff(Role.FINANCE), f"/provider/agencies/{town.jail.agency_id}/"
    assert "Cypress County Sheriff" in text(finance.get("/provider/agencies/"))
    page = text(finance.get(address))
    assert "$0.10" in page
    assert "$0.06" in page
    paid = {"what": "take", "means": "cheque", "reference": "77", "amount": "0.10"}
    assert "written down" in text(finance.post(address, paid, follow=True))
    assert "another amount" in text(finance.post(address, {**paid, "amount": "0.11"}, follow=True))
    costs = {"what": "pay", "means": "bank", "reference": "B1", "amount": "0.07", "costs": "Wiring, invoice 12"}
    assert "brought in $0.06" in text(finance.post(address, costs, follow=True))
    assert "to the agency" in text(finance.post(address, {**costs, "amount": "0.06"}, follow=True))
    key = Transfer.objects.get(reason="agency_payment").key
    undo = {"what": "undo", "key": key, "reason": "Bounced"}
    assert "Taken back" in text(finance.post(address, undo, follow=True))
    assert "no such payment" in text(finance.post(address, {**undo, "key": "x"}, follow=True))


def test_a_price_of_zero_is_paid_by_the_agency_everywhere_it_is_told(wing, town, staff, signed_in) -> None:
    administrator, number = staff(Role.FACILITY_ADMINISTRATOR), town.father.numbers.get().number
    town.jail.tariff_rows.filter(jurisdiction="local").update(price=0, facility_additive=0, agency_price=30_000)
    asked = f"?number={number.lstrip('+')}&minutes={MINUTES}"
    page = text(signed_in(None).get(f"/rates/{town.jail.pk}/{asked}"))
    assert "is paid by Cypress County Sheriff" in page
    assert signed_in(None).get(f"/rates/{town.jail.pk}/rates.json{asked}").json()["quote"]["total"] == "0.00"
    assert "$0.03" in text(administrator.get(f"/facility/prices/{town.jail.pk}/"))

    call, answer = wing.call(number)

    assert answer.permit.free
    assert (call.payer, call.charge) == ("free", 0)
    assert entries_of(call) == {"agency_paid": Money.parse("0.15")}
    assert "$0.00" in receipt(signed_in(town.father), call)
