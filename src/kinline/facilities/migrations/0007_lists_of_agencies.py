"""Lists of numbers that an agency keeps, with who put each there."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import stamped_again


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0006_announcements"),
    ]

    operations = [
        stamped_again("facilities_numberrule"),
        migrations.AddField(
            model_name="numberrule",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="number_rules",
                to="facilities.agency",
            ),
        ),
        migrations.AddField(
            model_name="numberrule",
            name="put_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="numberrule",
            name="put_by",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name="numberrule",
            name="treatment",
            field=models.CharField(
                choices=[
                    ("free", "Free"),
                    ("blocked", "Blocked"),
                    ("security", "Security"),
                    ("staff", "Staff"),
                    ("victim", "Victim"),
                    ("former_staff", "Former Staff"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="numberrule",
            constraint=models.UniqueConstraint(
                models.F("agency"), models.F("treatment"), models.F("number"), name="number_rule_once_in_agency"
            ),
        ),
        migrations.AddConstraint(
            model_name="numberrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("facility", None), ("agency", None), _connector="OR"),
                name="number_rule_of_one_level",
            ),
        ),
        stamped_again("facilities_numberrule"),
    ]
