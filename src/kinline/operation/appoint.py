"""`kinline appoint`: a platform administrator for a new installation, whom nobody can invite yet."""

import argparse
import sys
import time

import django

from kinline.core.identity import Instant, Language


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="the address with which they sign in")
    parser.add_argument("name")
    parser.add_argument("--language", choices=[each.value for each in Language], default=Language.ENGLISH.value)


def run(arguments: argparse.Namespace) -> int:
    """Print the link with which they choose a password; it works once, for seven days."""
    django.setup()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from kinline.staffing.services import appoint

    try:
        validate_email(arguments.email)
    except ValidationError:
        print("appoint: write an e-mail address, such as ann@example.org", file=sys.stderr)
        return 2
    at = Instant(time.time_ns() // 1_000_000)
    link = appoint(arguments.email, arguments.name, arguments.language, at)
    print(link or "They are a platform administrator now, and sign in with the password that they have.")
    return 0
