"""Whom a resident may call, whose calls nobody may hear, and who wishes no calls."""

from kinline.contacts.models.block import Block, BlockedBy
from kinline.contacts.models.contact import (
    Contact,
    ContactAppeal,
    ContactDecision,
    ContactDocument,
    ContactSettings,
    ContactState,
)
from kinline.contacts.models.dedicated import DedicatedNumber
from kinline.contacts.models.noted import NotedNumber
from kinline.contacts.models.privilege import PrivilegedNumber, PrivilegeKind, PrivilegeRequest
from kinline.contacts.models.wishes import QuietHours, SpendingLimit

__all__ = [
    "Block",
    "BlockedBy",
    "Contact",
    "ContactAppeal",
    "ContactDecision",
    "ContactDocument",
    "ContactSettings",
    "ContactState",
    "DedicatedNumber",
    "NotedNumber",
    "PrivilegeKind",
    "PrivilegeRequest",
    "PrivilegedNumber",
    "QuietHours",
    "SpendingLimit",
]
