"""The demo's money on its way back: each state that the pages of refunds can show."""

from typing import Final

from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import Money
from kinline.demo.cast import NEIGHBOUR, RELEASED, SISTER
from kinline.demo.places import DAY_MS
from kinline.facilities.models import Facility
from kinline.ledger import services as ledger
from kinline.people.models import Customer, Resident, User
from kinline.people.services import serve
from kinline.refunds import services
from kinline.refunds.models import Cause, CreditReason, ReleaseRule, Way
from kinline.refunds.services import Address

FORGETFUL: Final = "+15045550169"
"""Has not used an account for a long time."""
_HOME: Final = Address("Elena Reyes", "48 Magnolia Street", "New Orleans", "LA", "70115")


def seed_refunds(jail: Facility, annex: Facility, customers: dict[str, Customer], at: Instant) -> None:
    """A cheque to be sent and one that came back, a resident who left without address, an account that nobody uses,
    and a credit that waits for a second person."""
    sister, neighbour = (ledger.open_customer_account(customers[number].pk) for number in (SISTER, NEIGHBOUR))
    services.refund(sister, Cause.REQUEST, "system", at, amount=Money.parse("2.00"), address=_HOME)
    file = services.make_file(Way.CHEQUE, "system", at)
    if file is not None:
        services.mark_sent(file.pk, "system", at)
        services.mark_returned(file.pay_outs.get().pk, "system", at, "Moved, left no address")
    away = Address("Noel Gray", "7 Levee Road", "Slidell", "LA", "70458")
    services.refund(neighbour, Cause.REQUEST, "system", at, amount=Money.parse("4.00"), address=away)

    left = ResidentId(Resident.objects.get(resident_number=RELEASED[0]).pk)
    ledger.deposit(ledger.open_resident_account(left), Money.parse("3.20"), "demo/released", at)
    services.release(left, None, "system", at)
    ReleaseRule.objects.create(facility=annex, way=Way.COMMISSARY)

    _unused(jail, at)
    support = User.objects.get(email="support@demo.example")
    amount = Money.parse("25.00")
    services.give(sister, amount, CreditReason.OUTAGE, "Storm: three days without phones", support, at)


def _unused(jail: Facility, at: Instant) -> None:
    user = User.objects.create_user("forgetful@demo.example", None, name="Frank Hebert")
    customer = Customer.objects.create(user=user)
    serve(customer.pk, FORGETFUL, is_verified=True)
    caller = jail.residents.order_by("pk")[0]
    Contact.objects.create(
        resident=caller, number=FORGETFUL, name=user.name, relationship="friend", state=ContactState.REMOVED
    )
    account: AccountId = ledger.open_customer_account(customer.pk)
    long_ago = Instant(at - 200 * DAY_MS)
    ledger.deposit(account, Money.parse("6.50"), "demo/forgetful", long_ago)
    for day in (90, 150, 175):
        services.look_after_inactive(Instant(long_ago + day * DAY_MS))
