"""Many processes on one account: no overdraft, no double charge, nothing lost. What a process that is killed leaves
behind is in `tests/ledger/test_killed.py`."""

from collections.abc import Iterable

import pytest
from at_once import at_once
from make import (
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
    completed,
    hung_up,
    identified,
)

from kinline.calls import services
from kinline.calls.models import Call
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, CallId, Instant, ResidentId
from kinline.core.money import Money
from kinline.ledger import queries
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order

pytestmark = pytest.mark.usefixtures("committed_database")

MINUTE_PRICE = 62_670


def identified_calls(count: int) -> tuple[AccountId, list[CallId], str]:
    """Calls of so many residents who are all about to dial the same mother, who has money for ten minutes."""
    jail = a_facility()
    station, mother = a_station(jail), a_number()
    account = a_customer(mother, "0.6267")
    calls = []
    for _ in range(count):
        resident = a_resident(jail, calling_rules={"maximum_seconds": 60})
        a_contact(resident, mother)
        calls.append(identified(station, resident))
    return account, calls, mother.removeprefix("+1")


def authorise(dialled: str, calls: Iterable[CallId]) -> str:
    """What each was answered."""
    answers = []
    for call in calls:
        resident = Call.objects.values_list("resident_id", flat=True).get(pk=call)
        answer = services.authorise(call, ResidentId(resident or 0), dialled, NOON)
        answers.append("Authorised" if isinstance(answer, Authorised) else answer.reason)
    return " ".join(answers)


def settle(calls: Iterable[CallId]) -> str:
    ended_at = Instant(NOON + 60 * SECOND)
    return str([services.settle(call, completed(NOON, ended_at), None, None, None, ended_at) for call in calls])


def test_money_for_ten_calls_allows_ten_of_twenty_four() -> None:
    account, calls, dialled = identified_calls(24)

    said = at_once(*(lambda theirs=calls[number::3]: authorise(dialled, theirs) for number in range(3)))

    answers = " ".join(said).split()
    assert (answers.count("Authorised"), answers.count("fund.insufficient")) == (10, 14)
    assert Account.objects.get(pk=account).held == 10 * MINUTE_PRICE
    assert queries.discrepancies() == []


def test_collect_calls_at_once_cost_no_more_than_their_number_may_in_90_days() -> None:
    jail = a_facility(collect_allowance=250_000)
    station, mother = a_station(jail), a_number()
    residents = [a_resident(jail, calling_rules={"maximum_seconds": 60}) for _ in range(9)]
    for resident in residents:
        a_contact(resident, mother)
    paid = hung_up(authorised(station, residents[0], mother)[0], 60).charge
    owing = Account.objects.get(kind=AccountKind.COLLECT_RECEIVABLE, number=mother)
    ledger.deposit(AccountId(owing.pk), paid, "test/paid", NOON)
    calls, dialled = [identified(station, resident) for resident in residents], mother.removeprefix("+1")

    said = at_once(*(lambda theirs=calls[number::3]: authorise(dialled, theirs) for number in range(3)))

    assert " ".join(said).split().count("Authorised") == 2, "25 cents are for three such calls, and one was paid"
    assert Account.objects.get(pk=owing.pk).held == 2 * MINUTE_PRICE
    assert queries.discrepancies() == []


def test_deposits_refunds_and_calls_at_once_lose_nothing_and_overdraw_nothing() -> None:
    account, calls, dialled = identified_calls(6)
    clearing = queries.house_account(AccountKind.CLEARING)

    def refund(name: str) -> str:
        """Cent after cent is added, and ten at a time are asked back."""
        answers = []
        for number in range(8):
            ledger.deposit(account, Money.of_cents(1), f"deposit/{name}/{number}", NOON)
            order = Order(f"refund/{name}/{number}", account, clearing, Money.of_cents(10), "refund")
            try:
                ledger.transfer(order, NOON)
                answers.append("given-back")
            except ledger.NotEnough:
                answers.append("refused")
        return " ".join(answers)

    said = at_once(lambda: refund("one"), lambda: refund("two"), lambda: authorise(dialled, calls))

    answers = " ".join(said).split()
    left = Account.objects.get(pk=account)
    assert left.posted == 626_700 + 16 * 10_000 - answers.count("given-back") * 100_000
    assert left.held == answers.count("Authorised") * MINUTE_PRICE
    assert left.posted >= left.held
    assert answers.count("given-back") + answers.count("refused") == 16
    assert queries.discrepancies() == []


def test_a_call_settled_by_three_processes_at_once_is_charged_once() -> None:
    account, calls, dialled = identified_calls(8)
    authorise(dialled, calls)

    said = at_once(*[lambda: settle(calls)] * 3)

    assert len(set(said)) == 1
    assert Transfer.objects.filter(reason="charge").count() == 8
    assert queries.balance(account).micros == 2 * MINUTE_PRICE
    assert Account.objects.get(pk=account).held == 0
    assert queries.discrepancies() == []


def test_a_call_whose_hold_another_process_extended_is_charged_for_all_of_its_talk() -> None:
    jail = a_facility()
    resident, mother = a_resident(jail), a_number()
    a_contact(resident, mother)
    account = a_customer(mother, "5.00")
    call, permit = authorised(a_station(jail), resident, mother)
    said = at_once(lambda: services.extend_hold(call, Instant(NOON + 4 * MINUTE)))
    assert "HoldExtended" in said[0]

    ended_at = Instant(NOON + permit.funded_seconds * SECOND + 2 * MINUTE)
    receipt = services.settle(call, completed(NOON, ended_at), None, None, None, ended_at)

    assert receipt.billed_seconds == permit.funded_seconds + 120
    assert receipt.balance_after == queries.balance(account) == Money.parse("5.00") - receipt.charge
    assert Account.objects.get(pk=account).held == 0


def test_a_switchboard_killed_in_a_talk_is_charged_to_its_last_heartbeat() -> None:
    jail, mother = a_facility(), a_number()
    resident = a_resident(jail)
    a_contact(resident, mother)
    a_customer(mother, "5.00")
    call, _ = authorised(a_station(jail), resident, mother)
    services.accept(call, NOON)
    services.heartbeat("switchboard-1", [call], Instant(NOON + 12 * SECOND))  # and never again

    assert services.reap(Instant(NOON + MINUTE), 20 * SECOND) == 1

    settled = Call.objects.get(pk=call)
    assert (settled.state, settled.billed_seconds) == ("settled", 12)
    assert queries.discrepancies() == []
