"""Kiosks, what they asked, and the cash they took, which stays as it was booked."""

import django.db.models.deletion
from django.db import migrations, models

from kinline.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0004_who_pays_a_call"),
        ("ledger", "0005_vouchers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kiosk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("deposit_most", models.BigIntegerField(default=300000000)),
                ("made_at", models.BigIntegerField()),
                ("revoked_at", models.BigIntegerField(blank=True, null=True)),
                ("last_used_at", models.BigIntegerField(blank=True, null=True)),
                ("requests", models.PositiveIntegerField(default=0)),
                (
                    "facility",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="kiosks", to="facilities.facility"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CashDeposit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receipt_number", models.CharField(max_length=40)),
                ("amount", models.BigIntegerField()),
                ("at", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cash_deposits", to="ledger.account"
                    ),
                ),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="kiosks.kiosk"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KioskRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("inputs", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("answer", models.TextField(blank=True)),
                ("at", models.BigIntegerField()),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="asked", to="kiosks.kiosk"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="kiosk",
            constraint=models.UniqueConstraint(
                models.F("facility"),
                models.F("name"),
                condition=models.Q(("revoked_at", None)),
                name="kiosk_name_once_in_facility",
            ),
        ),
        migrations.AddConstraint(
            model_name="kiosk",
            constraint=models.CheckConstraint(
                condition=models.Q(("deposit_most__gte", 50000000)), name="kiosk_takes_what_the_law_says"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashdeposit",
            constraint=models.UniqueConstraint(
                models.F("kiosk"), models.F("receipt_number"), name="cash_deposit_once_for_receipt"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashdeposit",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="cash_deposit_is_positive"),
        ),
        migrations.AddConstraint(
            model_name="kioskrequest",
            constraint=models.UniqueConstraint(models.F("kiosk"), models.F("key"), name="kiosk_request_once"),
        ),
        append_only("kiosks_cashdeposit"),
    ]
