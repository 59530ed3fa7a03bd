"""Redeem a prepaid card onto an account, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import structlog
from django.db import transaction

from kinline.core import voucher_code
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.core.speech import Value
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import SPENDABLE, Account, AccountKind
from kinline.ledger.postings import Order
from kinline.statements import retried
from kinline.vouchers.codes import code_hash
from kinline.vouchers.models import Voucher, VoucherState
from kinline.vouchers.services import guessing

log = structlog.get_logger("vouchers")


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The money is on the account."""

    serial: str
    amount: Money
    balance: Money
    """Of the account, after it."""


@dataclass(frozen=True, slots=True)
class NotRedeemed:
    """Nothing moved, for a reason of the stage `pay` that can be explained."""

    reason: Reason
    values: Mapping[str, Value] = field(default_factory=dict)


@retried
def redeem(code: str, account_id: AccountId, by: Iterable[str], at: Instant) -> Redeemed | NotRedeemed:
    """Put the money of the card with this code onto a customer's or resident's account.

    `by`: who and what place is counted for a wrong code, by kind of `guessing.TRIES`. A code that was only mistyped is
    told by its check digit and counts for nobody. Raises `ledger.services.UnknownAccount`.
    """
    read = voucher_code.read(code)
    if read is None:
        return NotRedeemed(Reason.PAY_VOUCHER_MISTYPED)
    with transaction.atomic():
        account = Account.objects.filter(pk=account_id, kind__in=SPENDABLE).first()
        if account is None:
            raise ledger.UnknownAccount(f"{account_id} is not an account that a voucher can be redeemed to")
        if account.closed_at is not None:
            return NotRedeemed(Reason.PAY_ACCOUNT_CLOSED)
        guessers = guessing.watched(by)
        if wait := guessing.must_wait(guessers, at):
            return NotRedeemed(Reason.PAY_VOUCHER_LOCKED, {"wait": wait})
        voucher = (
            Voucher.objects.select_for_update(of=("self",))
            .select_related("batch")
            .filter(code_hash=code_hash(read))
            .first()
        )
        if voucher is None or voucher.state != VoucherState.ACTIVE:
            if voucher is None or voucher.account_id != account_id:  # theirs, typed again, is no guess
                guessing.count(guessers, at)
            return NotRedeemed(_refusal(voucher))
        amount = Money(voucher.batch.amount)
        source = books.house_account(AccountKind.VOUCHERS)
        ledger.transfer(Order(voucher.key, source, account_id, amount, "voucher"), at)
        voucher.state, voucher.redeemed_at, voucher.account_id = VoucherState.REDEEMED, at, account_id
        voucher.save()
        log.info("voucher.redeemed", voucher=voucher.serial, account=account_id)
        return Redeemed(voucher.serial, amount, books.balance(account_id))


def _refusal(voucher: Voucher | None) -> Reason:
    if voucher is None:
        return Reason.PAY_VOUCHER_UNKNOWN
    return Reason.PAY_VOUCHER_USED if voucher.state == VoucherState.REDEEMED else Reason.PAY_VOUCHER_NOT_ACTIVE
