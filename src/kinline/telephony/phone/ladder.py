"""The ladder of a call: every SIP message between two phones and the platform, and what each person heard and pressed.

Drawn with the resident's phone at the left, the platform in the middle and the family's phone at the right.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import wrap
from typing import Final

from kinline.telephony.phone.hearing import Heard
from kinline.telephony.phone.phone import Trace
from kinline.telephony.sip import message
from kinline.telephony.sip.errors import SipError

CALL_HEADER: Final = "x-kinline-call"
_GAP: Final = 30  # characters between two columns
_UNSHOWN: Final = frozenset({"OPTIONS"})  # keep-alives are no part of a call


class Person(StrEnum):
    """Whose phone it is."""

    RESIDENT = "resident"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Message:
    """A SIP message as one of the phones saw it, at epoch seconds."""

    at: float
    phone: Person
    sent: bool
    text: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    at: float
    phone: Person
    heard: Heard


@dataclass(frozen=True, slots=True)
class Pressing:
    """Keys that were pressed; those of a PIN are never in here, only as many dots."""

    at: float
    phone: Person
    keys: str


Rung = Message | Hearing | Pressing


@dataclass(slots=True)
class Ladder:
    """Collects rungs, and tells `on_rung` each in the order of their times.

    A sound is known only when it is over, so that later rungs wait for it: `ongoing` say when those began that go on.
    """

    on_rung: Callable[[Rung], None] = lambda rung: None
    rungs: list[Rung] = field(default_factory=list)
    ongoing: list[Callable[[], float | None]] = field(default_factory=list)
    call_id: str | None = None
    """The platform's name for the call, out of its answer to the station."""
    closed: bool = False
    """Nothing is taken in any more: the call is over, and phones only clear up."""
    _seen: set[tuple[object, ...]] = field(default_factory=set)
    _waiting: list[Rung] = field(default_factory=list)

    def trace(self, phone: Person) -> Trace:
        """What the endpoint of a phone is to tell its messages to."""

        def told(direction: str, data: bytes, local: object, remote: object, at: float) -> None:
            self._message(phone, direction == "out", data, at)

        return told

    def heard(self, phone: Person, heard: Heard) -> None:
        self._add(Hearing(heard.started_at, phone, heard))

    def pressed(self, phone: Person, keys: str, at: float) -> None:
        self._add(Pressing(at, phone, keys))

    @property
    def first_at(self) -> float:
        """When the first message was sent: the zero of the times that are shown."""
        return self.rungs[0].at if self.rungs else 0.0

    def in_order(self) -> list[Rung]:
        return sorted(self.rungs, key=lambda rung: rung.at)

    def close(self) -> None:
        self.closed = True
        self.ongoing.clear()
        self._tell()

    def _message(self, phone: Person, sent: bool, data: bytes, at: float) -> None:
        if self.closed:
            return
        try:
            parsed = message.parse(data)
            number, method = parsed.cseq
            branch = parsed.via.branch
        except SipError:  # a keep-alive, or not SIP
            return
        if method in _UNSHOWN:
            return
        if isinstance(parsed, message.Request):
            text = parsed.method
            identity: tuple[object, ...] = (phone, sent, branch, text, number)
        else:
            text = f"{parsed.status} {parsed.phrase}" + (f" ({method})" if method not in ("INVITE", "REGISTER") else "")
            identity = (phone, sent, branch, text, number, parsed.to_tag)
            self.call_id = self.call_id or parsed.get(CALL_HEADER)
        self._add(Message(at, phone, sent, text, identity in self._seen))
        self._seen.add(identity)

    def _add(self, rung: Rung) -> None:
        self.rungs.append(rung)
        self._waiting.append(rung)
        self._tell()

    def _tell(self) -> None:
        began = [since for each in self.ongoing if (since := each()) is not None]
        settled = min(began, default=float("inf"))
        self._waiting.sort(key=lambda rung: rung.at)
        while self._waiting and self._waiting[0].at <= settled:
            self.on_rung(self._waiting.pop(0))


def heading() -> list[str]:
    """The names of the columns."""
    line = f"{'':9}{'Resident phone':<{_GAP + 1}}{'Kinline':<{_GAP + 1}}Family phone"
    return [line, f"{'':9}|{'':{_GAP}}|{'':{_GAP}}|"]


def drawn(rung: Rung, first_at: float) -> list[str]:
    """The lines of one rung; the time before it is in seconds since `first_at`."""
    time = f"{rung.at - first_at:8.2f} "
    match rung:
        case Message(phone=phone, sent=sent, text=text, repeated=repeated):
            label = f" {text}{' (again)' if repeated else ''} "[: _GAP - 2]
            to_the_right = sent == (phone is Person.RESIDENT)
            arrow = f"{label:-^{_GAP - 1}}>" if to_the_right else f"<{label:-^{_GAP - 1}}"
            empty = " " * _GAP
            return [f"{time}|{arrow}|{empty}|" if phone is Person.RESIDENT else f"{time}|{empty}|{arrow}|"]
        case Hearing(phone=phone, heard=heard):
            language = f" ({heard.language})" if heard.language else ""
            said = heard.text if heard.text.startswith("(") else f"“{heard.text}”"
            lasted = f"{heard.ended_at - heard.started_at:.1f} s"
            return list(_noted(time, phone, f"hears{language}, {lasted}: {said}"))
        case Pressing(phone=phone, keys=keys):
            return list(_noted(time, phone, f"presses {' '.join(keys)}"))


def _noted(time: str, phone: Person, text: str) -> Iterable[str]:
    """A note beside the line of whose it is."""
    width = 2 * _GAP - 4
    for index, line in enumerate(wrap(text, width)):
        start = time if index == 0 else " " * 9
        indent = "  " if index else ""
        if phone is Person.RESIDENT:
            yield f"{start}| {indent}{line}"
        else:
            yield f"{start}|{'':{_GAP}}|{'':{_GAP}}| {indent}{line}"
