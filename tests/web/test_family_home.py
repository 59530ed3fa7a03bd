"""The home page answers at once: can they call me now, and if not, what it takes; as the switchboard would decide."""

import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from make import DAY, MINUTE, NOON
from pictures import for_docs

from kinline.contacts.models import Block, Contact
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import CATALOGUE, Action, Reason, foresee
from kinline.core.tariff import FREE, Tariff
from kinline.facilities.models import Facility, FreeMinutesRow
from kinline.ledger.models import Account
from kinline.payments.models import AutoReload, Payment, SavedCard
from kinline.people.models import CustomerNumber, Resident
from kinline.vouchers import services as vouchers
from kinline.web.explanation import reader_language
from kinline.web.family.remedies import REMEDIES, button
from kinline.web.local_time import LocalTime

MOTHER, FATHER = "+15045550901", "+15045550902"


CHICAGO = ZoneInfo("America/Chicago")


def _instant(when: datetime) -> Instant:
    return Instant(int(when.timestamp()) * 1000)


def _frozen(tariff: Tariff) -> str:
    return json.dumps(tariff.to_json())


def now() -> int:
    return time.time_ns() // 1_000_000


def home(browser) -> str:
    answer = browser.get("/account/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def closed_until_tomorrow(facility: Facility) -> None:
    """Open for one minute a week, three days from now, on the facility's clock."""
    weekday = (time.gmtime(time.time() + 3 * 86_400).tm_wday) % 7
    facility.calling_rules = {"hours": [[weekday, 720, 721]]}
    facility.save()


def test_who_has_money_reads_yes_and_what_it_costs(town, signed_in) -> None:
    town.jail.calling_rules = {"maximum_seconds": 900}
    town.jail.save()
    page = home(signed_in(town.mother))
    assert "Yes, now" in page
    assert "A call may last 15 min." in page
    assert "Your balance is enough for 205 minutes." in page


def test_who_has_no_money_reads_why_not_and_has_the_button(town, signed_in) -> None:
    page = home(signed_in(town.father))
    assert "Not now" in page
    assert "You have $0.00; the call needs at least $0.06." in page
    assert '<a class="button" href="/account/money/#add">Add money</a>' in page


def test_closed_phones_say_when_they_open_on_the_facilitys_clock_and_what_else_is_missing(town, signed_in) -> None:
    closed_until_tomorrow(town.jail)
    page = home(signed_in(town.father))
    assert "The phones are closed at this hour." in page
    assert "at 12:00 PM, Central Time." in page
    assert f'href="/rates/{town.jail.pk}/rules/"' in page
    assert "Besides: There is not enough money in your account." in page


def test_the_same_in_spanish(town, signed_in) -> None:
    closed_until_tomorrow(town.jail)
    page = home(signed_in(town.father, "es"))
    assert "¿Le pueden llamar ahora?" in page
    assert "12:00 p.m., hora central." in page
    assert "Además: No hay" in page


def test_a_suspension_tells_its_end_and_not_its_reason(town, signed_in) -> None:
    Resident.objects.update(suspended_until=now() + 3 * DAY, suspension_reason="fought in the yard")
    page = home(signed_in(town.mother))
    assert "The facility has suspended their calls." in page
    assert "They can call again from" in page
    assert "yard" not in page


def test_a_day_of_another_year_names_its_year(town, signed_in) -> None:
    this_year, next_year = (
        datetime(datetime.now(CHICAGO).year + later, 12, 31, 23, tzinfo=CHICAGO) for later in (0, 1)
    )
    assert str(next_year.year) not in LocalTime.of(_instant(this_year), CHICAGO, _instant(this_year)).day
    Resident.objects.update(suspended_until=_instant(next_year))
    family = signed_in(town.mother)
    assert f"They can call again from {next_year:%a}, Dec 31, {next_year.year}, 11:00" in home(family)
    assert f"31 de dic de {next_year.year}, 11:00" in home(signed_in(town.mother, "es"))


def test_the_balance_comes_first_and_who_can_call_before_who_cannot(town, signed_in) -> None:
    for name, suspended_until in (("Aaron Blanc", now() + DAY), ("Zoe Adams", None)):
        resident = Resident.objects.create(
            facility=town.jail, resident_number=name, name=name, pin_hash="-", suspended_until=suspended_until
        )
        Contact.objects.create(resident=resident, number=MOTHER, name="Rosa", relationship="aunt", state="approved")
    page = home(signed_in(town.mother))
    places = [page.index(f"<h2>{name}</h2>") for name in ("Marcus Doucet", "Zoe Adams", "Aaron Blanc")]
    assert page.index("$12.34") < page.index("Add money") < places[0]
    assert places == sorted(places)


def test_free_minutes_are_said_in_words_with_what_is_left_of_them(town, signed_in) -> None:
    FreeMinutesRow.objects.create(facility=town.jail, effective="2026-01-01", seconds_per_day=900)
    page = home(signed_in(town.mother))
    assert "The first 15 min of each day are free for every resident. Left now: 15 min." in page
    assert "Without free minutes, 15 minutes cost $0.90." in page
    assert "With them, your balance is enough for 220 minutes." in page
    assert "$0.00" not in page
    town.call(at=now(), accepted_at=now(), ended_at=now() + 15 * MINUTE, is_privileged=True, tariff=_frozen(FREE))
    assert "Left now: 15 min." in home(signed_in(town.mother))
    given = _frozen(Tariff(Money.parse("0.06"), free_seconds=900))
    town.call(at=now(), accepted_at=now(), ended_at=now() + 15 * MINUTE, tariff=given)
    page = home(signed_in(town.mother))
    assert "Nothing of this is left now." in page
    assert "15 minutes cost $0.90. Your balance is enough for 205 minutes." in page


def test_a_block_of_ones_own_is_lifted_by_a_button(town, signed_in) -> None:
    Block.objects.create(number=MOTHER, resident=town.marcus, blocked_by="called_party", at=now())
    page = home(signed_in(town.mother))
    assert "You have blocked these calls." in page
    assert "Lift the block" in page


def test_protected_reasons_read_as_one_and_a_courts_order_names_nobody(town, signed_in) -> None:
    Contact.objects.filter(number=MOTHER).update(state="no_contact_order")
    page = home(signed_in(town.mother))
    assert town.marcus.name not in page
    assert "order" not in page.partition("<main")[2]


def test_of_somebody_who_is_no_contact_yet_only_the_request_is_told(town, signed_in) -> None:
    Contact.objects.filter(number=MOTHER).update(
        state="pending", customer=town.mother, waits_for="request", waiting_since=1
    )
    Resident.objects.update(suspended_until=now() + 3 * DAY)
    page = home(signed_in(town.mother))
    assert "Marcus D." in page
    assert "Marcus Doucet" not in page
    assert "Waiting for the facility’s decision" in page
    assert ">See the request</a>" in page
    assert "suspended" not in page


def test_a_call_in_progress_is_told_as_theirs_or_as_another(town, signed_in) -> None:
    live = {"state": "accepted", "disposition": "", "reason": "", "ended_at": None, "settled_at": None, "charge": 0}
    call = town.call(at=now() - MINUTE, **live)
    assert "On a call with you" in home(signed_in(town.mother))
    call.called_party, call.account = FATHER, None
    call.save()
    page = home(signed_in(town.mother))
    assert "They are on a call at this moment." in page
    assert "0902" not in page


def test_the_balance_of_another_payer_is_not_told(town, signed_in) -> None:
    CustomerNumber.objects.create(customer=town.father, number=MOTHER, order=2, is_verified=True)
    Account.objects.filter(customer=town.mother).update(posted=30_000)
    page = home(signed_in(town.father))
    assert "There is not enough money in your account." in page
    assert "$0.03" not in page


def test_what_needs_attention_comes_first(town, signed_in) -> None:
    town.failed_call("ring.no_answer", "no_answer", at=now() - 5 * MINUTE)
    account = Account.objects.get(customer=town.mother)
    card = SavedCard.objects.create(
        customer=town.mother,
        provider_id="pm_1",
        brand="visa",
        last4="4242",
        expiry_month=1,
        expiry_year=2020,
        saved_at=0,
    )
    AutoReload.objects.create(
        account=account, customer=town.mother, card=card, threshold=1, amount=1, monthly_ceiling=1, changed_at=0
    )
    Payment.objects.create(
        customer=town.mother,
        account=account,
        amount=20_000_000,
        way="saved_card",
        card=card,
        provider="stripe",
        state="failed",
        reason="pay.expired_card",
        created_at=now() - DAY,
        changed_at=now(),
    )
    page = home(signed_in(town.mother))
    for told in (
        "1 call did not reach you in the last seven days.",
        "Your last payment of $20.00 did not go through. The card has expired.",
        "Visa ending in 4242, which adds money by itself, is valid until 01/2020.",
    ):
        assert told in page
    assert page.index("did not go through") < page.index("did not reach you") < page.index("Yes, now")


def test_an_approval_that_ends_soon_is_told_in_time(town, signed_in) -> None:
    Contact.objects.filter(number=MOTHER).update(expires_at=now() + 10 * DAY)
    page = home(signed_in(town.mother))
    assert "Your approval as a contact of Marcus Doucet ends on" in page
    Contact.objects.filter(number=MOTHER).update(expires_at=now() + 100 * DAY)
    assert "ends on" not in home(signed_in(town.mother))


def test_calls_from_before_the_last_talk_are_no_news(town, signed_in) -> None:
    town.failed_call("ring.no_answer", "no_answer", at=now() - 5 * MINUTE)
    town.call(at=now() - 4 * MINUTE)
    assert "did not reach you" not in home(signed_in(town.mother))


def test_who_is_on_nobodys_list_is_led_to_ask(town, signed_in) -> None:
    Contact.objects.all().delete()
    assert 'href="/account/contacts/find/">Ask for approval</a>' in home(signed_in(town.mother))


def test_every_action_of_the_catalogue_has_its_page_and_nothing_else_has() -> None:
    assert set(REMEDIES) == set(Action)
    assert [action for action, page in REMEDIES.items() if page is None] == [Action.NONE]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_button_or_none_on_purpose(reason: Reason) -> None:
    found = button(foresee(reason, reader_language()), facility=1, call=2)
    assert (found is None) == (CATALOGUE[reason].action is Action.NONE and not CATALOGUE[reason].is_protected)
    if found is not None:
        assert found.address.startswith("/")
        assert found.label


def test_a_family_reads_why_not_adds_money_and_reads_yes(town, signed_in, address, chromium) -> None:
    town.jail.calling_rules = {"maximum_seconds": 900}
    town.jail.save()
    town.failed_call("fund.insufficient", "denied", number=FATHER, at=now() - 5 * MINUTE)
    made = vouchers.make(Money.parse("20.00"), 1, "user/1", NOON)
    vouchers.activate(made.batch_id, 1, 1, "user/1", NOON)
    card = made.cards[0]
    session = signed_in(town.father).cookies["sessionid"].value

    def journey(page) -> list[str]:
        seen = []
        page.goto("/account/")
        for_docs(page, "family-home-not-now", height=900)
        seen.append(page.get_by_role("main").inner_text())
        page.get_by_role("listitem").get_by_role("link", name="Add money", exact=True).click()
        for_docs(page, "family-money", height=900)
        page.get_by_role("link", name="Redeem a prepaid card").click()
        page.get_by_label("The 16 digits on the card").fill(card.printed_code)
        page.get_by_role("main").get_by_role("button", name="Redeem").click()
        seen.append(page.get_by_role("main").inner_text())
        page.get_by_role("link", name="Home").click()
        for_docs(page, "family-home-yes", height=820)
        seen.append(page.get_by_role("main").inner_text())
        return seen

    no, added, yes = chromium.visit(journey, session=session, base=address, width=360, scripts=False)
    assert "Not now" in no
    assert "1 call did not reach you in the last seven days." in no
    assert "$20.00 was added." in added
    assert "Yes, now" in yes
    assert "Your balance is enough for 333 minutes." in yes
