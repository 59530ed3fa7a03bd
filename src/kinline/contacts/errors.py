"""Why something cannot be done about contacts or privileged numbers."""

from kinline.core.contacts import AskProblem, NotDecided
from kinline.core.identity import Instant


class ContactError(ValueError):
    """Something that is asked for cannot be done; nothing was changed."""


class AlreadyRegistered(ContactError):
    """The number has an entry of this reach that was not revoked."""


class SamePerson(ContactError):
    """A second person must do this: another one than who did the first part."""


class NotWaiting(ContactError):
    """There is nothing to decide: it was decided, withdrawn or revoked."""


class NotAskable(ContactError):
    """A contact cannot be asked for. `until`: when it can be asked again, where that is the problem."""

    def __init__(self, problem: AskProblem, until: Instant | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.until = until


class NotTheirNumber(ContactError):
    """The customer has no such number, or it is not confirmed as theirs."""


class CannotDecide(ContactError):
    """Nothing was decided, and why."""

    def __init__(self, problem: NotDecided) -> None:
        super().__init__(problem)
        self.problem = problem


class NotAppealable(ContactError):
    """There is no refusal that can still be appealed."""
