"""Why a claim is not taken, or its code not accepted."""

from kinline.servicecalls.errors import WhyNot


class EnrolmentError(Exception):
    """The family of them."""


class WrongCode(EnrolmentError):
    """The code is not right; `left` more tries."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class CodeOver(EnrolmentError):
    """It is too old, was used, or was guessed at too often: a new one is needed."""


class NotSent(EnrolmentError):
    """The code could not be sent; `is_transient`: another try may succeed."""

    def __init__(self, *, is_transient: bool) -> None:
        super().__init__("not sent")
        self.is_transient = is_transient


class NotCalled(EnrolmentError):
    """No call is placed now; `why`, and after how many seconds another try can succeed."""

    def __init__(self, why: WhyNot, wait_seconds: int) -> None:
        super().__init__(why.value)
        self.why = why
        self.wait_seconds = wait_seconds


class NotTheirs(EnrolmentError):
    """What was named is not this customer's."""


class NotKnown(EnrolmentError):
    """What they say of a resident is not so, or nobody knows whether it is."""


class TooManyAnswers(EnrolmentError):
    """They, or too many others at the facility, answered wrongly today."""


class AlreadyWaiting(EnrolmentError):
    """A document of theirs waits for staff."""


class AlreadyDecided(EnrolmentError):
    """Somebody else has decided meanwhile."""
