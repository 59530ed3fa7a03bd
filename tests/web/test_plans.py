"""A family takes a plan and cancels it."""

from datetime import UTC, date, datetime

import pytest

from kinline.audit.models import AuditEvent
from kinline.facilities.models import PlanRow
from kinline.plans.models import Subscription, Use


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def plans(town) -> list[PlanRow]:
    terms = {"facility": town.jail, "period": "month", "offered_from": date(2026, 1, 1)}
    return [
        PlanRow.objects.create(name="Hundred", minutes=100, price=4_200_000, **terms),
        PlanRow.objects.create(name="Three hundred", minutes=300, price=9_000_000, **terms),
    ]


def test_a_family_reads_what_a_plan_costs_takes_it_and_cancels_it(town, plans, signed_in) -> None:
    family = signed_in(town.mother)
    page = text(family.get("/account/plans/"))
    for told in ("100 minutes a month for at most $4.20", "It saves money after 70 minutes", "Take Three hundred"):
        assert told in page, told

    page = text(family.post("/account/plans/", {"plan": plans[0].pk, "what": "subscribe"}, follow=True))
    assert "You have this plan" in page
    assert "You have another plan here" in page
    first_day = datetime.now(UTC).date().replace(day=1)
    Use.objects.create(subscription=Subscription.objects.get(), period=first_day, seconds=720, paid=720_000)
    family.post("/account/plans/", {"plan": plans[1].pk, "what": "subscribe"})
    assert Subscription.objects.filter(ended_at=None).get().plan == plans[0]

    page = text(family.post("/account/plans/", {"plan": plans[0].pk, "what": "cancel"}, follow=True))
    assert "You have this plan" not in page
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["plan.subscribed", "plan.cancelled"]


def test_a_plan_of_a_place_where_they_know_nobody_cannot_be_taken(town, plans, signed_in) -> None:
    elsewhere = PlanRow.objects.create(
        facility=town.other_jail, name="Else", minutes=10, price=1, period="day", offered_from=date(2026, 1, 1)
    )
    family = signed_in(town.mother, "es")
    assert "Tomar Hundred" in text(family.get("/account/plans/"))
    assert family.post("/account/plans/", {"plan": elsewhere.pk}).status_code == 404
    assert family.post("/account/plans/", {"plan": "nothing"}).status_code == 404
    plans[0].offered_until = date(2026, 2, 1)
    plans[0].save()
    assert "Tomar Hundred" not in text(family.get("/account/plans/"))
    assert family.post("/account/plans/", {"plan": plans[0].pk}).status_code == 404
    assert not Subscription.objects.exists()
