"""No checks on the row that is written most, whose text PostgreSQL would read anew with each of its writes, and one
index of live calls instead of two."""

from django.db import migrations, models

from kinline.triggers import append_only_again


class Migration(migrations.Migration):
    dependencies = [("calls", "0007_heartbeats_touch_no_index")]
    operations = [
        migrations.AlterField("call", "billed_seconds", models.IntegerField(default=0)),
        migrations.AlterField("call", "funded_seconds", models.IntegerField(null=True)),
        migrations.AlterField("call", "identify_failures", models.SmallIntegerField(default=0)),
        migrations.AlterField("call", "limit_seconds", models.IntegerField(null=True)),
        migrations.RemoveIndex("call", "live_calls"),
        migrations.RemoveConstraint("call", "one_live_call_for_resident"),
        migrations.AddConstraint(
            "call",
            models.UniqueConstraint(
                models.F("resident"),
                condition=models.Q(("state__in", ("open", "authorised", "accepted"))),
                name="one_live_call_for_resident",
            ),
        ),
        append_only_again("calls_call", when="OLD.state = 'settled'"),
    ]
