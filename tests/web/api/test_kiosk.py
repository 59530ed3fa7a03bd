"""Cash and vouchers at a kiosk: booked once, for whom they are meant, and every refusal says what to do."""

import json
import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import NOON, a_customer, a_facility, a_number, a_resident

from kinline.audit.models import AuditEvent
from kinline.core.identity import FacilityId, ResidentId
from kinline.core.money import Money
from kinline.core.voucher_code import with_check_digit
from kinline.kiosks import services
from kinline.kiosks.models import CashDeposit, Kiosk
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.people.models import Customer, CustomerNumber
from kinline.vouchers import services as vouchers

DEPOSITS, REDEEM, RESIDENTS = (f"/api/kiosk/v1/{each}" for each in ("deposits", "redeem", "residents"))


class Machine:
    """A kiosk as it speaks."""

    def __init__(self, facility, name: str = "Lobby") -> None:
        made = services.make(FacilityId(facility.pk), name, "user/1", NOON)
        self.kiosk, self.key, self.count = made.kiosk, made.key, 0

    def post(self, path: str, asked: Any, key: str | None = "", **headers: str) -> Any:
        self.count += 1
        sent = {"authorization": f"Bearer {self.key}", "idempotency-key": key or f"request-{self.count}", **headers}
        if key is None:
            del sent["idempotency-key"]
        body = asked if isinstance(asked, str | bytes) else json.dumps(asked)
        return Client().post(path, body, content_type="application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(path, headers={"authorization": f"Bearer {self.key}", **headers})


@pytest.fixture
def jail(db):
    return a_facility("Bayou Parish Jail")


@pytest.fixture
def machine(jail) -> Machine:
    return Machine(jail)


@pytest.fixture
def daniel(jail):
    return a_resident(jail, resident_number="100001", name="Daniel Reyes")


def debit(resident) -> Money:
    return books.balance(ledger.open_resident_account(ResidentId(resident.pk)))


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["type"].startswith("urn:kinline:problem:")
    assert said["title"]
    assert said["detail"].endswith(".")
    assert said["remedy"].endswith(".")
    return said


def a_deposit(**changes: Any) -> dict[str, Any]:
    asked = {"resident_number": "100001", "amount": "20.00", "receipt_number": "R-1", **changes}
    return {name: value for name, value in asked.items() if value is not None}


def test_cash_reaches_a_resident_once_however_often_it_is_sent(machine, daniel) -> None:
    first = machine.post(DEPOSITS, a_deposit(), "deposit-0001")
    again = machine.post(DEPOSITS, a_deposit(), "deposit-0001")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["amount"] == "20.00"
    assert debit(daniel) == Money.parse("20.00")
    assert Transfer.objects.get(key=first.json()["reference"]).amount == 20_000_000
    assert books.discrepancies() == []


def test_the_same_key_with_another_body_is_a_conflict(machine, daniel) -> None:
    machine.post(DEPOSITS, a_deposit(), "deposit-0001")
    said = problem(machine.post(DEPOSITS, a_deposit(amount="30.00"), "deposit-0001"), 409)
    assert said["field"] == "Idempotency-Key"
    assert debit(daniel) == Money.parse("20.00")


def test_the_same_receipt_under_another_key_is_not_booked_again(machine, daniel) -> None:
    machine.post(DEPOSITS, a_deposit())
    said = problem(machine.post(DEPOSITS, a_deposit()), 409)
    assert said["field"] == "receipt_number"
    assert "$20.00" in said["detail"]
    assert debit(daniel) == Money.parse("20.00")


def test_cash_reaches_a_customer_by_telephone_or_by_account(machine) -> None:
    number = a_number()
    account = a_customer(number)
    CustomerNumber.objects.update(is_verified=True)
    assert machine.post(DEPOSITS, a_deposit(resident_number=None, customer_phone=number)).status_code == 201
    assert (
        machine.post(DEPOSITS, a_deposit(resident_number=None, account=account, receipt_number="R-2")).status_code
        == 201
    )
    assert books.balance(account) == Money.parse("40.00")


def test_a_telephone_number_of_several_customers_is_not_guessed_at(machine) -> None:
    number = a_number()
    a_customer(number)
    second = Customer.objects.get(pk=books.Account.objects.get(pk=a_customer(a_number())).customer_id)
    CustomerNumber.objects.create(customer=second, number=number, order=2)
    CustomerNumber.objects.update(is_verified=True)
    assert problem(machine.post(DEPOSITS, a_deposit(resident_number=None, customer_phone=number)), 409)


def test_a_resident_of_another_facility_is_not_found(machine) -> None:
    elsewhere = a_resident(a_facility(), resident_number="100001")
    account = ledger.open_resident_account(ResidentId(elsewhere.pk))
    assert problem(machine.post(DEPOSITS, a_deposit()), 404)["field"] == "resident_number"
    assert problem(machine.post(DEPOSITS, a_deposit(resident_number=None, account=account)), 404)["field"] == "account"
    assert problem(machine.get(f"{RESIDENTS}?number=100001"), 404)["field"] == "resident_number"


def test_a_released_resident_takes_no_cash(machine, jail) -> None:
    a_resident(jail, resident_number="100002", status="released")
    assert problem(machine.post(DEPOSITS, a_deposit(resident_number="100002")), 404)


@pytest.mark.parametrize("amount", ["20.001", "-5.00", "0", "0.00", "1e3", "", "twenty", 20.0, 20, None, "1,000.00"])
def test_an_amount_that_is_not_dollars_and_cents_is_refused_with_its_remedy(machine, daniel, amount) -> None:
    asked = {**a_deposit(), "amount": amount}
    said = problem(machine.post(DEPOSITS, asked), 422)
    assert said["field"] == "amount"
    assert "two decimals" in said["remedy"]
    assert CashDeposit.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"receipt_number": None}, "receipt_number"),
        ({"receipt_number": "a b"}, "receipt_number"),
        ({"resident_number": None}, "to"),
        ({"account": 1}, "to"),
        ({"account": "1", "resident_number": None}, "account"),
        ({"resident_number": "1\x00"}, "resident_number"),
        ({"customer_phone": "5045550123", "resident_number": None}, "customer_phone"),
        ({"tip": "1.00"}, "tip"),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(machine, daniel, changes, field) -> None:
    assert problem(machine.post(DEPOSITS, a_deposit(**changes)), 422)["field"] == field


def test_a_request_without_idempotency_key_or_without_json_does_nothing(machine, daniel) -> None:
    assert problem(machine.post(DEPOSITS, a_deposit(), None), 422)["field"] == "Idempotency-Key"
    problem(machine.post(DEPOSITS, "{"), 400)
    problem(machine.post(DEPOSITS, "[]"), 422)
    assert CashDeposit.objects.count() == 0


def test_a_closed_account_takes_neither_cash_nor_cards(machine) -> None:
    account = a_customer(number := a_number())
    CustomerNumber.objects.update(is_verified=True)
    Account.objects.filter(pk=account).update(closed_at=NOON)
    code = with_check_digit("123456789012345")
    vouchers.activate(vouchers.make(Money.parse("10"), 1, "user/1", NOON, (code,)).batch_id, 1, 1, "user/1", NOON)
    sold = Transfer.objects.count()
    for to in ({"account": account}, {"customer_phone": str(number)}):
        for path, asked in ((DEPOSITS, a_deposit(resident_number=None, **to)), (REDEEM, {**to, "code": code})):
            said = problem(machine.post(path, asked), 409)
            assert (said["type"], said["field"]) == ("urn:kinline:problem:account_closed", next(iter(to)))
            assert "Open it again first" in said["remedy"]
    assert Transfer.objects.count() == sold
    assert isinstance(vouchers.redeem(code, account, ("kiosk/1",), NOON), vouchers.NotRedeemed)
    Account.objects.filter(pk=account).update(closed_at=None)
    assert isinstance(vouchers.redeem(code, account, ("kiosk/1",), NOON), vouchers.Redeemed)


def test_more_than_the_kiosk_takes_at_a_time_is_refused(machine, daniel) -> None:
    said = problem(machine.post(DEPOSITS, a_deposit(amount="300.01")), 422)
    assert "$300.00" in said["detail"]
    assert machine.post(DEPOSITS, a_deposit(amount="300")).status_code == 201


def test_a_wrong_missing_or_revoked_key_opens_nothing(machine, daniel) -> None:
    problem(Client().get(f"{RESIDENTS}?number=100001"), 401)
    problem(machine.get(f"{RESIDENTS}?number=100001", authorization="Bearer kiosk_wrong"), 401)
    assert machine.get(f"{RESIDENTS}?number=100001").status_code == 200
    assert services.revoke(machine.kiosk.pk, "user/1", NOON)
    assert not services.revoke(machine.kiosk.pk, "user/1", NOON)
    problem(machine.get(f"{RESIDENTS}?number=100001"), 401)
    assert [event.action for event in AuditEvent.objects.order_by("id")] == ["kiosk.made", "kiosk.revoked"]


def test_the_key_is_not_kept_and_its_use_is(machine, daniel) -> None:
    machine.get(f"{RESIDENTS}?number=100001")
    kiosk = Kiosk.objects.values().get()
    assert machine.key not in str(kiosk)
    assert kiosk["last_used_at"]


def test_a_person_sees_who_a_number_means_and_no_more(machine, daniel) -> None:
    assert machine.get(f"{RESIDENTS}?number=100001").json() == {
        "resident_number": "100001",
        "name": "Daniel R.",
        "facility": "Bayou Parish Jail",
        "currency": "USD",
        "deposit_most": "300.00",
    }


def test_a_kiosk_that_asks_too_often_must_wait(machine, daniel) -> None:
    for _ in range(services.REQUESTS_A_MINUTE + 1):  # a new minute may begin in between
        machine.get(f"{RESIDENTS}?number=100001")
    Kiosk.objects.update(requests=services.REQUESTS_A_MINUTE)
    answer = machine.get(f"{RESIDENTS}?number=100001")
    if answer.status_code == 429:
        assert problem(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_voucher_is_redeemed_once_and_its_refusal_is_repeated_without_another_try(machine, daniel) -> None:
    made = vouchers.make(Money.parse("10.00"), 2, "user/1", NOON)
    vouchers.activate(made.batch_id, 1, 1, "user/1", NOON)
    good, unsold = (card.printed_code for card in made.cards)
    to = {"resident_number": "100001"}
    assert machine.post(REDEEM, {**to, "code": good}, "redeem-0001").json()["amount"] == "10.00"
    assert machine.post(REDEEM, {**to, "code": good}, "redeem-0001").status_code == 201
    assert debit(daniel) == Money.parse("10.00")

    for _ in range(8):
        said = problem(machine.post(REDEEM, {**to, "code": unsold}, "redeem-0002"), 422)
        assert said["type"].endswith("voucher_not_active")
    said = problem(machine.post(REDEEM, {**to, "code": "1111 1111 1111 1111"}), 422)
    assert said["type"].endswith("voucher_mistyped")
    for _ in range(4):
        machine.post(REDEEM, {**to, "code": unsold})
    locked = machine.post(REDEEM, {**to, "code": unsold})
    assert problem(locked, 429)["remedy"].count("15 minutes")
    assert locked.headers["Retry-After"] == "900"


BAD = [
    (DEPOSITS, {"amount": "20.001"}),
    (DEPOSITS, {"amount": "-5.00"}),
    (DEPOSITS, {"amount": "0.00"}),
    (DEPOSITS, {"amount": "999.00"}),
    (DEPOSITS, {"currency": "EUR"}),
    (DEPOSITS, {"receipt_number": "a b"}),
    (DEPOSITS, {"resident_number": None}),
    (DEPOSITS, {"resident_number": "999999"}),
    (DEPOSITS, {"account": 999_999, "resident_number": None}),
    (DEPOSITS, {"customer_phone": "+15045559999", "resident_number": None}),
    (DEPOSITS, {"tip": "1.00"}),
    (REDEEM, {"code": "1234 5678 9012 3456"}),
    (REDEEM, {"code": with_check_digit("123456789012345")}),
]


@pytest.mark.parametrize(("path", "changes"), BAD)
def test_what_is_wrong_and_what_to_do_is_told_in_the_language_that_is_asked_for(
    machine, daniel, path: str, changes: dict[str, Any]
) -> None:
    asked = a_deposit(**changes)
    if path == REDEEM:
        asked = {"resident_number": asked["resident_number"], **changes}
    english, spanish = (
        problem(answer, answer.status_code)
        for answer in (machine.post(path, asked, **{"accept-language": language}) for language in ("en", "es"))
    )
    assert (english["type"], english["field"]) == (spanish["type"], spanish["field"])
    assert english["field"]
    for told in ("title", "detail", "remedy"):
        assert english[told] != spanish[told], told
    assert Transfer.objects.count() == 0


def test_the_description_is_openapi_3_1_and_public(db) -> None:
    described = Client().get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) >= {DEPOSITS, REDEEM, RESIDENTS}
    parameters = described["paths"][DEPOSITS]["post"]["parameters"]
    assert [(each["name"], each["in"], each["required"]) for each in parameters] == [
        ("Idempotency-Key", "header", True)
    ]


def test_cash_that_the_machine_gave_back_is_undone_once_or_the_answer_says_why_not(machine, daniel, jail) -> None:
    machine.post(DEPOSITS, a_deposit())
    for _ in range(2):
        answer = machine.post(f"{DEPOSITS}/R-1/reversal", {})
        assert (answer.status_code, answer.json()["amount"]) == (200, "20.00")
        assert answer.json()["reference"] == f"reverse/kiosk/{machine.kiosk.pk}/R-1"
    assert debit(daniel) == Money(0)

    machine.post(DEPOSITS, a_deposit(receipt_number="R-2"))
    assert problem(Machine(jail, "Other").post(f"{DEPOSITS}/R-2/reversal", {}), 404)["field"] == "receipt_number"
    assert problem(machine.post(f"{DEPOSITS}/a%20b/reversal", {}), 422)["field"] == "receipt_number"
    account = ledger.open_resident_account(ResidentId(daniel.pk))
    spent = Order("talked", account, books.house_account(AccountKind.REVENUE), Money.of_cents(1), "charge")
    ledger.transfer(spent, NOON)
    assert "support" in problem(machine.post(f"{DEPOSITS}/R-2/reversal", {}), 409)["remedy"]
    machine.post(DEPOSITS, a_deposit(receipt_number="R-3"))
    with time_machine.travel(time.time() + 901, tick=False):
        assert "15 minutes" in problem(machine.post(f"{DEPOSITS}/R-3/reversal", {}), 409)["detail"]
    assert debit(daniel) == Money.parse("39.99")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
fields = st.sampled_from(
    ["account", "resident_number", "customer_phone", "amount", "currency", "receipt_number", "code"]
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([DEPOSITS, REDEEM]),
    asked=anything | st.dictionaries(fields, anything, max_size=5),
)
def test_whatever_is_sent_is_answered_with_an_explanation_and_books_nothing(machine, daniel, path, asked) -> None:
    Kiosk.objects.update(requests=0)
    answer = machine.post(path, asked)
    problem(answer, answer.status_code)
    assert 400 <= answer.status_code < 500
    assert Transfer.objects.count() == 0
