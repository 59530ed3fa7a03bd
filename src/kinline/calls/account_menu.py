"""What the account menu asks of the house: each answers one of its commands with its event."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from kinline.calls.models import Call, CallState
from kinline.calls.queries import calls_of
from kinline.contacts import services as contacts
from kinline.contacts.models import Block, Contact, ContactState
from kinline.contacts.queries.wishes import wishes_of
from kinline.core.accountmenu import events as happened
from kinline.core.accountmenu.events import Blocked, Failure, PastCall
from kinline.core.accountmenu.settings import MenuSettings
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import AccountId, CallId, FacilityId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName
from kinline.core.tariff import affordable_seconds
from kinline.facilities.queries import rulebook, stamp
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account
from kinline.payments import queries as payments
from kinline.payments import services as cards
from kinline.payments.errors import NotTaken
from kinline.payments.models import ARRIVED, PaymentState, Way
from kinline.people.models import Customer
from kinline.people.phone_pins import PinRight, check_phone_pin, has_phone_pin
from kinline.vouchers.services import Redeemed
from kinline.vouchers.services import redeem as redeem_voucher

CALLS_TOLD: Final = 3
_A_MONTH: Final = 30 * 24 * 60 * 60  # seconds; nobody wants to hear of more


def open_menu(caller: E164 | None, support: E164 | None) -> MenuSettings:
    """How this caller is met."""
    known = caller if caller is not None and has_phone_pin(caller) else None
    return MenuSettings(caller=known, support=support)


def recognise(call_id: CallId, number: str, pin: str, at: Instant) -> happened.Recognised | happened.NotRecognised:
    """Whose number and phone PIN these are."""
    checked = check_phone_pin(number, pin, call_id, at)
    if not isinstance(checked, PinRight):
        return happened.NotRecognised(at, checked.locked_seconds)
    card = payments.cards_of(checked.customer_id).first()
    return happened.Recognised(at, checked.customer_id, card.last4 if card else None)


def read_balance(customer_id: int, at: Instant) -> happened.BalanceRead:
    """What is free to be spent on their prepaid account."""
    account = Account.objects.get(pk=ledger.open_customer_account(customer_id))
    free = books.available(account) or Money(0)
    return happened.BalanceRead(at, free, _talk_for(customer_id, free, at))


def read_calls(customer_id: int, at: Instant) -> happened.CallsRead:
    """The last calls to their numbers or from their money."""
    calls = calls_of(Customer.objects.get(pk=customer_id)).filter(state=CallState.SETTLED)[:CALLS_TOLD]
    return happened.CallsRead(at, tuple(_told(call, customer_id) for call in calls))


def read_blocks(customer_id: int, at: Instant) -> happened.BlocksRead:
    """The blocks of calls to their numbers that they may lift."""
    blocks = wishes_of(Customer.objects.get(pk=customer_id)).blocks
    return happened.BlocksRead(at, tuple(_blocked(block) for block in blocks))


def lift_block(customer_id: int, block: int, at: Instant) -> happened.BlockLifted:
    """From the next call on. Raises `contacts.errors.NotTheirNumber`."""
    contacts.unblock_calls(Customer.objects.get(pk=customer_id), block, "caller", at)
    return happened.BlockLifted(at)


def redeem(
    customer_id: int, code: str, caller: E164 | None, at: Instant
) -> happened.MoneyAdded | happened.MoneyRefused:
    """Put a prepaid card's money onto their account. Wrong codes count for the account and for the calling number."""
    account = ledger.open_customer_account(customer_id)
    by = [f"account/{account}", *([f"caller/{caller}"] if caller else [])]
    match redeem_voucher(code, account, by, at):
        case Redeemed(amount=amount, balance=balance):
            return happened.MoneyAdded(at, amount, balance)
        case refused:
            return happened.MoneyRefused(at, refused.reason, tuple(refused.values.items()))


def charge_card(
    call_id: CallId, customer_id: int, amount: Money, attempt: int, at: Instant
) -> happened.MoneyAdded | happened.MoneyRefused | happened.ChargeUnsettled:
    """Charge their saved card for their account. The same call and attempt charge once, however often this is asked."""
    account = ledger.open_customer_account(customer_id)
    card = payments.cards_of(customer_id).first()
    if card is None:
        return happened.MoneyRefused(at, Reason.PAY_NOT_SET_UP)
    try:
        payment = cards.charge(
            customer_id, account, amount, card.pk, at, way=Way.PHONE, reference=charge_reference(call_id, attempt)
        )
    except NotTaken as refused:
        return happened.MoneyRefused(at, refused.reason, tuple(refused.values.items()))
    match payment.state:
        case state if state in ARRIVED:
            return happened.MoneyAdded(at, amount, books.balance(AccountId(account)))
        case PaymentState.FAILED | PaymentState.CANCELLED:
            return happened.MoneyRefused(at, Reason(payment.reason))
        case _:
            return happened.ChargeUnsettled(at)


def charge_reference(call_id: CallId, attempt: int) -> str:
    """The payment's name, made of the call and the attempt: 32 hexadecimal digits, as all have."""
    return f"{call_id:016x}{attempt:016x}"


def _talk_for(customer_id: int, money: Money, at: Instant) -> int | None:
    """Seconds of talk that it buys at least, at the dearest of the prices that they are called for now."""
    contacts = Contact.objects.filter(
        number__in=Customer.objects.get(pk=customer_id).numbers.filter(is_verified=True).values("number"),
        state=ContactState.APPROVED,
    ).select_related("resident")
    as_of = stamp()
    tariffs = {
        rulebook(FacilityId(contact.resident.facility_id), as_of).tariff(E164(contact.number), at)
        for contact in contacts
    }
    priced = [tariff for tariff in tariffs if not isinstance(tariff, Reason) and not tariff.is_free]
    return min((affordable_seconds(tariff, money, _A_MONTH) for tariff in priced), default=None)


def _blocked(block: Block) -> Blocked:
    who = None if block.resident is None else SpokenName(f"resident/{block.resident.pk}", block.resident.name)
    where = None if block.facility is None else SpokenName(f"facility/{block.facility.pk}", block.facility.name)
    return Blocked(block.pk, block.number[-4:], who, where)


def _told(call: Call, customer_id: int) -> PastCall:
    opened = datetime.fromtimestamp(call.opened_at / 1000, UTC).astimezone(ZoneInfo(call.facility.time_zone))
    talked = max(call.ended_at - call.accepted_at, 0) // 1000 if call.accepted_at and call.ended_at else 0
    is_theirs = call.account is not None and call.account.customer_id == customer_id
    return PastCall(
        month=opened.month,
        day=opened.day,
        minute=opened.hour * 60 + opened.minute,
        talk_seconds=talked,
        price=Money(call.charge - call.credited) if is_theirs else Money(0),
        failure=None if call.disposition == Disposition.COMPLETED else failure_of(call),
    )


def failure_of(call: Call) -> Failure:
    """As much of the reason as is said aloud: an order of protection or a block sounds like any other rule."""
    match call.disposition, call.reason.partition(".")[0]:
        case Disposition.NO_ANSWER | Disposition.BUSY, _:
            return Failure.NO_ANSWER
        case Disposition.REFUSED, _:
            return Failure.NOT_ACCEPTED
        case Disposition.ABANDONED, _:
            return Failure.GIVEN_UP
        case _, "fund":
            return Failure.MONEY
        case _, "net" | "ring" | "talk" | "tariff":
            return Failure.NETWORK
        case _:
            return Failure.RULES
