"""The calls of a family: those to their telephone numbers and those their account paid for."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kinline.calls.models import Call, CallState
from kinline.calls.priced import charged
from kinline.calls.queries import calls_of, credited_later
from kinline.core.callflow.commands import Disposition
from kinline.core.crediting import Sound
from kinline.core.identity import CallId
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Audience, Explanation
from kinline.core.sound_quality import Heard, heard
from kinline.core.tariff import Charge
from kinline.people.models import Customer
from kinline.web.explanation import explained
from kinline.web.family.remedies import Button, button
from kinline.web.local_time import LocalTime


@dataclass(frozen=True, slots=True)
class FamilyCall:
    """A call as a family reads it. `at` is the facility's local time, without zone, `zone` its name (`CST`)."""

    call_id: CallId
    at: datetime
    zone: str
    when: LocalTime
    resident: str
    facility: str
    number: str
    is_live: bool
    is_completed: bool
    is_privileged: bool
    is_recorded: bool
    talk_seconds: int
    billed_seconds: int
    price_per_minute: Money | None
    charge: Money
    taxes: Money
    facility_additive: Money
    credited: Money
    credited_later: Money
    """After its end: because it was redialled, or by staff."""
    is_theirs: bool  # paid from their account
    balance_before: Money | None
    balance_after: Money | None
    explanation: Explanation | None
    cost: Charge | None
    """Its price part by part, as the tariff of that time makes it."""
    heard: Heard | None
    button: Button | None
    """What does what the explanation advises."""

    @property
    def paid(self) -> Money:
        """What the call cost in the end."""
        return self.charge - self.credited - self.credited_later

    @property
    def talk_price(self) -> Money:
        """The provider's part: the charge without taxes and without what the facility adds."""
        return self.charge - self.taxes - self.facility_additive - self.termination

    @property
    def termination(self) -> Money:
        """What was passed on to networks abroad."""
        return self.cost.termination if self.cost else ZERO


def call_of(customer: Customer, call_id: CallId) -> FamilyCall | None:
    """One of their calls; None: there is none, or it is not theirs."""
    call = calls_of(customer).filter(pk=call_id).first()
    if call is None:
        return None
    return replace(as_family_reads_it(customer, call), credited_later=credited_later(call_id))


def as_family_reads_it(customer: Customer, call: Call) -> FamilyCall:
    """The balance is told only when it is their own: a resident's debit account pays for some calls to them."""
    is_theirs = call.account is not None and call.account.customer_id == customer.pk
    zone = ZoneInfo(call.facility.time_zone)
    explanation = None if call.state != CallState.SETTLED else explained(call, Audience.FAMILY)
    opened = datetime.fromtimestamp(call.opened_at / 1000, UTC).astimezone(zone)
    talked = max(call.ended_at - call.accepted_at, 0) // 1000 if call.accepted_at and call.ended_at else 0
    return FamilyCall(
        call_id=CallId(call.pk),
        at=opened.replace(tzinfo=None),
        zone=opened.strftime("%Z"),
        when=LocalTime(opened),
        resident=call.resident.name if call.resident else "",
        facility=call.facility.name,
        number=call.called_party,
        is_live=call.state != CallState.SETTLED,
        is_completed=call.disposition == Disposition.COMPLETED,
        is_privileged=call.is_privileged,
        is_recorded=bool(call.recording) and not call.is_privileged,
        talk_seconds=talked,
        billed_seconds=call.billed_seconds,
        price_per_minute=None if call.price_per_minute is None else Money(call.price_per_minute),
        charge=Money(call.charge),
        taxes=Money(call.taxes),
        facility_additive=Money(call.facility_additive),
        credited=Money(call.credited),
        credited_later=ZERO,
        is_theirs=is_theirs,
        balance_before=Money(call.balance_before) if is_theirs and call.balance_before is not None else None,
        balance_after=Money(call.balance_after) if is_theirs and call.balance_after is not None else None,
        explanation=explanation,
        cost=charged(call),
        heard=heard(_sounds(call)) if call.accepted_at else None,
        button=button(explanation, facility=call.facility_id, call=call.pk),
    )


def _sounds(call: Call) -> list[Sound]:
    legs = (json.loads(text) for text in (call.quality_resident, call.quality_called_party) if text)
    return [Sound(leg["packets"], leg["mos"]) for leg in legs]
