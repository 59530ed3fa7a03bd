"""The page on which a family sets the PIN that opens its account by telephone."""

import pytest

from kinline.calls.services import Entry, note
from kinline.core.identity import CallId, Instant
from kinline.people.phone_pins import PinRight, PinWrong, check_phone_pin

PAGE = "/account/phone-pin/"
AT = Instant(1_795_111_200_000)


def opened(town, pin: str) -> PinRight | PinWrong:
    return check_phone_pin(town.mother.numbers.get().number, pin, CallId(1), AT)


@pytest.fixture
def mother(town, signed_in):
    return signed_in(town.mother.user)


def test_the_pin_that_is_set_opens_the_account_by_phone_and_is_not_shown(town, mother) -> None:
    response = mother.post(PAGE, {"pin": "730482", "again": "730482"}, follow=True)
    page = response.content.decode()
    assert "Your phone PIN is set." in page
    assert "730482" not in page
    assert opened(town, "730482") == PinRight(town.mother.pk)


@pytest.mark.parametrize(
    ("pin", "again", "says"),
    [
        ("123456", "123456", "not all the same and not in a row"),
        ("12345", "12345", "Choose six digits"),
        ("730482", "730481", "The two PINs are not the same."),
        ("", "", "Choose six digits"),
    ],
)
def test_what_cannot_be_a_pin_is_refused_with_what_to_do(town, mother, pin: str, again: str, says: str) -> None:
    assert says in mother.post(PAGE, {"pin": pin, "again": again}).content.decode()
    assert opened(town, pin) == PinWrong()


def test_only_who_is_signed_in_and_has_an_account_can_set_one(town, client, signed_in) -> None:
    assert client.get(PAGE).status_code == 302
    assert signed_in(town.officer).get(PAGE).status_code == 302


def test_a_family_sees_when_its_account_was_opened_by_phone_from_where_and_what_for(town, mother) -> None:
    mother.post(PAGE, {"pin": "730482", "again": "730482"})
    opened(town, "730482")
    asked = {"question": "RedeemVoucher", "answer": "MoneyAdded"}
    note(
        [
            Entry(CallId(1), AT, "menu.opened", {"caller": "...0123"}),
            Entry(CallId(1), AT, "menu.answered", asked),
            Entry(CallId(1), AT, "menu.answered", {**asked, "answer": "MoneyRefused", "question": "ChargeCard"}),
        ]
    )
    for _ in range(5):
        assert opened(town, "111222") == PinWrong()
    page = " ".join(mother.get(PAGE).content.decode().split())
    for told in ("11/19/2026", "a number that ends in 0123", "prepaid card redeemed", "Locked after wrong PINs."):
        assert told in page, told
    assert "money added" not in page


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_page_with_its_visits_is_accessible_and_fits(
    town, mother, chromium, address, language: str, width: int
) -> None:
    mother.post(PAGE, {"pin": "730482", "again": "730482"})
    opened(town, "730482")
    note([Entry(CallId(1), AT, "menu.answered", {"question": "LiftBlock", "answer": "BlockLifted"})])
    for _ in range(5):
        opened(town, "111222")

    def look(page):
        seen = chromium.look_at(page, PAGE, None)
        return seen, page.get_by_role("listitem").all_inner_texts()

    session = mother.cookies["sessionid"].value
    seen, visits = chromium.visit(look, base=address, session=session, language=language, width=width)
    assert (seen.violations, seen.complaints) == ([], [])
    assert seen.width <= width
    lifted, locked = {"en": ("block lifted", "Locked after"), "es": ("bloqueo quitado", "Bloqueada")}[language]
    assert any(lifted in each for each in visits)
    assert any(locked in each for each in visits)
