"""Why money does not go back now."""

from kinline.core.money import Money


class RefundError(Exception):
    """Nothing moved."""


class NothingToRefund(RefundError):
    """Nothing is free on the account: it is empty, or held for a call."""


class UnderReview(RefundError):
    """A payment onto the account is disputed: nothing leaves it until that is decided."""


class AddressNeeded(RefundError):
    """`rest` cannot go to a card, and a cheque needs an address."""

    def __init__(self, rest: Money) -> None:
        super().__init__(f"{rest} must go by cheque, and there is no address")
        self.rest = rest


class MoreThanThere(RefundError):
    """More was asked for than is free."""

    def __init__(self, free: Money) -> None:
        super().__init__(f"{free} is free")
        self.free = free


class OtherRequest(RefundError):
    """This reference was used for another request."""


class OwesMoney(RefundError):
    """The customer's monthly bill is not paid, so their account cannot be closed."""

    def __init__(self, owed: Money) -> None:
        super().__init__(f"{owed} is owed")
        self.owed = owed


class WrongStanding(RefundError):
    """A pay-out, file or report is not in the state that this asks for."""


class NotYourRole(RefundError):
    """This member of staff may not do it, or not for so much."""


class MoreThanTheCall(RefundError):
    """`left` is what of the call's charge was not given back yet."""

    def __init__(self, left: Money) -> None:
        super().__init__(f"{left} of the call's charge is left to give back")
        self.left = left
