"""What can be done to a call: each service is one short transaction, and safe to ask twice."""

from kinline.calls.services.authorising import authorise, extend_hold
from kinline.calls.services.entering import enter_settled
from kinline.calls.services.identifying import identify, name_recorded
from kinline.calls.services.learning import learn_contacts
from kinline.calls.services.opening import open_call
from kinline.calls.services.privileging import become_privileged
from kinline.calls.services.redialling import credit_redials
from kinline.calls.services.settling import reap, settle
from kinline.calls.services.talking import accept, block_resident, cut_off, heartbeat, note
from kinline.calls.vocabulary import (
    CallError,
    CallIsOver,
    End,
    Entry,
    LegQuality,
    Order,
    OtherQuestion,
    Protect,
    Tell,
    UnknownCall,
)

__all__ = [
    "CallError",
    "CallIsOver",
    "End",
    "Entry",
    "LegQuality",
    "Order",
    "OtherQuestion",
    "Protect",
    "Tell",
    "UnknownCall",
    "accept",
    "authorise",
    "become_privileged",
    "block_resident",
    "credit_redials",
    "cut_off",
    "enter_settled",
    "extend_hold",
    "heartbeat",
    "identify",
    "learn_contacts",
    "name_recorded",
    "note",
    "open_call",
    "reap",
    "settle",
]
