"""A number is noted when something is known of it that few numbers have, whoever writes the row."""

import time
from collections.abc import Callable
from importlib import import_module

import pytest
from at_once import at_once
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from make import NOON, a_customer, a_number

from kinline.contacts.models import (
    Block,
    DedicatedNumber,
    NotedNumber,
    PrivilegedNumber,
    QuietHours,
    SpendingLimit,
)
from kinline.ledger.models import Account
from kinline.people.models import Customer, CustomerNumber


def noted() -> set[str]:
    return set(NotedNumber.objects.values_list("number", flat=True))


def a_payer() -> Customer:
    customer = Account.objects.get(pk=a_customer(a_number(), "1.00")).customer
    assert customer is not None
    return customer


def of_each_kind() -> list[Model]:
    return [
        Block(number="+15045550101", blocked_by="called_party", at=NOON),
        PrivilegedNumber(number="+15045550102", holder="The law office"),
        QuietHours(number="+15045550103", customer=a_payer(), windows=[], time_zone="America/Chicago"),
        DedicatedNumber(number="+15045550104"),
    ]


@pytest.mark.django_db
def test_every_such_row_notes_its_number() -> None:
    for row in of_each_kind():
        row.save()
    assert noted() == {"+15045550101", "+15045550102", "+15045550103", "+15045550104"}


@pytest.mark.django_db
def test_rows_that_come_together_note_each_of_theirs_once() -> None:
    Block.objects.bulk_create(
        Block(number=f"+1504555010{n % 3}", blocked_by="called_party", at=NOON, call_id=n) for n in range(9)
    )
    assert noted() == {"+15045550100", "+15045550101", "+15045550102"}


@pytest.mark.django_db
def test_another_number_is_noted_too_and_none_is_forgotten() -> None:
    hours = QuietHours.objects.create(number="+15045550103", customer=a_payer(), windows=[], time_zone="UTC")
    QuietHours.objects.update(number="+15045550109")
    hours.delete()
    assert noted() == {"+15045550103", "+15045550109"}


@pytest.mark.usefixtures("committed_database")
def test_several_may_note_one_number_at_the_same_time() -> None:
    def block(call_id: int) -> str:
        return Block.objects.create(number="+15045550101", blocked_by="called_party", at=NOON, call_id=call_id).number

    said = at_once(*(lambda call_id=call_id: block(call_id) for call_id in range(4)))
    assert (said, Block.objects.count(), noted()) == (["+15045550101"] * 4, 4, {"+15045550101"})


@pytest.mark.django_db
def test_whoever_pauses_calls_or_limits_them_has_their_numbers_noted() -> None:
    payers = [a_payer() for _ in range(4)]
    numbers = [payer.numbers.get().number for payer in payers]
    SpendingLimit.objects.create(customer=payers[0], amount=1)
    Customer.objects.filter(pk=payers[1].pk).update(calls_paused_until=NOON)
    Customer.objects.filter(pk=payers[2].pk).update(calls_paused_until=None)
    assert noted() == set(numbers[:2])


@pytest.mark.django_db
def test_a_number_that_they_add_later_is_noted_as_well() -> None:
    limiting, pausing, neither = a_payer(), a_payer(), a_payer()
    SpendingLimit.objects.create(customer=limiting, amount=1)
    Customer.objects.filter(pk=pausing.pk).update(calls_paused_until=NOON)
    before = noted()
    for customer, number in ((limiting, "+15045550105"), (pausing, "+15045550106"), (neither, "+15045550107")):
        CustomerNumber.objects.create(customer=customer, number=number)
    assert noted() - before == {"+15045550105", "+15045550106"}
    CustomerNumber.objects.filter(number="+15045550107").update(customer=limiting)
    assert noted() - before == {"+15045550105", "+15045550106", "+15045550107"}


@pytest.mark.usefixtures("committed_database")
def test_a_limit_and_a_number_that_come_at_the_same_time_find_each_other() -> None:
    payers = [a_payer(), a_payer()]

    def limit(of: Customer) -> int:
        return SpendingLimit.objects.create(customer=of, amount=1).amount

    def add(to: Customer) -> str:
        return CustomerNumber.objects.create(customer=to, number=f"+1504555020{payers.index(to)}").number

    def slowly(write: Callable[[Customer], object], of: Customer) -> object:
        with transaction.atomic():
            written = write(of)
            time.sleep(0.4)
        return written

    def meanwhile(write: Callable[[Customer], object], of: Customer) -> object:
        time.sleep(0.2)
        return write(of)

    said = at_once(lambda: slowly(limit, payers[0]), lambda: meanwhile(add, payers[0]))
    assert (said, "+15045550200" in noted()) == (["1", "+15045550200"], True)
    said = at_once(lambda: slowly(add, payers[1]), lambda: meanwhile(limit, payers[1]))
    assert (said, "+15045550201" in noted()) == (["+15045550201", "1"], True)


@pytest.mark.django_db
def test_what_was_there_before_is_noted_by_the_migration() -> None:
    migration = import_module("kinline.contacts.migrations.0008_noted_numbers").Migration
    for row in of_each_kind():
        row.save()
    editor = connection.schema_editor()
    for operation in migration.operations[1:]:
        operation.reverse_code(apps, editor)
    NotedNumber.objects.all().delete()
    for operation in migration.operations[1:]:
        operation.code(apps, editor)
    assert noted() == {"+15045550101", "+15045550102", "+15045550103", "+15045550104"}
