"""The demo: a sheriff's agency with its cast of people, on which every rule can be seen at work.

Everything in here is public, passwords and PINs included: it is for trying out, for tests and for screenshots, never
for real people. A production installation sets `KINLINE_DEMO=false`.
"""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction

from kinline.billing import services as billing
from kinline.calls.models import Call, CallState
from kinline.contacts.models import Block, BlockedBy, Contact, ContactState, PrivilegedNumber
from kinline.core.identity import CallId, Instant, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.demo_cash import seed_cash
from kinline.facilities.digest import digest_secrets
from kinline.facilities.models import (
    Agency,
    Facility,
    FreeMinutesRow,
    HousingUnit,
    Line,
    NumberRule,
    OpeningHours,
    PlanRow,
    Station,
    TariffRow,
    TaxRow,
    Trunk,
)
from kinline.facilities.models.places import Switch
from kinline.facilities.models.rules import Treatment
from kinline.facilities.models.wires import TrunkKind
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.people.models import (
    PROVIDER_ROLES,
    Customer,
    CustomerNumber,
    Resident,
    ResidentStatus,
    Role,
    StaffRole,
    User,
)
from kinline.people.phone_pins import set_phone_pin
from kinline.people.pins import hash_pin
from kinline.people.services import serve

AGENCY: Final = "Bayou Parish Sheriff"
FACILITY: Final = "Bayou Parish Jail"
PASSWORD: Final = "kinline-demo"  # noqa: S105 (public: of every demo log-in)

JAIL_NUMBER: Final = "+19855550100"
MOTHER: Final = "+15045550123"
FATHER: Final = "+15045550134"
ATTORNEY: Final = "+12255550110"
SISTER: Final = "+15045550145"
AUNT: Final = "+15045550156"
BROTHER: Final = "+19855550167"
WIFE: Final = "+19855550178"
GRANDMOTHER: Final = "+12025550189"
FRIEND: Final = "+15045550191"
COUSIN: Final = "+15045550192"
FORMER_PARTNER: Final = "+15045550193"
NEW_ATTORNEY: Final = "+12255550194"
NEIGHBOUR: Final = "+15045550195"
HOTLINE: Final = "+12255550199"
ACCOUNT_NUMBER: Final = "+12255550150"
"""Where the account menu answers, unless `KINLINE_ACCOUNT_NUMBER` says otherwise."""
SUPPORT: Final = "+12255550151"
"""Whose phone rings for who presses 0 there."""
UNCLE: Final = "+15045550161"
"""Two customers pay for him: the aunt, who has no money, is asked before the mother."""
BONDSMAN: Final = "+15045550162"
"""Pays by a monthly invoice."""
NOTARY: Final = "+15045550163"
"""Did not pay the last one."""
CLINIC: Final = "+15045550164"
"""Has used up its credit."""
CARD_HOLDER: Final = "+15045550165"
"""Whose last payment is disputed."""
COLLEAGUE: Final = "+15045550166"
"""Has no account: accepts collect calls."""
LANDLORD: Final = "+15045550167"
"""Accepted so many that prepaid is all that is left."""
DEDICATED: Final = "+15045550168"
"""Rings the mother; only Daniel can call it, and only its own money pays."""
LINES: Final = (
    *(MOTHER, FATHER, ATTORNEY, SISTER, AUNT, BROTHER, WIFE, GRANDMOTHER, FRIEND, HOTLINE),
    *(UNCLE, BONDSMAN, COLLEAGUE, SUPPORT),
)
"""The numbers whose phones can register."""


PHONE_PIN: Final = "730482"
"""Of Rosa's account, by phone."""


def line_password(number: str) -> str:
    """The SIP password of a demo line."""
    return f"line-{number[-4:]}"


def station_password(user: str) -> str:
    """The SIP password of a demo station."""
    return f"{user}-demo"


@dataclass(frozen=True, slots=True)
class LogIn:
    """Somebody who can log in to the web pages with `PASSWORD`."""

    who: str
    email: str
    name: str
    role: Role | None = None


LOG_INS: Final = (
    LogIn("mother of Daniel Reyes", "rosa@demo.example", "Rosa Reyes"),
    LogIn("approver of contacts", "approver@demo.example", "Pat Approver", Role.APPROVER),
    LogIn("investigator", "investigator@demo.example", "Ines Investigator", Role.INVESTIGATOR),
    LogIn("facility administrator", "jail@demo.example", "Adam Administrator", Role.FACILITY_ADMINISTRATOR),
    LogIn("finance of the provider", "finance@demo.example", "Fay Finance", Role.FINANCE),
    LogIn("support of the provider", "support@demo.example", "Sam Support", Role.SUPPORT),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A call to try: who dials what from where, and the reason that stops it before ringing (None: it rings)."""

    station: str
    resident_number: str
    pin: str
    dialled: str
    reason: Reason | None = None
    rings: str = ""
    """The phone behind a dedicated number."""

    @property
    def number(self) -> str:
        """The called party's number, when it was dialled in full."""
        if self.rings:
            return self.rings
        return f"+1{self.dialled.removeprefix('1')}" if len(self.dialled) in (10, 11) else ""


_DANIEL, _TOMAS, _JAMES, _LUIS, _ANDRE, _KEVIN = (
    ("100001", "4821"),
    ("100002", "7305"),
    ("100003", "1968"),
    ("100004", "2580"),
    ("100005", "6174"),
    ("100006", "9041"),
)
_RELEASED, _ELSEWHERE, _COUNTED, _TALKED, _HURRIED, _SEPARATED, _CROWDED, _LATE, _WAITING, _CAMPER, _NEW = (
    (f"1000{number}", "1357") for number in range(11, 22)
)


def _dial(number: str) -> str:
    return number.removeprefix("+1")


SCENARIOS: Final = {
    "ordinary": Scenario("station-a1", *_DANIEL, _dial(MOTHER)),
    "speed_dial": Scenario("station-a1", *_DANIEL, "1"),
    "privileged": Scenario("station-a2", *_DANIEL, _dial(ATTORNEY)),
    "spanish": Scenario("station-a2", *_TOMAS, _dial(WIFE)),
    "first_use": Scenario("station-a2", *_TOMAS, _dial(WIFE)),
    "time_limit": Scenario("station-b1", *_LUIS, _dial(MOTHER)),
    "debit": Scenario("station-b2", *_ANDRE, _dial(BROTHER)),
    "interstate": Scenario("station-b2", *_ANDRE, _dial(GRANDMOTHER)),
    "several_payers": Scenario("station-a1", *_DANIEL, _dial(UNCLE)),
    "direct_bill": Scenario("station-a2", *_DANIEL, _dial(BONDSMAN)),
    "collect": Scenario("station-t1", *_NEW, _dial(COLLEAGUE)),
    "dedicated": Scenario("station-a1", *_DANIEL, _dial(DEDICATED), rings=MOTHER),
    "hotline": Scenario("station-b1", *_JAMES, "*77"),
    "wrong_pin": Scenario("station-a1", _DANIEL[0], "0000", _dial(MOTHER), Reason.IDENTIFY_BAD_PIN),
    "pin_locked": Scenario("station-b1", *_KEVIN, _dial(MOTHER), Reason.IDENTIFY_PIN_LOCKED),
    "pin_not_here": Scenario("station-a1", *_ELSEWHERE, _dial(MOTHER), Reason.IDENTIFY_PIN_NOT_HERE),
    "not_active": Scenario("station-a1", *_RELEASED, _dial(MOTHER), Reason.IDENTIFY_NOT_ACTIVE),
    "suspended": Scenario("station-b1", *_JAMES, _dial(MOTHER), Reason.POLICY_SUSPENDED),
    "facility_closed": Scenario("station-k1", *_CAMPER, _dial(MOTHER), Reason.POLICY_FACILITY_CLOSED),
    "unit_closed": Scenario("station-c1", *_DANIEL, _dial(MOTHER), Reason.POLICY_UNIT_CLOSED),
    "station_closed": Scenario("station-b3", *_DANIEL, _dial(MOTHER), Reason.POLICY_STATION_CLOSED),
    "cut_off": Scenario("station-b4", *_DANIEL, _dial(MOTHER), Reason.POLICY_CUTOFF),
    "lockdown": Scenario("station-d1", *_DANIEL, _dial(MOTHER), Reason.POLICY_LOCKDOWN),
    "wrong_station": Scenario("station-b1", *_SEPARATED, _dial(MOTHER), Reason.POLICY_STATION_NOT_ALLOWED),
    "not_on_list": Scenario("station-a1", *_DANIEL, "5045550188", Reason.POLICY_NOT_ON_LIST),
    "empty_slot": Scenario("station-a1", *_DANIEL, "99", Reason.POLICY_NOT_ON_LIST),
    "pending": Scenario("station-a1", *_DANIEL, _dial(FRIEND), Reason.POLICY_CONTACT_PENDING),
    "rejected": Scenario("station-a1", *_DANIEL, _dial(COUSIN), Reason.POLICY_CONTACT_REJECTED),
    "list_full": Scenario("station-a1", *_CROWDED, "5045550188", Reason.POLICY_LIST_FULL),
    "shared_number": Scenario("station-a1", *_SEPARATED, _dial(AUNT), Reason.POLICY_NUMBER_SHARED),
    "blocked_by_facility": Scenario("station-a1", *_DANIEL, "5045550171", Reason.POLICY_NUMBER_BLOCKED_FACILITY),
    "blocked_for_security": Scenario("station-a1", *_DANIEL, "5045550172", Reason.POLICY_NUMBER_BLOCKED_SECURITY),
    "staff_number": Scenario("station-a1", *_DANIEL, _dial(JAIL_NUMBER), Reason.POLICY_STAFF_NUMBER),
    "victim": Scenario("station-a1", *_DANIEL, "5045550174", Reason.POLICY_VICTIM),
    "no_contact_order": Scenario("station-a1", *_DANIEL, _dial(FORMER_PARTNER), Reason.POLICY_NO_CONTACT_ORDER),
    "velocity": Scenario("station-a1", *_HURRIED, _dial(MOTHER), Reason.POLICY_VELOCITY),
    "daily_calls": Scenario("station-a1", *_COUNTED, _dial(MOTHER), Reason.POLICY_DAILY_CALLS),
    "minutes_used": Scenario("station-a1", *_TALKED, _dial(MOTHER), Reason.POLICY_MINUTES_USED),
    "too_soon": Scenario("station-a1", *_WAITING, _dial(MOTHER), Reason.POLICY_TOO_SOON),
    "toll_free": Scenario("station-a1", *_DANIEL, "8005550100", Reason.POLICY_DESTINATION_CLASS),
    "emergency": Scenario("station-a1", *_DANIEL, "911", Reason.POLICY_EMERGENCY_NUMBER),
    "abroad": Scenario("station-a1", *_DANIEL, "011525555550123", Reason.POLICY_INTERNATIONAL_OFF),
    "invalid": Scenario("station-a1", *_DANIEL, "2220550100", Reason.DIAL_INVALID),
    "incomplete": Scenario("station-a1", *_DANIEL, "504555", Reason.DIAL_INCOMPLETE),
    "privilege_unverified": Scenario("station-a1", *_DANIEL, _dial(NEW_ATTORNEY), Reason.OFFER_PRIVILEGED_UNVERIFIED),
    "blocked": Scenario("station-a1", *_DANIEL, _dial(SISTER), Reason.BLOCK_CALLED_PARTY),
    "paused": Scenario("station-a1", *_DANIEL, _dial(NEIGHBOUR), Reason.BLOCK_CUSTOMER_PAUSED),
    "no_account": Scenario("station-a1", *_DANIEL, _dial(FATHER), Reason.FUND_NO_ACCOUNT),
    "no_funds": Scenario("station-a1", *_DANIEL, _dial(AUNT), Reason.FUND_INSUFFICIENT),
    "dedicated_to_another": Scenario("station-b2", *_ANDRE, _dial(DEDICATED), Reason.POLICY_NOT_ON_LIST),
    "invoice_overdue": Scenario("station-a1", *_DANIEL, _dial(NOTARY), Reason.FUND_INVOICE_OVERDUE),
    "credit_limit": Scenario("station-a1", *_DANIEL, _dial(CLINIC), Reason.FUND_CREDIT_LIMIT),
    "payment_review": Scenario("station-a1", *_DANIEL, _dial(CARD_HOLDER), Reason.FUND_PAYMENT_REVIEW),
    "collect_used_up": Scenario("station-t1", *_NEW, _dial(LANDLORD), Reason.FUND_COLLECT_NOT_BILLABLE),
    "debit_empty": Scenario("station-a1", *_LATE, _dial(BROTHER), Reason.FUND_RESIDENT_DEBIT_EMPTY),
    "no_rate": Scenario("station-x1", *_ELSEWHERE, _dial(GRANDMOTHER), Reason.TARIFF_NO_RATE),
    "over_cap": Scenario("station-x1", *_ELSEWHERE, _dial(MOTHER), Reason.TARIFF_OVER_CAP),
}
"""A call for each course that `identify` and `authorise` can take (but one: a resident who is on another call)."""

_DAY_MS: Final = 86_400_000
_FIRST_DAY: Final = date(2025, 1, 1)
_CLOSED: Final = ((6, 0, 1),)  # open for the first minute of Sunday only, so that it is closed when it is tried


def seed() -> bool:
    """Put the demo into a database without agencies; True when it did."""
    with transaction.atomic():
        if Agency.objects.exists():
            return False
        at = Instant(time.time_ns() // 1_000_000)
        agency = Agency.objects.create(name=AGENCY)
        jail = _jail(agency)
        annex = _annex(agency)
        camp = _camp(agency)
        _wires()
        _number_rules(jail)
        customers = _customers(at)
        _staff(agency, jail)
        _residents(jail, annex, camp, customers, at)
        _other_ways_to_pay(customers, at)
        seed_cash(jail.pk, at)
        _transition(agency, at)
        return True


def restore(call_id: CallId, resident_number: str) -> None:
    """Take back what a call of a demonstration left behind (a block, wrong PINs), so that the next one finds the cast
    as this one did."""
    Block.objects.filter(call_id=call_id, lifted_at=None).update(lifted_at=time.time_ns() // 1_000_000)
    if resident_number != _KEVIN[0]:  # whose PIN is locked for good
        Resident.objects.filter(resident_number=resident_number).update(pin_failures=0, pin_locked_until=None)


def _facility(agency: Agency, name: str, number: str) -> Facility:
    return Facility.objects.create(
        agency=agency,
        name=name,
        time_zone="America/Chicago",
        number=number,
        state="LA",
        rate_centre="Houma",
        average_daily_population=180,
        languages=["en", "es"],
        call_settings={"resident_number_digits": 6},
        calling_rules={
            "list_required": True,
            "maximum_seconds": 900,
            "barred": ["toll_free", "premium", "personal", "international"],
        },
        contacts_at_most=20,
    )


def _station(facility: Facility, unit: HousingUnit | None, user: str, **fields: object) -> Station:
    secrets = digest_secrets(user, station_password(user))
    return Station.objects.create(
        facility=facility,
        unit=unit,
        name=user.replace("station-", "Phone ").upper().replace("PHONE", "Phone"),
        sip_user=user,
        ha1_md5=secrets.md5,
        ha1_sha256=secrets.sha256,
        **fields,
    )


def _hours(facility: Facility, spans: tuple[tuple[int, int, int], ...], **level: object) -> None:
    for weekday, opens, closes in spans:
        OpeningHours.objects.create(facility=facility, weekday=weekday, opens=opens, closes=closes, **level)


def _prices(facility: Facility, price: str, additive: str, *jurisdictions: str, **fields: object) -> None:
    for jurisdiction in jurisdictions:
        TariffRow.objects.create(
            facility=facility,
            jurisdiction=jurisdiction,
            effective=_FIRST_DAY,
            price=Money.parse(price).micros,
            facility_additive=Money.parse(additive).micros,
            **fields,
        )
    TaxRow.objects.get_or_create(
        facility=facility, name="Louisiana sales tax", parts_per_million=44_500, effective=_FIRST_DAY
    )


def _jail(agency: Agency) -> Facility:
    """Open at every hour, so that the demo works at any; a unit and a station of it are closed."""
    jail = _facility(agency, FACILITY, JAIL_NUMBER)
    a, b, c = (HousingUnit.objects.create(facility=jail, name=name) for name in ("A", "B", "C"))
    d = HousingUnit.objects.create(facility=jail, name="D", switch=Switch.LOCKDOWN, switch_reason="Demonstration")
    for unit, user in ((a, "station-a1"), (a, "station-a2"), (b, "station-b1"), (b, "station-b2")):
        _station(jail, unit, user)
    _hours(jail, tuple((weekday, 0, 1440) for weekday in range(7)))
    _hours(jail, _CLOSED, unit=c)
    _station(jail, c, "station-c1")
    _station(jail, d, "station-d1")
    _hours(jail, _CLOSED, station=_station(jail, b, "station-b3"))
    _station(jail, b, "station-b4", switch=Switch.CUT_OFF, switch_reason="Demonstration")
    _prices(jail, "0.05", "0.01", "local", "intrastate", "interstate")
    _prices(jail, "0.06", "0.01", "international", destination="MX", termination=12_500, is_checked=True)
    _prices(jail, "0.12", "0.01", "local", "intrastate", "interstate", service="video", is_checked=True)
    plan = {"name": "Two hundred minutes", "period": "month", "minutes": 200, "price": Money.parse("7.50").micros}
    PlanRow.objects.create(facility=jail, offered_from=_FIRST_DAY, **plan)
    return jail


def _annex(agency: Agency) -> Facility:
    """Its prices are wrong: too high within the state, none across its border."""
    annex = _facility(agency, "Bayou Parish Annex", "+19855550101")
    _station(annex, None, "station-x1")
    _prices(annex, "0.50", "0.00", "local", "intrastate")
    return annex


def _camp(agency: Agency) -> Facility:
    camp = _facility(agency, "Bayou Parish Work Camp", "+19855550102")
    _station(camp, None, "station-k1")
    _hours(camp, _CLOSED)
    # Lawful when they were made: the cap of 2026 overtook them, and is charged in their place.
    _prices(camp, "0.25", "0.05", "local", "intrastate", is_checked=True)
    _prices(camp, "0.05", "0.01", "interstate")
    FreeMinutesRow.objects.create(facility=camp, effective=_FIRST_DAY, seconds_per_week=900)
    return camp


def _wires() -> None:
    """The families' phones register with us: no carrier is needed."""
    Trunk.objects.create(name="lines", kind=TrunkKind.LINES, priority=1)
    for number in LINES:
        secrets = digest_secrets(number, line_password(number))
        Line.objects.create(number=number, ha1_md5=secrets.md5, ha1_sha256=secrets.sha256)


def _number_rules(jail: Facility) -> None:
    for treatment, number, fields in (
        (Treatment.FREE, HOTLINE, {"short_code": "*77", "note": "Prison Rape Elimination Act hotline"}),
        (Treatment.BLOCKED, "+15045550171", {"note": "Asked for by letter"}),
        (Treatment.SECURITY, "+15045550172", {"note": "Case 12"}),
        (Treatment.VICTIM, "+15045550174", {}),
        (Treatment.STAFF, "+1985555010", {"is_prefix": True}),
    ):
        NumberRule.objects.create(facility=jail, treatment=treatment, number=number, **fields)


def _customers(at: Instant) -> dict[str, Customer]:
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
        customer = Customer.objects.create(user=user, calls_paused_until=at + 365 * _DAY_MS if paused else None)
        CustomerNumber.objects.create(customer=customer, number=number, is_verified=True)
        account = ledger.open_customer_account(customer.pk)
        if dollars:
            ledger.deposit(account, Money.parse(dollars), f"demo/{email}", at)
        customers[number] = customer
    set_phone_pin(customers[MOTHER].pk, PHONE_PIN, "system", at)
    return customers


def _staff(agency: Agency, jail: Facility) -> None:
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
        )


def _residents(jail: Facility, annex: Facility, camp: Facility, customers: dict[str, Customer], at: Instant) -> None:
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
        Contact.objects.create(
            resident=of,
            customer=customers.get(number),
            number=number,
            name=name,
            relationship=relationship,
            state=state,
            decided=None if state == ContactState.PENDING else datetime.fromtimestamp(at / 1000, UTC),
            **fields,
        )

    daniel = resident(_DANIEL, "Daniel Reyes")
    contact(daniel, MOTHER, "Rosa Reyes", "mother", speed_dial=1)
    contact(daniel, FATHER, "Hector Reyes", "father", speed_dial=2)
    contact(daniel, ATTORNEY, "Grace Landry", "attorney", speed_dial=3)
    contact(daniel, SISTER, "Elena Reyes", "sister", speed_dial=4)
    contact(daniel, AUNT, "Carmen Reyes", "aunt", speed_dial=5)
    contact(daniel, NEIGHBOUR, "Noel Gray", "neighbour")
    contact(daniel, NEW_ATTORNEY, "Paul Fontenot", "attorney")
    contact(daniel, FRIEND, "Chris Hall", "friend", ContactState.PENDING)
    contact(daniel, COUSIN, "Max Reyes", "cousin", ContactState.REJECTED, state_reason="Photo was not clear")
    contact(daniel, FORMER_PARTNER, "Dana Cole", "former partner", ContactState.NO_CONTACT_ORDER)
    PrivilegedNumber.objects.create(
        number=ATTORNEY, holder="Grace Landry", verified=datetime.fromtimestamp(at / 1000, UTC)
    )
    PrivilegedNumber.objects.create(number=NEW_ATTORNEY, holder="Paul Fontenot")
    Block.objects.create(number=SISTER, resident=daniel, blocked_by=BlockedBy.CALLED_PARTY, at=at)

    tomas = resident(_TOMAS, "Tomás Herrera", language="es", name_recording="")
    contact(tomas, WIFE, "Lucía Herrera", "wife", speed_dial=1, language="es")
    until = at + 365 * _DAY_MS
    resident(_JAMES, "James Carter", "B", suspended_until=until, suspension_reason="Discipline")
    luis = resident(_LUIS, "Luis Ortega", "B", calling_rules={"maximum_seconds": 20})
    andre = resident(_ANDRE, "Andre Brooks", "B")
    contact(andre, BROTHER, "Marcus Brooks", "brother", speed_dial=1)
    contact(andre, GRANDMOTHER, "Ruth Brooks", "grandmother", speed_dial=2)
    ledger.deposit(ledger.open_resident_account(ResidentId(andre.pk)), Money.parse("5.00"), "demo/debit", at)
    kevin = resident(_KEVIN, "Kevin Doyle", "B", pin_locked_until=until)

    resident(_RELEASED, "Terry Boone", status=ResidentStatus.RELEASED)
    moved = resident(_ELSEWHERE, "Ray Comeaux", facility=annex)
    contact(moved, GRANDMOTHER, "Ruth Brooks", "friend")
    camper = resident(_CAMPER, "Walt Guidry", facility=camp)
    late = resident(_LATE, "Sid Marsh")
    contact(late, BROTHER, "Marcus Brooks", "friend")
    ledger.open_resident_account(ResidentId(late.pk))
    separated = resident(_SEPARATED, "Owen Pratt", calling_rules={"own_unit_only": True})
    contact(separated, AUNT, "Carmen Reyes", "friend", ContactState.SHARED)
    crowded = resident(_CROWDED, "Hugo Banks")
    for number in range(20):
        contact(crowded, f"+150455502{number:02}", "One of many", "friend")
    limited = [
        resident(_COUNTED, "Cal Dupree", calling_rules={"calls_per_day": 0}),
        resident(_TALKED, "Theo Blanc", calling_rules={"seconds_per_day": 0}),
        resident(_HURRIED, "Hal Quick", calling_rules={"attempts_per_hour": 0}),
    ]
    waiting = resident(_WAITING, "Wes Long", calling_rules={"wait_seconds": 25 * 86_400})
    _call_that_ended(waiting, jail, at)
    for of in (luis, kevin, camper, moved, separated, waiting, *limited):
        contact(of, MOTHER, "Rosa Reyes", "friend")


def _other_ways_to_pay(customers: dict[str, Customer], at: Instant) -> None:
    daniel = Resident.objects.get(resident_number=_DANIEL[0])

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
        ledger.transfer(spent, Instant(at - 90 * _DAY_MS))
        if number == NOTARY:
            billing.issue_invoices(Instant(at - 50 * _DAY_MS))
            billing.remind(at)

    billing.apply(customers[SISTER].pk, Money.parse("200.00"), "The law office where I work", at)

    reviewed = ledger.open_customer_account(customer(CARD_HOLDER, "card@demo.example", "Carl Dufour", "friend"))
    ledger.deposit(reviewed, Money.parse("10.00"), "demo/reviewed", at)
    Account.objects.filter(pk=reviewed).update(review_since=at)

    billing.stock_number(E164(DEDICATED))
    given = billing.give_number(customers[MOTHER].pk, daniel, E164(MOTHER), at)
    dedicated = ledger.open_dedicated_account(customers[MOTHER].pk, given.number)
    ledger.deposit(dedicated, Money.parse("5.00"), "demo/dedicated", at)


def _transition(agency: Agency, at: Instant) -> None:
    """A house for people on their way in, whose families have no accounts yet: collect calls up to five dollars."""
    house = _facility(agency, "Bayou Parish Intake", "+19855550103")
    house.collect_allowance = Money.parse("5.00").micros
    house.calling_rules = {"maximum_seconds": 900}
    house.save()
    _station(house, None, "station-t1")
    _prices(house, "0.05", "0.01", "local", "intrastate", "interstate")
    Resident.objects.create(
        facility=house,
        resident_number=_NEW[0],
        name="Ned Fontaine",
        pin_hash=hash_pin(_NEW[1]),
        name_recording="demo",
    )
    owing = ledger.open_collect_account(LANDLORD, Money.parse("5.00"))
    spent = Order("demo/collect", owing, house_account(AccountKind.REVENUE), Money.parse("5.00"), "charge")
    ledger.transfer(spent, Instant(at - 10 * _DAY_MS))


def _call_that_ended(resident: Resident, jail: Facility, at: Instant) -> None:
    """A free call of a minute, so that there is something to wait after."""
    Call.objects.create(
        id=1,
        state=CallState.SETTLED,
        switchboard="demo",
        heartbeat_at=at,
        station=Station.objects.get(sip_user="station-a1"),
        facility=jail,
        resident=resident,
        day_started_at=at,
        week_started_at=at,
        month_started_at=at,
        dialled=_dial(ATTORNEY),
        called_party=ATTORNEY,
        payer="free",
        opened_at=at - 90_000,
        accepted_at=at - 60_000,
        ended_at=at,
        settled_at=at,
        disposition="completed",
        reason=Reason.TALK_HANGUP_RESIDENT,
    )
