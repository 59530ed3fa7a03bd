"""Why an upload is not taken. No Django in here: the process that decodes strangers' files reads this too."""

from enum import StrEnum


class Why(StrEnum):
    """`web.files.uploads` has the words of each, in both languages."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    """More than `LARGEST` bytes."""
    NOT_TAKEN = "not_taken"
    """Neither JPEG nor PNG nor PDF, whatever its name says."""
    UNREADABLE = "unreadable"
    """It begins like one, and cannot be decoded."""
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    LOCKED = "locked"
    """A PDF with a password."""
    TOO_MANY = "too_many"
    """One person sent in more than `MOST_A_DAY` today."""


class UnacceptableUpload(Exception):
    """The file cannot be kept; `why` says what the sender can do about it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
