"""A process of its own for the tests of concurrency: `worker.py authorise DIALLED CALL...` and so on."""

import sys
import time

import django

django.setup()

from make import NOON, SECOND, authorised, completed, hung_up  # noqa: E402

from kinline.calls import services  # noqa: E402
from kinline.calls.models import Call  # noqa: E402
from kinline.core.callflow.events import Authorised  # noqa: E402
from kinline.core.identity import CallId, Instant, ResidentId  # noqa: E402
from kinline.facilities.models import Station  # noqa: E402
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


{"authorise": authorise, "settle": settle, "talk": talk, "hang": hang}[sys.argv[1]](*sys.argv[2:])
