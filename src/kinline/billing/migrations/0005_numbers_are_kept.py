"""A dedicated number that was given back is kept for who had it: back into the inventory, from which it was taken."""

from typing import Any

from django.db import migrations


def kept(apps: Any, schema_editor: Any) -> None:
    numbers = apps.get_model("contacts", "DedicatedNumber").objects
    accounts = apps.get_model("ledger", "Account").objects.filter(kind="dedicated")
    for number in accounts.exclude(number__in=numbers.values("number")).values_list("number", flat=True):
        numbers.create(number=number)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_what_stands_on_an_invoice"),
        ("contacts", "0008_noted_numbers"),
    ]
    operations = [migrations.RunPython(kept, migrations.RunPython.noop)]
