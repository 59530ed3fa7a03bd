"""`kinline demo`: the demo agency, its log-ins, and the line that places a first call."""

import argparse
import secrets
import sys
import time
from pathlib import Path

import django

from kinline.configuration import configuration
from kinline.core.identity import Instant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="only show the log-ins")
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    acts.add_parser("code", help="the code that the second step of every demo staff member takes now")
    loading = acts.add_parser("load", help="a crowd of residents and their calls of the past year; goes on if stopped")
    loading.add_argument("--size", type=_size, default=1_000_000, metavar="N", help="calls; one resident for each 100")
    adding = acts.add_parser("deposit", help="put play money onto a customer's account, without any card")
    adding.add_argument("email", help="the customer's log-in")
    adding.add_argument("dollars", help="how much, such as 10.00")


def run(arguments: argparse.Namespace) -> int:
    """Seed unless there is an agency already, then show how to get in; or deposit play money."""
    if arguments.act == "deposit":
        return deposit(arguments.email, arguments.dollars)
    if arguments.act == "code":
        return code()
    if arguments.act == "load":
        return load(arguments.size)
    if not arguments.show:
        print("seeded the demo agency" if seed_if_empty() else "there is an agency already: nothing was seeded")
    show()
    return 0


def deposit(email: str, dollars: str) -> int:
    """Play money, for trying things out where no cards are taken: only in a database with the demo agency in it."""
    django.setup()
    from kinline import demo
    from kinline.core.money import ZERO, Money, MoneyError
    from kinline.facilities.models import Agency
    from kinline.ledger import queries, services
    from kinline.people.models import Customer

    customer = Customer.objects.filter(user__email=email.lower()).first()
    refusal = ""
    amount = ZERO
    try:
        amount = Money.parse(dollars)
    except MoneyError as error:
        refusal = str(error)
    if not Agency.objects.filter(name=demo.AGENCY).exists():
        refusal = "only the demo takes play money: there is no demo agency in this database"
    elif customer is None:
        refusal = f"no customer logs in as {email} (kinline demo --show)"
    elif not refusal and (amount <= ZERO or amount.micros % 10_000):
        refusal = "the amount is in whole cents and more than nothing, such as 10.00"
    if refusal or customer is None:
        print(f"demo deposit: {refusal}", file=sys.stderr)
        return 2
    account = services.open_customer_account(customer.pk)
    at = Instant(time.time_ns() // 1_000_000)
    services.deposit(account, amount, f"demo/deposit/{secrets.token_hex(8)}", at)
    print(f"{amount} of play money for {email}; the balance is {queries.balance(account)}")
    return 0


def load(size: int) -> int:
    """The large demo, told as it grows; the exit status is 1 where nothing was to be written, or nothing may be."""
    seed_if_empty()
    from kinline.demo.loading import NotLoaded
    from kinline.demo.loading import load as loaded

    begun = time.monotonic()
    first: list[int] = []

    def tell(done: int, total: int) -> None:
        first.append(done)
        spent = time.monotonic() - begun
        rate = (done - first[0]) / spent if spent and done > first[0] else 0
        left = f", {(total - done) / rate:.0f} s left" if rate else ""
        end = "\n" if done == total else ""
        print(f"\r  {done:,} of {total:,} calls, {rate:,.0f} a second{left}   ", end=end, flush=True)

    try:
        written = loaded(size, tell)
    except NotLoaded as refused:
        print(f"demo load: {refused}", file=sys.stderr)
        return 1
    print(f"{written:,} calls in {time.monotonic() - begun:.0f} s. All are free, so the books stay as they are.")
    print("support@demo.example sees them.")
    return 0


def _size(text: str) -> int:
    """A number of calls on the command line."""
    count = int(text.replace(",", "").replace("_", ""))
    if not 1 <= count <= 50_000_000:
        raise argparse.ArgumentTypeError("from 1 to 50,000,000")
    return count


def code() -> int:
    """What an authenticator app would show for the demo's staff, whose secret is public."""
    django.setup()
    from allauth.mfa.totp.internal import auth

    from kinline import demo

    period = 30
    now = int(time.time())
    print(
        f"{auth.format_hotp_value(auth.hotp_value(demo.SECOND_STEP, now // period))}  ({period - now % period} s left)"
    )
    return 0


def seed_if_empty() -> bool:
    """Seed the demo into a database without agencies; True when seeded."""
    django.setup()
    from kinline import demo

    return demo.seed()


def show() -> None:
    """Print the log-ins and the line that places a first call; a line only, where the demo is not in the database."""
    django.setup()
    from kinline import demo
    from kinline.core import voucher_code
    from kinline.demo import cash as demo_cash
    from kinline.facilities.models import Agency

    if not Agency.objects.filter(name=demo.AGENCY).exists():
        print("  (no demo agency in this database: kinline demo)")
        return
    settings = configuration()
    print(f"  log in at http://{settings.host}:{settings.web_port}/sign-in/ with the password {demo.PASSWORD}:")
    for log_in in (each for each in demo.LOG_INS if each.role is None):
        print(f"    {log_in.email:<28}{log_in.name}, {log_in.who}")
    print(f"  staff log in at http://{settings.host}:{settings.web_port}/staff/sign-in/ with the same password")
    print(f"  and the code that this prints:  {_ourselves()} demo code")
    for log_in in (each for each in demo.LOG_INS if each.role is not None):
        print(f"    {log_in.email:<28}{log_in.name}, {log_in.who}")
    print(f"  a prepaid card of $10:  {voucher_code.grouped(demo_cash.CODES[0])}")
    print(f"  the key of the lobby's kiosk:  {demo_cash.KIOSK_KEY}")
    print(f"  place a first call:  {_ourselves()} call")


def _ourselves() -> str:
    """How this program is called from the folder where the person is."""
    program = Path(sys.prefix) / "bin" / "kinline"
    try:
        return str(program.relative_to(Path.cwd()))
    except ValueError:
        return str(program)
