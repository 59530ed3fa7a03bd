"""What families of the cast wish, and what the jail says about visits."""

from zoneinfo import ZoneInfo

from kinline.contacts import services as contacts
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import Instant, Language
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.demo.cast import DANIEL, NURSE, SISTER, THRIFTY
from kinline.facilities.models import Facility
from kinline.facilities.services import say_visiting_rules
from kinline.ledger import services as ledger
from kinline.people.models import Customer, CustomerNumber, Resident, User

VISITING = {
    Language.ENGLISH: "Visits are on Saturdays and Sundays from 9 a.m. to 3 p.m., an hour each, at most two adults at a"
    " time. Be on the resident’s visiting list, bring a government photo ID, and come half an hour early.\n\nLeave"
    " phones, bags and food in the lockers. Children come with a parent or guardian.",
    Language.SPANISH: "Las visitas son los sábados y domingos de 9 a. m. a 3 p. m., de una hora, con dos adultos a la"
    " vez como máximo. Debe estar en la lista de visitas del residente, traer una identificación oficial con foto y"
    " llegar media hora antes.\n\nDeje teléfonos, bolsas y comida en los casilleros. Los menores vienen con su padre,"
    " madre o tutor.",
}


def seed_wishes(jail: Facility, customers: dict[str, Customer], at: Instant) -> None:
    """The sister wishes no calls from Daniel (`make_residents`), and two dollars a day to be spent at most; the nurse
    wishes no calls at any hour, and of somebody thrifty's money nearly nothing may be spent."""
    sister = customers[SISTER]
    contacts.limit_spending(sister, None, Money.parse("2.00"), f"user/{sister.user_id}", at)
    nurse = _friend(jail, NURSE, "Jo Nguyen", at)
    always = [(range(7), 0, 1440)]
    contacts.set_quiet_hours(nurse, E164(NURSE), always, ZoneInfo(jail.time_zone), f"user/{nurse.user_id}", at)
    thrifty = _friend(jail, THRIFTY, "Pat Wells", at)
    contacts.limit_spending(thrifty, None, Money.parse("0.01"), f"user/{thrifty.user_id}", at)
    say_visiting_rules(jail, VISITING, "system", at)


def _friend(jail: Facility, number: str, name: str, at: Instant) -> Customer:
    """A contact of Daniel's who has money."""
    email = f"{name.partition(' ')[0].lower()}@demo.example"
    user = User.objects.create_user(email, None, name=name)
    customer = Customer.objects.create(user=user)
    CustomerNumber.objects.create(customer=customer, number=number, is_verified=True)
    ledger.deposit(ledger.open_customer_account(customer.pk), Money.parse("5.00"), f"demo/{email}", at)
    Contact.objects.create(
        resident=Resident.objects.get(facility=jail, resident_number=DANIEL[0]),
        number=number,
        name=name,
        relationship="friend",
        state=ContactState.APPROVED,
    )
    return customer
