"""The demo's facilities, with their phones, hours, prices and numbers."""

from datetime import date
from typing import Final

from kinline.core.money import Money
from kinline.demo.cast import (
    FACILITY,
    HOTLINE,
    JAIL_NUMBER,
    LINES,
    line_password,
    station_password,
)
from kinline.facilities.digest import digest_secrets
from kinline.facilities.models import (
    Agency,
    Facility,
    FreeMinutesRow,
    HousingUnit,
    Line,
    NumberRule,
    OpeningHours,
    PlanRow,
    Station,
    TariffRow,
    TaxRow,
    Trunk,
)
from kinline.facilities.models.places import Switch
from kinline.facilities.models.rules import Treatment
from kinline.facilities.models.wires import TrunkKind

DAY_MS: Final = 86_400_000
FIRST_DAY: Final = date(2025, 1, 1)
CLOSED: Final = ((6, 0, 1),)  # open for the first minute of Sunday only, so that it is closed when it is tried


def a_facility(agency: Agency, name: str, number: str) -> Facility:
    return Facility.objects.create(
        agency=agency,
        name=name,
        time_zone="America/Chicago",
        number=number,
        state="LA",
        average_daily_population=180,
        languages=["en", "es"],
        call_settings={"resident_number_digits": 6},
        calling_rules={
            "list_required": True,
            "maximum_seconds": 900,
            "barred": ["toll_free", "premium", "personal", "international"],
        },
        contacts_at_most=20,
    )


def a_station(facility: Facility, unit: HousingUnit | None, user: str, **fields: object) -> Station:
    secrets = digest_secrets(user, station_password(user))
    return Station.objects.create(
        facility=facility,
        unit=unit,
        name=user.replace("station-", "Phone ").upper().replace("PHONE", "Phone"),
        sip_user=user,
        ha1_md5=secrets.md5,
        ha1_sha256=secrets.sha256,
        **fields,
    )


def set_hours(facility: Facility, spans: tuple[tuple[int, int, int], ...], **level: object) -> None:
    for weekday, opens, closes in spans:
        OpeningHours.objects.create(facility=facility, weekday=weekday, opens=opens, closes=closes, **level)


def set_prices(facility: Facility, price: str, additive: str, *jurisdictions: str, **fields: object) -> None:
    for jurisdiction in jurisdictions:
        TariffRow.objects.create(
            facility=facility,
            jurisdiction=jurisdiction,
            effective=FIRST_DAY,
            price=Money.parse(price).micros,
            facility_additive=Money.parse(additive).micros,
            **fields,
        )
    TaxRow.objects.get_or_create(
        facility=facility,
        name="Louisiana sales tax",
        parts_per_million=44_500,
        effective=FIRST_DAY,
        source="La. R.S. 47:302",
    )


def make_jail(agency: Agency) -> Facility:
    """Open at every hour, so that the demo works at any; a unit and a station of it are closed."""
    jail = a_facility(agency, FACILITY, JAIL_NUMBER)
    a, b, c = (HousingUnit.objects.create(facility=jail, name=name) for name in ("A", "B", "C"))
    d = HousingUnit.objects.create(facility=jail, name="D", switch=Switch.LOCKDOWN, switch_reason="Demonstration")
    for unit, user in ((a, "station-a1"), (a, "station-a2"), (b, "station-b1"), (b, "station-b2")):
        a_station(jail, unit, user)
    set_hours(jail, tuple((weekday, 0, 1440) for weekday in range(7)))
    set_hours(jail, CLOSED, unit=c)
    a_station(jail, c, "station-c1")
    a_station(jail, d, "station-d1")
    set_hours(jail, CLOSED, station=a_station(jail, b, "station-b3"))
    a_station(jail, b, "station-b4", switch=Switch.CUT_OFF, switch_reason="Demonstration")
    set_prices(jail, "0.05", "0.01", "local", "intrastate", "interstate")
    set_prices(jail, "0.06", "0.01", "international", destination="MX", termination=12_500, is_checked=True)
    set_prices(jail, "0.12", "0.01", "local", "intrastate", "interstate", service="video", is_checked=True)
    plan = {"name": "Two hundred minutes", "period": "month", "minutes": 200, "price": Money.parse("7.50").micros}
    PlanRow.objects.create(facility=jail, offered_from=FIRST_DAY, **plan)
    return jail


def make_annex(agency: Agency) -> Facility:
    """Its prices are wrong: too high within the state, none across its border."""
    annex = a_facility(agency, "Bayou Parish Annex", "+19855550101")
    a_station(annex, None, "station-x1")
    set_prices(annex, "0.50", "0.00", "local", "intrastate")
    return annex


def make_camp(agency: Agency) -> Facility:
    camp = a_facility(agency, "Bayou Parish Work Camp", "+19855550102")
    a_station(camp, None, "station-k1")
    set_hours(camp, CLOSED)
    # Lawful when they were made: the cap of 2026 overtook them, and is charged in their place.
    set_prices(camp, "0.25", "0.05", "local", "intrastate", is_checked=True)
    set_prices(camp, "0.05", "0.01", "interstate")
    FreeMinutesRow.objects.create(facility=camp, effective=FIRST_DAY, seconds_per_week=900)
    return camp


def make_wires() -> None:
    """The families' phones register with us: no carrier is needed."""
    Trunk.objects.create(name="lines", kind=TrunkKind.LINES, priority=1)
    for number in LINES:
        secrets = digest_secrets(number, line_password(number))
        Line.objects.create(number=number, ha1_md5=secrets.md5, ha1_sha256=secrets.sha256)


def make_number_rules(jail: Facility) -> None:
    for treatment, number, fields in (
        (Treatment.FREE, HOTLINE, {"short_code": "*77", "note": "Prison Rape Elimination Act hotline"}),
        (Treatment.BLOCKED, "+15045550171", {"note": "Asked for by letter"}),
        (Treatment.SECURITY, "+15045550172", {"note": "Case 12"}),
        (Treatment.VICTIM, "+15045550174", {}),
        (Treatment.STAFF, "+1985555010", {"is_prefix": True}),
    ):
        NumberRule.objects.create(facility=jail, treatment=treatment, number=number, **fields)
