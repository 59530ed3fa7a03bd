"""Hotlines: free to every resident of a facility, by their number or a short code."""

import pytest
from make import NOON, a_facility, a_resident, a_station, dial, hung_up

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call
from kinline.core.callflow.events import Authorised
from kinline.facilities.models import NumberRule
from kinline.facilities.services import NotAPlace, end_free_number, make_number_free
from kinline.ledger.models import Transfer

pytestmark = pytest.mark.django_db
LINE = "+18005550144"


def test_a_hotline_is_called_by_its_code_and_moves_no_money() -> None:
    jail = a_facility()
    make_number_free(jail, "800 555 0144", "Crisis line", "user/7", NOON, "988")
    resident = a_resident(jail, suspended_until=NOON + 1000)

    call_id, answer = dial(a_station(jail), resident, "988")

    assert isinstance(answer, Authorised)
    assert answer.permit.free
    receipt = hung_up(call_id, 600)
    call = Call.objects.get(pk=call_id)
    assert (call.called_party, call.payer, call.is_hotline, receipt.charge.micros) == (LINE, "free", True, 0)
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("number", "code", "field"),
    [
        ("555", "", "number"),
        ("900 555 0144", "", "number"),  # at a premium
        ("+525512345678", "", "number"),
        ("800 555 0144", "911", "short_code"),
        ("800 555 0144", "77", "short_code"),  # a speed dial
        ("800 555 0144", "*777", "short_code"),
        ("800 555 0144", "*55", "short_code"),  # another's
    ],
)
def test_what_cannot_be_a_hotline_is_refused(number: str, code: str, field: str) -> None:
    jail = a_facility()
    make_number_free(jail, "504 555 0155", "Ombuds", "user/7", NOON, "*55")
    with pytest.raises(NotAPlace) as refused:
        make_number_free(jail, number, "Crisis line", "user/7", NOON, code)
    assert refused.value.field == field


def test_a_number_that_is_free_stays_as_it_is_until_it_is_ended_and_each_is_written_down_once() -> None:
    jail = a_facility()
    first = make_number_free(jail, LINE, "Crisis line", "user/7", NOON, "*77")
    assert make_number_free(jail, LINE, "Another", "user/8", NOON) == first
    for _ in range(2):
        end_free_number(first, "user/7", NOON)
    assert not NumberRule.objects.filter(facility=jail).exists()
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "facility")) == [
        ("free_number.made", jail.pk),
        ("free_number.ended", jail.pk),
    ]
