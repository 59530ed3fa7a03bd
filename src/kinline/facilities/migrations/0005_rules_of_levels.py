"""What each level says from when on, when phones were switched, and groups of stations."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kinline.triggers import append_only, stamped, stamped_again


def the_alarm(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("facilities", "Stamp").objects.create(id=2, value=0)


def no_alarm(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("facilities", "Stamp").objects.filter(id=2).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0004_who_pays_a_call"),
    ]

    operations = [
        stamped_again("facilities_station"),
        migrations.CreateModel(
            name="RuleRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("agency", "Agency"),
                            ("facility", "Facility"),
                            ("unit", "Unit"),
                            ("station_group", "Station Group"),
                            ("station", "Station"),
                            ("resident", "Resident"),
                        ],
                        max_length=13,
                    ),
                ),
                ("place", models.BigIntegerField()),
                ("says", models.JSONField(default=dict)),
                ("effective", models.BigIntegerField()),
                ("written_at", models.BigIntegerField()),
                ("actor", models.CharField(max_length=60)),
                ("why", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["level", "place", "effective"], name="rules_of_place")],
            },
        ),
        migrations.CreateModel(
            name="RuleTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("agency", "Agency"),
                            ("facility", "Facility"),
                            ("unit", "Unit"),
                            ("station_group", "Station Group"),
                            ("station", "Station"),
                            ("resident", "Resident"),
                        ],
                        max_length=13,
                    ),
                ),
                ("place", models.BigIntegerField()),
                ("says", models.JSONField(default=dict)),
                ("asked_at", models.BigIntegerField()),
                ("actor", models.CharField(max_length=60)),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("worked_on_at", models.BigIntegerField(null=True)),
                ("outcome", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StationGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "switch",
                    models.CharField(
                        choices=[("on", "On"), ("cut_off", "Cut Off"), ("lockdown", "Lockdown")],
                        default="on",
                        max_length=10,
                    ),
                ),
                ("switch_reason", models.CharField(blank=True, max_length=200)),
                ("calling_rules", models.JSONField(blank=True, default=dict)),
                ("name", models.CharField(max_length=60)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="station_groups",
                        to="facilities.facility",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="station",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stations",
                to="facilities.stationgroup",
            ),
        ),
        migrations.CreateModel(
            name="Switching",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("agency", "Agency"),
                            ("facility", "Facility"),
                            ("unit", "Unit"),
                            ("station_group", "Station Group"),
                            ("station", "Station"),
                            ("resident", "Resident"),
                        ],
                        max_length=13,
                    ),
                ),
                ("place", models.BigIntegerField()),
                ("at", models.BigIntegerField()),
                ("switch", models.CharField(max_length=10)),
                ("signal_seconds", models.PositiveSmallIntegerField(default=0)),
                ("actor", models.CharField(max_length=60)),
                ("why", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["level", "place", "at"], name="switchings_of_place")],
            },
        ),
        migrations.AddConstraint(
            model_name="stationgroup",
            constraint=models.UniqueConstraint(
                models.F("facility"), models.F("name"), name="station_group_name_once_in_facility"
            ),
        ),
        stamped_again("facilities_station"),
        stamped("facilities_stationgroup"),
        stamped("facilities_rulerow", when="NEW.level <> 'resident'"),  # theirs are read with each decision
        stamped("facilities_switching", when="NEW.level <> ''"),
        append_only("facilities_rulerow"),
        append_only("facilities_switching"),
        migrations.RunPython(the_alarm, no_alarm),
    ]
