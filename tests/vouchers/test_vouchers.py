"""A prepaid card is worth its money once: after it was sold, to who types its code, and to nobody who guesses."""

import pytest
from at_once import at_once
from django.db import IntegrityError, transaction
from make import DAY, MINUTE, NOON, a_customer, a_debit_account, a_facility, a_number, a_resident

from kinline.audit.models import AuditEvent
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.core.speech import Span
from kinline.ledger import queries as books
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import UnknownAccount
from kinline.vouchers import codes, services
from kinline.vouchers.models import Guesser, Voucher
from kinline.vouchers.services import Card, NotRedeemed, Redeemed


def a_batch(count: int = 1, dollars: str = "20.00", *, sold: bool = True) -> services.Made:
    made = services.make(Money.parse(dollars), count, "user/1", NOON)
    if sold:
        services.activate(made.batch_id, 1, count, "user/1", NOON)
    return made


def a_card() -> Card:
    return a_batch().cards[0]


def redeem(code: str, account: AccountId, at: int = NOON, *also: str) -> Redeemed | NotRedeemed:
    return services.redeem(code, account, (f"account/{account}", *also), Instant(at))


def refusal(answer: Redeemed | NotRedeemed) -> Reason:
    assert isinstance(answer, NotRedeemed)
    return answer.reason


def owed_to_holders() -> Money:
    return books.balance(books.house_account(AccountKind.VOUCHERS))


@pytest.mark.django_db
def test_a_sold_card_puts_its_money_on_a_familys_account_once() -> None:
    card, mother, father = a_card(), a_customer(a_number(), "1.50"), a_customer(a_number())
    assert owed_to_holders() == Money.parse("20.00")

    assert redeem(card.printed_code, mother) == Redeemed(card.serial, Money.parse("20.00"), Money.parse("21.50"))

    assert refusal(redeem(card.code, mother)) is Reason.PAY_VOUCHER_USED
    assert refusal(redeem(card.code, father)) is Reason.PAY_VOUCHER_USED
    assert (owed_to_holders(), books.balance(father)) == (Money(0), Money(0))
    assert books.discrepancies() == []


@pytest.mark.django_db
def test_a_card_can_go_to_a_residents_debit_account_and_not_to_the_house() -> None:
    account = a_debit_account(a_resident(a_facility()), "0.00")
    card = a_card()
    with pytest.raises(UnknownAccount):
        redeem(card.code, books.house_account(AccountKind.REVENUE))
    assert isinstance(redeem(card.code, account), Redeemed)
    assert books.balance(account) == Money.parse("20.00")


@pytest.mark.django_db
def test_a_card_that_was_not_sold_or_was_voided_is_worth_nothing() -> None:
    unsold, mother = a_batch(3, sold=False), a_customer(a_number())
    assert refusal(redeem(unsold.cards[0].code, mother)) is Reason.PAY_VOUCHER_NOT_ACTIVE

    assert services.activate(unsold.batch_id, 1, 2, "user/1", NOON) == 2
    assert services.activate(unsold.batch_id, 1, 2, "user/1", NOON) == 0
    assert services.void(unsold.batch_id, 2, 3, "user/1", "Lost in the mail", NOON) == 2

    assert owed_to_holders() == Money.parse("20.00")
    assert isinstance(redeem(unsold.cards[0].code, mother), Redeemed)
    for card in unsold.cards[1:]:
        assert refusal(redeem(card.code, mother)) is Reason.PAY_VOUCHER_NOT_ACTIVE
    assert services.void(unsold.batch_id, 1, 3, "user/1", "Again", NOON) == 0
    assert books.discrepancies() == []
    assert [event.action for event in AuditEvent.objects.order_by("id")] == [
        "vouchers.made",
        "vouchers.activated",
        "vouchers.voided",
    ]


@pytest.mark.django_db
def test_codes_are_not_kept() -> None:
    made = a_batch(2)
    stored = str(list(Voucher.objects.values())) + str(list(AuditEvent.objects.values()))
    for card in made.cards:
        assert card.code not in stored
        assert card.code not in repr(made)
        assert codes.code_hash(card.code) in stored


@pytest.mark.django_db
def test_the_database_lets_a_redeemed_card_change_no_more() -> None:
    card, mother = a_card(), a_customer(a_number())
    redeem(card.code, mother)
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.update(state="active", account=None, redeemed_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.all().delete()


@pytest.mark.django_db
def test_typing_wrong_costs_no_try_but_guessing_does() -> None:
    card, mother = a_card(), a_customer(a_number())
    mistyped = card.code[:-1] + str((int(card.code[-1]) + 1) % 10)
    for _ in range(20):
        assert refusal(redeem(mistyped, mother)) is Reason.PAY_VOUCHER_MISTYPED
    for _ in range(5):
        assert refusal(redeem(codes.new_code(), mother)) is Reason.PAY_VOUCHER_UNKNOWN

    assert redeem(card.code, mother) == NotRedeemed(Reason.PAY_VOUCHER_LOCKED, {"wait": Span(15 * 60)})
    assert refusal(redeem(card.code, mother, NOON + 14 * MINUTE)) is Reason.PAY_VOUCHER_LOCKED
    assert isinstance(redeem(card.code, mother, NOON + 15 * MINUTE), Redeemed)


@pytest.mark.django_db
def test_who_goes_on_guessing_waits_longer_and_a_quiet_day_begins_anew() -> None:
    mother, at, waits = a_customer(a_number()), NOON, []
    for _ in range(3):
        for _ in range(5):
            redeem(codes.new_code(), mother, at)
        locked = redeem(codes.new_code(), mother, at)
        assert isinstance(locked, NotRedeemed)
        waits.append(locked.values["wait"])
        at += int(locked.values["wait"].seconds) * 1000  # type: ignore[union-attr]
    assert waits == [Span(15 * 60), Span(60 * 60), Span(24 * 60 * 60)]
    assert refusal(redeem(codes.new_code(), mother, at + DAY)) is Reason.PAY_VOUCHER_UNKNOWN
    assert isinstance(redeem(a_card().code, mother, at + DAY), Redeemed)


@pytest.mark.django_db
def test_guesses_from_one_telephone_count_together_whatever_the_account() -> None:
    for _ in range(5):
        redeem(codes.new_code(), a_customer(a_number()), NOON, "caller/+15045550123")
    fresh = a_customer(a_number())
    assert refusal(redeem(a_card().code, fresh, NOON, "caller/+15045550123")) is Reason.PAY_VOUCHER_LOCKED
    assert isinstance(redeem(a_card().code, fresh), Redeemed)


@pytest.mark.django_db
def test_who_guessed_is_forgotten_after_a_quiet_day_and_not_while_they_must_wait() -> None:
    mother, father = a_customer(a_number()), a_customer(a_number())
    redeem(codes.new_code(), mother)
    redeem(a_card().code, father)
    Guesser.objects.filter(who=f"account/{mother}").update(locked_until=NOON + 2 * DAY)
    assert services.forget_guesses(Instant(NOON + DAY + 1)) == 1  # the father, who never guessed
    assert services.forget_guesses(Instant(NOON + 2 * DAY)) == 1


@pytest.mark.django_db
def test_their_own_card_typed_again_is_no_guess() -> None:
    card, mother = a_card(), a_customer(a_number())
    for _ in range(7):
        redeem(card.code, mother)
    assert refusal(redeem(card.code, mother)) is Reason.PAY_VOUCHER_USED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dollars", "count", "field"),
    [("0.00", 1, "amount"), ("0.005", 1, "amount"), ("200.01", 1, "amount"), ("20", 0, "count"), ("20", 1001, "count")],
)
def test_a_batch_of_nothing_or_too_much_is_not_made(dollars: str, count: int, field: str) -> None:
    with pytest.raises(services.BatchRefused) as refused:
        services.make(Money.parse(dollars), count, "user/1", NOON)
    assert refused.value.field == field
    assert Voucher.objects.count() == 0


@pytest.mark.usefixtures("committed_database")
def test_of_processes_that_redeem_one_card_at_once_one_wins() -> None:
    made = a_batch(6)
    accounts = [a_customer(a_number()) for _ in range(3)]

    def redeem_all(account: AccountId) -> str:
        return " ".join(type(redeem(card.code, account)).__name__ for card in made.cards)

    said = " ".join(at_once(*(lambda account=account: redeem_all(account) for account in accounts))).split()

    assert said.count("Redeemed") == 6
    balances = Account.objects.filter(pk__in=accounts).values_list("posted", flat=True)
    assert sum(balances) == 6 * 20_000_000
    assert owed_to_holders() == Money(0)
    assert books.discrepancies() == []
