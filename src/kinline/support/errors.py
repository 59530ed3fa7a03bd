"""Why a case is not opened, or not as asked. What a case's state does not allow is `core.casework.NotNow`."""


class SupportError(Exception):
    """Nothing was written."""


class NotTheirs(SupportError):
    """The call, payment or case belongs to another family, or there is none."""


class NothingSaid(SupportError):
    """A message without words."""


class TooLong(SupportError):
    """`most` characters fit."""

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} characters")
        self.most = most


class TooMany(SupportError):
    """So many cases of one family are open that another would only wait behind them."""


class NoOutcome(SupportError):
    """A credit belongs to the outcome `credited`, to this family, and to one case; and that outcome to a credit."""
