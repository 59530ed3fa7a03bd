"""What can be wrong with a message or a request; the one family of errors of this room."""


class SipError(Exception):
    """A message that is not SIP, or asks what cannot be done. `status` is the answer it deserves (RFC 3261 21)."""

    def __init__(self, what: str, status: int = 400) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
