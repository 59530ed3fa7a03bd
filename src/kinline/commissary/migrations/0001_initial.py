"""Files of transfers that were taken, which stay as they were."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0004_who_pays_a_call"),
    ]

    operations = [
        migrations.CreateModel(
            name="TransferFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("taken_by", models.CharField(max_length=100)),
                ("at", models.BigIntegerField()),
                ("booked", models.PositiveIntegerField()),
                ("booked_amount", models.BigIntegerField()),
                ("repeated", models.PositiveIntegerField()),
                ("refused", models.JSONField(default=list)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commissary_files",
                        to="facilities.facility",
                    ),
                ),
            ],
        ),
        append_only("commissary_transferfile"),
    ]
