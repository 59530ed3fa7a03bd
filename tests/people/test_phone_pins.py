"""The phone PIN: what opens an account by telephone, and what a guesser meets."""

import pytest

from kinline.audit.models import AuditEvent
from kinline.core.identity import CallId, Instant
from kinline.people.models import Customer, CustomerNumber, User
from kinline.people.phone_pins import TRIES, PinRight, PinWrong, WeakPin, check_phone_pin, has_phone_pin, set_phone_pin

pytestmark = pytest.mark.django_db
AT = Instant(1_780_000_000_000)
HOUR = 3_600_000
NUMBER, PIN = "+15045550123", "730482"
CALL = CallId(1)


def a_customer(name: str = "rosa", pin: str = PIN, order: int = 1, *, is_verified: bool = True) -> Customer:
    customer = Customer.objects.create(user=User.objects.create_user(f"{name}@demo.example", name=name))
    CustomerNumber.objects.create(customer=customer, number=NUMBER, order=order, is_verified=is_verified)
    if pin:
        set_phone_pin(customer.pk, pin, f"user/{customer.user_id}", AT)
    return customer


def wrong(times: int, at: Instant = AT) -> PinRight | PinWrong:
    return [check_phone_pin(NUMBER, "111222", CALL, at) for _ in range(times)][-1]


def test_the_right_pin_opens_the_account_however_the_number_is_written() -> None:
    rosa = a_customer()
    for written in (NUMBER, "5045550123", "15045550123"):
        assert check_phone_pin(written, PIN, CALL, AT) == PinRight(rosa.pk)


def test_no_number_no_pin_and_an_unverified_number_all_look_like_a_wrong_pin() -> None:
    assert check_phone_pin("nonsense", PIN, CALL, AT) == PinWrong()
    assert check_phone_pin(NUMBER, PIN, CALL, AT) == PinWrong()
    a_customer(is_verified=False)
    a_customer("hector", pin="", order=2)
    assert check_phone_pin(NUMBER, PIN, CALL, AT) == PinWrong()
    assert not has_phone_pin(NUMBER)


def test_several_customers_of_a_number_each_reach_their_own_account() -> None:
    rosa, hector = a_customer(), a_customer("hector", "905127", order=2)
    assert check_phone_pin(NUMBER, PIN, CALL, AT) == PinRight(rosa.pk)
    assert check_phone_pin(NUMBER, "905127", CALL, AT) == PinRight(hector.pk)


def test_five_wrong_pins_lock_it_for_an_hour_and_five_more_for_two() -> None:
    rosa = a_customer()
    wrong(TRIES)
    assert check_phone_pin(NUMBER, PIN, CALL, AT) == PinWrong(locked_seconds=3600)
    later = Instant(AT + HOUR)
    wrong(TRIES, later)
    assert check_phone_pin(NUMBER, PIN, CALL, later) == PinWrong(locked_seconds=7200)
    assert check_phone_pin(NUMBER, PIN, CALL, Instant(later + 2 * HOUR)) == PinRight(rosa.pk)


def test_a_new_pin_unlocks_at_once() -> None:
    rosa = a_customer()
    wrong(TRIES)
    set_phone_pin(rosa.pk, "815203", "user/1", AT)
    assert check_phone_pin(NUMBER, "815203", CALL, AT) == PinRight(rosa.pk)


def test_the_pin_is_stored_hashed_and_its_use_is_audited_without_it() -> None:
    rosa = a_customer()
    check_phone_pin(NUMBER, PIN, CALL, AT)
    wrong(TRIES)
    rosa.refresh_from_db()
    assert PIN not in rosa.phone_pin_hash
    entries = list(AuditEvent.objects.order_by("id"))
    assert [entry.action for entry in entries] == ["phone_pin.set", "phone_pin.accepted", "phone_pin.locked"]
    assert not any(PIN in f"{entry.before}{entry.after}{entry.reason}" for entry in entries)


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12a456", "000000", "123456", "654321", "１２３４９０"])
def test_a_pin_that_is_guessed_first_or_is_not_six_digits_is_refused(pin: str) -> None:
    rosa = a_customer()
    with pytest.raises(WeakPin):
        set_phone_pin(rosa.pk, pin, "user/1", AT)
