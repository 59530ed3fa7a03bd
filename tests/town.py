"""A town in which every kind of movement can happen, in any order: the rules of `test_sequences.py`.

Three residents of a jail; a mother who pays by card, cash, prepaid cards and plan; an office with a monthly bill; a
stranger who is called collect. Each rule does something through the room that does it, then asks for the same again.
"""

import contextlib
from collections.abc import Callable
from datetime import date
from typing import Any

from bank import DECLINED_LATER, Bank
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from make import (
    DAY,
    MINUTE,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    completed,
    dial,
    given_up,
)
from payers import Payer, a_saved_card

from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.calls import services as calls
from kinline.calls.account_statement import account_statement
from kinline.calls.models import Call
from kinline.commissary.services import take
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, CallId, FacilityId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow
from kinline.kiosks import services as kiosks
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day, verify
from kinline.ledger.models import OWNED, Account, AccountKind, Transfer
from kinline.payments import services as payments
from kinline.payments.errors import NotRefundable, NotTaken
from kinline.payments.models import ARRIVED, CardRefund, Dispute, Payment
from kinline.payments.queries import left_to_refund
from kinline.people.models import CustomerNumber, Role, StaffRole, User
from kinline.plans import services as plans
from kinline.providers.cards import card_provider
from kinline.vouchers import services as vouchers
from kinline.vouchers.models import Voucher

REFUSALS = (
    ledger.LedgerError,
    kiosks.KioskError,
    NotRefundable,
    NotTaken,
    billing.NoNumberLeft,
    billing.NotAContact,
    plans.PlanError,
)
"""What a room answers when it does nothing."""

MONTH = 31 * DAY
FEW = st.integers(0, 3)
CENTS = st.integers(50, 3000)


class Town(RuleBasedStateMachine):
    def __init__(self, bank: Bank) -> None:
        super().__init__()
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

    @initialize()
    def people_and_their_money(self) -> None:
        self.jail = a_facility(collect_allowance=2_000_000)
        TariffRow.objects.filter(facility=self.jail).update(agency_price=30_000)
        FreeMinutesRow.objects.create(facility=self.jail, effective=date(2026, 1, 1), seconds_per_day=60)
        terms = {"name": "Twenty", "period": "month", "minutes": 20, "price": 300_000}
        self.plan = PlanRow.objects.create(facility=self.jail, offered_from=date(2026, 1, 1), **terms)
        self.residents = [a_resident(self.jail) for _ in range(3)]
        self.stations = [a_station(self.jail) for _ in range(3)]
        self.numbers = [a_number() for _ in range(3)]
        for resident in self.residents:
            for number in self.numbers:
                a_contact(resident, number)
        self.mother, self.office = a_customer(self.numbers[0], "3.00"), a_customer(self.numbers[1], "1.00")
        self.debit = a_debit_account(self.residents[0], "0.40")
        CustomerNumber.objects.update(is_verified=True)
        self.payer = Payer(self._customer(self.mother), self.mother)
        self.bill = ledger.open_direct_bill_account(self._customer(self.office), Money.parse("2.00"))
        self.officer = User.objects.create_user("jail@example.org", None, name="Jail")
        place = {"agency": self.jail.agency, "facility": self.jail}
        StaffRole.objects.create(user=self.officer, role=Role.FACILITY_ADMINISTRATOR, **place)
        billing.stock_number(E164("+15045550700"))
        self.kiosk = kiosks.make(FacilityId(self.jail.pk), "Lobby", "user/1", NOON).kiosk
        self.cards = vouchers.make(Money.parse("10.00"), 4, "user/1", NOON)
        self.saved = a_saved_card(self.bank, self.payer)
        self.good, self.bad = self.bank.card(), self.bank.card(DECLINED_LATER)

    # ---- cards

    @rule(cents=CENTS)
    def charge_the_saved_card(self, cents: int) -> None:
        name, amount = self._new_name(), Money.of_cents(cents)
        card = (self.payer.customer, self.mother, amount, self.saved.pk, self.now)
        self._twice(lambda: payments.charge(*card, reference=name))

    @rule(cents=CENTS, is_good=st.booleans())
    def fill_in_the_providers_form(self, cents: int, is_good: bool) -> None:
        name, amount = self._new_name(), Money.of_cents(cents)
        begun = self._twice(lambda: payments.begin(self.payer.customer, self.mother, amount, self.now, reference=name))
        if begun:
            before = self.bank.about(begun.intent)
            paid = self.bank.enter(begun.intent, self.good if is_good else self.bad)
            kind = "succeeded" if is_good else "payment_failed"
            self.messages.append(self.bank.message(f"payment_intent.{kind}", paid))
            self.messages.append(self.bank.message("payment_intent.created", before))

    @rule(number=FEW, cents=CENTS)
    def refund(self, number: int, cents: int) -> None:
        if payment := self._one_of(Payment.objects.filter(state__in=ARRIVED), number):
            name = self._new_name()
            self._twice(lambda: payments.refund(payment.pk, Money.of_cents(cents), self.now, reference=name))

    @rule(number=FEW)
    def the_bank_sends_a_refund_back(self, number: int) -> None:
        if made := self._one_of(CardRefund.objects.exclude(provider_id=""), number):
            self.bank.ask("POST", f"/v1/refunds/{made.provider_id}", status="failed")
            thing = {"id": made.provider_id, "object": "refund", "payment_intent": made.payment.intent}
            self.messages.append(self.bank.message("refund.failed", thing))

    @rule(number=FEW)
    def the_holder_disputes(self, number: int) -> None:
        """All that is left of a payment, or a part of it."""
        payment = self._one_of(Payment.objects.filter(state__in=ARRIVED), number)
        if payment is None:
            return
        told = [each["amount"] for each in self._disputes() if each["payment_intent"] == payment.intent]
        left = (payment.amount - payment.refunded) // 10_000 - sum(told)
        if cents := max(left, 0) // (1 + number % 2):
            name = self.bank.dispute(payment.intent, cents)
            self.messages.append(self.bank.message("charge.dispute.created", self.bank.disputes[name]))

    @rule(number=FEW, end=st.sampled_from(["won", "lost"]))
    def the_bank_decides(self, number: int, end: str) -> None:
        open_ones = [each for each in self._disputes() if each["status"] == "needs_response"]
        if open_ones:
            decided = open_ones[number % len(open_ones)]
            decided["status"] = end
            self.messages.append(self.bank.message("charge.dispute.closed", decided))

    @rule(number=st.integers(0, 20))
    def hear_a_message(self, number: int) -> None:
        """Any of those that were sent: late, early, again."""
        if self.messages:
            self._twice(lambda: self._hear(self.messages[number % len(self.messages)]))

    # ---- prepaid cards, cash, files, gifts

    @rule(number=FEW)
    def sell_a_card(self, number: int) -> None:
        self._twice(lambda: vouchers.activate(self.cards.batch_id, number + 1, number + 1, "user/1", self.now))

    @rule(number=FEW, is_mother=st.booleans())
    def redeem_a_card(self, number: int, is_mother: bool) -> None:
        account = self.mother if is_mother else self.debit
        code = self.cards.cards[number].code
        self._twice(lambda: vouchers.redeem(code, account, (f"account/{account}",), self.now))

    @rule(number=FEW)
    def void_a_card(self, number: int) -> None:
        self._twice(lambda: vouchers.void(self.cards.batch_id, number + 1, number + 1, "user/1", "Lost", self.now))

    @rule(receipt=FEW, cents=CENTS)
    def put_cash_in(self, receipt: int, cents: int) -> None:
        def book() -> kiosks.Answer:
            taken = kiosks.deposit(self.kiosk, self.mother, Money.of_cents(cents), f"R-{receipt}", self.now)
            return kiosks.Answer(201, {"reference": taken.key})

        self._twice(lambda: kiosks.once(self.kiosk, f"key-{receipt}", str(cents), self.now, book))

    @rule(receipt=FEW)
    def take_cash_back(self, receipt: int) -> None:
        self._twice(lambda: kiosks.take_back(self.kiosk, f"R-{receipt}", self.now))

    @rule(lines=st.lists(st.tuples(FEW, st.integers(-5, 500), FEW), max_size=3))
    def the_commissary_sends_a_file(self, lines: list[tuple[int, int, int]]) -> None:
        text = ["resident_number,amount,transaction_id"]
        for who, cents, name in lines:
            resident = self.residents[who].resident_number if who < 3 else "999999"
            text.append(f"{resident},{cents / 100:.2f},T-{name}")
        file = "\n".join(text).encode()
        self._twice(lambda: take(FacilityId(self.jail.pk), "today.csv", file, "user/1", self.now))

    @rule(cents=CENTS, key=FEW, by_facility=st.booleans())
    def give_to_a_resident(self, cents: int, key: int, by_facility: bool) -> None:
        amount, resident, name = Money.of_cents(cents), self.residents[1], f"gift-{key}"
        if by_facility:
            self._twice(lambda: billing.feed_by_facility(resident, amount, self.officer, "Poor", name, self.now))
        else:
            self._twice(lambda: billing.give_to_resident(self.mother, resident, amount, name, self.now))

    @rule(cents=CENTS, key=FEW)
    def set_money_aside(self, cents: int, key: int) -> None:
        number = E164(self.numbers[0])
        give = (self.payer.customer, self.residents[0], number, self.now)
        if given := self._twice(lambda: billing.give_number(*give)):
            self._twice(lambda: billing.set_aside(self.mother, given, Money.of_cents(cents), str(key), self.now))

    @rule()
    def give_the_number_back(self) -> None:
        if given := DedicatedNumber.objects.exclude(customer=None).first():
            self._twice(lambda: billing.give_back_number(given, self.now))

    # ---- paying afterwards, and plans

    @rule(cents=CENTS, key=FEW, from_balance=st.booleans())
    def pay_the_bill(self, cents: int, key: int, from_balance: bool) -> None:
        amount = Money.of_cents(cents)
        if from_balance:
            self._twice(lambda: billing.pay_from_balance(self.office, self.bill, amount, str(key), self.now))
        else:
            self._twice(lambda: billing.record_payment(self.bill, amount, str(key), self.now))

    @rule(key=FEW)
    def the_cheque_bounces(self, key: int) -> None:
        self._twice(lambda: billing.return_payment(f"invoice_payment/{key}", self.now))

    @rule()
    def a_month_passes(self) -> None:
        self.now = Instant(self.now + MONTH)
        self._twice(lambda: billing.issue_invoices(self.now))
        self._twice(lambda: billing.remind(self.now))

    @rule(key=FEW)
    def pay_what_is_owed_for_collect_calls(self, key: int) -> None:
        self._twice(lambda: billing.invite(self.now))
        self._twice(lambda: billing.pay_collect(self.mother, self.numbers[2], str(key), self.now))

    @rule(is_wanted=st.booleans())
    def take_or_leave_the_plan(self, is_wanted: bool) -> None:
        act = plans.subscribe if is_wanted else plans.cancel
        self._twice(lambda: act(self.mother, self.plan.pk, "user/1", self.now))

    # ---- calls

    @rule(who=st.integers(0, 2), to=FEW)
    def call(self, who: int, to: int) -> None:
        if who in self.in_progress:
            return
        number = self.numbers[to] if to < 3 else "+15045550700"
        call, answer = dial(self.stations[who], self.residents[who], number, self.now)
        if isinstance(answer, Authorised):
            self.in_progress[who] = call, self.now
            self._same_again(lambda: calls.authorise(call, ResidentId(self.residents[who].pk), number[2:], self.now))
        else:
            calls.settle(call, given_up(self.now), None, None, None, self.now)

    @rule(who=st.integers(0, 2))
    def talk_longer(self, who: int) -> None:
        if under_way := self.in_progress.get(who):
            calls.accept(under_way[0], under_way[1])
            calls.extend_hold(under_way[0], self.now)

    @rule(who=st.integers(0, 2), seconds=st.integers(0, 1200), is_bad=st.booleans())
    def hang_up(self, who: int, seconds: int, is_bad: bool) -> None:
        if under_way := self.in_progress.pop(who, None):
            call, at = under_way
            calls.accept(call, at)
            ended = Instant(at + seconds * SECOND)
            reason = Reason.TALK_MEDIA_DEAD if is_bad else Reason.TALK_HANGUP_CALLED
            self._twice(lambda: calls.settle(call, completed(at, ended, reason), None, None, None, ended))

    @rule(who=st.integers(0, 2))
    def nobody_answers(self, who: int) -> None:
        if under_way := self.in_progress.pop(who, None):
            self._twice(lambda: calls.settle(under_way[0], given_up(self.now), None, None, None, self.now))

    @rule()
    def the_switchboard_dies(self) -> None:
        self._twice(lambda: calls.reap(Instant(self.now + MINUTE), 0))
        self.in_progress.clear()

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
            assert line.call is None or line.amount == line.call.credited - line.call.charge

    @invariant()
    def each_room_agrees_with_the_books(self) -> None:
        on_sale = Voucher.objects.filter(state="active").count()
        assert self._house(AccountKind.VOUCHERS) == Money.parse("10.00") * on_sale
        frozen = Dispute.objects.filter(state="open").values_list("frozen", flat=True)
        assert self._house(AccountKind.DISPUTED).micros == sum(frozen)
        for payment in Payment.objects.all():
            is_booked = bool(payment.intent) and Transfer.objects.filter(key=payment.deposit_key).exists()
            assert is_booked == (payment.state in ARRIVED)
            weighing = payment.disputes.filter(state__in=("open", "lost")).values_list("amount", flat=True)
            left = payment.amount - payment.refunded - sum(weighing)
            assert left_to_refund(payment).micros == (max(left, 0) if is_booked else 0)
        for call in Call.objects.filter(state="settled"):
            assert call.charge <= call.held
            charged = Transfer.objects.filter(call_id=call.pk).exclude(reason__in=("credit", "agency_paid"))
            assert sum(charged.values_list("amount", flat=True)) == call.charge
            assert call.accepted_at is not None or call.charge == 0
        paid = Transfer.objects.filter(reason="invoice_payment").values_list("amount", flat=True)
        bounced = Transfer.objects.filter(reason="reversal", key__startswith="reverse/invoice_payment/")
        covered = sum(paid) - sum(bounced.values_list("amount", flat=True))
        for invoice in Invoice.objects.order_by("since"):
            covered -= invoice.amount
            assert (invoice.paid_at is not None) == (covered >= 0)

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
        ours = [each for each in Transfer.objects.all() if each.key.removeprefix("reverse/").startswith("stripe/")]
        gone = sum(each.amount for each in ours if each.credit_id == clearing)
        assert sum(each.amount for each in ours if each.debit_id == clearing) - gone == theirs
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
        return f"{id(self):x}-{self.asked}"

    def _customer(self, account: AccountId) -> int:
        return Account.objects.get(pk=account).customer_id or 0

    def _house(self, kind: AccountKind) -> Money:
        return books.balance(books.house_account(kind))
