"""The demo's families, staff and residents."""

from datetime import UTC, datetime

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from kinline.calls.models import Call, CallState
from kinline.contacts.models import Block, BlockedBy, Contact, ContactState, PrivilegedNumber
from kinline.core.identity import Instant, Language, ResidentId, new_call_id
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.demo.cast import (
    ANDRE,
    ATTORNEY,
    AUNT,
    BROTHER,
    CAMPER,
    COUNTED,
    COUSIN,
    CROWDED,
    DANIEL,
    ELSEWHERE,
    FATHER,
    FORMER_PARTNER,
    FRIEND,
    GRANDMOTHER,
    HURRIED,
    JAMES,
    KEVIN,
    LATE,
    LOG_INS,
    LUIS,
    MOTHER,
    NEARBY,
    NEIGHBOUR,
    NEPHEW,
    NEW_ATTORNEY,
    PASSWORD,
    PHONE_PIN,
    RELEASED,
    SECOND_STEP,
    SELDOM,
    SEPARATED,
    SISTER,
    TALKED,
    TOMAS,
    WAITING,
    WIFE,
    dial,
)
from kinline.demo.places import DAY_MS
from kinline.enrolment import agreements
from kinline.facilities.models import (
    Agency,
    Facility,
    Station,
)
from kinline.ledger import services as ledger
from kinline.people.models import (
    PROVIDER_ROLES,
    Customer,
    CustomerNumber,
    Resident,
    ResidentStatus,
    StaffRole,
    User,
)
from kinline.people.phone_pins import set_phone_pin
from kinline.people.pins import hash_pin


def make_customers(at: Instant) -> dict[str, Customer]:
    """Rosa has money, the aunt none; the neighbour wishes no calls for a year."""
    customers = {}
    for number, email, name, dollars, paused in (
        (MOTHER, "rosa@demo.example", "Rosa Reyes", "20.00", False),
        (SISTER, "elena@demo.example", "Elena Reyes", "5.00", False),
        (AUNT, "carmen@demo.example", "Carmen Reyes", "", False),
        (WIFE, "lucia@demo.example", "Lucía Herrera", "15.00", False),
        (GRANDMOTHER, "ruth@demo.example", "Ruth Brooks", "10.00", False),
        (NEIGHBOUR, "noel@demo.example", "Noel Gray", "10.00", True),
    ):
        language = "es" if number == WIFE else "en"
        user = User.objects.create_user(email, PASSWORD, name=name, language=language)
        agreements.accept(user, Language(language), at)
        customer = Customer.objects.create(user=user, calls_paused_until=at + 365 * DAY_MS if paused else None)
        CustomerNumber.objects.create(customer=customer, number=number, is_verified=True)
        account = ledger.open_customer_account(customer.pk)
        if dollars:
            ledger.deposit(account, Money.parse(dollars), f"demo/{email}", at)
        customers[number] = customer
    set_phone_pin(customers[MOTHER].pk, PHONE_PIN, "system", at)
    return customers


def make_staff(agency: Agency, jail: Facility) -> None:
    for log_in in LOG_INS:
        if log_in.role is None:
            continue
        user = User.objects.create_user(log_in.email, PASSWORD, name=log_in.name)
        of_provider = log_in.role in PROVIDER_ROLES
        StaffRole.objects.create(
            user=user,
            role=log_in.role,
            agency=None if of_provider else agency,
            facility=None if of_provider else jail,
            unit=jail.units.get(name=log_in.unit) if log_in.unit else None,
        )
        TOTP.activate(user, SECOND_STEP)
        RecoveryCodes.activate(user)


def make_residents(
    jail: Facility, annex: Facility, camp: Facility, customers: dict[str, Customer], at: Instant
) -> None:
    units = {unit.name: unit for unit in jail.units.all()}

    def resident(
        known: tuple[str, str], name: str, unit: str = "A", facility: Facility = jail, **fields: object
    ) -> Resident:
        number, pin = known
        fields = {"name_recording": "demo", **fields}
        return Resident.objects.create(
            facility=facility,
            unit=units[unit] if facility == jail else None,
            resident_number=number,
            name=name,
            pin_hash=hash_pin(pin),
            **fields,
        )

    def contact(
        of: Resident,
        number: str,
        name: str,
        relationship: str,
        state: ContactState = ContactState.APPROVED,
        **fields: object,
    ) -> None:
        waits = state in (ContactState.PENDING, ContactState.SHARED)
        Contact.objects.create(
            resident=of,
            customer=customers.get(number),
            number=number,
            name=name,
            relationship=relationship,
            state=state,
            decided=None if waits else datetime.fromtimestamp(at / 1000, UTC),
            waits_for="request" if waits else "",
            waiting_since=at if waits else None,
            **fields,
        )

    daniel = resident(DANIEL, "Daniel Reyes")
    contact(daniel, MOTHER, "Rosa Reyes", "mother", speed_dial=1)
    contact(daniel, FATHER, "Hector Reyes", "father", speed_dial=2)
    contact(daniel, ATTORNEY, "Grace Landry", "attorney", speed_dial=3)
    contact(daniel, SISTER, "Elena Reyes", "sister", speed_dial=4)
    contact(daniel, AUNT, "Carmen Reyes", "aunt", speed_dial=5)
    contact(daniel, NEIGHBOUR, "Noel Gray", "neighbour")
    contact(daniel, NEW_ATTORNEY, "Paul Fontenot", "attorney")
    contact(daniel, NEPHEW, "Leo Reyes", "relative", expires_at=at - DAY_MS)
    contact(daniel, FRIEND, "Chris Hall", "friend", ContactState.PENDING)
    contact(daniel, COUSIN, "Max Reyes", "cousin", ContactState.REJECTED, reason="document_unclear", told="rejected")
    contact(daniel, FORMER_PARTNER, "Dana Cole", "former partner", ContactState.NO_CONTACT_ORDER)
    PrivilegedNumber.objects.create(
        number=ATTORNEY, holder="Grace Landry", agency=jail.agency, verified=datetime.fromtimestamp(at / 1000, UTC)
    )
    PrivilegedNumber.objects.create(number=NEW_ATTORNEY, holder="Paul Fontenot")
    Block.objects.create(number=SISTER, resident=daniel, blocked_by=BlockedBy.CALLED_PARTY, at=at)

    tomas = resident(TOMAS, "Tomás Herrera", language="es", name_recording="")
    contact(tomas, WIFE, "Lucía Herrera", "wife", speed_dial=1, language="es")
    until = at + 365 * DAY_MS
    resident(JAMES, "James Carter", "B", suspended_until=until, suspension_reason="Discipline")
    luis = resident(LUIS, "Luis Ortega", "B", calling_rules={"maximum_seconds": 20})
    andre = resident(ANDRE, "Andre Brooks", "B")
    contact(andre, BROTHER, "Marcus Brooks", "brother", speed_dial=1)
    contact(andre, GRANDMOTHER, "Ruth Brooks", "grandmother", speed_dial=2)
    ledger.deposit(ledger.open_resident_account(ResidentId(andre.pk)), Money.parse("5.00"), "demo/debit", at)
    kevin = resident(KEVIN, "Kevin Doyle", "B", pin_locked_until=until)

    resident(RELEASED, "Terry Boone", status=ResidentStatus.RELEASED)
    moved = resident(ELSEWHERE, "Ray Comeaux", facility=annex)
    contact(moved, GRANDMOTHER, "Ruth Brooks", "friend")
    camper = resident(CAMPER, "Walt Guidry", facility=camp)
    late = resident(LATE, "Sid Marsh")
    contact(late, BROTHER, "Marcus Brooks", "friend")
    ledger.open_resident_account(ResidentId(late.pk))
    separated = resident(SEPARATED, "Owen Pratt", calling_rules={"own_unit_only": True})
    contact(separated, AUNT, "Carmen Reyes", "friend", ContactState.SHARED)
    crowded = resident(CROWDED, "Hugo Banks")
    for number in range(20):
        contact(crowded, f"+150455502{number:02}", "One of many", "friend")
    limited = [
        resident(COUNTED, "Cal Dupree", calling_rules={"calls_per_day": 0}),
        resident(SELDOM, "Abe Fuller", calling_rules={"calls_per_week": 0}),
        resident(NEARBY, "Ned Arceneaux", calling_rules={"destinations": ["local"]}),
        resident(TALKED, "Theo Blanc", calling_rules={"seconds_per_day": 0}),
        resident(HURRIED, "Hal Quick", calling_rules={"attempts_per_hour": 0}),
    ]
    waiting = resident(WAITING, "Wes Long", calling_rules={"wait_seconds": 25 * 86_400})
    _call_that_ended(waiting, jail, at)
    for of in (luis, kevin, camper, moved, separated, waiting, *limited):
        contact(of, MOTHER, "Rosa Reyes", "friend")


def _call_that_ended(resident: Resident, jail: Facility, at: Instant) -> None:
    """A free call of a minute, so that there is something to wait after."""
    Call.objects.create(
        id=new_call_id(Instant(at - 90_000), 0),
        state=CallState.SETTLED,
        switchboard="demo",
        heartbeat_at=at,
        station=Station.objects.get(sip_user="station-a1"),
        facility=jail,
        resident=resident,
        day_started_at=at,
        week_started_at=at,
        month_started_at=at,
        dialled=dial(ATTORNEY),
        called_party=ATTORNEY,
        jurisdiction="intrastate",
        payer="free",
        opened_at=at - 90_000,
        accepted_at=at - 60_000,
        ended_at=at,
        settled_at=at,
        disposition="completed",
        reason=Reason.TALK_HANGUP_RESIDENT,
    )
