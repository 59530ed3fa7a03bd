"""Applications for direct bill, invoices, invitations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0004_who_pays_a_call"),
        ("people", "0002_who_pays_a_call"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16)),
                ("call_id", models.BigIntegerField(unique=True)),
                ("owed", models.BigIntegerField()),
                ("at", models.BigIntegerField()),
                ("answered_at", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["number", "at"], name="invitations_of_number")],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_limit", models.BigIntegerField()),
                ("purpose", models.CharField(max_length=200)),
                ("at", models.BigIntegerField()),
                (
                    "standing",
                    models.CharField(
                        choices=[("pending", "Pending"), ("approved", "Approved"), ("refused", "Refused")],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.BigIntegerField(blank=True, null=True)),
                ("credit_limit", models.BigIntegerField(blank=True, null=True)),
                ("decision", models.CharField(blank=True, max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billing_applications",
                        to="people.customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_limit__gt", 0)), name="application_asks_for_something"
                    ),
                    models.UniqueConstraint(
                        models.F("customer"),
                        condition=models.Q(("standing", "pending")),
                        name="one_pending_application_for_customer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, unique=True)),
                ("since", models.BigIntegerField()),
                ("until", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("issued_at", models.BigIntegerField()),
                ("due_at", models.BigIntegerField()),
                ("paid_at", models.BigIntegerField(blank=True, null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("reminded_at", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="ledger.account"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("paid_at", None)), fields=["account", "due_at"], name="unpaid_invoices"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("account"), models.F("since"), name="invoice_once_for_a_time"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("since__lt", models.F("until"))),
                        name="invoice_is_for_something",
                    ),
                ],
            },
        ),
    ]
