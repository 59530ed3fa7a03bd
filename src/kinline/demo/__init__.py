"""The demo: a sheriff's agency with its cast of people, on which every rule can be seen at work.

Everything in here is public, passwords and PINs included: it is for trying out, for tests and for screenshots, never
for real people. A production installation sets `KINLINE_DEMO=false`.
"""

import time

from django.db import transaction

from kinline.contacts.models import Block
from kinline.core.identity import CallId, Instant
from kinline.demo.asking import seed_cases
from kinline.demo.cash import seed_cash
from kinline.demo.cast import (
    ACCOUNT_NUMBER,
    AGENCY,
    ATTORNEY,
    BROTHER,
    FACILITY,
    FATHER,
    GRANDMOTHER,
    KEVIN,
    LINES,
    LOG_INS,
    MOTHER,
    PASSWORD,
    PHONE_PIN,
    SECOND_STEP,
    SUPPORT,
    WIFE,
    LogIn,
    line_password,
    station_password,
)
from kinline.demo.contacts import seed_contacts
from kinline.demo.paying import make_other_ways_to_pay, make_transition, make_youth_center
from kinline.demo.people import make_customers, make_residents, make_staff
from kinline.demo.places import make_annex, make_camp, make_jail, make_number_rules, make_wires
from kinline.demo.refunding import seed_refunds
from kinline.demo.scenarios import SCENARIOS, Scenario
from kinline.demo.wishing import seed_wishes
from kinline.facilities.models import Agency
from kinline.people.models import Resident

__all__ = [
    "ACCOUNT_NUMBER",
    "AGENCY",
    "ATTORNEY",
    "BROTHER",
    "FACILITY",
    "FATHER",
    "GRANDMOTHER",
    "LINES",
    "LOG_INS",
    "MOTHER",
    "PASSWORD",
    "PHONE_PIN",
    "SCENARIOS",
    "SECOND_STEP",
    "SUPPORT",
    "WIFE",
    "LogIn",
    "Scenario",
    "line_password",
    "restore",
    "seed",
    "station_password",
]


def seed() -> bool:
    """Put the demo into a database without agencies; True when it did."""
    with transaction.atomic():
        if Agency.objects.exists():
            return False
        at = Instant(time.time_ns() // 1_000_000)
        agency = Agency.objects.create(name=AGENCY)
        jail = make_jail(agency)
        annex = make_annex(agency)
        camp = make_camp(agency)
        make_wires()
        make_number_rules(jail)
        customers = make_customers(at)
        make_staff(agency, jail)
        make_residents(jail, annex, camp, customers, at)
        make_other_ways_to_pay(customers, at)
        seed_contacts(jail, customers, at)
        seed_cash(jail.pk, at)
        make_transition(agency, at)
        make_youth_center(agency)
        seed_refunds(jail, annex, customers, at)
        seed_cases(customers, at)
        seed_wishes(jail, customers, at)
        return True


def restore(call_id: CallId, resident_number: str) -> None:
    """Take back what a call of a demonstration left behind (a block, wrong PINs), so that the next one finds the cast
    as this one did."""
    Block.objects.filter(call_id=call_id, lifted_at=None).update(lifted_at=time.time_ns() // 1_000_000)
    if resident_number != KEVIN[0]:  # whose PIN is locked for good
        Resident.objects.filter(resident_number=resident_number).update(pin_failures=0, pin_locked_until=None)
