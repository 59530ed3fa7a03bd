"""A town in which every kind of movement can happen, in any order: the rules of `test_sequences.py`.

Three residents of a jail; a mother who pays by card, cash, prepaid cards and plan; an office with a monthly bill; a
stranger who is called collect. Each rule does something through the room that does it, then asks for the same again.
"""

from datetime import date
from functools import partial
from typing import Any

from bank import DECLINED_LATER
from django.db.models import F
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
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
from proof import ALL_TIME, Books

from kinline.billing import services as billing
from kinline.billing.models import Suspension
from kinline.billing.queries import debts_of
from kinline.billing.services.invoicing import month_start, not_invoiced
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissary.services import take
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, CallId, FacilityId, Instant, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow
from kinline.kiosks import services as kiosks
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day
from kinline.ledger.models import Account
from kinline.payments import services as payments
from kinline.payments.models import ARRIVED, CardRefund, Payment
from kinline.people.models import CustomerNumber, Role, StaffRole, User
from kinline.plans import services as plans
from kinline.refunds import services as refunds
from kinline.refunds.models import Cause, CreditReason, CreditState, PayOut, PayOutState, PropertyReport, Way
from kinline.vouchers import services as vouchers

HOME = refunds.Address("Rosa Doucet", "12 Levee Street", "New Orleans", "LA", "70112")
MONTH = 31 * DAY
FEW = st.integers(0, 3)
CENTS = st.integers(50, 3000)


class Town(Books):
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
        self.support, self.finance = self._staff(Role.SUPPORT), self._staff(Role.FINANCE)
        billing.stock_number(E164("+15045550700"))
        self.kiosk = kiosks.make(FacilityId(self.jail.pk), "Lobby", "user/1", NOON).kiosk
        self.cards = vouchers.make(Money.parse("10.00"), 4, "user/1", NOON)
        self.lawyer = Payer(self._customer(self.office), self.office)
        self.saved, self.lawyers = a_saved_card(self.bank, self.payer), a_saved_card(self.bank, self.lawyer)
        self.good, self.bad = self.bank.card(), self.bank.card(DECLINED_LATER)

    # ---- cards

    @rule(cents=CENTS, for_resident=st.booleans())
    def charge_the_saved_card(self, cents: int, for_resident: bool) -> None:
        name, amount = self._new_name(), Money.of_cents(cents)
        card = (self.payer.customer, self.debit if for_resident else self.mother, amount, self.saved.pk, self.now)
        self._twice(lambda: payments.charge(*card, reference=name))

    @rule(cents=CENTS, is_bill=st.booleans())
    def pay_a_debt_by_card(self, cents: int, is_bill: bool) -> None:
        payer, card = (self.lawyer, self.lawyers) if is_bill else (self.payer, self.saved)
        for debt in debts_of(payer.customer)[:1]:
            paid = (payer.customer, payer.account, Money.of_cents(cents), card.pk, self.now)
            self._twice(partial(payments.charge, *paid, pays=debt.account, reference=self._new_name()))

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

    @rule()
    def reload_when_it_is_low(self) -> None:
        amounts = (Money.parse("2.00"), Money.parse("5.00"), Money.parse("20.00"))
        payments.set_auto_reload(self.payer.customer, self.mother, self.saved.pk, *amounts, self.now)
        self._twice(lambda: payments.reload(self.now))

    @rule()
    def finance_lifts_the_review(self) -> None:
        self._twice(lambda: payments.lift_review(self.mother, "user/1", self.now, "Seen"))

    @rule()
    def the_worker_asks_the_provider(self) -> None:
        self._twice(lambda: payments.reconcile(self.now))
        self._twice(lambda: payments.reconcile_disputes(self.now))
        self._twice(lambda: payments.fetch(*ALL_TIME, self.now))

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

    @rule()
    def the_office_asks_for_its_money_back(self) -> None:
        """Also what it paid of its bill beyond what it owes."""
        how: dict[str, Any] = {"reference": self._new_name(), "address": HOME}
        self._twice(lambda: refunds.refund(self.office, Cause.REQUEST, "user/1", self.now, **how))

    @rule(cents=st.integers(0, 400), act=st.sampled_from(["suspend", "restore", "limit"]))
    def finance_decides_on_the_bill(self, cents: int, act: str) -> None:
        match act:
            case "suspend":
                self._twice(lambda: billing.suspend(self.bill, self.finance, self.now, "why"))
            case "restore":
                self._twice(lambda: billing.restore(self.bill, self.finance, self.now, "why"))
            case "limit":
                limit = Money.of_cents(cents)
                self._twice(lambda: billing.set_limit(self.bill, limit, self.finance, self.now, "why"))

    @rule(key=FEW)
    def the_cheque_bounces(self, key: int) -> None:
        self._twice(lambda: billing.return_payment(f"invoice_payment/{key}", self.now))

    @rule(cents=st.integers(1, 20), key=FEW, is_undone=st.booleans())
    def settle_with_the_agency(self, cents: int, key: int, is_undone: bool) -> None:
        """It pays what it owes for talk, and is paid its costs."""
        agency, how = self.jail.agency, (Money.of_cents(cents), "cheque", f"{key}{cents:02d}")
        self._twice(lambda: billing.take_agency_payment(agency, *how, self.finance, self.now))
        paid = self._twice(lambda: billing.pay_additive(agency, *how, "Repairs", self.finance, self.now))
        if paid and is_undone:
            self._twice(lambda: billing.undo_agency_movement(agency, paid.key, self.finance, self.now, "Bounced"))

    @rule()
    def a_month_passes(self) -> None:
        self.now = Instant(self.now + MONTH)
        self._twice(lambda: billing.issue_invoices(self.now))
        left = not_invoiced(self.bill, month_start(self.now))
        assert sum(each.amount if each.debit_id == self.bill else -each.amount for each in left) <= 0
        self._twice(lambda: billing.remind(self.now))

    @rule(key=FEW)
    def pay_what_is_owed_for_collect_calls(self, key: int) -> None:
        self._twice(lambda: billing.invite(self.now))
        self._twice(lambda: billing.pay_collect(self.mother, self.numbers[2], str(key), self.now))

    @rule(is_wanted=st.booleans())
    def take_or_leave_the_plan(self, is_wanted: bool) -> None:
        act = plans.subscribe if is_wanted else plans.cancel
        self._twice(lambda: act(self.mother, self.plan.pk, "user/1", self.now))

    # ---- getting money back, besides to one card

    @rule(cents=st.none() | CENTS, is_by_cheque=st.booleans())
    def ask_for_the_balance_back(self, cents: int | None, is_by_cheque: bool) -> None:
        amount, name = None if cents is None else Money.of_cents(cents), self._new_name()
        how: dict[str, Any] = {"amount": amount, "reference": name, "address": HOME if is_by_cheque else None}
        self._twice(lambda: refunds.refund(self.mother, Cause.REQUEST, "user/1", self.now, **how))

    @rule()
    def the_bank_pays_the_cheques(self) -> None:
        if file := refunds.make_file(Way.CHEQUE, "user/1", self.now):
            self._twice(lambda: refunds.mark_sent(file.pk, "user/1", self.now))

    @rule(number=FEW)
    def a_cheque_comes_back(self, number: int) -> None:
        if out := self._one_of(PayOut.objects.filter(standing=PayOutState.SENT), number):
            self._twice(lambda: refunds.mark_returned(out.pk, "user/1", self.now, "Moved"))
            self._twice(lambda: refunds.readdress(out.pk, HOME, "user/1", self.now))

    @rule(cents=CENTS, is_granted=st.booleans())
    def staff_give_a_credit(self, cents: int, is_granted: bool) -> None:
        name, why = self._new_name(), (CreditReason.DROPPED, "why")
        amount = Money.of_cents(cents)
        made = self._twice(lambda: refunds.give(self.mother, amount, *why, self.support, self.now, reference=name))
        if made and made.state == CreditState.WAITING:
            self._twice(lambda: refunds.decide(made.pk, self.finance, self.now, is_granted=is_granted))

    @rule(number=FEW, cents=st.integers(1, 10))
    def staff_give_something_of_a_call_back(self, number: int, cents: int) -> None:
        if call := self._one_of(Call.objects.filter(state="settled", charge__gt=0).exclude(account=None), number):
            why = (AccountId(call.account_id or 0), Money.of_cents(cents), CreditReason.DROPPED, "why", self.support)
            how: dict[str, Any] = {"call_id": CallId(call.pk), "reference": self._new_name()}
            self._twice(lambda: refunds.give(*why, self.now, **how))

    @rule(is_paid=st.booleans())
    def half_a_year_passes(self, is_paid: bool) -> None:
        """What rests is told about, given back or turned over to the state."""
        for days in (91, 60, 25, 6):
            self.now = Instant(self.now + days * DAY)
            self._twice(lambda: refunds.look_after_inactive(self.now))
        self._twice(lambda: refunds.turn_over(self.jail.state, "user/1", self.now))
        if (made := PropertyReport.objects.filter(paid_at=None).first()) and is_paid:
            self._twice(lambda: refunds.mark_paid(made.pk, "user/1", self.now))

    @rule()
    def the_day_is_closed(self) -> None:
        self._twice(lambda: close_day(self.now))

    @rule()
    def the_office_closes_its_account_and_thinks_better_of_it(self) -> None:
        office = self._customer(self.office)
        self._twice(lambda: refunds.close_account(office, HOME, "user/1", self.now))
        self._twice(lambda: refunds.open_again(office, "user/1", self.now))

    @rule()
    def a_resident_is_released(self) -> None:
        self._twice(lambda: refunds.release(ResidentId(self.residents[1].pk), HOME, "system", self.now))

    @rule()
    def the_worker_pursues_what_waits(self) -> None:
        refunds.pursue(self.now)

    # ---- calls

    @rule(who=st.integers(0, 2), to=FEW)
    def call(self, who: int, to: int) -> None:
        if who in self.in_progress:
            return
        number = self.numbers[to] if to < 3 else "+15045550700"
        call, answer = dial(self.stations[who], self.residents[who], number, self.now)
        if isinstance(answer, Authorised):
            self.in_progress[who] = call, self.now
            suspended = Suspension.objects.filter(lifted_at=None).values("account")
            paying = Account.objects.filter(pk=Call.objects.get(pk=call).account_id, pk__in=suspended)
            assert not paying.filter(posted__lt=F("held")).exists(), "a suspended bill gives credit"
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

    @rule(who=st.integers(0, 2), to=st.integers(0, 2))
    def drop_and_dial_again(self, who: int, to: int) -> None:
        for _ in range(0 if who in self.in_progress else 2):
            call, answer = dial(self.stations[who], self.residents[who], self.numbers[to], self.now)
            if not isinstance(answer, Authorised):
                calls.settle(call, given_up(self.now), None, None, None, self.now)
                return
            calls.accept(call, self.now)
            ended = Instant(self.now + 100 * SECOND)
            calls.settle(call, completed(self.now, ended), None, None, None, ended)
            self.now = Instant(ended + MINUTE)
        self._twice(lambda: calls.credit_redials(self.now))

    @rule(who=st.integers(0, 2))
    def nobody_answers(self, who: int) -> None:
        if under_way := self.in_progress.pop(who, None):
            self._twice(lambda: calls.settle(under_way[0], given_up(self.now), None, None, None, self.now))

    @rule()
    def the_switchboard_dies(self) -> None:
        self._twice(lambda: calls.reap(Instant(self.now + MINUTE), 0))
        self.in_progress.clear()
