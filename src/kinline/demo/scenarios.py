"""The calls to try: one for each way in which a call can go, or be refused."""

from dataclasses import dataclass
from typing import Final

from kinline.core.reasons import Reason
from kinline.demo.cast import (
    ANDRE,
    ATTORNEY,
    AUNT,
    BONDSMAN,
    BROKER,
    BROTHER,
    CAMPER,
    CARD_HOLDER,
    CLINIC,
    COLLEAGUE,
    COUNTED,
    COUSIN,
    CROWDED,
    DANIEL,
    DEDICATED,
    ELSEWHERE,
    FATHER,
    FORMER_PARTNER,
    FRIEND,
    GIVEN,
    GRANDMOTHER,
    HURRIED,
    JAIL_NUMBER,
    JAMES,
    KEVIN,
    LANDLORD,
    LATE,
    LUIS,
    MOTHER,
    NEARBY,
    NEIGHBOUR,
    NEPHEW,
    NEW,
    NEW_ATTORNEY,
    NOTARY,
    NURSE,
    RELEASED,
    SELDOM,
    SEPARATED,
    SISTER,
    TALKED,
    THRIFTY,
    TOMAS,
    UNCLE,
    WAITING,
    WIFE,
    dial,
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


SCENARIOS: Final = {
    "ordinary": Scenario("station-a1", *DANIEL, dial(MOTHER)),
    "speed_dial": Scenario("station-a1", *DANIEL, "1"),
    "privileged": Scenario("station-a2", *DANIEL, dial(ATTORNEY)),
    "spanish": Scenario("station-a2", *TOMAS, dial(WIFE)),
    "first_use": Scenario("station-a2", *TOMAS, dial(WIFE)),
    "time_limit": Scenario("station-b1", *LUIS, dial(MOTHER)),
    "debit": Scenario("station-b2", *ANDRE, dial(BROTHER)),
    "interstate": Scenario("station-b2", *ANDRE, dial(GRANDMOTHER)),
    "several_payers": Scenario("station-a1", *DANIEL, dial(UNCLE)),
    "direct_bill": Scenario("station-a2", *DANIEL, dial(BONDSMAN)),
    "collect": Scenario("station-t1", *NEW, dial(COLLEAGUE)),
    "agency_pays": Scenario("station-y1", *GIVEN, dial(COLLEAGUE)),
    "dedicated": Scenario("station-a1", *DANIEL, dial(DEDICATED), rings=MOTHER),
    "hotline": Scenario("station-b1", *JAMES, "*77"),
    "wrong_pin": Scenario("station-a1", DANIEL[0], "0000", dial(MOTHER), Reason.IDENTIFY_BAD_PIN),
    "pin_locked": Scenario("station-b1", *KEVIN, dial(MOTHER), Reason.IDENTIFY_PIN_LOCKED),
    "pin_not_here": Scenario("station-a1", *ELSEWHERE, dial(MOTHER), Reason.IDENTIFY_PIN_NOT_HERE),
    "not_active": Scenario("station-a1", *RELEASED, dial(MOTHER), Reason.IDENTIFY_NOT_ACTIVE),
    "suspended": Scenario("station-b1", *JAMES, dial(MOTHER), Reason.POLICY_SUSPENDED),
    "facility_closed": Scenario("station-k1", *CAMPER, dial(MOTHER), Reason.POLICY_FACILITY_CLOSED),
    "unit_closed": Scenario("station-c1", *DANIEL, dial(MOTHER), Reason.POLICY_UNIT_CLOSED),
    "station_closed": Scenario("station-b3", *DANIEL, dial(MOTHER), Reason.POLICY_STATION_CLOSED),
    "cut_off": Scenario("station-b4", *DANIEL, dial(MOTHER), Reason.POLICY_CUTOFF),
    "lockdown": Scenario("station-d1", *DANIEL, dial(MOTHER), Reason.POLICY_LOCKDOWN),
    "wrong_station": Scenario("station-b1", *SEPARATED, dial(MOTHER), Reason.POLICY_STATION_NOT_ALLOWED),
    "not_on_list": Scenario("station-a1", *DANIEL, "5045550188", Reason.POLICY_NOT_ON_LIST),
    "empty_slot": Scenario("station-a1", *DANIEL, "99", Reason.POLICY_NOT_ON_LIST),
    "pending": Scenario("station-a1", *DANIEL, dial(FRIEND), Reason.POLICY_CONTACT_PENDING),
    "expired": Scenario("station-a1", *DANIEL, dial(NEPHEW), Reason.POLICY_CONTACT_EXPIRED),
    "rejected": Scenario("station-a1", *DANIEL, dial(COUSIN), Reason.POLICY_CONTACT_REJECTED),
    "list_full": Scenario("station-a1", *CROWDED, "5045550188", Reason.POLICY_LIST_FULL),
    "shared_number": Scenario("station-a1", *SEPARATED, dial(AUNT), Reason.POLICY_NUMBER_SHARED),
    "blocked_by_facility": Scenario("station-a1", *DANIEL, "5045550171", Reason.POLICY_NUMBER_BLOCKED_FACILITY),
    "blocked_for_security": Scenario("station-a1", *DANIEL, "5045550172", Reason.POLICY_NUMBER_BLOCKED_SECURITY),
    "staff_number": Scenario("station-a1", *DANIEL, dial(JAIL_NUMBER), Reason.POLICY_STAFF_NUMBER),
    "victim": Scenario("station-a1", *DANIEL, "5045550174", Reason.POLICY_VICTIM),
    "no_contact_order": Scenario("station-a1", *DANIEL, dial(FORMER_PARTNER), Reason.POLICY_NO_CONTACT_ORDER),
    "velocity": Scenario("station-a1", *HURRIED, dial(MOTHER), Reason.POLICY_VELOCITY),
    "daily_calls": Scenario("station-a1", *COUNTED, dial(MOTHER), Reason.POLICY_DAILY_CALLS),
    "calls_used": Scenario("station-a1", *SELDOM, dial(MOTHER), Reason.POLICY_CALLS_USED),
    "destination_off": Scenario("station-a1", *NEARBY, dial(MOTHER), Reason.POLICY_DESTINATION_OFF),
    "minutes_used": Scenario("station-a1", *TALKED, dial(MOTHER), Reason.POLICY_MINUTES_USED),
    "too_soon": Scenario("station-a1", *WAITING, dial(MOTHER), Reason.POLICY_TOO_SOON),
    "toll_free": Scenario("station-a1", *DANIEL, "8005550100", Reason.POLICY_DESTINATION_CLASS),
    "emergency": Scenario("station-a1", *DANIEL, "911", Reason.POLICY_EMERGENCY_NUMBER),
    "abroad": Scenario("station-a1", *DANIEL, "011525555550123", Reason.POLICY_INTERNATIONAL_OFF),
    "invalid": Scenario("station-a1", *DANIEL, "2220550100", Reason.DIAL_INVALID),
    "incomplete": Scenario("station-a1", *DANIEL, "504555", Reason.DIAL_INCOMPLETE),
    "privilege_unverified": Scenario("station-a1", *DANIEL, dial(NEW_ATTORNEY), Reason.OFFER_PRIVILEGED_UNVERIFIED),
    "blocked": Scenario("station-a1", *DANIEL, dial(SISTER), Reason.BLOCK_CALLED_PARTY),
    "paused": Scenario("station-a1", *DANIEL, dial(NEIGHBOUR), Reason.BLOCK_CUSTOMER_PAUSED),
    "quiet_hours": Scenario("station-a1", *DANIEL, dial(NURSE), Reason.BLOCK_QUIET_HOURS),
    "day_limit": Scenario("station-a1", *DANIEL, dial(THRIFTY), Reason.FUND_DAY_LIMIT),
    "no_account": Scenario("station-a1", *DANIEL, dial(FATHER), Reason.FUND_NO_ACCOUNT),
    "no_funds": Scenario("station-a1", *DANIEL, dial(AUNT), Reason.FUND_INSUFFICIENT),
    "dedicated_to_another": Scenario("station-b2", *ANDRE, dial(DEDICATED), Reason.POLICY_NOT_ON_LIST),
    "invoice_overdue": Scenario("station-a1", *DANIEL, dial(NOTARY), Reason.FUND_INVOICE_OVERDUE),
    "bill_suspended": Scenario("station-a1", *DANIEL, dial(BROKER), Reason.FUND_BILL_SUSPENDED),
    "credit_limit": Scenario("station-a1", *DANIEL, dial(CLINIC), Reason.FUND_CREDIT_LIMIT),
    "payment_review": Scenario("station-a1", *DANIEL, dial(CARD_HOLDER), Reason.FUND_PAYMENT_REVIEW),
    "collect_used_up": Scenario("station-t1", *NEW, dial(LANDLORD), Reason.FUND_COLLECT_NOT_BILLABLE),
    "debit_empty": Scenario("station-a1", *LATE, dial(BROTHER), Reason.FUND_RESIDENT_DEBIT_EMPTY),
    "no_rate": Scenario("station-x1", *ELSEWHERE, dial(GRANDMOTHER), Reason.TARIFF_NO_RATE),
    "over_cap": Scenario("station-x1", *ELSEWHERE, dial(MOTHER), Reason.TARIFF_OVER_CAP),
}
"""A call for each course that `identify` and `authorise` can take (but one: a resident who is on another call)."""
