"""What the wire knows of stations, lines and trunks, and when it must look again."""

import pytest
from make import a_facility, a_station

from kinline.facilities.digest import digest_secrets
from kinline.facilities.models import Line, NumberRule, Station, Trunk
from kinline.facilities.queries import directory, stamp, station_by_address, station_by_user

pytestmark = pytest.mark.django_db


def test_a_digest_secret_is_the_one_of_the_standard() -> None:
    """H(user:realm:password), as `printf user:kinline:pass | md5sum` gives it."""
    secrets = digest_secrets("user", "pass")
    assert secrets.md5 == "a8e3e3458e1bc604cea5da48a54ff875"
    assert secrets.sha256 == "4ceb6a31ad6b56790b64779791b3ad6a49108c9ab149875729b02d743cf91501"
    assert secrets != digest_secrets("user", "other")
    assert secrets.md5 not in repr(secrets)


def test_a_station_is_found_by_user_and_by_trusted_address() -> None:
    jail = a_facility()
    known = a_station(jail, sip_user="a1", ha1_md5="x" * 32)
    trusted = a_station(jail, sip_user="gateway", trusted_address="10.0.0.7")
    entries = directory()
    assert entries.stations["a1"].id == known.pk
    assert entries.stations["a1"].number == "+19855550100"
    assert entries.addresses["10.0.0.7"].id == trusted.pk
    found = station_by_user("a1"), station_by_address("10.0.0.7"), station_by_user("nobody")
    assert [entry and entry.id for entry in found] == [known.pk, trusted.pk, None]


def test_what_is_disabled_is_not_there() -> None:
    a_station(a_facility(), sip_user="a1", is_enabled=False)
    Line.objects.create(number="+15045550123", ha1_md5="", ha1_sha256="", is_enabled=False)
    Trunk.objects.create(name="off", kind="gateway", priority=1, is_enabled=False)
    entries = directory()
    assert (dict(entries.stations), dict(entries.lines), entries.trunks) == ({}, {}, ())


def test_trunks_are_tried_by_priority_with_a_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_PASSWORD", "s3cret")
    Trunk.objects.create(name="second", kind="gateway", priority=2, host="192.0.2.2")
    Trunk.objects.create(
        name="first",
        kind="gateway",
        priority=1,
        host="192.0.2.1",
        transport="tls",
        secret_variable="CARRIER_PASSWORD",
        caller_identity="trunk",
        number="+15045550111",
    )
    first, second = directory().trunks
    assert (first.name, first.transport, first.password, first.number) == ("first", "tls", "s3cret", "+15045550111")
    assert (second.name, second.password, second.number) == ("second", "", None)
    assert "s3cret" not in repr(first)


def test_every_change_gives_another_stamp() -> None:
    jail = a_facility()
    seen = [stamp()]
    station = a_station(jail)
    seen.append(stamp())
    Station.objects.filter(pk=station.pk).update(name="Renamed in bulk")
    seen.append(stamp())
    NumberRule.objects.create(treatment="blocked", number="+15045550123")
    seen.append(stamp())
    station.delete()
    seen.append(stamp())
    assert len(set(seen)) == len(seen)


def test_no_change_gives_the_same_stamp() -> None:
    a_station(a_facility())
    assert stamp() == stamp()
