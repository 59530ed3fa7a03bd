"""`kinline prepare`: everything an installation needs before it can run; what is there already is left as it is."""

import argparse
import datetime
import time

from kinline.certificate import certificate_files, make_certificate
from kinline.configuration import Configuration, configuration
from kinline.operation import demo, migrate, prompts
from kinline.secrets import Secret, secret_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(arguments: argparse.Namespace) -> None:
    """Make what is missing, saying each thing that was done."""
    settings = configuration()
    settings.data.mkdir(parents=True, exist_ok=True)
    make_secrets(settings)
    if make_certificate(settings, datetime.datetime.now(datetime.UTC)):
        print(f"made a self-signed certificate: {certificate_files(settings).certificate}")
    for step in (migrate.bring_up_to_date, prompts.build_missing):
        begun = time.monotonic()
        if done := step():
            print(f"{done} ({time.monotonic() - begun:.1f} s)")
    if settings.demo and demo.seed_if_empty():
        print("seeded the demo agency")


def make_secrets(settings: Configuration) -> None:
    """Make every secret that neither the environment nor a file gives."""
    for secret in Secret:
        secret_text(settings, secret)
