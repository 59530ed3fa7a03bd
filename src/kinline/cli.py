"""`kinline`: one command with a subcommand for each thing a person runs.

A subcommand is a module with `add_arguments(parser)` and `run(arguments) -> int | None`. Only the chosen one is
imported, so that `kinline --help` answers at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from pydantic import ValidationError

from kinline.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Subcommand:
    """Where a subcommand lives and what it is for, in one line."""

    module: str
    purpose: str


SUBCOMMANDS = {
    "up": Subcommand("kinline.operation.up", "prepare and run everything: web, switchboard and worker"),
    "call": Subcommand("kinline.telephony.phone.demonstration", "place a whole call and show what each side heard"),
    "phone": Subcommand("kinline.telephony.phone.terminal", "a small telephone in the terminal"),
    "doctor": Subcommand("kinline.operation.doctor", "check this installation and say how to mend it"),
    "cdr": Subcommand("kinline.operation.cdr", "write out call detail records as CSV or JSON lines"),
    "import": Subcommand("kinline.operation.commissary", "take a file: of a commissary's transfers"),
    "rules": Subcommand("kinline.operation.rules", "may this resident call this number? what would a rule change?"),
    "ledger": Subcommand("kinline.operation.ledger", "verify the books, or show a trial balance at any date"),
    "report": Subcommand("kinline.operation.report", "revenue, taxes and annual figures by facility as CSV"),
    "appoint": Subcommand("kinline.operation.appoint", "make somebody a platform administrator, and print their link"),
    "trunks": Subcommand("kinline.operation.trunks", "the ways out to the telephone network: list, set, turn off"),
    "notices": Subcommand("kinline.operation.notices", "how e-mail stands, and try again what could not be sent"),
    "prepare": Subcommand("kinline.operation.prepare", "make secrets, certificate, tables, prompts and the demo"),
    "migrate": Subcommand("kinline.operation.migrate", "bring the database's tables up to date"),
    "prompts": Subcommand("kinline.operation.prompts", "build the spoken prompts"),
    "demo": Subcommand("kinline.operation.demo", "seed the demo agency, or show its log-ins"),
    "web": Subcommand("kinline.operation.web", "run the web pages alone"),
    "switchboard": Subcommand("kinline.telephony.switchboard.main", "run the switchboard alone"),
    "worker": Subcommand("kinline.operation.worker", "run the worker alone"),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run the subcommand that `words` (the command line) names; the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.settings")
    words = sys.argv[1:] if words is None else list(words)
    parser = argparse.ArgumentParser(prog="kinline", description="Phone service between people in custody and family.")
    choices = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True)
    chosen = None
    for name, subcommand in SUBCOMMANDS.items():
        subparser = choices.add_parser(name, help=subcommand.purpose, description=subcommand.purpose)
        if words[:1] == [name]:
            chosen = import_module(subcommand.module)
            chosen.add_arguments(subparser)
    arguments = parser.parse_args(words)
    if chosen is None:
        parser.error("name the command first")
    try:
        return chosen.run(arguments) or 0
    except ValidationError as invalid:
        for line in unreadable_settings(invalid):
            print(line, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 0


def unreadable_settings(invalid: ValidationError) -> list[str]:
    """A line for each setting that could not be read, naming its environment variable."""
    lines = []
    for error in invalid.errors(include_input=False, include_url=False):
        field = str(error["loc"][0]) if error["loc"] else ""
        known = Configuration.model_fields.get(field)
        variable = field if known is None or known.validation_alias else f"KINLINE_{field.upper()}"
        lines.append(f"setting {variable}: {error['msg']}")
    return lines
