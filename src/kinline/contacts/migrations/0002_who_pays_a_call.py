"""Numbers that ring a customer and that one resident can call."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0001_initial"),
        ("people", "0002_who_pays_a_call"),
    ]

    operations = [
        migrations.CreateModel(
            name="DedicatedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16, unique=True)),
                ("forwards_to", models.CharField(blank=True, max_length=16)),
                ("given_at", models.BigIntegerField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dedicated_numbers",
                        to="people.customer",
                    ),
                ),
                (
                    "resident",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dedicated_numbers",
                        to="people.resident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer", None), ("forwards_to", ""), ("given_at", None), ("resident", None)),
                            models.Q(
                                ("customer__isnull", False),
                                ("given_at__isnull", False),
                                ("resident__isnull", False),
                                models.Q(("forwards_to", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="dedicated_number_is_free_or_given",
                    )
                ],
            },
        ),
    ]
