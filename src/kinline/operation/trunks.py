"""`kinline trunks`: the ways out to the telephone network; set one, or turn it off."""

import argparse
import sys
import time

import django

from kinline.core.identity import Instant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    setting = acts.add_parser("set", help="make or change one: a carrier or gateway, or the lines that register here")
    setting.add_argument("name")
    setting.add_argument("host", help="its name or address; `lines` for the numbers that register at this switchboard")
    setting.add_argument("--port", type=int, default=5060)
    setting.add_argument("--transport", choices=("udp", "tcp", "tls"), default="udp")
    setting.add_argument("--priority", type=int, default=1, help="the lowest is tried first")
    setting.add_argument("--user", default="", help="when it asks for credentials")
    setting.add_argument("--secret-variable", default="", help="the environment variable that holds the password")
    setting.add_argument("--number", default="", help="the caller identity, if it takes no other than its own")
    ending = acts.add_parser("off", help="use it no more")
    ending.add_argument("name")


def run(arguments: argparse.Namespace) -> int:
    """Without an act: list them."""
    django.setup()
    from django.core.exceptions import ValidationError

    from kinline.facilities.models import Trunk
    from kinline.facilities.services import set_trunk

    at = Instant(time.time_ns() // 1_000_000)
    try:
        if arguments.act == "set":
            set_trunk(arguments.name, _says(arguments), "operator", at)
        elif arguments.act == "off":
            if not Trunk.objects.filter(name=arguments.name).exists():
                print(f"trunks: there is no trunk {arguments.name}", file=sys.stderr)
                return 2
            set_trunk(arguments.name, {"is_enabled": False}, "operator", at)
    except (ValidationError, ValueError) as wrong:
        said = "; ".join(wrong.messages) if isinstance(wrong, ValidationError) else str(wrong)
        print(f"trunks: {said}", file=sys.stderr)
        return 2
    for trunk in Trunk.objects.order_by("priority", "pk"):
        where = "the lines that register here" if trunk.kind == "lines" else f"{trunk.host}:{trunk.port}"
        state = "" if trunk.is_enabled else " (off)"
        print(f"{trunk.priority} {trunk.name}: {where} {trunk.transport}{state}")
    return 0


def _says(arguments: argparse.Namespace) -> dict[str, object]:
    from kinline.core.numbering import e164

    is_lines = arguments.host == "lines"
    return {
        "kind": "lines" if is_lines else "gateway",
        "host": "" if is_lines else arguments.host,
        "port": arguments.port,
        "transport": arguments.transport,
        "priority": arguments.priority,
        "user": arguments.user,
        "secret_variable": arguments.secret_variable,
        "caller_identity": "trunk" if arguments.number else "facility",
        "number": str(e164(arguments.number)) if arguments.number else "",
        "is_enabled": True,
    }
