"""Who plays in the demo: names, numbers, PINs and log-ins. All of it is public, passwords included."""

from dataclasses import dataclass
from typing import Final

from kinline.configuration import DEMO_ACCOUNT_NUMBER, DEMO_SUPPORT_NUMBER
from kinline.people.models import (
    Role,
)

AGENCY: Final = "Bayou Parish Sheriff"
FACILITY: Final = "Bayou Parish Jail"
PASSWORD: Final = "kinline-demo"  # noqa: S105 (public: of every demo log-in)
SECOND_STEP: Final = "KINLINEDEMOKINLINEDEMOKINLINEDEM"
"""The secret of every demo staff member's second step; `kinline demo code` prints its current code."""

JAIL_NUMBER: Final = "+19855550100"
MOTHER: Final = "+15045550123"
FATHER: Final = "+15045550134"
ATTORNEY: Final = "+12255550110"
SISTER: Final = "+15045550145"
AUNT: Final = "+15045550156"
BROTHER: Final = "+19855550167"
WIFE: Final = "+19855550178"
GRANDMOTHER: Final = "+12025550189"
FRIEND: Final = "+15045550191"
COUSIN: Final = "+15045550192"
FORMER_PARTNER: Final = "+15045550193"
NEW_ATTORNEY: Final = "+12255550194"
NEIGHBOUR: Final = "+15045550195"
HOTLINE: Final = "+12255550199"
ACCOUNT_NUMBER: Final = DEMO_ACCOUNT_NUMBER
"""Where the account menu answers, unless `KINLINE_ACCOUNT_NUMBER` says otherwise."""
SUPPORT: Final = DEMO_SUPPORT_NUMBER
"""Whose phone rings for who presses 0 there."""
UNCLE: Final = "+15045550161"
"""Two customers pay for him: the aunt, who has no money, is asked before the mother."""
BONDSMAN: Final = "+15045550162"
"""Pays by a monthly invoice."""
NOTARY: Final = "+15045550163"
"""Did not pay the last one."""
CLINIC: Final = "+15045550164"
"""Has used up its credit."""
BROKER: Final = "+15045550178"
"""Whose monthly bill finance has suspended."""
CARD_HOLDER: Final = "+15045550165"
"""Whose last payment is disputed."""
COLLEAGUE: Final = "+15045550166"
"""Has no account: accepts collect calls."""
LANDLORD: Final = "+15045550167"
"""Accepted so many that prepaid is all that is left."""
DEDICATED: Final = "+15045550168"
"""Rings the mother; only Daniel can call it, and only its own money pays."""
NEPHEW: Final = "+15045550183"
"""Whose approval as a contact has ended."""
NURSE: Final = "+15045550176"
"""Sleeps when others are awake: no hour is right."""
THRIFTY: Final = "+15045550177"
"""Lets a cent a day be spent, which no call fits into."""
LINES: Final = (
    *(MOTHER, FATHER, ATTORNEY, SISTER, AUNT, BROTHER, WIFE, GRANDMOTHER, FRIEND, HOTLINE),
    *(UNCLE, BONDSMAN, COLLEAGUE, SUPPORT),
)
"""The numbers whose phones can register."""


PHONE_PIN: Final = "730482"
"""Of Rosa's account, by phone."""


def line_password(number: str) -> str:
    """The SIP password of a demo line."""
    return f"line-{number[-4:]}"


def station_password(user: str) -> str:
    """The SIP password of a demo station."""
    return f"{user}-demo"


@dataclass(frozen=True, slots=True)
class LogIn:
    """Somebody who can log in to the web pages with `PASSWORD`."""

    who: str
    email: str
    name: str
    role: Role | None = None
    unit: str = ""
    """Where the role is held, when not at the whole facility."""


LOG_INS: Final = (
    LogIn("mother of Daniel Reyes", "rosa@demo.example", "Rosa Reyes"),
    LogIn("approver of contacts", "approver@demo.example", "Pat Approver", Role.APPROVER),
    LogIn("officer of unit A", "officer@demo.example", "Olga Officer", Role.OFFICER, "A"),
    LogIn("investigator", "investigator@demo.example", "Ines Investigator", Role.INVESTIGATOR),
    LogIn("facility administrator", "jail@demo.example", "Adam Administrator", Role.FACILITY_ADMINISTRATOR),
    LogIn("finance of the provider", "finance@demo.example", "Fay Finance", Role.FINANCE),
    LogIn("support of the provider", "support@demo.example", "Sam Support", Role.SUPPORT),
)

DANIEL, TOMAS, JAMES, LUIS, ANDRE, KEVIN = (
    ("100001", "4821"),
    ("100002", "7305"),
    ("100003", "1968"),
    ("100004", "2580"),
    ("100005", "6174"),
    ("100006", "9041"),
)
RELEASED, ELSEWHERE, COUNTED, TALKED, HURRIED, SEPARATED, CROWDED, LATE, WAITING, CAMPER, NEW = (
    (f"1000{number}", "1357") for number in range(11, 22)
)
SELDOM, NEARBY, GIVEN = (("100022", "1357"), ("100023", "1357"), ("100024", "1357"))


def dial(number: str) -> str:
    return number.removeprefix("+1")
