"""There is no place in the schema for an ancillary fee (47 CFR 64.6020): a price is for time, or for a message."""

import re
from dataclasses import fields

from django.apps import apps

from kinline.core.tariff import Charge, Plan, Rate, Tariff, charge
from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow, TaxRow
from kinline.ledger.models import AccountKind

ANCILLARY = re.compile(
    r"(^|_)(fees?|surcharge|convenience|processing|service_charge|connection|connect_charge|setup|transaction_charge|"
    r"per_call|per_connection|paper_bill|live_agent|commission|flat_rate|minimum_balance)($|_)"
)
COSTS_OF_OURS = {"provider_fee", "processor_fee", "stripe_fee"}
"""What a card network keeps of a payment is our cost: no customer's account is ever debited for it."""


def names_of(kind: type) -> set[str]:
    return {field.name for field in kind._meta.get_fields() if field.concrete}


def test_no_table_and_no_column_is_for_a_fee() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("kinline.")]
    assert TariffRow in ours
    for model in ours:
        assert not ANCILLARY.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()), model
        for name in names_of(model) - COSTS_OF_OURS:
            assert not ANCILLARY.search(name), f"{model.__name__}.{name}"


def test_no_account_of_the_ledger_is_for_a_fee() -> None:
    for kind in AccountKind:
        assert kind in COSTS_OF_OURS or not ANCILLARY.search(kind.value), kind


def test_the_columns_of_a_price_list_are_these_and_no_others() -> None:
    every = {"id", "facility", "effective"}
    assert names_of(TariffRow) == every | {
        "service",
        "jurisdiction",
        "destination",
        "price",
        "facility_additive",
        "termination",
        "increment",
        "minimum",
        "agency_price",
        "is_checked",
    }
    assert names_of(TaxRow) == every | {"name", "parts_per_million", "jurisdiction", "source"}
    assert names_of(FreeMinutesRow) == every | {"seconds_per_day", "seconds_per_week"}
    assert names_of(PlanRow) == (every - {"effective"}) | {
        "name",
        "period",
        "minutes",
        "price",
        "offered_from",
        "offered_until",
    }


def test_a_charge_has_no_part_but_talk_the_network_abroad_the_facilitys_share_and_taxes() -> None:
    for kind in (Tariff, Rate, Charge, Plan):
        assert not [field.name for field in fields(kind) if ANCILLARY.search(field.name)]
    nothing = charge(Tariff.from_json(_DEAREST), 0)
    assert nothing.total.micros == 0


_DEAREST = {
    "service": "audio",
    "price": 500_000,
    "facility_additive": 500_000,
    "increment": 60,
    "minimum": 60,
    "taxes": [["tax", 400_000]],
    "cap": None,
}
