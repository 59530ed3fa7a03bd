"""The demo's contacts that wait, were refused and appealed; and the registry, with something for a second person."""

from typing import Final

from kinline.contacts import services
from kinline.contacts.models import PrivilegedNumber, PrivilegeKind
from kinline.core.contacts import Act, ContactReason, Relationship, Source
from kinline.core.identity import Instant
from kinline.core.numbering import E164
from kinline.demo.cast import ANDRE, GRANDMOTHER, LUIS, MOTHER, NEIGHBOUR, NEW_ATTORNEY, SISTER
from kinline.facilities.models import Facility
from kinline.facilities.models.rules import Treatment
from kinline.facilities.services import list_number
from kinline.people.models import Customer, Resident, User

HOUR: Final = 3_600_000
CHAPLAIN: Final = "+12255550184"
GUARD: Final = "+15045550185"
"""Of somebody who was an officer here."""


def seed_contacts(jail: Facility, customers: dict[str, Customer], at: Instant) -> None:
    """The approver decided some requests of the last weeks, so that families see how long one takes."""
    approver, investigator = (User.objects.get(email=f"{who}@demo.example") for who in ("approver", "investigator"))
    luis, andre = (Resident.objects.get(facility=jail, resident_number=known[0]) for known in (LUIS, ANDRE))

    def asked(
        resident: Resident, number: str, name: str, relationship: Relationship, hours: int, message: str = ""
    ) -> int:
        customer = customers.get(number)
        source = Source.FAMILY if customer else Source.RESIDENT
        actor = f"user/{customer.user_id}" if customer else f"resident/{resident.pk}"
        when = Instant(at - hours * HOUR)
        return services.request_contact(
            resident, E164(number), name, relationship, source, actor, when, customer=customer, message=message
        ).pk

    for number, days, waited in ((1, 40, 5), (2, 33, 9), (3, 21, 26), (4, 12, 7), (5, 6, 50)):
        contact = asked(luis, f"+1504555030{number}", "A friend", Relationship.FRIEND, 24 * days)
        services.decide_contact(contact, Act.APPROVE, approver, Instant(at - (24 * days - waited) * HOUR))
    asked(luis, GRANDMOTHER, "Ruth Brooks", Relationship.FRIEND, 50, "We sang in the same choir for twenty years.")
    asked(luis, SISTER, "Elena Reyes", Relationship.COUSIN, 30)
    asked(andre, GUARD, "Guy Marsh", Relationship.FRIEND, 6)
    refused = asked(andre, NEIGHBOUR, "Noel Gray", Relationship.NEIGHBOUR, 72)
    services.decide_contact(refused, Act.REJECT, approver, Instant(at - 60 * HOUR), reason=ContactReason.NUMBER_SHARED)
    services.appeal(
        refused,
        "Daniel and Andre both grew up next door.",
        f"user/{customers[NEIGHBOUR].user_id}",
        Instant(at - 20 * HOUR),
    )
    removed = asked(andre, MOTHER, "Rosa Reyes", Relationship.FRIEND, 48)
    services.decide_contact(
        removed, Act.REJECT, approver, Instant(at - 40 * HOUR), reason=ContactReason.RELATIONSHIP_NOT_SHOWN
    )
    list_number(jail.agency, Treatment.FORMER_STAFF, E164(GUARD), "Officer until May", f"user/{investigator.pk}", at)
    _seed_registry(jail, approver, at)


def _seed_registry(jail: Facility, approver: User, at: Instant) -> None:
    """The administrator can verify the new attorney, whom the approver entered; a chaplain asked from outside."""
    entered = Instant(at - 5 * HOUR)
    PrivilegedNumber.objects.filter(number=NEW_ATTORNEY).delete()
    services.enter_privileged(
        E164(NEW_ATTORNEY),
        PrivilegeKind.ATTORNEY,
        "Paul Fontenot",
        "Roll of the state's bar",
        approver,
        entered,
        agency=jail.agency,
    )
    services.ask_for_privilege(
        E164(CHAPLAIN),
        PrivilegeKind.CLERGY,
        "Marie Thibodeaux",
        "St. Joseph",
        "Diocesan directory, page 12",
        "marie@church.example",
        "en",
        Instant(at - 3 * HOUR),
    )
