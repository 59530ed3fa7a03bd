"""Termination, the agency's price, free minutes and plans; and whether a price was held to the cap."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import stamped, stamped_again


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0002_stamp"),
    ]

    operations = [
        stamped_again("facilities_tariffrow"),
        migrations.CreateModel(
            name="FreeMinutesRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective", models.DateField()),
                ("seconds_per_day", models.PositiveIntegerField(blank=True, null=True)),
                ("seconds_per_week", models.PositiveIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PlanRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("period", models.CharField(max_length=5)),
                ("minutes", models.PositiveIntegerField()),
                ("price", models.BigIntegerField()),
                ("offered_from", models.DateField()),
                ("offered_until", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="tariffrow",
            name="agency_price",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="tariffrow",
            name="is_checked",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="tariffrow",
            name="termination",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="tariffrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("agency_price__gte", 0), ("termination__gte", 0)), name="tariff_costs"
            ),
        ),
        migrations.AddConstraint(
            model_name="tariffrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("termination", 0), ("jurisdiction", "international"), _connector="OR"),
                name="termination_is_abroad",
            ),
        ),
        migrations.AddField(
            model_name="freeminutesrow",
            name="facility",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="free_minutes_rows", to="facilities.facility"
            ),
        ),
        migrations.AddField(
            model_name="planrow",
            name="facility",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="plan_rows", to="facilities.facility"
            ),
        ),
        migrations.AddConstraint(
            model_name="freeminutesrow",
            constraint=models.UniqueConstraint(
                models.F("facility"), models.F("effective"), name="free_minutes_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="planrow",
            constraint=models.UniqueConstraint(
                models.F("facility"), models.F("name"), name="plan_name_once_in_facility"
            ),
        ),
        migrations.AddConstraint(
            model_name="planrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__gt", 0), ("period__in", ("day", "week", "month")), ("price__gt", 0)),
                name="plan_is_something",
            ),
        ),
        stamped_again("facilities_tariffrow"),
        stamped("facilities_freeminutesrow"),
        stamped("facilities_planrow"),
    ]
