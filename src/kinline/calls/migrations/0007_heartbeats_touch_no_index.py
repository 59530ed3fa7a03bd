"""The sign of life of a call, written every few seconds, is in no index, and its next version fits beside the last."""

from django.db import migrations, models

from kinline.triggers import append_only_again, with_room


class Migration(migrations.Migration):
    dependencies = [("calls", "0006_calls_of_an_account")]
    operations = [
        migrations.RemoveIndex(model_name="call", name="live_calls"),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                fields=["facility"],
                condition=models.Q(("state__in", ("open", "authorised", "accepted"))),
                name="live_calls",
            ),
        ),
        with_room("calls_call", 60),
        append_only_again("calls_call", when="OLD.state = 'settled'"),  # lost by 0006 on SQLite
    ]
