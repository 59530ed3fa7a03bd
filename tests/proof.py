"""What is always true of the books, whatever was done: checked after each step of `town.Town`, and at its end.

Each act is done, and asked for again, which moves nothing.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from bank import Bank
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant
from make import DAY, NOON

from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.billing.queries import lines_of
from kinline.calls.account_statement import LATER_CREDITS, account_statement
from kinline.calls.models import Call
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import ZERO, Money
from kinline.kiosks import services as kiosks
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import OWNED, Account, AccountKind, Transfer
from kinline.payments import services as payments
from kinline.payments.errors import PaymentError
from kinline.payments.models import ARRIVED, CardRefund, Dispute, Payment
from kinline.payments.queries import left_to_refund
from kinline.people.models import Role, StaffRole, User
from kinline.plans import services as plans
from kinline.providers.cards import card_provider
from kinline.refunds.errors import RefundError
from kinline.refunds.models import PayOut, PayOutState, PropertyReport
from kinline.vouchers.models import Voucher

ALL_TIME = (Instant(0), Instant(4_102_444_800_000))
REFUSALS = (
    ledger.LedgerError,
    kiosks.KioskError,
    PaymentError,
    RefundError,
    billing.NoNumberLeft,
    billing.NotAContact,
    billing.AccountRefused,
    plans.PlanError,
)
"""What a room answers when it does nothing."""


class Books(RuleBasedStateMachine):
    """An empty town, whose database forgets it in the end."""

    def __init__(self, bank: Bank) -> None:
        super().__init__()
        bank.restart()
        self.bank = bank
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.now = NOON
        self.asked = 0
        self.messages: list[tuple[bytes, dict[str, str]]] = []
        self.in_progress: dict[int, tuple[CallId, Instant]] = {}

    def teardown(self) -> None:
        try:
            self._the_provider_says_the_same()
        finally:
            transaction.set_rollback(True)
            self.all_of_it.__exit__(None, None, None)

    # ---- what is always true

    @invariant()
    def the_books_agree(self) -> None:
        assert books.discrepancies() == []
        sums = books.trial_balance()
        assert sum(amount.micros for amount in sums.values()) == 0
        for account in Account.objects.all():
            lines = list(books.statement(AccountId(account.pk)))
            assert (lines[-1].balance if lines else ZERO) == sums.get(AccountId(account.pk), ZERO)
            if account.kind in OWNED:
                assert account.posted >= account.held - account.credit_limit
                self._its_owner_reads_the_same(account)

    def _its_owner_reads_the_same(self, account: Account) -> None:
        lines = list(account_statement(AccountId(account.pk)))
        assert (lines[-1].balance.micros if lines else 0) == account.posted
        for line in lines:
            assert line.call is None or line.reason != "call" or line.amount == line.call.credited - line.call.charge

    @invariant()
    def each_room_agrees_with_the_books(self) -> None:
        on_sale = Voucher.objects.filter(state="active").count()
        assert self._house(AccountKind.VOUCHERS) == Money.parse("10.00") * on_sale
        frozen = Dispute.objects.filter(state="open").values_list("frozen", flat=True)
        assert self._house(AccountKind.DISPUTED).micros == sum(frozen)
        is_over = (PayOutState.SENT, PayOutState.TURNED_OVER)
        waiting = PayOut.objects.exclude(standing__in=is_over).values_list("amount", flat=True)
        assert self._house(AccountKind.REFUNDS).micros == sum(waiting)
        owed_to_states = PropertyReport.objects.filter(paid_at=None).values_list("amount", flat=True)
        assert self._house(AccountKind.UNCLAIMED).micros == sum(owed_to_states)
        for owed in Account.objects.filter(kind=AccountKind.FACILITY_ADDITIVE):
            assert books.balance(AccountId(owed.pk)) >= ZERO
        for payment in Payment.objects.all():
            is_booked = bool(payment.intent) and Transfer.objects.filter(key=payment.deposit_key).exists()
            assert is_booked == (payment.state in ARRIVED)
            weighing = payment.disputes.filter(state__in=("open", "lost")).values_list("amount", flat=True)
            left = payment.amount - payment.refunded - sum(weighing) - self._paid_on(payment)
            assert left_to_refund(payment).micros == (max(left + -left % 10_000, 0) if is_booked else 0)
        for call in Call.objects.filter(state="settled"):
            assert call.charge <= call.held
            charged = Transfer.objects.filter(call_id=call.pk, reason__in=("charge", "facility_additive", "taxes"))
            assert sum(charged.values_list("amount", flat=True)) == call.charge
            assert call.accepted_at is not None or call.charge == 0
            given_back = Transfer.objects.filter(call_id=call.pk, reason__in=("credit", *LATER_CREDITS))
            assert sum(given_back.values_list("amount", flat=True)) <= call.charge
        paid = Transfer.objects.filter(reason="invoice_payment").values_list("amount", flat=True)
        bounced = Transfer.objects.filter(reason="reversal", key__startswith="reverse/invoice_payment/")
        given_back = Transfer.objects.filter(reason="overpaid").values_list("amount", flat=True)
        covered = sum(paid) - sum(bounced.values_list("amount", flat=True)) - sum(given_back)
        for invoice in Invoice.objects.order_by("since"):
            covered -= invoice.amount
            assert (invoice.paid_at is not None) == (covered >= 0)
            assert sum(line.amount.micros for line in lines_of(invoice)) == invoice.amount

    def _paid_on(self, payment: Payment) -> int:
        """What went from it to the debt that it was for, and did not come back."""
        to, back = (
            Transfer.objects.filter(key__contains=payment.debt_key, **side).values_list("amount", flat=True)
            for side in ({"credit": payment.pays_id or 0}, {"debit": payment.pays_id or 0})
        )
        return sum(to) - sum(back)

    def _the_provider_says_the_same(self) -> None:
        """When every message was heard: what the provider has is what went through clearing."""
        for message in self.messages:
            self._hear(message)
        self.the_books_agree()
        self.each_room_agrees_with_the_books()
        theirs = 0
        for payment in Payment.objects.exclude(intent=""):
            has_paid = self.bank.about(payment.intent)["status"] == "succeeded"
            assert has_paid == (payment.state in ARRIVED)
            theirs += payment.amount if has_paid else 0
        theirs -= sum(CardRefund.objects.exclude(state="failed").values_list("amount", flat=True))
        theirs -= sum(each["amount"] * 10_000 for each in self._disputes() if each["status"] == "lost")
        clearing = books.house_account(AccountKind.CLEARING)
        through = Transfer.objects.exclude(reason="provider_fee")
        ours = [each for each in through if each.key.removeprefix("reverse/").startswith("stripe/")]
        gone = sum(each.amount for each in ours if each.credit_id == clearing)
        assert sum(each.amount for each in ours if each.debit_id == clearing) - gone == theirs
        payments.fetch(*ALL_TIME, self.now)
        assert payments.books_differ(*ALL_TIME) == []
        close_day(Instant(self.now + DAY))
        assert verify().faults == []

    # ---- how

    def _twice(self, do: Callable[[], Any]) -> Any:
        """Do it, and ask for the same again, which moves nothing. Nothing, when it was refused."""
        try:
            done = do()
        except REFUSALS:
            return None
        self._same_again(do)
        return done

    def _same_again(self, do: Callable[[], Any]) -> None:
        before = self._standing()
        with contextlib.suppress(REFUSALS):
            do()
        assert self._standing() == before

    def _standing(self) -> tuple[Any, ...]:
        return books.trial_balance(), list(Account.objects.order_by("pk").values_list("pk", "posted", "held"))

    def _hear(self, message: tuple[bytes, dict[str, str]]) -> None:
        provider = card_provider()
        assert provider is not None
        event = provider.event(message[0], message[1]["Stripe-Signature"])
        payments.work_off(payments.take(event, self.now), self.now)

    def _disputes(self) -> list[dict[str, Any]]:
        intents = set(Payment.objects.values_list("intent", flat=True))
        return [each for each in self.bank.disputes.values() if each["payment_intent"] in intents]

    def _one_of(self, found: Any, number: int) -> Any:
        some = list(found.order_by("pk"))
        return some[number % len(some)] if some else None

    def _new_name(self) -> str:
        self.asked += 1
        return f"{id(self) % 2**64:016x}{self.asked:016x}"

    def _staff(self, role: Role) -> User:
        user = User.objects.create_user(f"{role}@example.org", None, name=role)
        StaffRole.objects.create(user=user, role=role)
        return user

    def _customer(self, account: AccountId) -> int:
        return Account.objects.get(pk=account).customer_id or 0

    def _house(self, kind: AccountKind) -> Money:
        return books.balance(books.house_account(kind))
