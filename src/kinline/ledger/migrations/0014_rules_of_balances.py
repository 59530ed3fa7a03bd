"""The rules of a balance as a trigger: the text of a check is read anew by PostgreSQL with each movement."""

from importlib import import_module

from django.db import migrations

from kinline.triggers import ruled, ruled_again

OWNER = import_module("kinline.ledger.migrations.0010_short_checks").OWNER

WITHIN_ITS_CREDIT = """NEW.held >= 0 AND NEW.posted >= NEW.held - NEW.credit_limit
  AND (NEW.posted = 0 OR NEW.customer_id IS NOT NULL OR NEW.resident_id IS NOT NULL OR NEW.number <> '')"""
"""The second part: accounts of the house and of agencies have no running balance."""

has_its_owner = ruled_again(
    "ledger_account",
    "account_has_its_owner",
    OWNER,
    ("kind", "customer_id", "resident_id", "agency_id", "number", "credit_limit"),
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_holds_are_of_calls")]
    operations = [
        has_its_owner,
        migrations.RemoveConstraint("account", "account_within_its_credit"),
        migrations.RemoveConstraint("account", "house_account_has_no_running_balance"),
        has_its_owner,
        ruled("ledger_account", "account_within_its_credit", WITHIN_ITS_CREDIT, ("posted", "held", "credit_limit")),
    ]
