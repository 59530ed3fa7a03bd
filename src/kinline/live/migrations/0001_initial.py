"""What switchboards tell of the present."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def the_versions(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    for key in (1, 2):
        apps.get_model("live", "Version").objects.create(id=key, value=0)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("calls", "0005_cut_offs"),
        ("facilities", "0006_announcements"),
    ]

    operations = [
        migrations.CreateModel(
            name="StationState",
            fields=[
                (
                    "station",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="facilities.station",
                    ),
                ),
                ("registered_until", models.BigIntegerField(null=True)),
                ("seen_at", models.BigIntegerField(null=True)),
                ("called_at", models.BigIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=40)),
                ("error_at", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TrunkState",
            fields=[
                (
                    "trunk",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="facilities.trunk",
                    ),
                ),
                ("asked_at", models.BigIntegerField()),
                ("is_up", models.BooleanField()),
                ("since", models.BigIntegerField()),
                ("round_trip_ms", models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="calls.call",
                    ),
                ),
                ("version", models.BigIntegerField()),
                ("act", models.CharField(max_length=10)),
                ("since", models.BigIntegerField()),
                ("ends_at", models.BigIntegerField(null=True)),
                ("mos", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["version"], name="standings_by_version")],
            },
        ),
        migrations.RunPython(the_versions, migrations.RunPython.noop),
    ]
