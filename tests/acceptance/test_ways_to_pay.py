"""Each way to pay, by `kinline call`, through to a talk that it paid for; and what the family's phone heard of it."""

import json
from typing import Any

import pytest
from acceptance.installation import Installation
from acceptance.judgement import assert_priced

WAYS = {
    "several_payers": ("customer_prepaid", "prepaid call from"),
    "debit": ("resident_debit", "who pays for it"),
    "dedicated": ("dedicated", "prepaid call from"),
    "direct_bill": ("direct_bill", "on your monthly bill"),
    "collect": ("collect", "you accept the charges"),
    "agency_pays": ("free", "free call from"),
    "hotline": ("free", ""),
    "privileged": ("free", "free call from"),
}
"""Scenario of the demo: who paid, and what the offer says of it."""


@pytest.mark.parametrize("scenario", WAYS)
def test_a_call_is_paid_for_as_its_scenario_says(installed: Installation, scenario: str) -> None:
    payer, said = WAYS[scenario]
    done = installed.kinline(
        "call", "--json", "--hurry", "--talk", "2.5", "--scenario", scenario, "--patience", "100", timeout=130
    )
    assert done.returncode == 0, f"{done.stderr[-3000:]}\n{done.stdout[-6000:]}"
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["payer"], told["disposition"]) == (payer, "completed")
    assert told["billed_seconds"] >= 1
    assert_priced(told)
    assert said in done.stdout
