"""The crowd of the large demo: a department of corrections with prisons, phones, residents and families."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import Instant
from kinline.demo.past_calls import ZONE, Caller, a_number
from kinline.demo.places import set_prices
from kinline.facilities.models import Agency, Facility, HousingUnit, Station
from kinline.people.models import Resident

DEPARTMENT: Final = "Pelican State Corrections"
_AT_A_FACILITY: Final = 500
_IN_A_UNIT: Final = 50
_AT_A_PHONE: Final = 10
_CONTACTS: Final = 5
_PLACES: Final = (
    *("Atchafalaya", "Bogue Chitto", "Cane River", "Dugdemona", "False River", "Grand Lake", "Honey Island"),
    *("Iatt Lake", "Kisatchie", "Lacassine", "Maurepas", "Natalbany", "Ouachita", "Pearl River", "Red River"),
    *("Sabine", "Tensas", "Vermilion", "White Lake", "Tangipahoa"),
)
_FIRST: Final = (
    *("James", "Luis", "Andre", "Kevin", "Daniel", "Tomás", "Marcus", "Elijah", "Carlos", "Wesley", "Maria", "Keisha"),
    *("Renée", "Dolores", "Tiffany", "Jorge", "Travis", "Antoine", "Bryan", "Hugo", "Isaac", "Leroy", "Nina", "Rosa"),
)
_LAST: Final = (
    *("Boudreaux", "Guidry", "Hebert", "Johnson", "Landry", "Martínez", "Nguyen", "Ortega", "Parker", "Robichaux"),
    *("Smith", "Thibodeaux", "Vargas", "Washington", "Young", "Zeno", "Brooks", "Castillo", "Dupre", "Fontenot"),
)
_RELATIONSHIPS: Final = ("mother", "wife", "brother", "friend", "father")


def make_crowd(count: int, chance: random.Random, at: Instant) -> None:
    """So many residents and what belongs to them. Nobody among them has a PIN: they have called, and do not call."""
    department = Agency.objects.create(name=DEPARTMENT)
    numbers = [a_number(chance) for _ in range(count * _CONTACTS * 4 // 5)]
    for place in range(-(-count // _AT_A_FACILITY)):
        here = min(_AT_A_FACILITY, count - place * _AT_A_FACILITY)
        facility = _a_prison(department, place, here)
        units = HousingUnit.objects.bulk_create(
            HousingUnit(facility=facility, name=f"Dorm {number + 1}") for number in range(-(-here // _IN_A_UNIT))
        )
        Station.objects.bulk_create(
            Station(facility=facility, unit=unit, name=f"{unit.name}-{phone + 1}", sip_user=f"crowd-{unit.pk}-{phone}")
            for unit in units
            for phone in range(_IN_A_UNIT // _AT_A_PHONE)
        )
        residents = Resident.objects.bulk_create(
            Resident(
                facility=facility,
                unit=units[number // _IN_A_UNIT],
                resident_number=f"{200_000 + place * _AT_A_FACILITY + number}",
                name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
                pin_hash="",
            )
            for number in range(here)
        )
        _give_contacts(residents, numbers, chance, at)


def callers() -> list[Caller]:
    """The crowd as it stands in the database, always in the same order."""
    stations: dict[int, list[int]] = {}
    ours = Station.objects.filter(facility__agency__name=DEPARTMENT).order_by("pk")
    for unit, station in ours.values_list("unit_id", "pk"):
        stations.setdefault(unit, []).append(station)
    numbers: dict[int, list[str]] = {}
    theirs = Contact.objects.filter(resident__facility__agency__name=DEPARTMENT).order_by("pk")
    for resident, number in theirs.values_list("resident_id", "number"):
        numbers.setdefault(resident, []).append(number)
    residents = Resident.objects.filter(facility__agency__name=DEPARTMENT).order_by("pk")
    return [
        Caller(resident, facility, unit, tuple(stations[unit]), tuple(numbers[resident]))
        for resident, facility, unit in residents.values_list("pk", "facility_id", "unit_id")
    ]


def _a_prison(department: Agency, place: int, population: int) -> Facility:
    name = _PLACES[place % len(_PLACES)] + (f" {place // len(_PLACES) + 1}" if place >= len(_PLACES) else "")
    facility = Facility.objects.create(
        agency=department,
        name=f"{name} Correctional Center",
        time_zone=ZONE.key,
        number=f"+1225555{1000 + place:04d}",
        state="LA",
        is_prison=True,
        average_daily_population=population,
        languages=["en", "es"],
    )
    set_prices(facility, "0", "0", "local", "intrastate", "interstate")
    return facility


def _give_contacts(residents: Sequence[Resident], numbers: Sequence[str], chance: random.Random, at: Instant) -> None:
    decided = datetime.fromtimestamp(at / 1000, UTC)
    contacts = []
    for resident in residents:
        own: set[str] = set()
        while len(own) < _CONTACTS:
            own.add(chance.choice(numbers) if len(numbers) > _CONTACTS else a_number(chance))
        contacts += [
            Contact(
                resident=resident,
                number=number,
                name=f"{chance.choice(_FIRST)} {resident.name.split()[-1]}",
                relationship=_RELATIONSHIPS[place],
                state=ContactState.APPROVED,
                decided=decided,
            )
            for place, number in enumerate(sorted(own))
        ]
    Contact.objects.bulk_create(contacts, batch_size=1000)
