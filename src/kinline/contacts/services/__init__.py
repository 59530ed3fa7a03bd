"""What can be done about contacts and privileged numbers: each verb is one short transaction, written down."""

from kinline.contacts.services.appealing import appeal, withdraw
from kinline.contacts.services.asking import request_contact
from kinline.contacts.services.deciding import decide_contact
from kinline.contacts.services.expiring import announce_expiring
from kinline.contacts.services.keeping import keep_lists
from kinline.contacts.services.privilege import enter_privileged, revoke_privileged, verify_privileged

__all__ = [
    "announce_expiring",
    "appeal",
    "decide_contact",
    "enter_privileged",
    "keep_lists",
    "request_contact",
    "revoke_privileged",
    "verify_privileged",
    "withdraw",
]
