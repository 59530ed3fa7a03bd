from typing import Any

from django.db import migrations, models


def forget_notices_that_nobody_got(apps: Any, schema_editor: Any) -> None:
    """Those of residents were written down and given to nobody; staff give them anew."""
    apps.get_model("refunds", "InactivityNotice").objects.exclude(account__resident=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="inactivitynotice",
            name="by",
            field=models.CharField(default="system", max_length=100),
        ),
        migrations.AddField(
            model_name="inactivitynotice",
            name="how",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="payout",
            name="told_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="payout",
            name="told_how",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(forget_notices_that_nobody_got, migrations.RunPython.noop),
    ]
