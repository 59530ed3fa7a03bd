"""What can be done about contacts and privileged numbers: each verb is one short transaction, written down."""

from kinline.contacts.services.privilege import enter_privileged, revoke_privileged, verify_privileged

__all__ = ["enter_privileged", "revoke_privileged", "verify_privileged"]
