"""What families do to come to an account, and to the ways in which they sign in to it."""

from kinline.enrolment.services.details import (
    ask_email,
    ask_number,
    call_code,
    forgotten,
    give_up_number,
    move_to_email,
    own_number,
    password_changed,
    reset_password,
    set_address,
    text_code,
    way_in_changed,
)
from kinline.enrolment.services.signing_up import Newcomer, join, send_again, sign_up

__all__ = [
    "Newcomer",
    "ask_email",
    "ask_number",
    "call_code",
    "forgotten",
    "give_up_number",
    "join",
    "move_to_email",
    "own_number",
    "password_changed",
    "reset_password",
    "send_again",
    "set_address",
    "sign_up",
    "text_code",
    "way_in_changed",
]
