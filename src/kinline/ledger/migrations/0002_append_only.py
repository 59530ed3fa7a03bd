"""Transfers are never changed or deleted; the house's accounts exist."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kinline.triggers import append_only

HOUSE = ("revenue", "taxes", "credits", "clearing")


def open_house_accounts(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    accounts = apps.get_model("ledger", "Account").objects
    for kind in HOUSE:
        accounts.get_or_create(kind=kind)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        append_only("ledger_transfer"),
        migrations.RunPython(open_house_accounts, migrations.RunPython.noop),
    ]
