"""Builders of what tests arrange, which read like the domain: `a_resident()`, `a_mother(balance="2.10")`."""

import itertools
import secrets
from datetime import date
from typing import Any

from kinline.calls import services
from kinline.contacts.models import Contact, ContactState
from kinline.core.callflow.commands import Disposition, Settle
from kinline.core.callflow.events import Authorised, Identified, Permit, Receipt
from kinline.core.identity import AccountId, CallId, Instant, ResidentId, Side, StationId, new_call_id
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Agency, Facility, HousingUnit, Station, TariffRow, TaxRow
from kinline.ledger import services as ledger
from kinline.people.models import Customer, Resident, User
from kinline.people.pins import hash_pin
from kinline.people.services import serve

NOON = Instant(1_795_197_600_000)
"""Friday, 20 November 2026, 12:00 in Louisiana."""
SECOND = 1000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

PIN = "4821"
_PIN_HASH = ""
_count = itertools.count(1)


def a_facility(name: str = "", agency: Agency | None = None, **fields: Any) -> Facility:
    """A jail in Louisiana that is always open: six cents a minute (one of them additive) and 4.45 % tax."""
    number = next(_count)
    facility = Facility.objects.create(
        **{
            "agency": agency or Agency.objects.create(name=f"Agency {number}"),
            "name": name or f"Jail {number}",
            "time_zone": "America/Chicago",
            "number": "+19855550100",
            "state": "LA",
            "average_daily_population": 180,
            "languages": ["en", "es"],
            "calling_rules": {"list_required": True, "maximum_seconds": 900},
            **fields,
        }
    )
    for jurisdiction in ("local", "intrastate", "interstate"):
        TariffRow.objects.create(
            facility=facility,
            jurisdiction=jurisdiction,
            effective=date(2025, 1, 1),
            price=50_000,
            facility_additive=10_000,
        )
    TaxRow.objects.create(facility=facility, name="tax", parts_per_million=44_500, effective=date(2025, 1, 1))
    return facility


def a_unit(facility: Facility, name: str = "A", **fields: Any) -> HousingUnit:
    return HousingUnit.objects.create(facility=facility, name=name, **fields)


def a_station(facility: Facility, unit: HousingUnit | None = None, **fields: Any) -> Station:
    number = next(_count)
    return Station.objects.create(
        **{"facility": facility, "unit": unit, "name": f"Phone {number}", "sip_user": f"station-{number}", **fields}
    )


def a_resident(facility: Facility, **fields: Any) -> Resident:
    """An active resident with the PIN `PIN`."""
    global _PIN_HASH
    _PIN_HASH = _PIN_HASH or hash_pin(PIN)
    number = next(_count)
    return Resident.objects.create(
        **{
            "facility": facility,
            "resident_number": f"{100_000 + number}",
            "name": f"Resident {number}",
            "pin_hash": _PIN_HASH,
            "name_recording": "names/1.wav",
            **fields,
        }
    )


def a_number() -> str:
    """A Louisiana number that nobody else has."""
    return f"+1504{5_550_000 + next(_count)}"


def a_customer(number: str, balance: str = "0.00", **fields: Any) -> AccountId:
    """Somebody whose prepaid account pays for calls to `number`; the account."""
    email = f"customer{next(_count)}@example.org"
    user = User.objects.create_user(email, None, name="A customer")
    customer = Customer.objects.create(user=user, **fields)
    serve(customer.pk, number)
    account = ledger.open_customer_account(customer.pk)
    if Money.parse(balance).micros:
        ledger.deposit(account, Money.parse(balance), f"test/{email}", NOON)
    return account


def a_debit_account(resident: Resident, balance: str) -> AccountId:
    account = ledger.open_resident_account(ResidentId(resident.pk))
    if Money.parse(balance).micros:
        ledger.deposit(account, Money.parse(balance), f"test/debit/{resident.pk}", NOON)
    return account


def a_contact(resident: Resident, number: str, state: ContactState = ContactState.APPROVED, **fields: Any) -> Contact:
    waits = state in (ContactState.PENDING, ContactState.SHARED)
    return Contact.objects.create(
        **{
            "resident": resident,
            "number": number,
            "name": "Somebody",
            "relationship": "friend",
            "state": state,
            "waits_for": "request" if waits else "",
            "waiting_since": NOON if waits else None,
            **fields,
        }
    )


def a_call_id(at: Instant = NOON) -> CallId:
    return new_call_id(at, secrets.randbits(21))


def off_hook(station: Station, at: Instant = NOON, switchboard: str = "switchboard-1") -> CallId:
    """A call that has just begun."""
    call_id = a_call_id(at)
    services.open_call(call_id, StationId(station.pk), switchboard, at)
    return call_id


def identified(station: Station, resident: Resident, at: Instant = NOON) -> CallId:
    """A call whose resident gave number and PIN."""
    call_id = off_hook(station, at)
    answer = services.identify(call_id, resident.resident_number, PIN, at)
    assert isinstance(answer, Identified), answer
    return call_id


def dial(station: Station, resident: Resident, number: str, at: Instant = NOON) -> tuple[CallId, Any]:
    """A call up to the answer of authorise."""
    call_id = identified(station, resident, at)
    return call_id, services.authorise(call_id, ResidentId(resident.pk), number.removeprefix("+1"), at)


def authorised(station: Station, resident: Resident, number: str, at: Instant = NOON) -> tuple[CallId, Permit]:
    call_id, answer = dial(station, resident, number, at)
    assert isinstance(answer, Authorised), answer
    return call_id, answer.permit


def hung_up(call_id: CallId, seconds: float, accepted_at: Instant = NOON) -> Receipt:
    """The call was accepted, lasted so long, and is settled."""
    services.accept(call_id, accepted_at)
    ended_at = Instant(accepted_at + int(seconds * SECOND))
    return services.settle(call_id, completed(accepted_at, ended_at), None, None, None, ended_at)


def completed(accepted_at: Instant, ended_at: Instant, reason: Reason = Reason.TALK_HANGUP_CALLED) -> Settle:
    return Settle(Disposition.COMPLETED, reason, accepted_at, ended_at, Side.CALLED_PARTY)


def given_up(at: Instant) -> Settle:
    """Nobody accepted."""
    return Settle(Disposition.NO_ANSWER, Reason.RING_NO_ANSWER, None, at, None)
