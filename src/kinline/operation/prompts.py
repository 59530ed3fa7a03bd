"""`kinline prompts`: build the spoken prompts from the text catalogue."""

import argparse

from kinline.configuration import configuration
from kinline.telephony import prompts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where they go comes from KINLINE_DATA."""


def run(arguments: argparse.Namespace) -> None:
    """Build what is missing or no longer fits its text."""
    print(build_missing() or "every prompt is there")


def build_missing() -> str:
    """Build the prompts that are missing; what was done, or an empty text."""
    built = prompts.build(configuration())
    return f"built {built} prompts" if built else ""
