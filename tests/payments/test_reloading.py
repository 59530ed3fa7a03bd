"""Automatic reload: below the threshold, within the month's ceiling, and not against a card that says no."""

import pytest
from bank import DECLINED_LATER, NEEDS_3DS, Bank
from make import DAY, MINUTE, NOON
from payers import Payer, a_payer, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.ledger.models import Account
from kinline.payments import services
from kinline.payments.errors import NotTaken, NotTheirs
from kinline.payments.models import AutoReload, Payment, ReloadState, SavedCard
from kinline.payments.services import reloading

pytestmark = pytest.mark.django_db

FIVE, TEN, THIRTY = (Money.parse(text) for text in ("5.00", "10.00", "30.00"))


def set_up(payer: Payer, card: SavedCard, ceiling: Money = THIRTY) -> None:
    services.set_auto_reload(payer.customer, payer.account, card.pk, FIVE, TEN, ceiling, NOON)


def auto_reload(payer: Payer) -> AutoReload:
    return AutoReload.objects.get(account_id=payer.account)


def drain(payer: Payer) -> None:
    """A call in progress holds all of it."""
    account = Account.objects.get(pk=payer.account)
    Account.objects.filter(pk=payer.account).update(held=account.posted)


def test_a_low_balance_is_filled_up_once(bank: Bank) -> None:
    payer = a_payer("4.99")
    set_up(payer, a_saved_card(bank, payer))
    assert [services.reload(NOON), services.reload(NOON)] == [1, 0]
    assert payer.balance == Money.parse("14.99")


def test_a_balance_at_the_threshold_is_left_alone(bank: Bank) -> None:
    payer = a_payer("5.00")
    set_up(payer, a_saved_card(bank, payer))
    assert services.reload(NOON) == 0


def test_the_ceiling_of_a_month_is_never_passed_and_the_next_month_begins_anew(bank: Bank) -> None:
    payer = a_payer()
    set_up(payer, a_saved_card(bank, payer), ceiling=Money.parse("25.00"))
    charged = []
    for _ in range(4):
        charged.append(services.reload(NOON))
        drain(payer)
    assert charged == [1, 1, 0, 0]
    assert services.reload(Instant(NOON + 11 * DAY)) == 1  # the first of December


def test_accounts_that_wait_do_not_keep_others_from_being_reloaded(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they wait for the next month, or for an answer of the provider."""
    monkeypatch.setattr(reloading, "AT_ONCE", 1)
    waiting, unanswered, other = a_payer(), a_payer(), a_payer()
    set_up(waiting, a_saved_card(bank, waiting), ceiling=TEN)
    services.reload(NOON)
    drain(waiting)
    set_up(unanswered, a_saved_card(bank, unanswered))
    set_up(other, a_saved_card(bank, other))
    bank.breakdowns[:] = ["cut"] * 3
    for seconds in range(1, 4):
        services.reload(Instant(NOON + seconds * 1000))
    assert [payer.balance for payer in (waiting, unanswered, other)] == [TEN, Money(0), TEN]


def test_a_ceiling_that_is_raised_reloads_in_the_same_month(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    set_up(payer, card, ceiling=TEN)
    services.reload(NOON)
    drain(payer)
    assert services.reload(NOON) == 0
    set_up(payer, card, ceiling=THIRTY)
    assert services.reload(NOON) == 1


def test_three_failures_in_a_row_stop_it_and_say_why(bank: Bank) -> None:
    payer = a_payer()
    set_up(payer, a_saved_card(bank, payer, DECLINED_LATER, decline_code="insufficient_funds"))
    days = [services.reload(Instant(NOON + hours * 60 * MINUTE)) for hours in range(0, 24 * 5, 6)]
    assert sum(days) == 3
    stopped = auto_reload(payer)
    assert (stopped.state, stopped.reason) == (ReloadState.STOPPED, Reason.PAY_INSUFFICIENT_FUNDS)
    services.set_auto_reload(
        payer.customer, payer.account, a_saved_card(bank, payer).pk, FIVE, TEN, THIRTY, Instant(NOON + 6 * DAY)
    )
    assert services.reload(Instant(NOON + 6 * DAY)) == 1
    assert payer.balance == TEN


def test_a_success_forgets_the_failures_before_it(bank: Bank) -> None:
    payer = a_payer()
    set_up(payer, a_saved_card(bank, payer))
    AutoReload.objects.update(failures=2, reason="pay.declined")
    services.reload(NOON)
    assert (auto_reload(payer).failures, auto_reload(payer).reason) == (0, "")


def test_a_bank_that_wants_the_holder_present_counts_as_a_failure(bank: Bank) -> None:
    payer = a_payer()
    set_up(payer, a_saved_card(bank, payer, NEEDS_3DS))
    services.reload(NOON)
    assert auto_reload(payer).reason == Reason.PAY_AUTHENTICATION_NEEDED
    assert bank.about(Payment.objects.get().intent)["status"] == "canceled"


def test_a_reload_that_was_not_answered_is_found_and_not_repeated(bank: Bank) -> None:
    payer = a_payer()
    set_up(payer, a_saved_card(bank, payer))
    bank.breakdowns[:] = ["answer_lost"] * 3
    assert [services.reload(NOON), services.reload(Instant(NOON + 1000))] == [1, 0]
    services.reconcile(Instant(NOON + 2 * MINUTE))
    assert (payer.balance, bank.charged_cents()) == (TEN, 1000)


def test_what_was_turned_off_or_lost_its_card_or_is_disputed_charges_nothing(bank: Bank) -> None:
    for spoil in (
        lambda payer, card: services.turn_off_auto_reload(payer.customer, payer.account, NOON),
        lambda payer, card: services.remove_card(payer.customer, card.pk, NOON),
        lambda payer, card: Account.objects.filter(pk=payer.account).update(review_since=NOON),
    ):
        payer = a_payer()
        card = a_saved_card(bank, payer)
        set_up(payer, card)
        spoil(payer, card)
    assert services.reload(NOON) == 0


def test_settings_that_make_no_sense_are_refused(bank: Bank) -> None:
    payer, stranger = a_payer(), a_payer()
    card = a_saved_card(bank, payer)
    for amounts in ((Money(0), TEN, TEN), (FIVE, Money(0), TEN), (FIVE, TEN, FIVE)):
        with pytest.raises(ValueError, match="ceiling"):
            services.set_auto_reload(payer.customer, payer.account, card.pk, *amounts, NOON)
    with pytest.raises(ValueError, match="whole cents"):
        services.set_auto_reload(payer.customer, payer.account, card.pk, FIVE, Money(10_005_000), TEN + TEN, NOON)
    with pytest.raises(NotTaken, match=r"pay\.too_small"):
        services.set_auto_reload(payer.customer, payer.account, card.pk, FIVE, Money.of_cents(49), TEN, NOON)
    assert AutoReload.objects.count() == 0
    for customer, account in ((stranger.customer, stranger.account), (payer.customer, stranger.account)):
        with pytest.raises(NotTheirs):
            services.set_auto_reload(customer, account, card.pk, FIVE, TEN, TEN, NOON)


def test_a_reload_that_we_do_not_take_rests_for_a_day_and_says_why(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    much = Money.parse("600.00")  # more than anybody may add in a day
    services.set_auto_reload(payer.customer, payer.account, card.pk, FIVE, much, much, NOON)
    for at in (NOON, NOON + MINUTE):
        assert services.reload(Instant(at)) == 0
    resting = auto_reload(payer)
    assert (resting.state, resting.reason, resting.not_before) == ("active", Reason.PAY_DAY_LIMIT, NOON + DAY)
    set_up(payer, card)
    assert services.reload(NOON) == 1
    assert (payer.balance, auto_reload(payer).reason) == (TEN, "")
