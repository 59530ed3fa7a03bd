"""Who looks for a resident: whom the facility lets them see."""

from kinline.contacts.models import ContactSettings
from kinline.core.contacts import Person, SearchBy, Sought, who_is_shown
from kinline.facilities.models import Facility
from kinline.people.models import Resident, ResidentStatus


def search_by(facility: Facility) -> SearchBy:
    """What the facility asks of who looks for somebody."""
    stored = ContactSettings.objects.filter(facility=facility).values_list("search_by", flat=True).first()
    return SearchBy(stored) if stored else SearchBy(ContactSettings._meta.get_field("search_by").default)


def find_resident(facility: Facility, sought: Sought) -> tuple[Person, ...]:
    """The residents in custody there that this search may show. The whole facility is read whatever is sought, so that
    the time of the answer tells nothing of who is there."""
    residents = Resident.objects.filter(facility=facility, status=ResidentStatus.ACTIVE)
    people = [Person(*row) for row in residents.order_by("pk").values_list("pk", "resident_number", "name")]
    return who_is_shown(search_by(facility), sought, people)
