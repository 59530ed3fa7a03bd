"""The demo's ways to pay besides prepaid money."""

from datetime import UTC, datetime

from kinline.billing import services as billing
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.demo.cast import (
    AUNT,
    BONDSMAN,
    BROKER,
    CARD_HOLDER,
    CLINIC,
    DANIEL,
    DEDICATED,
    GIVEN,
    LANDLORD,
    MOTHER,
    NEW,
    NOTARY,
    PASSWORD,
    SISTER,
    UNCLE,
)
from kinline.demo.places import DAY_MS, a_facility, a_station, set_prices
from kinline.enrolment import agreements
from kinline.facilities.models import Agency, Facility
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.people.models import (
    Customer,
    Resident,
    User,
)
from kinline.people.pins import hash_pin
from kinline.people.services import serve


def make_other_ways_to_pay(customers: dict[str, Customer], at: Instant) -> None:
    daniel = Resident.objects.get(resident_number=DANIEL[0])

    def known(number: str, name: str, relationship: str) -> None:
        Contact.objects.create(
            resident=daniel,
            number=number,
            name=name,
            relationship=relationship,
            state=ContactState.APPROVED,
            decided=datetime.fromtimestamp(at / 1000, UTC),
        )

    def customer(number: str, email: str, name: str, relationship: str) -> int:
        known(number, name, relationship)
        user = User.objects.create_user(email, PASSWORD, name=name)
        agreements.accept(user, Language.ENGLISH, at)
        serve(Customer.objects.create(user=user).pk, number, is_verified=True)
        return user.customer.pk

    known(UNCLE, "Felix Reyes", "uncle")
    for payer in (customers[AUNT], customers[MOTHER]):
        serve(payer.pk, UNCLE, is_verified=True)

    bondsman = customer(BONDSMAN, "bonds@demo.example", "Bayou Bail Bonds", "bondsman")
    ledger.open_direct_bill_account(bondsman, Money.parse("100.00"))
    revenue = house_account(AccountKind.REVENUE)
    for number, email, name, limit in (
        (NOTARY, "notary@demo.example", "Nora Hebert", "100.00"),
        (CLINIC, "clinic@demo.example", "Bayou Clinic", "10.00"),
    ):
        account = ledger.open_direct_bill_account(customer(number, email, name, "friend"), Money.parse(limit))
        spent = Order(f"demo/{email}", account, revenue, Money.parse("10.00"), "charge")
        ledger.transfer(spent, Instant(at - 90 * DAY_MS))
        if number == NOTARY:
            billing.issue_invoices(Instant(at - 50 * DAY_MS))
            billing.remind(at)

    broker = customer(BROKER, "broker@demo.example", "Bruno Landry", "friend")
    stopped = ledger.open_direct_bill_account(broker, Money.parse("50.00"))
    billing.suspend(stopped, User.objects.get(email="finance@demo.example"), at, "Two cheques bounced")

    billing.apply(customers[SISTER].pk, Money.parse("200.00"), "The law office where I work", at)

    reviewed = ledger.open_customer_account(customer(CARD_HOLDER, "card@demo.example", "Carl Dufour", "friend"))
    ledger.deposit(reviewed, Money.parse("10.00"), "demo/reviewed", at)
    Account.objects.filter(pk=reviewed).update(review_since=at)

    billing.stock_number(E164(DEDICATED))
    given = billing.give_number(customers[MOTHER].pk, daniel, E164(MOTHER), at)
    dedicated = ledger.open_dedicated_account(customers[MOTHER].pk, given.number)
    ledger.deposit(dedicated, Money.parse("5.00"), "demo/dedicated", at)


def make_transition(agency: Agency, at: Instant) -> None:
    """A house for people on their way in, whose families have no accounts yet: collect calls up to five dollars."""
    house = a_facility(agency, "Bayou Parish Intake", "+19855550103")
    house.collect_allowance = Money.parse("5.00").micros
    house.calling_rules = {"maximum_seconds": 900}
    house.save()
    a_station(house, None, "station-t1")
    set_prices(house, "0.05", "0.01", "local", "intrastate", "interstate")
    _live_there(house, NEW, "Ned Fontaine")
    owing = ledger.open_collect_account(LANDLORD, Money.parse("5.00"))
    spent = Order("demo/collect", owing, house_account(AccountKind.REVENUE), Money.parse("5.00"), "charge")
    ledger.transfer(spent, Instant(at - 10 * DAY_MS))


def make_youth_center(agency: Agency) -> None:
    """Calls within the country cost families nothing here: the agency pays three cents a minute."""
    house = a_facility(agency, "Bayou Parish Youth Center", "+19855550104")
    house.calling_rules = {"maximum_seconds": 900}
    house.save()
    a_station(house, None, "station-y1")
    terms = {"agency_price": Money.parse("0.03").micros, "is_checked": True}
    set_prices(house, "0.00", "0.00", "local", "intrastate", "interstate", **terms)
    _live_there(house, GIVEN, "Gil Broussard")


def _live_there(house: Facility, who: tuple[str, str], name: str) -> None:
    number, pin = who
    Resident.objects.create(
        facility=house, resident_number=number, name=name, pin_hash=hash_pin(pin), name_recording="demo"
    )
