"""Ordering a call of the platform's: to which numbers, how often, and what is kept of it."""

import pytest
from django.db import IntegrityError

from kinline.core.identity import CallId, Instant, Language
from kinline.core.numbering import E164
from kinline.core.servicecall.course import Outcome, Stage
from kinline.core.servicecall.settings import SpokenCode
from kinline.servicecalls import services
from kinline.servicecalls.errors import NotOrdered, WhyNot
from kinline.servicecalls.models import ServiceCall
from kinline.servicecalls.services import Taken

NOW = Instant(1_790_000_000_000)
MINUTE = 60_000
MOTHER = E164("+15045550123")


def order(
    number: str = MOTHER, at: int = NOW, asked_by: str = "user/7", address: str = "192.0.2.7", code: str = "730482"
) -> ServiceCall:
    return services.order_code_call(
        E164(number), code, Language.SPANISH, Instant(at), asked_by=asked_by, address=address
    )


def over(call: ServiceCall, at: int, outcome: Outcome = Outcome.NO_ANSWER) -> None:
    services.take(call.pk, "one", CallId(1), Instant(at))
    services.finish(call.pk, "one", outcome, None, Instant(at))


def refusal(**asked: object) -> tuple[WhyNot, int]:
    with pytest.raises(NotOrdered) as refused:
        order(**asked)  # type: ignore[arg-type]
    return refused.value.why, refused.value.wait_seconds


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number",
    ["+19005550123", "+18005550123", "+525512345678", "+15005550123", "+17005550123", "+18765550123", "+12129765555"],
)
def test_only_ordinary_numbers_of_the_country_are_called(number: str) -> None:
    assert refusal(number=number) == (WhyNot.NUMBER, 0)


@pytest.mark.django_db
def test_one_call_at_a_time_rings_a_phone() -> None:
    order()
    assert refusal(asked_by="user/8", address="192.0.2.8")[0] is WhyNot.UNDER_WAY
    with pytest.raises(IntegrityError):
        ServiceCall.objects.create(
            kind="code", number=MOTHER, language="en", asked_by="user/8", ordered_at=NOW, due_by=NOW + 1
        )


@pytest.mark.django_db
def test_a_number_an_account_and_an_address_are_each_called_for_so_often_and_no_more() -> None:
    for minute in range(3):
        over(order(at=NOW + minute * MINUTE, asked_by=f"user/{minute}", address=f"192.0.2.{minute}"), NOW)
    assert refusal(at=NOW + 3 * MINUTE) == (WhyNot.TOO_MANY, 12 * 60)
    for count in range(6):
        over(order(f"+1504555020{count}", NOW, "user/20", f"198.51.100.{count}"), NOW)
    assert refusal(number="+15045550209", at=NOW, asked_by="user/20", address="")[0] is WhyNot.TOO_MANY
    for count in range(10):
        over(order(f"+1504555030{count}", NOW, f"user/3{count}", "203.0.113.9"), NOW)
    assert refusal(number="+15045550409", asked_by="user/50", address="203.0.113.9")[0] is WhyNot.TOO_MANY


@pytest.mark.django_db
def test_whoever_said_that_they_had_not_asked_is_left_in_peace_for_a_day() -> None:
    over(order(), NOW, Outcome.REFUSED)
    day = 24 * 60 * MINUTE
    assert refusal(at=NOW + 60 * MINUTE, asked_by="user/8", address="") == (WhyNot.REFUSED, 23 * 3600)
    order(at=NOW + day)


@pytest.mark.django_db
def test_one_switchboard_alone_takes_an_order_and_only_it_writes_of_it() -> None:
    call = order()
    assert [waiting.id for waiting in services.waiting(NOW)] == [call.pk]
    taken = services.take(call.pk, "one", CallId(11), NOW)
    assert taken == Taken(call.pk, MOTHER, Language.SPANISH, SpokenCode("730482"))
    assert services.take(call.pk, "other", CallId(12), NOW) is None
    assert services.take(call.pk, "one", CallId(11), NOW) == taken  # asked again on a lost connection
    services.finish(call.pk, "other", Outcome.BUSY, None, NOW)
    services.tell(call.pk, "one", Stage.RINGING, NOW)
    call.refresh_from_db()
    assert (call.stage, call.outcome) == (Stage.RINGING, "")


@pytest.mark.django_db
def test_the_code_is_sealed_until_it_is_said_and_gone_afterwards() -> None:
    call = order()
    assert "730482" not in str(ServiceCall.objects.values().get())
    over(call, NOW, Outcome.CODE_SAID)
    call.refresh_from_db()
    assert call.sealed == ""
    assert "730482" not in str(services.take(order(number="+15045550124").pk, "one", CallId(5), NOW))


@pytest.mark.django_db
def test_what_nobody_takes_in_time_is_over_and_what_a_lost_switchboard_held_too() -> None:
    late, lost = order(), order(number="+15045550124")
    services.take(lost.pk, "one", CallId(12), NOW)
    later = Instant(NOW + 30_000)
    assert services.waiting(later) == []
    assert services.take(late.pk, "one", CallId(11), later) is None
    assert services.tidy_up(later) == 1
    assert services.tidy_up(Instant(NOW + 10 * MINUTE)) == 1
    late.refresh_from_db()
    lost.refresh_from_db()
    assert (late.outcome, lost.outcome, lost.sealed) == (Outcome.NOT_TAKEN, Outcome.BROKEN_OFF, "")
    services.finish(lost.pk, "one", Outcome.CODE_SAID, None, Instant(NOW + 11 * MINUTE))
    assert ServiceCall.objects.get(pk=lost.pk).outcome == Outcome.BROKEN_OFF
    assert services.tidy_up(Instant(NOW + 25 * 60 * MINUTE)) == 2
    assert not ServiceCall.objects.exists()


@pytest.mark.django_db
def test_a_code_is_digits() -> None:
    with pytest.raises(ValueError, match="digits"):
        order(code="12a4")
