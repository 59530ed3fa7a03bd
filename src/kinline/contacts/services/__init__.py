"""What can be done about contacts and privileged numbers: each verb is one short transaction, written down."""

from kinline.contacts.services.appealing import appeal, withdraw
from kinline.contacts.services.asking import request_contact
from kinline.contacts.services.deciding import decide_contact
from kinline.contacts.services.expiring import announce_expiring
from kinline.contacts.services.keeping import keep_lists
from kinline.contacts.services.privilege import (
    ask_for_privilege,
    enter_privileged,
    refuse_privilege_request,
    revoke_privileged,
    take_privilege_request,
    verify_privileged,
)
from kinline.contacts.services.wishing import block_calls, limit_spending, pause_calls, set_quiet_hours, unblock_calls

__all__ = [
    "announce_expiring",
    "appeal",
    "ask_for_privilege",
    "block_calls",
    "decide_contact",
    "enter_privileged",
    "keep_lists",
    "limit_spending",
    "pause_calls",
    "refuse_privilege_request",
    "request_contact",
    "revoke_privileged",
    "set_quiet_hours",
    "take_privilege_request",
    "unblock_calls",
    "verify_privileged",
    "withdraw",
]
