"""`kinline prompts`: build the spoken prompts from the text catalogue."""

import argparse
import sys

from kinline.configuration import configuration
from kinline.telephony import prompts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where they go comes from KINLINE_DATA."""


def run(arguments: argparse.Namespace) -> int:
    """Build what is missing or no longer fits its text."""
    try:
        print(build_missing() or "every prompt is there")
    except prompts.SpeechMissing as missing:
        print(f"kinline: {missing}", file=sys.stderr)
        return 1
    return 0


def build_missing() -> str:
    """Build the prompts that are missing; what was done, or an empty text. Raises `SpeechMissing`."""
    built = prompts.build(configuration().prompts, _say_progress)
    return f"built {built} prompts" if built else ""


def _say_progress(done: int, every: int) -> None:
    if sys.stdout.isatty():
        print(f"\rbuilding prompts: {done} of {every}", end="" if done < every else "\r", flush=True)
