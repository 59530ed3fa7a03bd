"""A balance goes back whole: each card gets at most what came from it, and nothing stays behind."""

from hypothesis import given
from hypothesis import strategies as st

from kinline.core.money import ZERO, Money
from kinline.core.refunding import Share, plan

amounts = st.integers(1, 200_000_000).map(Money)
cards = st.lists(st.integers(1, 60_000_000).map(Money), max_size=5)


@given(amount=amounts, lefts=cards)
def test_all_of_it_goes_back_in_whole_cents(amount: Money, lefts: list[Money]) -> None:
    planned = plan(amount, [Share(number, left) for number, left in enumerate(lefts)])
    assert planned.total == amount + planned.rounded_up
    assert ZERO <= planned.rounded_up < Money.of_cents(1)
    for share in planned.to_cards:
        assert ZERO < share.amount <= lefts[share.payment_id]
        assert share.amount.micros % 10_000 == 0
    assert planned.rest.micros % 10_000 == 0
    # A cheque is written only when no card can take a cent more.
    if planned.rest > ZERO:
        assert planned.by_card == sum((Money.of_cents(left.cents) for left in lefts), ZERO)


def test_the_newest_payment_is_filled_first() -> None:
    newest, older = Share(2, Money.parse("5.00")), Share(1, Money.parse("20.00"))
    planned = plan(Money.parse("12.345678"), [newest, older])
    assert [str(share.amount) for share in planned.to_cards] == ["$5.00", "$7.35"]
    assert (planned.rest, str(planned.rounded_up)) == (ZERO, "$0.004322")
