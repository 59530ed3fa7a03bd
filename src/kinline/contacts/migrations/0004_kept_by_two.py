"""A registry of privileged numbers that two people keep, and that wakes the switchboards."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from kinline.triggers import alarmed


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0003_frozen_contacts"),
        ("facilities", "0005_rules_of_levels"),
        ("people", "0005_residents_cared_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="privilegednumber",
            name="privileged_number_once",
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="entered_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="evidence",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="revoked_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="revoked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="revoked_why",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="privilegednumber",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="privilegednumber",
            name="kind",
            field=models.CharField(
                choices=[
                    ("attorney", "Attorney"),
                    ("clergy", "Clergy"),
                    ("ombudsman", "Ombudsman"),
                    ("consulate", "Consulate"),
                    ("doctor", "Doctor"),
                    ("court", "Court"),
                ],
                default="attorney",
                max_length=40,
            ),
        ),
        migrations.AddIndex(
            model_name="privilegednumber",
            index=models.Index(
                condition=models.Q(("verified", None)), fields=["entered_at"], name="privilege_to_verify"
            ),
        ),
        migrations.AddConstraint(
            model_name="privilegednumber",
            constraint=models.UniqueConstraint(
                models.F("number"),
                django.db.models.functions.comparison.Coalesce(
                    models.F("agency"), models.Value(0), output_field=models.BigIntegerField()
                ),
                django.db.models.functions.comparison.Coalesce(
                    models.F("resident"), models.Value(0), output_field=models.BigIntegerField()
                ),
                condition=models.Q(("revoked_at", None)),
                name="privileged_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="privilegednumber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verified", None), ("verified_by", None)),
                    models.Q(("entered_by", None), ("verified__isnull", False)),
                    models.Q(
                        ("verified__isnull", False),
                        ("verified_by__isnull", False),
                        models.Q(("verified_by", models.F("entered_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="privilege_verified_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="privilegednumber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("revoked_by", None), ("revoked_why", "")),
                    models.Q(("revoked_at__isnull", False), models.Q(("revoked_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="privilege_revoked_with_reason",
            ),
        ),
        alarmed("contacts_privilegednumber"),
    ]
