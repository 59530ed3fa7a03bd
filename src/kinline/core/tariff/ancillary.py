"""Charges that nobody may make, whatever they are called: for paying, for an account, a bill, or a call as such."""

import re
from typing import Final

_ANCILLARY: Final = re.compile(
    r"\b(convenience|processing|transactions?|administrati(?:ve|on)|automated|live[ -]?agent|paper|statements?|billing|"
    r"single[ -]call|connection|set-?up|activation|maintenance|deposits?|funding|refunds?|accounts?|commissions?|"
    r"handling|technology|platform|validation|recovery)\b",
    re.IGNORECASE,
)


def is_ancillary(name: str) -> bool:
    """Whether a charge of this name is an ancillary service charge (47 CFR 64.6000), which 64.6020 forbids: no tax and
    no fee that a law demands of the caller is called so."""
    return _ANCILLARY.search(name) is not None
