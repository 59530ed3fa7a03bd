"""`kinline worker`: does what must be done again and again, whoever is calling or looking."""

import argparse
import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import django
import structlog

from kinline import logs
from kinline.configuration import configuration
from kinline.core.identity import Instant

log = structlog.get_logger("worker")

SILENT_CALL_AFTER = 30
"""Seconds without a heartbeat (they come at most 10 s apart) after which a call counts as left behind."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something done every `period` seconds. `perform` takes the time and returns how many things it dealt with."""

    name: str
    period: float
    perform: Callable[[Instant], int]


def duties() -> tuple[Duty, ...]:
    """All that a worker does. Each may be done by several workers at once."""
    from kinline.alerts import services as alerts
    from kinline.billing import services as billing
    from kinline.bookings import services as bookings
    from kinline.calls import services as calls
    from kinline.calls.trials import perform_trials
    from kinline.contacts import services as contacts
    from kinline.documents import services as documents
    from kinline.enrolment import codes
    from kinline.enrolment.identity import close_undecided
    from kinline.kiosks import services as kiosks
    from kinline.ledger.closing import close_day
    from kinline.live import services as live
    from kinline.notices import services as notices
    from kinline.notices.preferences import forget_old
    from kinline.payments import services as payments
    from kinline.recordings import services as recordings
    from kinline.refunds import services as refunds
    from kinline.servicecalls import services as service_calls
    from kinline.support import services as support
    from kinline.vouchers import services as vouchers
    from kinline.web.documents.attached import attached

    return (
        Duty("try_rules", 1, perform_trials),
        Duty("take_bookings", 60, lambda at: bookings.take_folder(configuration().bookings, at)),
        Duty("reap_calls", 10, lambda at: calls.reap(at, SILENT_CALL_AFTER * 1000)),
        Duty("forget_standings", 10, live.forget_ended),
        Duty("enter_history", 20, calls.enter_settled),
        Duty("invite_collect_payers", 60, billing.invite),
        Duty("issue_invoices", 3600, billing.issue_invoices),
        Duty("settle_limits", 60, billing.settle_limits),
        Duty("remind_of_invoices", 3600, billing.remind),
        Duty("send_notices", 10, lambda at: notices.deliver(at, attached)),
        Duty("reload_accounts", 15, payments.reload),
        Duty("credit_redials", 300, calls.credit_redials),
        Duty("pursue_refunds", 60, refunds.pursue),
        Duty("look_after_inactive", 24 * 3600, refunds.look_after_inactive),
        Duty("watch_balances", 30, alerts.watch_balances),
        Duty("tell_missed_calls", 60, alerts.tell_missed_calls),
        Duty("close_quiet_cases", 3600, support.close_quiet),
        Duty("reconcile_payments", 30, payments.reconcile),
        Duty("check_books", 3600, payments.check_books),
        Duty("reconcile_disputes", 6 * 3600, payments.reconcile_disputes),
        Duty("learn_contacts", 60, calls.learn_contacts),
        Duty("announce_expiring_contacts", 3600, contacts.announce_expiring),
        Duty("close_day", 600, close_day),
        Duty("finish_recordings", 60, recordings.finish_left_behind),
        Duty("tidy_service_calls", 60, service_calls.tidy_up),
        Duty("close_identity_checks", 3600, close_undecided),
        Duty("forget_old_notices", 24 * 3600, forget_old),
        Duty("forget_codes", 3600, codes.forget),
        Duty("delete_documents", 60, documents.delete_due),
        Duty("sweep_documents", 6 * 3600, documents.sweep),
        Duty("forget_guesses", 3600, vouchers.forget_guesses),
        Duty("forget_kiosk_answers", 3600, kiosks.forget_answers),
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(arguments: argparse.Namespace) -> None:
    """Work until SIGTERM or SIGINT."""
    logs.configure(configuration())
    django.setup()
    asyncio.run(_work(duties()))


async def _work(todo: tuple[Duty, ...]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await asyncio.gather(*(repeat(duty, stopping) for duty in todo))


async def repeat(duty: Duty, stopping: asyncio.Event) -> None:
    """Perform a duty at once and then each period. One that fails is logged and tried again; one under way when the
    stop comes is finished."""
    while not stopping.is_set():
        try:
            done = await asyncio.to_thread(duty.perform, Instant(time.time_ns() // 1_000_000))
            if done:
                log.info("duty.done", duty=duty.name, dealt_with=done)
        except Exception:
            log.exception("duty.failed", duty=duty.name)
        try:
            await asyncio.wait_for(stopping.wait(), duty.period)
        except TimeoutError:
            continue
