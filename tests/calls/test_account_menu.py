"""What the account menu tells of the demo's mother, and that it moves money once."""

import pytest

from kinline import demo
from kinline.calls.account_menu import (
    charge_card,
    charge_reference,
    failure_of,
    lift_block,
    open_menu,
    read_balance,
    read_blocks,
    read_calls,
    recognise,
    redeem,
)
from kinline.calls.models import Call
from kinline.contacts.errors import NotTheirNumber
from kinline.contacts.models import Block, BlockedBy
from kinline.core.accountmenu import events as happened
from kinline.core.accountmenu.events import Blocked, Failure
from kinline.core.identity import CallId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName
from kinline.core.voucher_code import with_check_digit
from kinline.people.models import CustomerNumber, Resident
from kinline.vouchers import services as vouchers

pytestmark = pytest.mark.django_db
AT = Instant(1_780_000_000_000)
MOTHER = E164(demo.MOTHER)
CALL = CallId(77)


@pytest.fixture
def rosa() -> int:
    demo.seed()
    return int(CustomerNumber.objects.get(number=MOTHER).customer_id)


def test_who_has_a_phone_pin_is_met_as_a_known_caller(rosa: int) -> None:
    assert open_menu(MOTHER, None).caller == MOTHER
    assert open_menu(E164(demo.FATHER), None).caller is None
    assert open_menu(None, None).caller is None


def test_number_and_pin_give_the_account_without_a_card(rosa: int) -> None:
    assert recognise(CALL, "5045550123", demo.PHONE_PIN, AT) == happened.Recognised(AT, rosa, None)
    assert recognise(CALL, "5045550123", "111222", AT) == happened.NotRecognised(AT)


def test_the_balance_is_what_is_free_and_how_long_one_can_talk_for_it(rosa: int) -> None:
    read = read_balance(rosa, AT)
    assert read.balance == Money.parse("20.00")
    assert read.seconds is not None
    assert read.seconds > 60


def test_the_last_calls_are_those_to_their_numbers(rosa: int) -> None:
    assert read_calls(rosa, AT).calls == ()
    CustomerNumber.objects.create(customer_id=rosa, number=demo.ATTORNEY, is_verified=True)
    (call,) = read_calls(rosa, AT).calls
    assert (call.talk_seconds, call.failure, call.price) == (60, None, Money(0))


@pytest.mark.parametrize(
    ("disposition", "reason", "told"),
    [
        ("denied", Reason.FUND_INSUFFICIENT, Failure.MONEY),
        ("denied", Reason.POLICY_NO_CONTACT_ORDER, Failure.RULES),
        ("denied", Reason.BLOCK_CALLED_PARTY, Failure.RULES),
        ("failed", Reason.NET_NO_TRUNK, Failure.NETWORK),
        ("refused", Reason.OFFER_REFUSED, Failure.NOT_ACCEPTED),
        ("abandoned", Reason.RING_ABANDONED, Failure.GIVEN_UP),
    ],
)
def test_a_failure_is_told_without_what_must_not_be_said_aloud(disposition: str, reason: Reason, told: Failure) -> None:
    assert failure_of(Call(disposition=disposition, reason=reason)) is told


def test_a_block_of_theirs_is_told_and_lifted_and_no_other_one(rosa: int) -> None:
    daniel = Resident.objects.get(name="Daniel Reyes")
    theirs = Block.objects.create(number=MOTHER, resident=daniel, blocked_by=BlockedBy.CALLED_PARTY, at=AT)
    facility = Block.objects.create(number=MOTHER, facility=daniel.facility, blocked_by=BlockedBy.FACILITY, at=AT)
    other = Block.objects.create(number=demo.FATHER, resident=daniel, blocked_by=BlockedBy.CALLED_PARTY, at=AT)
    who = SpokenName(f"resident/{daniel.pk}", "Daniel Reyes")
    assert read_blocks(rosa, AT) == happened.BlocksRead(AT, (Blocked(theirs.pk, "0123", who),))
    for block in (facility, other):
        with pytest.raises(NotTheirNumber):
            lift_block(rosa, block.pk, AT)
    for _ in range(2):
        assert lift_block(rosa, theirs.pk, AT) == happened.BlockLifted(AT)
    assert read_blocks(rosa, AT).blocks == ()
    assert set(Block.objects.filter(pk__in=(facility.pk, other.pk), lifted_at=None)) == {facility, other}


def test_a_card_is_redeemed_once(rosa: int) -> None:
    code = with_check_digit("123456789012345")
    made = vouchers.make(Money.parse("10"), 1, "user/1", AT, codes=[code])
    vouchers.activate(made.batch_id, 1, 1, "user/1", AT)
    assert redeem(rosa, code, MOTHER, AT) == happened.MoneyAdded(AT, Money.parse("10"), Money.parse("30"))
    assert redeem(rosa, code, None, AT) == happened.MoneyRefused(AT, Reason.PAY_VOUCHER_USED)
    assert redeem(rosa, "1", MOTHER, AT) == happened.MoneyRefused(AT, Reason.PAY_VOUCHER_MISTYPED)


def test_without_a_card_nothing_is_charged(rosa: int) -> None:
    assert isinstance(charge_card(CALL, rosa, Money.parse("10"), 1, AT), happened.MoneyRefused)


def test_a_charge_has_a_name_for_each_call_and_attempt() -> None:
    names = {charge_reference(CallId(call), attempt) for call in (1, 2**62) for attempt in (1, 2)}
    assert len(names) == 4
    assert {len(name) for name in names} == {32}
