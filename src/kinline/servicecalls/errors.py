"""Why a service call is not ordered."""

from enum import StrEnum


class WhyNot(StrEnum):
    """Said to who asked."""

    NUMBER = "number"
    """Such calls are placed to ordinary numbers of the United States alone."""
    UNDER_WAY = "under_way"
    """One to this number is in progress."""
    TOO_MANY = "too_many"
    """To this number, for this account or from this address."""
    REFUSED = "refused"
    """Whoever answered there said that they had not asked."""
    NOT_THEIRS = "not_theirs"
    """It is no confirmed number of theirs."""
    NOBODY = "nobody"
    """Nobody answers for customer service by phone here."""


class NotOrdered(Exception):
    """Nothing is placed; another try can succeed after `wait_seconds` (0: not by waiting)."""

    def __init__(self, why: WhyNot, wait_seconds: int = 0) -> None:
        super().__init__(f"{why}, wait {wait_seconds} s")
        self.why = why
        self.wait_seconds = wait_seconds
