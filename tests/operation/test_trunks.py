"""Whoever runs the machine sets the ways out to the telephone network."""

import pytest

from kinline.audit.models import AuditEvent
from kinline.cli import main
from kinline.facilities.models import Trunk
from kinline.facilities.queries import trunks

pytestmark = pytest.mark.django_db


def test_a_trunk_is_set_changed_listed_and_turned_off(capsys, monkeypatch) -> None:
    monkeypatch.setenv("CARRIER_PASSWORD", "not stored")
    words = ["trunks", "set", "carrier", "sip.carrier.example", "--user", "4711"]
    assert main([*words, "--secret-variable", "CARRIER_PASSWORD"]) == 0
    assert [(each.host, each.user, each.password) for each in trunks()] == [
        ("sip.carrier.example", "4711", "not stored")
    ]
    assert main([*words, "--transport", "tls", "--port", "5061", "--number", "985 555 0100"]) == 0
    assert "1 carrier: sip.carrier.example:5061 tls" in capsys.readouterr().out
    assert trunks()[0].number == "+19855550100"
    assert main(["trunks", "set", "lines", "lines", "--priority", "2"]) == 0
    assert [each.name for each in trunks()] == ["carrier", "lines"]
    assert main(["trunks", "off", "carrier"]) == 0
    assert [each.name for each in trunks()] == ["lines"]
    assert "(off)" in capsys.readouterr().out
    done = AuditEvent.objects.filter(action="trunk.set")
    assert done.count() == 4
    assert "not stored" not in "".join(done.values_list("after", flat=True))


def test_what_is_no_trunk_is_refused_with_why(capsys) -> None:
    assert main(["trunks", "off", "nowhere"]) == 2
    assert main(["trunks", "set", "carrier", "sip.carrier.example", "--number", "985"]) == 2
    assert main(["trunks", "set", "x" * 61, "sip.carrier.example"]) == 2
    assert "write ten digits" in capsys.readouterr().err
    assert not Trunk.objects.exists()
