"""What is known when a call is decided: the rules of each level, what was used up, who is called and who pays."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, Jurisdiction, NumberClass
from kinline.core.reasons import Reason
from kinline.core.tariff import PlanStanding, Tariff
from kinline.core.windows import Hours


class Level(StrEnum):
    """Who says a rule, from the widest to the narrowest. Each can tighten what the others allow, none can loosen it."""

    PLATFORM = "platform"
    AGENCY = "agency"
    FACILITY = "facility"
    UNIT = "unit"
    STATION_GROUP = "station_group"
    STATION = "station"
    RESIDENT = "resident"
    CONTACT = "contact"
    CALLED_PARTY = "called_party"


class Switch(StrEnum):
    """Whether phones may be used apart from hours, as staff turned it."""

    ON = "on"
    CUT_OFF = "cut_off"
    LOCKDOWN = "lockdown"


USUALLY_BARRED: Final = frozenset({NumberClass.TOLL_FREE, NumberClass.PREMIUM, NumberClass.PERSONAL})
"""What is barred where no level says anything about classes: numbers that cost too much or hide who is called."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one level says; None leaves the matter to the other levels. Times in seconds."""

    level: Level
    place: str = ""  # whose level it is, as staff know it: "Unit B"
    switch: Switch = Switch.ON
    hours: Hours | None = None
    own_unit_only: bool = False
    list_required: bool = False  # only approved contacts may be called
    barred: frozenset[NumberClass] | None = None  # with INTERNATIONAL: no calls abroad
    destinations: frozenset[Jurisdiction] | None = None  # only calls that go there
    countries: frozenset[str] | None = None  # of calls abroad, only those to these (ISO 3166)
    numbers_allowed: tuple[str, ...] | None = None  # only these: whole numbers, or beginnings that end with `*`
    numbers_blocked: tuple[str, ...] = ()
    maximum_seconds: int | None = None
    wait_seconds: int | None = None  # between the end of a call and the next
    attempts_per_hour: int | None = None
    calls_per_day: int | None = None
    calls_per_week: int | None = None
    calls_per_month: int | None = None
    seconds_per_day: int | None = None
    seconds_per_week: int | None = None
    seconds_per_month: int | None = None

    def __post_init__(self) -> None:
        if self.maximum_seconds is not None and self.maximum_seconds < 1:
            raise ValueError(f"{self.level}: a call may last at least a second; turn phones off with the switch")


@dataclass(frozen=True, slots=True)
class Usage:
    """What the resident used up; days, weeks and months begin as `core.windows` says, on the facility's clock."""

    last_call_ended_at: Instant | None = None
    attempts_in_hour: tuple[Instant, ...] = ()  # of the last 60 minutes
    calls_today: int = 0
    calls_this_week: int = 0
    calls_this_month: int = 0
    free_calls_this_week: int = 0  # of the resident's own allowance
    free_calls_this_month: int = 0
    seconds_today: int = 0
    seconds_this_week: int = 0
    seconds_this_month: int = 0


@dataclass(frozen=True, slots=True)
class Suspension:
    """Calling privileges are taken away before `until`."""

    level: Level
    until: Instant


class Standing(StrEnum):
    """How the number stands on the resident's list."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    EXPIRED = "expired"  # was approved for a time, which is over
    UNLISTED = "unlisted"
    LIST_FULL = "list_full"  # unlisted, and there is no room to ask for it
    SHARED = "shared"  # on other residents' lists too, which the facility must agree to


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that begin with `prefix` (or are it, if `is_whole`) are not called: a reason of stage policy or block.

    Facility and security blocks, no-contact orders, victims, staff numbers, forbidden prefixes, the called party's own
    wish, a customer's pause: all are blocks and differ in their reason.
    """

    prefix: str
    reason: Reason
    level: Level
    is_whole: bool = True
    until: Instant | None = None  # None: until lifted

    def holds(self, number: E164, at: Instant) -> bool:
        matches = number == self.prefix if self.is_whole else number.startswith(self.prefix)
        return matches and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The called party wishes no calls while a clock in `zone`, theirs, shows a time within these hours."""

    hours: Hours
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class FreeCalls:
    """Calls that a resident without means makes at nobody's cost; None: no allowance of that kind."""

    per_week: int | None = None
    per_month: int | None = None

    def is_left(self, usage: Usage) -> bool:
        """Whether the next call is free: each allowance that is given has one left, and there is one."""
        given = [(self.per_week, usage.free_calls_this_week), (self.per_month, usage.free_calls_this_month)]
        counted = [(calls, used) for calls, used in given if calls is not None]
        return bool(counted) and all(used < calls for calls, used in counted)


@dataclass(frozen=True, slots=True)
class Separation:
    """Two residents who are never in one conversation, from `since` on and before `until` (None: until lifted)."""

    residents: frozenset[ResidentId]
    since: Instant
    until: Instant | None = None

    def parts(self, one: ResidentId, other: ResidentId, at: Instant) -> bool:
        running = self.since <= at and (self.until is None or at < self.until)
        return running and self.residents == {one, other}


def kept_apart(
    resident: ResidentId, present: Iterable[ResidentId], separations: Iterable[Separation], at: Instant
) -> bool:
    """Whether somebody who takes part already must be kept apart from the resident: of a call or a visit."""
    others = set(present)
    return any(separation.parts(resident, other, at) for separation in separations for other in others)


class Arrangement(StrEnum):
    """How a payer pays."""

    PREPAID = "prepaid"  # a customer's account
    DEDICATED = "dedicated"  # a customer's money that one resident's calls may use
    RESIDENT_DEBIT = "resident_debit"
    DIRECT_BILL = "direct_bill"  # a monthly invoice within a credit limit
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody who could pay. `available` is the balance less all holds; it may be negative within the credit limit."""

    account: AccountId
    arrangement: Arrangement
    available: Money
    credit_limit: Money = ZERO
    elsewhere: Money = ZERO  # the same owner's money at a place that cannot pay for this call
    plan: PlanStanding | None = None  # what is left of an alternate pricing plan for this call
    day_rest: Money | None = None  # what the owner lets be spent today yet, calls in progress deducted; None: no limit
    obstacle: Reason | None = None  # fund.payment_review, fund.bill_suspended, fund.collect_not_billable ...

    @property
    def spendable(self) -> Money:
        return self.available + self.credit_limit


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Everything that decides whether a call may be made, at the instant `at`."""

    at: Instant
    zone: ZoneInfo  # the facility's
    number: E164
    tariff: Tariff | Reason  # or why the call cannot be priced
    rules: tuple[Rules, ...] = ()  # from the widest level to the narrowest
    usage: Usage = field(default_factory=Usage)
    suspensions: tuple[Suspension, ...] = ()
    standing: Standing = Standing.UNLISTED
    blocks: tuple[Block, ...] = ()
    quiet: QuietHours | None = None  # when no call is wished
    payers: tuple[Payer, ...] = ()  # in the order in which they are asked
    is_active: bool = True  # booked in, as the jail's records say
    is_here: bool = True  # the station is at the resident's facility
    is_on_call: bool = False  # somebody is on a call with this resident's PIN
    is_in_own_unit: bool = True
    is_hotline: bool = False  # free to everyone, needs no list, counts in no limit, and no suspension stops it
    is_free: bool = False  # nobody pays for this call
    jurisdiction: Jurisdiction | None = None  # where the call goes; None: not known, so no rule about it holds
    is_kept_apart: bool = False  # somebody is on a call with this number from whom the resident is kept apart
    free_calls: FreeCalls | None = None  # the resident's own
    is_privilege_unverified: bool = False  # a number that was named as privileged and is not confirmed yet
    network: Reason | None = None  # net.*: why no call can be placed at present
