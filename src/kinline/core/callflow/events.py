"""Everything that can happen to a call: the whole vocabulary that `step` takes in.

Every event carries `at`, the instant it happened. Events come from the wire (digits, answers, hang-ups),
from the clock (timers that a command set) and from the services that a command asked (identify, authorise,
extend, settle). They may come in any order and late; `step` accepts each of them in every state.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from kinline.core.announcement import Announcement
from kinline.core.identity import Instant, Language, ResidentId, Side
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName, Value


class Timer(StrEnum):
    """A clock of the call; setting one again moves it, and at most one of each runs."""

    DIGITS = "digits"  # the resident (or the called party at the offer) presses nothing
    RINGING = "ringing"
    OFFER = "offer"
    NAME = "name"
    WARNING = "warning"  # the next time signal
    BRANDING = "branding"  # the next notice that this is a call from a facility
    EXTEND = "extend"  # hold more money before the funded time runs out
    LIMIT = "limit"  # the end of the time that is allowed and paid for
    GOODBYE = "goodbye"  # the longest that a last announcement may keep a leg
    SERVICE = "service"  # the longest to wait for the answer of a service
    MEDIA = "media"  # one side fell silent on the wire: does the other follow?


class Machine(StrEnum):
    """What answered instead of a person."""

    ANSWERING_MACHINE = "answering_machine"
    FAX = "fax"


class Suspicion(StrEnum):
    """A sign that somebody else was brought into the call: evidence for staff, not a verdict."""

    THREE_WAY = "three_way"
    FORWARDED = "forwarded"
    EXTRA_DIGITS = "extra_digits"


@dataclass(frozen=True, slots=True)
class DigitPressed:
    at: Instant
    side: Side
    digit: str  # one of 0-9 * #


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """The utterance that `Play(token=...)` queued was heard to its end (never sent for one that was cut)."""

    at: Instant
    side: Side
    token: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    at: Instant
    timer: Timer


@dataclass(frozen=True, slots=True)
class HungUp:
    """A side left: on-hook, BYE, CANCEL or a lost connection. `carrier` when the network, not the person, ended it."""

    at: Instant
    side: Side
    carrier: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """Answer to `Identify`: the resident whose ID and PIN these are."""

    at: Instant
    resident: ResidentId
    name: SpokenName
    name_recorded: bool
    language: Language


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """Answer to `Identify`: `tries_left` more tries in this call (0: the call ends)."""

    at: Instant
    reason: Reason
    tries_left: int
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class NameRecorded:
    """Answer to `RecordName`: the recording of the spoken name is stored; `heard` is False for silence."""

    at: Instant
    heard: bool


@dataclass(frozen=True, slots=True)
class Permit:
    """What an authorised call may do and what it costs: the answer of policy, tariff and hold together."""

    called_party: E164
    language: Language  # of the called party's prompts
    privileged: bool  # no recorder, no listener
    free: bool
    price_per_minute: Money  # taxes included
    price_at_limit: Money  # total for `limit_seconds`, taxes included: the "total cost" of 47 CFR 64.710
    limit_seconds: int  # longest talk that rules allow
    limit_reason: Reason  # talk.time_limit, talk.schedule_end or talk.day_limit: why it ends there
    funded_seconds: int  # talk that the hold pays for, at most `limit_seconds`
    closes_at: Instant | None = None  # when the phones close: the talk ends then, however late it was accepted
    resident_pays: bool = False  # from the resident's own money: the called party hears that it costs them nothing
    is_collect: bool = False  # who accepts pays: the called party hears it before the price
    is_billed: bool = False  # on a customer's monthly bill: the called party hears it before the price
    ring: E164 | None = None  # the phone that a dedicated number rings; None: the called party's number itself


@dataclass(frozen=True, slots=True)
class Authorised:
    """Answer to `Authorise`: allowed, money held."""

    at: Instant
    permit: Permit


@dataclass(frozen=True, slots=True)
class Denied:
    """Answer to `Authorise`: refused; nothing is held. `values` fill the placeholders of the reason's texts."""

    at: Instant
    reason: Reason
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class HoldExtended:
    """Answer to `ExtendHold`: the hold now pays for `funded_seconds` of talk in all."""

    at: Instant
    funded_seconds: int


@dataclass(frozen=True, slots=True)
class HoldNotExtended:
    """Answer to `ExtendHold`: no more money; the call ends when the funded time does."""

    at: Instant
    reason: Reason


@dataclass(frozen=True, slots=True)
class Ringing:
    at: Instant


@dataclass(frozen=True, slots=True)
class Answered:
    """The called party's phone (or a machine) answered. Not acceptance."""

    at: Instant


@dataclass(frozen=True, slots=True)
class LegFailed:
    """The called leg could not be reached; `sip_status` is the final answer, 0 when no trunk could take it."""

    at: Instant
    sip_status: int


@dataclass(frozen=True, slots=True)
class MachineHeard:
    at: Instant
    machine: Machine


@dataclass(frozen=True, slots=True)
class Blocked:
    """Answer to `BlockResident`: the called party's block is stored."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Suspected:
    at: Instant
    side: Side
    suspicion: Suspicion


@dataclass(frozen=True, slots=True)
class MediaLost:
    """No packet from `side` for the dead-media time."""

    at: Instant
    side: Side


@dataclass(frozen=True, slots=True)
class CutOff:
    """Staff or an order (lockdown, shutdown) ends the call: now, or a talk at `ends_at` after a time signal. Told again
    it changes nothing but to an earlier end."""

    at: Instant
    reason: Reason
    ends_at: Instant | None = None
    is_silent: bool = False  # when it ends now, nobody is told why


@dataclass(frozen=True, slots=True)
class Announced:
    """Staff have something to say to the residents who are talking. Told again it changes nothing."""

    at: Instant
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class BecamePrivileged:
    """The number called was verified as privileged while the call is on."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a settled call cost. All amounts are exact; `billed_seconds` is what was charged for."""

    billed_seconds: int
    charge: Money  # taxes included
    taxes: Money
    balance_before: Money | None  # of the payer; None when nobody pays
    balance_after: Money | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Answer to `Settle`: the call is in the books."""

    at: Instant
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ServiceFailed:
    """A service could not answer a command; `command` is the name of its class."""

    at: Instant
    command: str
    detail: str = field(default="", compare=False)


Event: TypeAlias = (
    DigitPressed
    | PlaybackFinished
    | TimerFired
    | HungUp
    | Identified
    | NotIdentified
    | NameRecorded
    | Authorised
    | Denied
    | HoldExtended
    | HoldNotExtended
    | Ringing
    | Answered
    | LegFailed
    | MachineHeard
    | Blocked
    | Suspected
    | MediaLost
    | CutOff
    | Announced
    | BecamePrivileged
    | Settled
    | ServiceFailed
)
