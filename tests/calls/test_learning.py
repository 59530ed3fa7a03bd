"""A completed call puts its number on the list, only where the facility wants that."""

import pytest
from make import MINUTE, NOON, a_customer, a_facility, a_number, a_resident, a_station, authorised, given_up, hung_up

from kinline.calls import services
from kinline.contacts.models import Contact
from kinline.contacts.services import keep_lists
from kinline.core.contacts import Mode
from kinline.core.identity import Instant

pytestmark = pytest.mark.django_db
LATER = Instant(NOON + 5 * MINUTE)


def test_completed_calls_fill_the_list_up_to_its_most_where_the_facility_wants_it() -> None:
    jail = a_facility(calling_rules={"maximum_seconds": 900})
    resident, station = a_resident(jail), a_station(jail)
    numbers = [a_number() for _ in range(3)]
    for number in numbers:
        a_customer(number, "5.00")
        call_id, _ = authorised(station, resident, number)
        if number is numbers[0]:
            services.settle(call_id, given_up(NOON), None, None, None, NOON)
        else:
            hung_up(call_id, 60)
    assert services.learn_contacts(LATER) == 0
    keep_lists(jail, Mode.OPEN, 1, {"learns": True}, "user/1", NOON)
    assert services.learn_contacts(LATER) == 1
    assert services.learn_contacts(LATER) == 0
    learned = Contact.objects.get()
    assert (learned.state, learned.asked_by, learned.number in numbers[1:]) == ("approved", "learned", True)
    keep_lists(jail, Mode.APPROVE_FIRST, None, {}, "user/1", NOON)
    assert services.learn_contacts(LATER) == 0
