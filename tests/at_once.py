"""Several processes that do something at the same moment: forks of the test's, held back until all are ready."""

import os
import traceback
from collections.abc import Callable

from django.db import connection, connections

from kinline.providers.cards import card_provider


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each act answered, as text; of one that was refused, the name of its exception. For tests with a
    `committed_database`."""
    connections.close_all()  # nobody may use the same connection after the fork
    ready, is_ready = os.pipe()
    gate, opens_gate = os.pipe()
    children = []
    for act in acts:
        answer, answers = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(opens_gate)
            _take_part(act, is_ready, gate, answers)
        os.close(answers)
        children.append((child, answer))
    for _ in acts:
        os.read(ready, 1)
    os.close(opens_gate)
    said = [_all_of(answer) for _, answer in children]
    ends = [os.waitpid(child, 0)[1] for child, _ in children]
    for end in (ready, is_ready, gate):
        os.close(end)
    assert ends == [0] * len(acts), "an act failed of itself: see above"
    return said


def _all_of(answer: int) -> str:
    with open(answer) as said:
        return said.read()


def _take_part(act: Callable[[], object], is_ready: int, gate: int, answers: int) -> None:
    try:
        card_provider.cache_clear()  # its open connection stays the parent's
        connection.ensure_connection()
        os.write(is_ready, b".")
        os.read(gate, 1)  # ends when the parent closes it
        try:
            said = str(act())
        except _refusals() as refusal:
            said = type(refusal).__name__
        os.write(answers, said.encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _refusals() -> tuple[type[Exception], ...]:
    from kinline.billing.services import AccountRefused
    from kinline.kiosks.services import KioskError
    from kinline.ledger.services import LedgerError
    from kinline.payments.errors import PaymentError
    from kinline.plans.services import PlanError
    from kinline.refunds.errors import RefundError

    return LedgerError, PaymentError, KioskError, PlanError, RefundError, AccountRefused
