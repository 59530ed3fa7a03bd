"""A process of its own for the tests of concurrency: `worker.py authorise DIALLED CALL...` and so on."""

import sys
import time

import django

django.setup()

from make import NOON, SECOND, authorised, completed, hung_up  # noqa: E402

from kinline.calls import services  # noqa: E402
from kinline.calls.models import Call  # noqa: E402
from kinline.core.callflow.events import Authorised  # noqa: E402
from kinline.core.identity import AccountId, CallId, Instant, ResidentId  # noqa: E402
from kinline.core.money import Money  # noqa: E402
from kinline.facilities.models import Station  # noqa: E402
from kinline.ledger import queries  # noqa: E402
from kinline.ledger import services as ledger  # noqa: E402
from kinline.ledger.models import AccountKind  # noqa: E402
from kinline.ledger.postings import Order  # noqa: E402
from kinline.ledger.services import NotEnough  # noqa: E402
from kinline.people.models import Resident  # noqa: E402


def authorise(dialled: str, *calls: str) -> None:
    for call in map(int, calls):
        resident = Call.objects.values_list("resident_id", flat=True).get(pk=call)
        answer = services.authorise(CallId(call), ResidentId(resident), dialled, NOON)
        print("Authorised" if isinstance(answer, Authorised) else answer.reason)


def settle(*calls: str) -> None:
    for call in map(int, calls):
        ended_at = Instant(NOON + 60 * SECOND)
        print(services.settle(CallId(call), completed(NOON, ended_at), None, None, None, ended_at))


def talk(station: str, resident: str, dialled: str) -> None:
    """Call after call, until somebody kills this process."""
    phone, caller = Station.objects.get(pk=station), Resident.objects.get(pk=resident)
    print("at work", flush=True)
    while True:
        at = Instant(time.time_ns() // 1_000_000)
        call, _ = authorised(phone, caller, f"+1{dialled}", at)
        hung_up(call, 5, at)


def hang(station: str, resident: str, dialled: str) -> None:
    """A call in the middle of a talk, twelve seconds after its acceptance."""
    call, _ = authorised(Station.objects.get(pk=station), Resident.objects.get(pk=resident), f"+1{dialled}", NOON)
    services.accept(call, NOON)
    services.heartbeat("switchboard-1", [call], Instant(NOON + 12 * SECOND))
    print(call, flush=True)
    time.sleep(60)


def refund(account: str, name: str) -> None:
    """Cent after cent is added, and ten at a time are asked back: what the ledger answered."""
    clearing = queries.house_account(AccountKind.CLEARING)
    for number in range(8):
        ledger.deposit(AccountId(int(account)), Money.of_cents(1), f"deposit/{name}/{number}", NOON)
        order = Order(f"refund/{name}/{number}", AccountId(int(account)), clearing, Money.of_cents(10), "refund")
        try:
            ledger.transfer(order, NOON)
            print("given back")
        except NotEnough:
            print("refused")


{"authorise": authorise, "refund": refund, "settle": settle, "talk": talk, "hang": hang}[sys.argv[1]](*sys.argv[2:])
