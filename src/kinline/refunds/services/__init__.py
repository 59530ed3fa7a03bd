"""What can be done about money that goes back."""

from kinline.refunds.services.asking import Address, planned, planned_on_request, refund
from kinline.refunds.services.crediting import LIMITS, decide, give, limits_of
from kinline.refunds.services.inactivity import look_after_inactive, residents_to_tell, say_given, say_wanted
from kinline.refunds.services.paying_out import make_file, mark_returned, mark_sent, readdress, say_owner_told
from kinline.refunds.services.pursuing import pursue
from kinline.refunds.services.ruling import set_release_way, set_state_period
from kinline.refunds.services.unclaimed import mark_paid, report, turn_over, unclaimed
from kinline.refunds.services.winding_up import close_account, finish, open_again, release

__all__ = [
    "LIMITS",
    "Address",
    "close_account",
    "decide",
    "finish",
    "give",
    "limits_of",
    "look_after_inactive",
    "make_file",
    "mark_paid",
    "mark_returned",
    "mark_sent",
    "open_again",
    "planned",
    "planned_on_request",
    "pursue",
    "readdress",
    "refund",
    "release",
    "report",
    "residents_to_tell",
    "say_given",
    "say_owner_told",
    "say_wanted",
    "set_release_way",
    "set_state_period",
    "turn_over",
    "unclaimed",
]
