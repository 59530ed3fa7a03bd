"""The calls in progress as a board shows them: where each stands, beside what its row says of it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kinline.calls.priced import frozen_tariff
from kinline.core.callflow import Act
from kinline.core.hearing import Hearing, heard_as
from kinline.core.identity import CallId, FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.tariff import charge
from kinline.live.models import Standing, Version

_FIELDS = (
    "call_id",
    "version",
    "act",
    "since",
    "ends_at",
    "mos",
    "call__facility_id",
    "call__unit_id",
    "call__station__name",
    "call__resident_id",
    "call__resident__name",
    "call__resident__resident_number",
    "call__called_party",
    "call__dialled",
    "call__payer",
    "call__is_privileged",
    "call__accepted_at",
    "call__price_per_minute",
    "call__tariff",
    "call__funded_seconds",
    "call__cut_off",
)


@dataclass(frozen=True, slots=True)
class OnBoard:
    """A call in progress, or one that has just ended (`act` is then END). The fields are in the query's order."""

    call_id: CallId
    version: int
    act: str
    since: Instant
    ends_at: Instant | None
    mos: int | None
    facility: FacilityId
    unit: int | None
    station: str
    resident_id: int | None
    resident: str | None
    resident_number: str | None
    called_party: str
    dialled: str
    payer: str
    is_privileged: bool
    accepted_at: Instant | None
    price_per_minute: int | None
    tariff: str
    funded_seconds: int | None
    cut_off: str

    @property
    def is_over(self) -> bool:
        return self.act == Act.END

    @property
    def is_talk(self) -> bool:
        return self.act == Act.TALK

    @property
    def number(self) -> str:
        return self.called_party or self.dialled

    @property
    def hearing(self) -> Hearing | None:
        """How well the talk can be heard; None: nobody talks, or it was not measured yet."""
        return heard_as(self.mos / 100) if self.is_talk and self.mos else None

    def price_at(self, at: Instant) -> Money | None:
        """What the call costs if it ends now, taxes included, by the tariff that was frozen with it; None: it was not
        accepted yet."""
        if self.accepted_at is None or not self.tariff:
            return ZERO if self.is_talk and self.payer == "free" else None
        seconds = min(max(at - self.accepted_at, 0) // 1000, self.funded_seconds or 0)
        return charge(frozen_tariff(self.tariff), seconds).total


def version() -> int:
    """Another number after every change of where a call stands. Cheap enough to be asked several times a second."""
    return _version(1)


def forgotten() -> int:
    """Changes up to this version can be told no more: ask for everything that is on the board."""
    return _version(2)


def on_board(where: Q | None = None) -> list[OnBoard]:
    """The calls in progress, the oldest first; those that `where` holds for, which is about `call__facility` and
    `call__unit`."""
    return _read(Standing.objects.filter(where or Q()).exclude(act=Act.END).order_by("call_id"))


def changed_since(version: int) -> list[OnBoard]:
    """All that changed after a version, in its order; ended calls among it."""
    return _read(Standing.objects.filter(version__gt=version).order_by("version", "call_id"))


def _read(standings: QuerySet[Standing]) -> list[OnBoard]:
    return [OnBoard(*row) for row in standings.values_list(*_FIELDS)]


def _version(key: int) -> int:
    value: int = Version.objects.values_list("value", flat=True).get(pk=key)
    return value
