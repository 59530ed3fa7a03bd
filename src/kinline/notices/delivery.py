"""What a channel is given and what it may answer."""

from dataclasses import dataclass


class NotDelivered(Exception):
    """The message did not go out; the text names nobody. `is_transient`: it may, later."""

    def __init__(self, problem: str, *, is_transient: bool) -> None:
        super().__init__(problem)
        self.is_transient = is_transient


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is attached."""

    name: str
    kind: str
    """`application/pdf`."""
    content: bytes
