"""Prices: what a facility asks, what the law allows of it, and the one function that prices a call.

`price` is what a price list asks; `tariff_on` makes of it the tariff of a call, which never asks more than the law
allows; `charge` is what so many seconds cost by a tariff: before a call as its quote, after it as its charge.
"""

from kinline.core.tariff.ancillary import is_ancillary
from kinline.core.tariff.cap import Cap
from kinline.core.tariff.charging import Charge, Quote, TaxLine, affordable_seconds, billed_seconds, charge, quote
from kinline.core.tariff.free_minutes import FreeMinutes, free_minutes_on, given
from kinline.core.tariff.plans import Period, Plan, PlanFault, PlanStanding, faults_of, standing
from kinline.core.tariff.rates import (
    ANYWHERE,
    Rate,
    TaxRate,
    is_destination,
    lies_within,
    narrowness,
    rate_on,
    rates_before,
    reaches,
    tariff_of,
    tariff_on,
    tax_rates_on,
    taxes_on,
)
from kinline.core.tariff.tariff import FREE, Service, Tariff, Tax

__all__ = [
    "ANYWHERE",
    "FREE",
    "Cap",
    "Charge",
    "FreeMinutes",
    "Period",
    "Plan",
    "PlanFault",
    "PlanStanding",
    "Quote",
    "Rate",
    "Service",
    "Tariff",
    "Tax",
    "TaxLine",
    "TaxRate",
    "affordable_seconds",
    "billed_seconds",
    "charge",
    "faults_of",
    "free_minutes_on",
    "given",
    "is_ancillary",
    "is_destination",
    "lies_within",
    "narrowness",
    "quote",
    "rate_on",
    "rates_before",
    "reaches",
    "standing",
    "tariff_of",
    "tariff_on",
    "tax_rates_on",
    "taxes_on",
]
