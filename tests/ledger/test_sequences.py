"""Whatever is done with money in whatever order: nothing is lost, made, overdrawn or counted twice."""

import pytest
from bank import Bank
from examples import examples
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from town import Town

FEW = settings(
    max_examples=examples(5),
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),  # to explain a failure, each line would be traced
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.django_db
def test_the_books_agree_after_every_step_of_any_sequence(bank: Bank) -> None:
    run_state_machine_as_test(lambda: Town(bank), settings=FEW)
