"""How many examples a property is tried on: as many as its test says, or KINLINE_EXAMPLES times as many."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("KINLINE_EXAMPLES", "1"))


def examples(count: int) -> int:
    """For `settings(max_examples=...)`."""
    return count * TIMES


settings.register_profile("kinline", max_examples=examples(100), deadline=None)
settings.load_profile("kinline")
