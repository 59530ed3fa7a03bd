"""Batches of prepaid cards, the cards, and who guessed; a redeemed card stays as it is."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0005_vouchers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Guesser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=100, unique=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_failure_at", models.BigIntegerField(default=0)),
                ("locked_until", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("made_by", models.CharField(max_length=100)),
                ("made_at", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("count__gt", 0)), name="batch_is_of_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "Made"), ("active", "Active"), ("redeemed", "Redeemed"), ("void", "Void")],
                        default="made",
                        max_length=8,
                    ),
                ),
                ("activated_at", models.BigIntegerField(blank=True, null=True)),
                ("redeemed_at", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="ledger.account",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="vouchers.batch"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("batch"), models.F("number"), name="voucher_once_in_batch"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", False), ("redeemed_at__isnull", False), ("state", "redeemed")),
                            models.Q(
                                models.Q(("state", "redeemed"), _negated=True), ("account", None), ("redeemed_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="voucher_redeemed_to_somebody",
                    ),
                ],
            },
        ),
        append_only("vouchers_voucher", when="OLD.state = 'redeemed'"),
    ]
