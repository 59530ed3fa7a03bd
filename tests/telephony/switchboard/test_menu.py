"""Families call the account number over SIP: real phones, keys and books."""

import asyncio

import pytest
from bank import DECLINED_LATER, GOOD, Bank, bank, running_bank
from payers import Payer, a_saved_card
from telephony.switchboard.conftest import PATIENCE, Exchange, hung_up_on, picked_up, until

from kinline import demo
from kinline.calls import queries
from kinline.calls.account_visits import Deed, Visit, visits_of
from kinline.contacts.models import Block, BlockedBy
from kinline.core.identity import Instant
from kinline.demo.cash import CODES
from kinline.facilities.models import Trunk
from kinline.facilities.models.wires import TrunkKind
from kinline.ledger import services as ledger
from kinline.payments import services as payments
from kinline.payments.models import SavedCard
from kinline.people.models import CustomerNumber, Resident
from kinline.telephony import sip
from kinline.telephony.phone.phone import Connected, Over

__all__ = ["bank", "running_bank"]


async def test_a_mother_hears_her_balance_and_what_it_buys(exchange: Exchange) -> None:
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("1")
    mother.press(demo.PHONE_PIN, secret=True)
    await exchange.said("For your balance")
    mother.press("1")
    balance = await exchange.said("Your balance is")
    assert balance.startswith("Your balance is twenty dollars. At the highest of your prices it is enough for")
    (menu,) = exchange.board.menus
    mother.hang_up()
    await _is_left(exchange)
    await exchange.books.flush()
    events = await exchange.books.ask(queries.events_of, menu.id)
    assert {"menu.asked", "menu.answered", "prompt"} <= {event.kind for event in events}
    (visit,) = await exchange.books.ask(_visits_of_rosa)
    assert (visit.call_id, visit.caller, visit.deeds) == (menu.id, "...0123", (Deed.BALANCE_HEARD,))
    assert not any(demo.PHONE_PIN in str(event.fields) or "twenty" in str(event.fields) for event in events)
    assert not list((exchange.folder / "recordings").rglob("*.wav"))


async def test_a_stranger_with_wrong_pins_hears_nothing_of_the_account_and_is_hung_up_on(exchange: Exchange) -> None:
    father = await exchange.calls_account(demo.FATHER)
    father.press("2" + demo.MOTHER.removeprefix("+1"))
    await exchange.said("Marque su clave")
    for time in (1, 2, 3):
        father.press("111222")
        await exchange.said("Ese número o esa clave", time)
    await hung_up_on(father)
    assert not any(words.startswith(("Su saldo", "Para su saldo")) for words in exchange.prompts.said)


async def test_a_prepaid_card_typed_wrong_is_told_what_to_do_and_typed_right_is_on_the_account(
    exchange: Exchange,
) -> None:
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("2")
    mother.press(demo.PHONE_PIN, secret=True)
    await exchange.said("Para su saldo")
    code = CODES[0]
    mother.press("3")
    await exchange.said("Marque los 16 dígitos")
    mother.press(f"{code[:-1]}{(int(code[-1]) + 1) % 10}", secret=True)
    again = await exchange.said("Ese no es el código")
    assert "Mire la tarjeta y vuelva a escribir sus 16 dígitos." in again
    mother.press(code, secret=True)
    await exchange.said("Se agregaron diez dólares. Su saldo ahora es de treinta dólares.")
    mother.hang_up()
    await _is_left(exchange)
    await exchange.books.flush()
    (visit,) = await exchange.books.ask(_visits_of_rosa)
    assert visit.deeds == (Deed.CARD_REDEEMED,)


async def test_the_saved_card_is_charged_once_and_one_that_is_declined_says_what_to_do(
    exchange: Exchange, bank: Bank
) -> None:
    declined = await exchange.books.ask(_card_of_rosa, bank, DECLINED_LATER, "insufficient_funds")
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("1")
    mother.press(demo.PHONE_PIN, secret=True)
    await exchange.said("For your balance")
    mother.press("4")
    await exchange.said("To add ten dollars, press one.")
    mother.press("2")
    await exchange.said("Twenty dollars will be charged to the card that ends in zero three four one. There is no fee.")
    mother.press("1")
    told = await exchange.said("The card was declined.")
    assert "Try a smaller amount or another card." in told
    mother.hang_up()
    await _is_left(exchange)

    await exchange.books.ask(payments.remove_card, declined.customer_id, declined.pk, Instant(2))
    await exchange.books.ask(_card_of_rosa, bank, GOOD)
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("1")
    mother.press(demo.PHONE_PIN, secret=True)
    await exchange.said("For your balance", 2)
    mother.press("4")
    await exchange.said("To add ten dollars, press one.", 2)
    mother.press("1")
    await exchange.said("Ten dollars will be charged to the card that ends in four two four two.")
    mother.press("111")
    await exchange.said("Ten dollars were added. Your balance is now thirty dollars.")
    mother.hang_up()
    await _is_left(exchange)
    await exchange.books.flush()
    assert bank.charged_cents() == 1000
    visits = await exchange.books.ask(_visits_of_rosa)
    assert [Deed.CARD_CHARGED in visit.deeds for visit in visits] == [True, False]


async def test_a_mother_lifts_the_block_that_a_key_in_the_offer_made(exchange: Exchange) -> None:
    await exchange.books.ask(_daniel_is_blocked)
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("1")
    mother.press(demo.PHONE_PIN, secret=True)
    await exchange.said("For your balance")
    mother.press("5")
    await exchange.said("Calls from Daniel Reyes to your number that ends in zero one two three are blocked.")
    mother.press("1")
    await exchange.said("The block is lifted.")
    mother.hang_up()
    await _is_left(exchange)
    await exchange.books.flush()
    (visit,) = await exchange.books.ask(_visits_of_rosa)
    assert visit.deeds == (Deed.BLOCKS_HEARD, Deed.BLOCK_LIFTED)
    assert await exchange.books.ask(Block.objects.filter(number=demo.MOTHER, lifted_at=None).count) == 0


async def test_zero_connects_a_person_who_is_not_recorded(exchange: Exchange) -> None:
    support = await exchange.family(demo.SUPPORT)
    mother = await exchange.calls_account(demo.MOTHER)
    mother.press("10#")
    await picked_up(support)
    await asyncio.sleep(0.5)
    support.hang_up()
    await hung_up_on(mother)
    assert not list((exchange.folder / "recordings").rglob("*.wav"))
    await _is_left(exchange)


async def test_stopping_says_goodbye_to_who_is_in_the_menu(exchange: Exchange) -> None:
    mother = await exchange.calls_account(demo.MOTHER)
    ended = asyncio.ensure_future(hung_up_on(mother))
    await exchange.board.end_calls(0)
    await ended
    assert not exchange.board.menus


async def test_a_station_that_calls_the_account_number_is_a_station(exchange: Exchange) -> None:
    phone = await exchange.phone("station-a1")
    credentials = sip.Credentials("station-a1", demo.station_password("station-a1"))
    target = sip.Target("127.0.0.1", exchange.endpoint.port, credentials=credentials)
    await phone.dial(target, demo.ACCOUNT_NUMBER, "station-a1")
    async with asyncio.timeout(PATIENCE):
        while not exchange.board.calls:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert not exchange.board.menus
    phone.hang_up()


async def test_who_shows_no_password_does_not_reach_the_menu(exchange: Exchange) -> None:
    phone = await exchange.phone(demo.MOTHER)
    await phone.dial(sip.Target("127.0.0.1", exchange.endpoint.port), demo.ACCOUNT_NUMBER, demo.MOTHER)
    over = await until(phone, Over)
    assert isinstance(over, Over)
    assert over.status == 401


async def test_a_carrier_at_its_address_tells_who_calls(exchange: Exchange) -> None:
    await _has_trunk(exchange, host="127.0.0.1")
    phone = await exchange.phone("carrier")
    asserts = (("P-Asserted-Identity", f'"Rosa" <tel:{demo.MOTHER};phone-context=x>'),)
    target = sip.Target("127.0.0.1", exchange.endpoint.port, headers=asserts)
    await phone.dial(target, demo.ACCOUNT_NUMBER.removeprefix("+"), "anonymous")
    await until(phone, Connected)
    phone.press("1")
    await exchange.said("Enter your phone PIN")


async def test_a_carrier_with_credentials_tells_who_calls(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_PASSWORD", "between us")
    await _has_trunk(exchange, host="192.0.2.7", user="carrier", secret_variable="CARRIER_PASSWORD")
    phone = await exchange.phone("carrier")
    target = sip.Target("127.0.0.1", exchange.endpoint.port, credentials=sip.Credentials("carrier", "between us"))
    await phone.dial(target, demo.ACCOUNT_NUMBER, demo.MOTHER)
    await until(phone, Connected)
    phone.press("1")
    await exchange.said("Enter your phone PIN")


async def test_a_line_that_claims_another_number_is_taken_for_its_own(exchange: Exchange) -> None:
    phone = await exchange.phone(demo.FATHER)
    credentials = sip.Credentials(demo.FATHER, demo.line_password(demo.FATHER))
    claims = (("P-Asserted-Identity", f"<sip:{demo.MOTHER}@127.0.0.1>"),)
    target = sip.Target("127.0.0.1", exchange.endpoint.port, credentials=credentials, headers=claims)
    await phone.dial(target, demo.ACCOUNT_NUMBER, demo.MOTHER)
    await until(phone, Connected)
    phone.press("1")
    await exchange.said("Enter the ten digit")


async def _has_trunk(exchange: Exchange, **fields: str) -> None:
    def add() -> None:
        Trunk.objects.create(name="carrier", kind=TrunkKind.GATEWAY, priority=2, **fields)

    await exchange.books.ask(add)
    await exchange.directory.refresh(exchange.books)


async def _is_left(exchange: Exchange) -> None:
    async with asyncio.timeout(PATIENCE):
        while exchange.board.menus or exchange.endpoint.agent.sessions:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _daniel_is_blocked() -> None:
    daniel = Resident.objects.get(name="Daniel Reyes")
    Block.objects.create(number=demo.MOTHER, resident=daniel, blocked_by=BlockedBy.CALLED_PARTY, at=1)


def _card_of_rosa(bank: Bank, number: str, decline_code: str = "") -> SavedCard:
    rosa = CustomerNumber.objects.get(number=demo.MOTHER).customer
    account = ledger.open_customer_account(rosa.pk)
    return a_saved_card(bank, Payer(rosa.pk, account), number, decline_code=decline_code)


def _visits_of_rosa() -> list[Visit]:
    return visits_of(CustomerNumber.objects.get(number=demo.MOTHER).customer_id)
