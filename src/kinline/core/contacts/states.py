"""The words for how a contact stands, what is done about it, and what its family is told."""

from enum import StrEnum
from typing import Final

DAY: Final = 86_400_000
"""Milliseconds."""


class State(StrEnum):
    """How a number stands on a resident's list; the values are those that are stored."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REMOVED = "removed"
    SHARED = "shared"
    NO_CONTACT_ORDER = "no_contact_order"


class WaitsFor(StrEnum):
    """What is to be decided about a contact."""

    NOTHING = ""
    REQUEST = "request"
    RENEWAL = "renewal"
    APPEAL = "appeal"


class Act(StrEnum):
    """What somebody does about a contact. `WITHDRAW` is the family's own; all others are staff's."""

    APPROVE = "approve"
    REJECT = "reject"
    REMOVE = "remove"
    EXTEND = "extend"
    FORBID = "forbid"
    """A court forbids the contact."""
    WITHDRAW = "withdraw"


class Told(StrEnum):
    """What the family is told of an act."""

    NOTHING = ""
    APPROVED = "approved"
    EXTENDED = "extended"
    REJECTED = "rejected"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
