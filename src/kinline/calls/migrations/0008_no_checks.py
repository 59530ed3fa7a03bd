"""No checks on the row that is written most: PostgreSQL would read their text anew with each of its writes."""

from django.db import migrations, models

from kinline.triggers import append_only_again


class Migration(migrations.Migration):
    dependencies = [("calls", "0007_heartbeats_touch_no_index")]
    operations = [
        migrations.AlterField("call", "billed_seconds", models.IntegerField(default=0)),
        migrations.AlterField("call", "funded_seconds", models.IntegerField(null=True)),
        migrations.AlterField("call", "identify_failures", models.SmallIntegerField(default=0)),
        migrations.AlterField("call", "limit_seconds", models.IntegerField(null=True)),
        append_only_again("calls_call", when="OLD.state = 'settled'"),
    ]
