"""The pages of money that is not a card payment: vouchers, commissary files, what staff add, and kiosks."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kinline.core.money import Money
from kinline.kiosks.models import Kiosk
from kinline.ledger.models import Account, Transfer
from kinline.people.models import Role, StaffRole, User
from kinline.vouchers.models import Voucher


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def staff(town):
    """`staff(Role.FINANCE)`: somebody of the jail, or of the provider, with that role."""

    def with_role(role: Role) -> User:
        user = User.objects.create_user(f"{role}@staff.example", "correct horse battery", name=role)
        is_local = role is Role.FACILITY_ADMINISTRATOR
        StaffRole.objects.create(
            user=user,
            role=role,
            agency=town.jail.agency if is_local else None,
            facility=town.jail if is_local else None,
        )
        return user

    return with_role


@pytest.fixture
def finance(staff, signed_in):
    return signed_in(staff(Role.FINANCE))


@pytest.fixture
def administrator(staff, signed_in):
    return signed_in(staff(Role.FACILITY_ADMINISTRATOR))


def made_cards(finance, count: int = 2) -> list[str]:
    page = text(finance.post("/facility/vouchers/", {"what": "make", "make-amount": "20.00", "make-count": count}))
    assert page.count("<svg") >= count
    return re.findall(r'class="code">([0-9 ]{19})<', page)


def deposits(town) -> str:
    return f"/facility/deposits/{town.jail.pk}/"


def test_each_reaches_what_is_theirs(town, staff, signed_in) -> None:
    for who, vouchers, own, other in (
        (staff(Role.FINANCE), 200, 200, 200),
        (staff(Role.FACILITY_ADMINISTRATOR), 404, 200, 404),
        (town.officer, 404, 404, 404),
        (town.mother, 302, 302, 302),
    ):
        browser = signed_in(who)
        assert browser.get("/facility/vouchers/").status_code == vouchers
        assert browser.post("/facility/vouchers/", {"what": "make"}).status_code == vouchers
        assert browser.get(deposits(town)).status_code == own
        assert browser.get(f"/facility/deposits/{town.other_jail.pk}/").status_code == other
    assert "/sign-in/" in signed_in(None).get("/account/voucher/").headers["Location"]
    assert signed_in(town.officer).get("/account/voucher/").status_code == 302


def test_cards_are_printed_once_sold_and_redeemed_by_a_family(town, finance, signed_in) -> None:
    codes = made_cards(finance)
    assert len(codes) == 2
    batch = Voucher.objects.first().batch_id
    assert codes[0] not in text(finance.get("/facility/vouchers/"))
    mother = signed_in(town.mother)
    asked = {"account": "own", "code": codes[0]}
    assert "not active" in text(mother.post("/account/voucher/", asked), 422)
    sold = {"what": "activate", "cards-batch": batch, "cards-first": 1, "cards-last": 2}
    assert "Cards changed: 2" in text(finance.post("/facility/vouchers/", sold, follow=True))

    page = text(mother.post("/account/voucher/", asked))
    assert "$20.00 was added. The balance is now $32.34." in page
    assert codes[0] not in page
    assert "used already" in text(mother.post("/account/voucher/", asked), 422)
    mistyped = codes[1][:-1] + str((int(codes[1][-1]) + 1) % 10)
    assert "did not count as a try" in text(mother.post("/account/voucher/", {**asked, "code": mistyped}), 422)
    assert "Write the 16 digits" in text(mother.post("/account/voucher/", {**asked, "code": ""}), 422)
    assert Account.objects.get(customer=town.mother).posted == 32_340_000


def test_voiding_needs_a_reason_and_cards_that_exist(town, finance) -> None:
    made_cards(finance)
    batch = Voucher.objects.first().batch_id
    asked = {"what": "void", "cards-batch": batch, "cards-first": 1, "cards-last": 1}
    assert "Say why" in text(finance.post("/facility/vouchers/", asked))
    assert "no such cards" in text(
        finance.post("/facility/vouchers/", {**asked, "cards-first": 7, "cards-last": 9, "cards-reason": "Lost"})
    )
    finance.post("/facility/vouchers/", {**asked, "cards-reason": "Lost"})
    assert [voucher.state for voucher in Voucher.objects.order_by("number")] == ["void", "made"]


@pytest.mark.parametrize(("amount", "count"), [("20.001", "1"), ("-1", "1"), ("201", "1"), ("x", "1"), ("1", "0")])
def test_a_batch_that_cannot_be_made_is_explained(finance, amount, count) -> None:
    page = text(finance.post("/facility/vouchers/", {"what": "make", "make-amount": amount, "make-count": count}))
    assert 'class="error"' in page
    assert Voucher.objects.count() == 0


def test_a_commissary_file_is_tried_then_taken(town, administrator) -> None:
    data = b"resident_number,amount,transaction_id\n100001,12.50,T-1\n100001,1.005,T-2\n"

    def sent(**how: str) -> str:
        file = SimpleUploadedFile("today.csv", data)
        return text(administrator.post(deposits(town), {"what": "file", "file-file": file, **how}))

    assert "1 lines would be booked: $12.50." in sent(**{"file-is_trial": "on"})
    assert "Nothing was booked" in sent(**{"file-is_strict": "on"})
    assert Transfer.objects.count() == 0
    page = sent()
    assert "1 lines were booked: $12.50." in page
    assert "Line 3: Write the amount in dollars" in page
    assert "1 had been booked before." in sent()
    data = b"nonsense"
    assert "The first line must name the columns" in sent()


def test_an_administrator_adds_money_once_and_within_the_limit(town, administrator) -> None:
    asked = {
        "what": "give",
        "give-reference": "0" * 32,
        "give-resident_number": "100001",
        "give-amount": "5.00",
        "give-reason": "Work in the kitchen",
    }
    for _ in range(2):
        assert "$5.00 was added for Marcus Doucet" in text(administrator.post(deposits(town), asked))
    assert Account.objects.get(resident=town.marcus).posted == Money.parse("5.00").micros
    for wrong, said in (
        ({"give-amount": "200.01"}, "at most $200.00"),
        ({"give-amount": "5.001"}, "at most two decimals"),
        ({"give-resident_number": "200001"}, "No resident in custody here"),
        ({"give-reason": ""}, 'class="error"'),
    ):
        assert said in text(administrator.post(deposits(town), {**asked, "give-reference": "1" * 32, **wrong}))
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "what it asked for then was added"), ("es", "lo que pedía entonces se agregó")],
)
def test_a_form_that_is_sent_again_with_another_amount_adds_nothing_and_says_so(
    town, staff, signed_in, language: str, told: str
) -> None:
    administrator = signed_in(staff(Role.FACILITY_ADMINISTRATOR), language)
    asked = {"what": "give", "give-reference": "0" * 32, "give-resident_number": "100001", "give-reason": "Kitchen"}
    administrator.post(deposits(town), {**asked, "give-amount": "5.00"})
    assert told in text(administrator.post(deposits(town), {**asked, "give-amount": "7.00"}))
    assert Account.objects.get(resident=town.marcus).posted == Money.parse("5.00").micros


def test_a_kiosks_key_is_shown_once_and_revoked(town, administrator) -> None:
    page = text(administrator.post(deposits(town), {"what": "kiosk", "kiosk-name": "Lobby"}))
    assert re.search(r"<code>kiosk_[\w-]{40,}</code>", page)
    assert "kiosk_" not in text(administrator.get(deposits(town)))
    assert "There is a kiosk of this name" in text(
        administrator.post(deposits(town), {"what": "kiosk", "kiosk-name": "Lobby"})
    )
    kiosk = Kiosk.objects.get()
    assert "Revoked" in text(administrator.post(deposits(town), {"what": "revoke", "kiosk": kiosk.pk}))
    assert Kiosk.objects.get().revoked_at


def test_the_pages_speak_spanish(town, staff, signed_in) -> None:
    finance = signed_in(staff(Role.FINANCE), "es")
    assert "Tarjetas de prepago" in text(finance.get("/facility/vouchers/"))
    assert "Transferencias de la comisaría" in text(finance.get(deposits(town)))
    assert "Canjear una tarjeta" in text(signed_in(town.mother, "es").get("/account/voucher/"))


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_and_are_accessible(town, staff, signed_in, chromium, address, width) -> None:
    finance, mother = signed_in(staff(Role.FINANCE)), signed_in(town.mother)
    made_cards(finance)
    for browser, path in ((finance, "/facility/vouchers/"), (finance, deposits(town)), (mother, "/account/voucher/")):
        session = browser.cookies["sessionid"].value
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, path), base=address, session=session, width=width
        )
        assert (look.violations, look.complaints) == ([], [])
        assert look.width <= width
