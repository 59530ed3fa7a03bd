"""Tags, branches and call identifiers out of injected randomness (RFC 3261 19.3, 8.1.1.7)."""

from collections.abc import Callable

_POOL = 2048


class Tokens:
    """Unguessable names of 64 and 128 bits, drawn from `entropy(bytes)` a pool at a time: asking the kernel for
    each of them would cost more than the rest of writing a message."""

    def __init__(self, entropy: Callable[[int], bytes]) -> None:
        self._entropy = entropy
        self._pool = ""
        self._at = 0

    def draw(self, characters: int = 16) -> str:
        """That many hexadecimal digits."""
        at, end = self._at, self._at + characters
        if end > len(self._pool):
            self._pool = self._entropy(_POOL).hex()
            at, end = 0, characters
        self._at = end
        return self._pool[at:end]

    def branch(self) -> str:
        return "z9hG4bK" + self.draw()

    def fraction(self) -> float:
        """Between 0 and 1."""
        return int(self.draw(8), 16) / 0x1_0000_0000
