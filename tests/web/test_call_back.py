"""A family has customer service call: at once, or in hours that it chooses, which staff see in their queue."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kinline.core.servicecall.course import Kind
from kinline.servicecalls.models import ServiceCall
from kinline.support.calling_back import wish_of
from kinline.support.models import Case

MOTHER, FATHER = "+15045550901", "+15045550902"


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_a_family_is_called_at_once_on_a_number_of_its_own(town, signed_in) -> None:
    mother = signed_in(town.mother)
    page = text(mother.post("/help/call-back/", {"what": "now", "number": MOTHER}, follow=True))
    assert "We are calling you." in page
    assert "We are about to call you." in page
    call = ServiceCall.objects.get()
    assert (call.kind, call.number, call.customer) == (Kind.CALL_BACK, MOTHER, town.mother)
    assert "under way" in text(mother.post("/help/call-back/", {"what": "now", "number": MOTHER}), 422)
    assert mother.post("/help/call-back/", {"what": "now", "number": FATHER}).status_code == 422
    assert ServiceCall.objects.count() == 1


def test_a_wish_for_later_stands_in_the_queue_with_its_hours_and_staff_call_from_there(town, signed_in) -> None:
    mother, support = signed_in(town.mother, "es"), signed_in(town.support)
    chicago = ZoneInfo("America/Chicago")
    tomorrow = (datetime.now(chicago) + timedelta(days=1)).date()
    wish = {"what": "later", "number": MOTHER, "day": str(tomorrow), "part": "evening", "reference": "a" * 32}
    page = text(mother.post("/help/call-back/", wish, follow=True))
    assert "Le llamamos entonces." in page
    mother.post("/help/call-back/", wish)
    case = Case.objects.get()
    asked = wish_of(case)
    assert asked is not None
    begin, end = (datetime.fromtimestamp(each / 1000, chicago) for each in (asked.begin, asked.end))
    assert (begin.date(), begin.hour, end.hour) == (tomorrow, 17, 20)
    queue = text(support.get("/provider/cases/?topic=call_back"))
    assert "A call back" in queue
    assert "Not yet" in queue
    shown = text(support.get(f"/provider/cases/{case.pk}/"))
    assert "Not yet" in shown
    assert "Call the family now" in shown
    called = text(support.post(f"/provider/cases/{case.pk}/", {"what": "call"}, follow=True))
    assert "The family is called now" in called
    order = ServiceCall.objects.get()
    assert (order.number, order.language) == (MOTHER, "es")
    assert "Called back" not in text(mother.get(f"/help/cases/{case.pk}/"))


def test_hours_that_are_over_are_not_promised(town, signed_in, monkeypatch) -> None:
    mother = signed_in(town.mother)
    yesterday = (datetime.now(ZoneInfo("America/Chicago")) - timedelta(days=1)).date()
    wish = {"what": "later", "number": MOTHER, "day": str(yesterday), "part": "morning", "reference": "b" * 32}
    assert mother.post("/help/call-back/", wish).status_code == 422
    assert not Case.objects.exists()
