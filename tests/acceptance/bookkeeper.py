"""Answers questions about an installation's database, one JSON line each, to tests outside (see `Books.ask`)."""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.settings")
django.setup()

from django.db.models import Count, QuerySet  # noqa: E402 (after the set-up)

from kinline import demo  # noqa: E402
from kinline.calls import queries, services  # noqa: E402
from kinline.calls.models import Call, CallState  # noqa: E402
from kinline.contacts.models import Contact, ContactState  # noqa: E402
from kinline.core.identity import CallId, Instant, Language  # noqa: E402
from kinline.core.money import Money  # noqa: E402
from kinline.core.numbering import E164  # noqa: E402
from kinline.facilities.digest import digest_secrets  # noqa: E402
from kinline.facilities.models import Facility, Station, Trunk  # noqa: E402
from kinline.facilities.models.wires import TrunkKind  # noqa: E402
from kinline.ledger import queries as ledger  # noqa: E402
from kinline.ledger import services as money  # noqa: E402
from kinline.ledger.models import Transfer  # noqa: E402
from kinline.people.models import Customer, CustomerNumber, Resident, User  # noqa: E402
from kinline.people.pins import hash_pin  # noqa: E402
from kinline.servicecalls import services as service_calls  # noqa: E402
from kinline.servicecalls.models import ServiceCall  # noqa: E402


def fit_for_tests(carrier: str, port: int, ring_wait: int) -> None:
    """A gateway behind the lines; nobody is rung or asked for long."""
    Trunk.objects.get_or_create(
        name="carrier", defaults={"kind": TrunkKind.GATEWAY, "priority": 2, "host": carrier, "port": port}
    )
    for facility in Facility.objects.all():
        facility.call_settings = {**facility.call_settings, "ring_wait": ring_wait, "offer_wait": 3, "offer_repeats": 0}
        facility.save()


def facts(call_id: str) -> dict[str, Any] | None:
    return queries.call_facts(CallId(int(call_id)))


def calls_of(resident_number: str, since: int) -> list[str]:
    """The newest first."""
    found = Call.objects.filter(resident__resident_number=resident_number, opened_at__gte=since)
    return [str(call_id) for call_id in found.order_by("-id").values_list("id", flat=True)]


def calls_since(since: int) -> list[dict[str, Any]]:
    """Of every attempt: its id, state, and the fields that a crash must not spoil."""
    fields = (
        "id",
        "state",
        "opened_at",
        "accepted_at",
        "ended_at",
        "heartbeat_at",
        "disposition",
        "reason",
        "billed_seconds",
    )
    return [
        {**row, "id": str(row["id"])}
        for row in Call.objects.filter(opened_at__gte=since).order_by("opened_at").values(*fields)
    ]


def live_calls() -> int:
    return _live().count()


def events(call_id: str) -> list[list[Any]]:
    return [[entry.at, entry.kind, dict(entry.fields)] for entry in queries.events_of(CallId(int(call_id)))]


def _live() -> QuerySet[Call]:
    return Call.objects.exclude(state=CallState.SETTLED)


def transfers(call_id: str) -> list[list[Any]]:
    """What was posted for a call, as key and microdollars."""
    return [list(row) for row in Transfer.objects.filter(call_id=int(call_id)).values_list("key", "amount")]


def open_holds() -> list[str]:
    return [str(call) for call in _live().filter(held__gt=0).values_list("id", flat=True)]


def reap(at: int, older_than_ms: int) -> int:
    return services.reap(Instant(at), older_than_ms)


def complaints() -> list[str]:
    """All in which the books are not as they should be. What is given back later is not in the call's row."""
    found = ledger.discrepancies()
    total = sum(money.micros for money in ledger.trial_balance().values())
    if total:
        found.append(f"the trial balance is {total}")
    for call in Call.objects.filter(state=CallState.SETTLED):
        posted = Transfer.objects.filter(call_id=call.pk)
        charged = sum(row.amount for row in posted if row.reason not in ("credit", "redial_credit", "staff_credit"))
        credited = sum(row.amount for row in posted if row.reason == "credit")
        if (charged, credited) != (call.charge, call.credited):
            found.append(f"call {call.pk} says {call.charge} and {call.credited}, its transfers {charged}, {credited}")
    return found


def crowd(count: int) -> list[list[str]]:
    """For a load: so many residents, each with a station of their own and a parent who has money. Gives of each the
    station's user and password, the resident's number and PIN."""
    jail = Facility.objects.get(name=demo.FACILITY)
    unit, at, pin = jail.units.get(name="A"), Instant(1_700_000_000_000), "4321"
    pin_hash = hash_pin(pin)
    people = []
    for number in range(count):
        user, password = f"load-{number}", f"password-{number}"
        secrets = digest_secrets(user, password)
        Station.objects.create(
            facility=jail, unit=unit, name=user, sip_user=user, ha1_md5=secrets.md5, ha1_sha256=secrets.sha256
        )
        resident = Resident.objects.create(
            facility=jail,
            unit=unit,
            resident_number=f"{200_000 + number}",
            name=f"Resident {number}",
            pin_hash=pin_hash,
            name_recording="demo",
            calling_rules={"wait_seconds": 0},
        )
        parent = f"+1504556{number:04}"
        customer = Customer.objects.create(user=User.objects.create(email=f"{user}@demo.example", name=user))
        CustomerNumber.objects.create(customer=customer, number=parent, is_verified=True)
        money.deposit(money.open_customer_account(customer.pk), Money.parse("500.00"), f"load/{number}", at)
        Contact.objects.create(
            resident=resident,
            customer=customer,
            number=parent,
            name="Parent",
            relationship="parent",
            state=ContactState.APPROVED,
            speed_dial=1,
        )
        people.append([user, password, resident.resident_number, pin])
    return people


def outcomes(since: int) -> dict[str, int]:
    """How many calls ended how."""
    found = Call.objects.filter(opened_at__gte=since).values_list("state", "reason").annotate(calls=Count("id"))
    return {f"{state} {reason}": calls for state, reason, calls in found}


def order_code(number: str, code: str, at: int) -> int:
    """Have the platform call the number and speak the code."""
    order = service_calls.order_code_call(
        E164(number), code, Language.ENGLISH, Instant(at), asked_by="user/1", address=""
    )
    return int(order.pk)


def service_call(order: int) -> dict[str, Any]:
    """How far it is, and how it ended."""
    call = ServiceCall.objects.get(pk=order)
    return {"stage": call.stage, "outcome": call.outcome, "sealed": call.sealed, "call": str(call.call_id)}


QUESTIONS = {
    function.__name__: function
    for function in (
        fit_for_tests,
        facts,
        calls_of,
        calls_since,
        live_calls,
        events,
        transfers,
        open_holds,
        reap,
        complaints,
        crowd,
        outcomes,
        order_code,
        service_call,
    )
}


def main() -> None:
    for line in sys.stdin:
        question, arguments = json.loads(line)
        try:
            answer = {"answer": QUESTIONS[question](*arguments)}
        except Exception as error:  # the asker is told
            answer = {"error": f"{question}: {type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
