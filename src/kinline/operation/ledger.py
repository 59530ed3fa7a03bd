"""`kinline ledger verify | balance | statement | reconcile | close`: what an auditor asks of the books."""

import argparse
import sys
import time
from datetime import UTC

import django

from kinline.core.identity import AccountId, Instant
from kinline.operation.period import add_moment, instant

_MONTH = 31 * 86_400_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="question", metavar="QUESTION", required=True)
    verify = commands.add_parser("verify", help="compute the seals of all days anew and look for disagreement")
    verify.add_argument("--noted", default="", metavar="HASH", help="a day's hash that was kept elsewhere")
    balance = commands.add_parser("balance", help="the trial balance, of now or of any date")
    add_moment(balance, "--at", "day or moment before which transfers count")
    balance.add_argument("--accounts", action="store_true", help="each account, not each kind of account")
    statement = commands.add_parser("statement", help="an account line by line, as CSV: each call with what decided it")
    statement.add_argument("account", type=int, help="its number, as `balance --accounts` shows it")
    add_moment(statement, "--since", "first day or moment")
    add_moment(statement, "--until", "day or moment before which lines count")
    reconcile = commands.add_parser("reconcile", help="list every difference to the card provider's own books")
    add_moment(reconcile, "--since", "first day or moment; without it: 31 days ago")
    add_moment(reconcile, "--until", "day or moment before which movements count; without it: an hour ago")
    reconcile.add_argument("--stored", action="store_true", help="ask the provider nothing: compare what was fetched")
    commands.add_parser("close", help="close yesterday now, if the worker did not yet")


def run(arguments: argparse.Namespace) -> int:
    """The exit status is 1 when the books are not as they must be."""
    django.setup()
    match arguments.question:
        case "verify":
            return _verify(arguments.noted)
        case "balance":
            return _balance(instant(arguments.at), arguments.accounts)
        case "statement":
            return _statement(arguments.account, instant(arguments.since), instant(arguments.until))
        case "reconcile":
            return _reconcile(instant(arguments.since), instant(arguments.until), arguments.stored)
        case _:
            from kinline.ledger.closing import close_day

            closed = close_day(Instant(time.time_ns() // 1_000_000))
            print("closed" if closed else "yesterday is closed already")
            return 0


def _verify(noted: str) -> int:
    from kinline.ledger.closing import verify

    verdict = verify(noted)
    for fault in verdict.faults:
        print(f"FAULT {fault}")
    print(
        f"{verdict.closes} day closes with {verdict.sealed} transfers; {verdict.unsealed} since the last close"
        f"\nhead {verdict.head}\n{'the books are NOT in order' if verdict.faults else 'the books are in order'}"
    )
    return 1 if verdict.faults else 0


def _statement(account: int, since: Instant | None, until: Instant | None) -> int:
    from kinline.calls.account_statement import account_statement, write_csv
    from kinline.ledger.models import Account

    if not Account.objects.filter(pk=account).exists():
        print(
            f"kinline: there is no account {account}; `kinline ledger balance --accounts` lists them", file=sys.stderr
        )
        return 1
    write_csv(account_statement(AccountId(account), since, until), UTC, sys.stdout)
    return 0


def _reconcile(since: Instant | None, until: Instant | None, is_stored: bool) -> int:
    from kinline.payments import services
    from kinline.payments.services.comparing import GRACE
    from kinline.providers.cards import ProviderError, card_provider

    now = Instant(time.time_ns() // 1_000_000)
    since = Instant(now - _MONTH) if since is None else since
    until = Instant(now - GRACE) if until is None else until
    if card_provider() is None and not is_stored:
        print("no card provider is set up: set KINLINE_STRIPE_KEY, or compare what was fetched with --stored")
        return 2
    try:
        fetched = 0 if is_stored else services.fetch(since, until, now)
    except ProviderError as error:
        print(f"{error}: try again, or compare what was fetched with --stored")
        return 2
    found = services.books_differ(since, until)
    for each in found:
        print(f"{each.fault.value:<15} {each}")
    print(f"{fetched} movements fetched anew, {len(found)} differences")
    return 1 if found else 0


def _balance(before: Instant | None, by_account: bool) -> int:
    from kinline.ledger import queries

    found = (
        {f"account {account}": amount for account, amount in sorted(queries.trial_balance(before).items())}
        if by_account
        else {kind.value: amount for kind, amount in queries.balances_by_kind(before).items()}
    )
    for name, amount in found.items():
        print(f"{name:<22} {amount!s:>18}")
    total = sum(amount.micros for amount in found.values())
    print(f"{'sum':<22} {'$0.00' if not total else f'{total} microdollars':>18}")
    return 1 if total else 0
