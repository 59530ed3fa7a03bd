"""Whatever is done with money in whatever order: nothing is lost, made, overdrawn or counted twice."""

from collections.abc import Callable, Iterator

import pytest
from bank import Bank
from examples import examples
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from town import Town

from kinline.ledger.models import Transfer
from kinline.ledger.transfer_reasons import TransferReason

FEW = settings(
    max_examples=examples(5),
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),  # to explain a failure, each line would be traced
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.django_db
def test_the_books_agree_after_every_step_of_any_sequence(bank: Bank) -> None:
    run_state_machine_as_test(lambda: Town(bank), settings=FEW)


@pytest.mark.django_db
def test_the_town_knows_every_reason_for_which_money_moves(bank: Bank) -> None:
    """Step by step, so that none is left to chance: whoever adds a reason adds a rule to the town."""
    town = Town(bank)
    try:
        town.people_and_their_money()
        for step in _a_year_of(town):
            step()
            town.the_books_agree()
            town.each_room_agrees_with_the_books()
        seen = set(Transfer.objects.values_list("reason", flat=True))
        assert {reason.value for reason in TransferReason} - seen == set()
    finally:
        town.teardown()


def _a_year_of(town: Town) -> Iterator[Callable[[], None]]:
    def hear_all() -> None:
        for number in range(len(town.messages)):
            town.hear_a_message(number=number)

    yield lambda: town.charge_the_saved_card(cents=3000, for_resident=False)
    yield lambda: town.charge_the_saved_card(cents=2000, for_resident=False)
    for _ in range(2):
        yield lambda: town.drop_and_dial_again(who=0, to=0)
    yield lambda: town.call(who=1, to=0)
    yield lambda: town.hang_up(who=1, seconds=200, is_bad=True)
    yield lambda: town.call(who=2, to=2)
    yield lambda: town.hang_up(who=2, seconds=200, is_bad=False)
    yield lambda: town.pay_a_debt_by_card(cents=50, is_bill=True)
    yield lambda: town.pay_what_is_owed_for_collect_calls(key=0)
    yield lambda: town.pay_the_bill(cents=50, key=0, from_balance=False)
    yield lambda: town.the_cheque_bounces(key=0)
    yield lambda: town.pay_the_bill(cents=3000, key=1, from_balance=False)
    yield lambda: town.settle_with_the_agency(cents=1, key=0, is_undone=True)
    yield lambda: town.sell_a_card(number=0)
    yield lambda: town.redeem_a_card(number=0, is_mother=True)
    yield lambda: town.put_cash_in(receipt=0, cents=500)
    yield lambda: town.the_commissary_sends_a_file(lines=[(1, 300, 0)])
    yield lambda: town.give_to_a_resident(cents=100, key=0, by_facility=False)
    yield lambda: town.give_to_a_resident(cents=100, key=1, by_facility=True)
    yield lambda: town.set_money_aside(cents=100, key=0)
    yield lambda: town.give_the_number_back()
    yield lambda: town.staff_give_a_credit(cents=500, is_granted=True)
    yield lambda: town.refund(number=0, cents=100)
    yield lambda: town.the_holder_disputes(number=0)
    yield hear_all
    yield lambda: town.the_bank_decides(number=0, end="lost")
    yield hear_all
    yield lambda: town.finance_lifts_the_review()
    yield lambda: town.ask_for_the_balance_back(cents=None, is_by_cheque=True)
    yield lambda: town.the_bank_pays_the_cheques()
    yield lambda: town.a_cheque_comes_back(number=0)
    yield lambda: town.the_worker_asks_the_provider()
    yield lambda: town.half_a_year_passes(is_paid=True)
    yield lambda: town.half_a_year_passes(is_paid=True)
