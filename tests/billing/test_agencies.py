"""What passes between an agency and us: it pays for what it gives, and is paid costs that it documented."""

import pytest
from make import NOON, a_contact, a_customer, a_facility, a_number, a_resident, a_station, authorised, hung_up

from kinline.audit.models import AuditEvent
from kinline.billing import services
from kinline.billing.queries import AgencyBooks, agency_books
from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.facilities.models import Agency, FreeMinutesRow, TariffRow
from kinline.ledger import queries as ledger
from kinline.ledger.services import KeyUsedOtherwise
from kinline.people.models import Role, StaffRole, User

pytestmark = pytest.mark.django_db
LATER = Instant(NOON + 3_600_000)


@pytest.fixture
def agency() -> Agency:
    """Of a jail that gave two minutes (ten cents) and brought in six cents for its costs in November."""
    jail, number = a_facility(), a_number()
    TariffRow.objects.filter(facility=jail).update(price=50_000, facility_additive=20_000, agency_price=50_000)
    FreeMinutesRow.objects.create(facility=jail, effective="2026-01-01", seconds_per_day=120)
    resident = a_resident(jail)
    a_contact(resident, number)
    a_customer(number, "5.00")
    hung_up(authorised(a_station(jail), resident, number)[0], 300)
    return jail.agency


@pytest.fixture
def finance() -> User:
    user = User.objects.create_user("finance@example.org", None, name="Finance")
    StaffRole.objects.create(user=user, role=Role.FINANCE)
    return user


def stands(agency: Agency) -> tuple[Money, Money]:
    books = agency_books(agency, LATER)
    return books.owes, books.is_owed


def test_the_books_of_an_agency_tell_what_its_calls_came_to_by_month(agency: Agency) -> None:
    books = agency_books(agency, LATER)
    assert (books.owes, books.is_owed) == (Money.parse("0.10"), Money.parse("0.06"))
    [month] = books.months
    assert (month.given, month.additive) == (books.owes, books.is_owed)
    assert agency_books(agency, Instant(NOON + 500 * 86_400_000)).months == ()
    assert agency_books(a_facility().agency, LATER) == AgencyBooks(Agency.objects.latest("pk"), ZERO, ZERO, (), ())


def test_an_agency_pays_and_a_payment_that_bounces_is_owed_again(agency: Agency, finance: User) -> None:
    for reference in ("A 77", "a77"):
        paid = services.take_agency_payment(agency, Money.parse("0.07"), "cheque", reference, finance, LATER)
    with pytest.raises(KeyUsedOtherwise):
        services.take_agency_payment(agency, Money.parse("0.08"), "cheque", "A77", finance, LATER)
    assert stands(agency) == (Money.parse("0.03"), Money.parse("0.06"))
    for _ in range(2):
        services.undo_agency_movement(agency, paid.key, finance, LATER, "Bounced")
    assert stands(agency) == (Money.parse("0.10"), Money.parse("0.06"))
    [movement] = agency_books(agency, LATER).movements
    assert (movement.key, movement.is_to_agency, movement.undone) == (paid.key, False, True)
    actions = AuditEvent.objects.filter(subject=f"agency/{agency.pk}").order_by("pk").values_list("action", "reason")
    assert list(actions) == [("agency_payment.taken", ""), ("agency_movement.undone", "Bounced")]
    assert ledger.discrepancies() == []


def test_an_agency_is_paid_documented_costs_and_never_more_than_calls_brought_in(agency: Agency, finance: User) -> None:
    def pay(amount: str, reference: str = "B1", costs: str = "Wiring, invoice 12") -> object:
        return services.pay_additive(agency, Money.parse(amount), "bank", reference, costs, finance, LATER)

    with pytest.raises(services.AccountRefused):
        pay("0.01", costs=" ")
    with pytest.raises(services.MoreThanBroughtIn) as refused:
        pay("0.07")
    assert refused.value.left == Money.parse("0.06")
    assert pay("0.04") == pay("0.04")
    with pytest.raises(services.MoreThanBroughtIn):
        pay("0.03", "B2")
    assert stands(agency) == (Money.parse("0.10"), Money.parse("0.02"))
    assert AuditEvent.objects.get(action="additive.paid").reason == "Wiring, invoice 12"


def test_nobody_but_finance_settles_and_no_other_agencys_payment_is_undone(agency: Agency, finance: User) -> None:
    stranger = User.objects.create_user("jail@example.org", None, name="Jail")
    paid = services.take_agency_payment(agency, Money.parse("0.07"), "cheque", "77", finance, LATER)
    with pytest.raises(services.NotYoursToDecide):
        services.take_agency_payment(agency, Money.parse("0.07"), "cheque", "78", stranger, LATER)
    with pytest.raises(services.AccountRefused):
        services.undo_agency_movement(a_facility().agency, paid.key, finance, LATER, "Mine")
    with pytest.raises(services.AccountRefused):
        services.take_agency_payment(agency, ZERO, "cheque", "79", finance, LATER)
