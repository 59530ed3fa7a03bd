"""`kinline migrate`: bring the database's tables up to date."""

import argparse

import django
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from kinline.configuration import configuration

GUARDED = (
    "ledger_account",
    "ledger_transfer",
    "ledger_dayclose",
    "audit_auditevent",
    "calls_call",
    "calls_callevent",
    "contacts_block",
    "contacts_privilegednumber",
    "contacts_quiethours",
    "contacts_dedicatednumber",
    "contacts_spendinglimit",
    "people_customer",
    "people_customernumber",
)
"""Tables in which the database itself refuses changes, or those that break a rule, or notes numbers."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which database comes from DATABASE_URL."""


def run(arguments: argparse.Namespace) -> None:
    """Apply what is missing."""
    print(bring_up_to_date() or "the database is up to date")


def bring_up_to_date() -> str:
    """Apply the migrations that are missing; what was done, or an empty text."""
    configuration().data.mkdir(parents=True, exist_ok=True)
    missing = missing_migrations()
    if not missing:
        return ""
    call_command("migrate", interactive=False, verbosity=0)
    return f"applied {len(missing)} migrations"


def missing_migrations() -> list[str]:
    """The migrations that the database lacks, as `app.name`."""
    django.setup()
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def missing_guards() -> list[str]:
    """Tables that the database should keep from being changed, and no trigger does."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            cursor.execute("SELECT event_object_table FROM information_schema.triggers")
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        guarded = {row[0] for row in cursor.fetchall()}
    return [table for table in GUARDED if table not in guarded]
