"""What staff announce on the phones of a place."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import stamped


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_rules_of_levels"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("english", models.CharField(blank=True, max_length=200)),
                ("spanish", models.CharField(blank=True, max_length=200)),
                ("is_said_in_calls", models.BooleanField(default=False)),
                ("made_at", models.BigIntegerField()),
                ("expires_at", models.BigIntegerField()),
                ("ended_at", models.BigIntegerField(blank=True, null=True)),
                ("actor", models.CharField(max_length=60)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="facilities.facility",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="facilities.station",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="facilities.housingunit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["facility", "expires_at"], name="announcements_of_facility")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("unit", None), ("station", None), _connector="OR"),
                        name="announcement_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("english", ""), _negated=True),
                            models.Q(("spanish", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="announcement_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("made_at__lt", models.F("expires_at"))), name="announcement_lasts"
                    ),
                ],
            },
        ),
        stamped("facilities_announcement"),
    ]
