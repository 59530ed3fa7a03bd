"""What is another family's, asked for by a changed address: always not found, and always written down."""

import re
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse
from family_addresses import ADDRESSES, a_call, a_card, a_payment

from kinline.audit.models import AuditEvent
from kinline.audit.queries import first_broken
from kinline.payments.models import Payment, SavedCard
from kinline.support.models import Case
from kinline.web.staff.access import permission_of
from kinline.web.staff.session import is_of_staff

THEIRS = {name: each for name, each in ADDRESSES.items() if each.of is not None and not each.is_public}

BY_QUERY_OR_FORM = {
    "a question about their call": lambda town: ("GET", f"/help/cases/new/?call={a_call(town)['call_id']}", {}),
    "a question about their payment": lambda town: (
        "POST",
        "/help/cases/new/",
        {"payment": a_payment(town)["reference"], "topic": "payment", "words": "Whose?", "reference": "a" * 32},
    ),
    "a dispute of their call": lambda town: (
        "POST",
        f"/account/calls/{a_call(town)['call_id']}/dispute/",
        {"topic": "bad_sound", "reference": "a" * 32},
    ),
    "money for a resident who is not their contact": lambda town: (
        "POST",
        "/account/paying/",
        {"what": "give", "resident": town.dana.pk, "amount": "1.00", "reference": "a" * 32},
    ),
    "their number": lambda town: ("POST", "/account/numbers/", {"what": "remove", "number": "+15045550901"}),
}
"""What an address does not name, but a query or a form does: method, address, and what is sent."""


def family_names() -> set[str]:
    """Of all addresses that are not the portal's."""
    return {
        str(each.name)
        for each in get_resolver().url_patterns
        if isinstance(each, URLPattern) and permission_of(each.callback) is None and not is_of_staff(f"/{each.pattern}")
    }


def test_every_address_for_families_is_in_the_table() -> None:
    assert family_names() - set(ADDRESSES) == set(), "add it to tests/family_addresses.py"
    assert set(ADDRESSES) - family_names() == set()


def test_what_an_address_names_is_made_in_the_table_and_what_a_page_shows_is_looked_at() -> None:
    here = Path(__file__).parent
    for each in get_resolver().url_patterns:
        if not isinstance(each, URLPattern) or str(each.name) not in ADDRESSES:
            continue
        address = ADDRESSES[str(each.name)]
        assert bool(each.pattern.converters) == (address.of is not None), each.name
        if address.seen:
            assert re.search("look_at|chromium.visit", (here / address.seen).read_text()), each.name


@pytest.mark.parametrize("name", THEIRS)
def test_what_is_another_familys_is_not_found_and_the_attempt_is_written_down(town, signed_in, name: str) -> None:
    address = THEIRS[name]
    path = reverse(name, kwargs=address.of(town))
    stranger = signed_in(town.father)
    own = signed_in(town.mother)
    if address.is_guarded:
        for browser in (stranger, own):
            browser.post("/prove/", {"next": path, "password": "correct horse battery"})
    before = AuditEvent.objects.count()
    answer = stranger.post(path, {}) if address.posts else stranger.get(path)
    assert answer.status_code == 404
    for told in ("Rosa", "Marcus", "4242", "0901", "$20.00"):
        assert told not in answer.content.decode()
    event = AuditEvent.objects.order_by("-pk").first()
    assert AuditEvent.objects.count() == before + 1
    assert (event.actor, event.action) == (f"user/{town.father.user.pk}", "access.refused")
    assert first_broken() is None
    theirs = own.post(path, {}) if address.posts else own.get(path)
    assert theirs.status_code in (200, 302)  # so that the table cannot rot into what nobody finds


@pytest.mark.parametrize("name", THEIRS)
def test_who_is_not_signed_in_is_asked_to(town, signed_in, name: str) -> None:
    path = reverse(name, kwargs=THEIRS[name].of(town))
    answer = signed_in(None).post(path, {}) if THEIRS[name].posts else signed_in(None).get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("attempt", BY_QUERY_OR_FORM)
def test_neither_a_query_nor_a_form_reaches_what_is_another_familys(town, signed_in, attempt: str) -> None:
    method, path, sent = BY_QUERY_OR_FORM[attempt](town)
    stranger = signed_in(town.father)
    cases = Case.objects.count()
    answer = stranger.get(path) if method == "GET" else stranger.post(path, sent)
    assert answer.status_code == 404
    event = AuditEvent.objects.order_by("-pk").first()
    assert (event.actor, event.action) == (f"user/{town.father.user.pk}", "access.refused")
    assert Case.objects.count() == cases


def test_a_saved_card_of_another_family_pays_nothing(town, signed_in) -> None:
    card = a_card(town)["card_id"]
    sent = {"account": "own", "amount": "2500", "card": card, "reference": "a" * 32}
    assert signed_in(town.father).post("/account/money/", sent).status_code == 422
    reload = {"threshold": "5.00", "amount": "20.00", "monthly_ceiling": "60.00", "reload_card": card}
    assert signed_in(town.father).post("/account/money/reload/", reload).status_code == 422
    assert not Payment.objects.exists()
    assert SavedCard.objects.get(pk=card).removed_at is None
