"""The vocabulary of the audit trail: everything whose doing must be known later."""

from enum import StrEnum


class Action(StrEnum):
    """`room.verb`. A service that changes what people may do, or shows what is private, has its word here."""

    ACCESS_REFUSED = "access.refused"
    """Somebody asked for what they may not see."""
    CALL_CUT_OFF = "call.cut_off"
    CALL_LISTENED = "call.listened"
    CALL_SEEN = "call.seen"
    CONTACT_REQUESTED = "contact.requested"
    CONTACT_APPROVED = "contact.approved"
    CONTACT_REJECTED = "contact.rejected"
    CONTACT_REMOVED = "contact.removed"
    NUMBER_BLOCKED = "number.blocked"
    NUMBER_UNBLOCKED = "number.unblocked"
    PRIVILEGE_VERIFIED = "privilege.verified"
    PRIVILEGE_WITHDRAWN = "privilege.withdrawn"
    PHONES_SWITCHED = "phones.switched"
    PLAN_OFFERED = "plan.offered"
    PRICE_SET = "price.set"
    TAX_SET = "tax.set"
    FREE_MINUTES_SET = "free_minutes.set"
    PIN_RESET = "pin.reset"
    RESIDENT_SUSPENDED = "resident.suspended"
    RESIDENT_REINSTATED = "resident.reinstated"
    RECORDING_HEARD = "recording.heard"
    RECORDING_EXPORTED = "recording.exported"
    TRANSFER_REVERSED = "transfer.reversed"
