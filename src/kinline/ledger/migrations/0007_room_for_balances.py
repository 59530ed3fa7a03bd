"""Leave room beside each account, so that a change of its balance stays on its page and touches no index."""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _fill(percent: int) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def run(_: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE ledger_account SET (fillfactor = {percent})")

    return run


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_day_close")]
    operations = [migrations.RunPython(_fill(50), _fill(100))]
