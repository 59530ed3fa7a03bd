"""Book, move and release residents, one by one or from a file."""

from kinline.bookings.services.coming_and_going import (
    NotBookable,
    book,
    correct,
    move,
    release,
)
from kinline.bookings.services.feeding import KeyUsedOtherwise, admit, feed_of, give_key, set_feed, take, take_folder

__all__ = [
    "KeyUsedOtherwise",
    "NotBookable",
    "admit",
    "book",
    "correct",
    "feed_of",
    "give_key",
    "move",
    "release",
    "set_feed",
    "take",
    "take_folder",
]
