"""A resident of the test and the number that they may call free of charge; and their end."""

from dataclasses import dataclass, field

from django.db import transaction

from kinline.bookings import services as bookings
from kinline.commissioning.queries import TEST_NOTE, test_numbers, test_residents
from kinline.core.identity import Instant
from kinline.facilities.models import Facility, HousingUnit
from kinline.facilities.services import end_free_number, make_number_free
from kinline.people.models import Resident
from kinline.people.residents import reset_pin

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Test:
    """What somebody dials to try the phones; the PIN is seen only now."""

    resident: Resident
    pin: str = field(repr=False)
    number: str


def begin_test(facility: Facility, unit: HousingUnit | None, number: str, actor: str, at: Instant) -> Test:
    """A resident marked as of the test, with a PIN, and the number free of charge for everybody until the test ends.
    Raises `facilities.services.NotAPlace` for what is no number."""
    with transaction.atomic():
        end_test(facility, actor, at)
        rule = make_number_free(facility, number, TEST_NOTE, actor, at)
        resident = bookings.book(facility, _number(facility), "Test", unit, actor, at)
        resident.is_test = True
        resident.save(update_fields=["is_test"])
        new = reset_pin(resident, actor, at)
        resident.refresh_from_db()
    return Test(resident, new.pin, rule.number)


def end_test(facility: Facility, actor: str, at: Instant) -> None:
    """The residents of the test are released, and its number is as any other again."""
    for resident in test_residents(facility):
        bookings.release(resident, actor, at, TEST_NOTE)
    for rule in test_numbers(facility):
        end_free_number(rule, actor, at)


def _number(facility: Facility) -> str:
    """One of nines, as long as the facility's are, that nobody has; a test before comes back with its number."""
    digits = int(facility.call_settings.get("resident_number_digits") or _DIGITS)
    known = dict(Resident.objects.filter(facility=facility).values_list("resident_number", "is_test"))
    number = 10**digits - 1
    while not known.get(str(number), True):
        number -= 1
    return str(number)
