"""Families are told once that a balance fell, and of calls that were refused before they rang."""

import pytest
from make import (
    DAY,
    MINUTE,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
)

from kinline.alerts import services
from kinline.alerts.models import BalanceWatch
from kinline.calls import services as calls
from kinline.core.callflow.commands import Disposition, Settle
from kinline.core.callflow.events import Denied
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import CATALOGUE
from kinline.core.telling import QuietHours, Way
from kinline.ledger import services as ledger
from kinline.ledger.models import Account
from kinline.notices import preferences
from kinline.notices.models import Message, PageNotice
from kinline.notices.subjects import Subject
from kinline.notices.words import from_text
from kinline.people.models import User

pytestmark = pytest.mark.django_db


class Family:
    """A mother with a balance whom a resident calls, at $0.06267 a minute."""

    def __init__(self, balance: str) -> None:
        jail, self.number = a_facility(), a_number()
        self.station, self.resident = a_station(jail), a_resident(jail, name="Marcus Doucet")
        a_contact(self.resident, self.number)
        self.account: AccountId = a_customer(self.number, balance)
        customer = Account.objects.get(pk=self.account).customer
        assert customer is not None
        customer.numbers.update(is_verified=True)
        self.customer, self.user = customer, customer.user

    def talks(self, seconds: int, at: Instant = NOON) -> None:
        call, _ = authorised(self.station, self.resident, self.number, at)
        hung_up(call, seconds, Instant(at + SECOND))

    def is_refused(self, at: Instant = NOON) -> None:
        call, denied = dial(self.station, self.resident, self.number, at)
        assert isinstance(denied, Denied)
        calls.settle(call, Settle(Disposition.DENIED, denied.reason, None, at, None), None, None, None, at)


def low(user: User) -> list[tuple[str, str]]:
    found = PageNotice.objects.filter(user=user, kind="low_balance").order_by("pk")
    values = [from_text(each.contents) for each in found]
    return [(str(each["balance"]), str(each["threshold"])) for each in values]


def test_a_balance_is_told_once_when_it_falls_and_again_only_after_it_rose() -> None:
    family = Family("2.10")
    assert services.watch_balances(NOON) == 0
    family.talks(120)
    assert services.watch_balances(Instant(NOON + DAY)) == 1
    assert services.watch_balances(Instant(NOON + DAY + 1)) == 0
    family.talks(60, Instant(NOON + 2 * DAY))
    assert services.watch_balances(Instant(NOON + 3 * DAY)) == 0
    assert low(family.user) == [("$1.97", "$2.00")]
    assert Message.objects.filter(kind="low_balance").count() == 1
    ledger.deposit(family.account, Money.parse("5.00"), "test/more", NOON)
    assert services.watch_balances(Instant(NOON + 3 * DAY)) == 0
    family.talks(600, Instant(NOON + 4 * DAY))
    services.watch_balances(Instant(NOON + 5 * DAY))
    assert len(low(family.user)) == 1
    services.set_threshold(family.account, Instant(NOON + 5 * DAY), money=Money.parse("6.00"))
    services.watch_balances(Instant(NOON + 5 * DAY))
    assert len(low(family.user)) == 1, "it did not fall, the threshold rose"


def test_who_never_had_money_is_told_nothing() -> None:
    family = Family("0.00")
    services.watch_balances(NOON)
    assert not BalanceWatch.objects.exists()
    assert low(family.user) == []


def test_a_threshold_in_minutes_follows_the_price() -> None:
    family = Family("1.00")
    services.set_threshold(family.account, NOON, minutes=10)
    watch = BalanceWatch.objects.get()
    assert (Money(watch.threshold), watch.is_armed) == (Money.parse("0.6267"), True)
    BalanceWatch.objects.update(threshold=1)
    services.watch_balances(Instant(NOON + 2 * DAY))
    assert Money(BalanceWatch.objects.get().threshold) == Money.parse("0.6267")
    for minutes in (0, 10):
        family.talks(180, Instant(NOON + 2 * DAY + minutes * MINUTE))
    assert services.watch_balances(Instant(NOON + 3 * DAY)) == 1
    assert low(family.user) == [("$0.62", "$0.6267")]


def test_minutes_have_no_price_where_nobody_calls_for_money() -> None:
    account = a_customer(a_number(), "5.00")
    with pytest.raises(services.NoPrice):
        services.set_threshold(account, NOON, minutes=10)
    with pytest.raises(ValueError, match="1 to 600"):
        services.set_threshold(account, NOON, minutes=0)


def test_a_call_refused_for_lack_of_money_is_told_once_a_day_on_the_pages() -> None:
    family = Family("0.00")
    for minutes in range(3):
        family.is_refused(Instant(NOON + minutes * MINUTE))
    assert services.tell_missed_calls(Instant(NOON + 5 * MINUTE)) == 1
    assert services.tell_missed_calls(Instant(NOON + 6 * MINUTE)) == 0
    notice = PageNotice.objects.get()
    assert from_text(notice.contents)["resident"] == "Marcus Doucet"
    assert not Message.objects.exists()
    family.is_refused(Instant(NOON + DAY))
    assert services.tell_missed_calls(Instant(NOON + DAY + MINUTE)) == 1
    everything = {(Subject.MISSED_CALLS, way): False for way in Way}
    preferences.choose(family.user, everything, QuietHours(0, 0, "America/Chicago"), NOON)
    family.is_refused(Instant(NOON + 2 * DAY))
    services.tell_missed_calls(Instant(NOON + 2 * DAY + MINUTE))
    assert PageNotice.objects.count() == 2


def test_of_an_order_of_no_contact_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    family = Family("5.00")
    call, _ = authorised(family.station, family.resident, family.number)
    protected = next(entry.reason for entry in CATALOGUE.values() if entry.is_protected)
    calls.settle(call, Settle(Disposition.DENIED, protected, None, NOON, None), None, None, None, NOON)
    assert services.tell_missed_calls(Instant(NOON + MINUTE)) == 0
    assert not PageNotice.objects.exists()
