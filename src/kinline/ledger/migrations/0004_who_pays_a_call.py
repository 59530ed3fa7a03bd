"""Accounts of dedicated numbers, of invoices, of collect calls, and of agencies that give talk."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0004_who_pays_a_call"),
        ("ledger", "0003_disputed_payments"),
        ("people", "0002_who_pays_a_call"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_within_its_credit",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="house_account_has_no_running_balance",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_customer",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="house_account_once",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_has_its_owner",
        ),
        migrations.AddField(
            model_name="account",
            name="number",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer_prepaid", "Customer Prepaid"),
                    ("resident_debit", "Resident Debit"),
                    ("dedicated", "Dedicated"),
                    ("direct_bill", "Direct Bill"),
                    ("collect_receivable", "Collect Receivable"),
                    ("agency_paid", "Agency Paid"),
                    ("revenue", "Revenue"),
                    ("taxes", "Taxes"),
                    ("facility_additive", "Facility Additive"),
                    ("credits", "Credits"),
                    ("clearing", "Clearing"),
                    ("disputed", "Disputed"),
                    ("chargebacks", "Chargebacks"),
                    ("vouchers", "Vouchers"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            ("customer_prepaid", "resident_debit", "dedicated", "direct_bill", "collect_receivable"),
                        ),
                        _negated=True,
                    ),
                    (
                        "posted__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("held"), "-", models.F("credit_limit")
                        ),
                    ),
                    _connector="OR",
                ),
                name="account_within_its_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("customer_prepaid", "resident_debit", "dedicated", "direct_bill", "collect_receivable"),
                    ),
                    models.Q(("held", 0), ("posted", 0)),
                    _connector="OR",
                ),
                name="house_account_has_no_running_balance",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency", None),
                        ("customer__isnull", False),
                        ("kind__in", ("customer_prepaid", "direct_bill")),
                        ("number", ""),
                        ("resident", None),
                    ),
                    models.Q(
                        ("agency", None),
                        ("customer", None),
                        ("kind", "resident_debit"),
                        ("number", ""),
                        ("resident__isnull", False),
                    ),
                    models.Q(
                        ("agency", None),
                        ("customer__isnull", False),
                        ("kind", "dedicated"),
                        ("resident", None),
                        models.Q(("number", ""), _negated=True),
                    ),
                    models.Q(
                        ("agency", None),
                        ("customer", None),
                        ("kind", "collect_receivable"),
                        ("resident", None),
                        models.Q(("number", ""), _negated=True),
                    ),
                    models.Q(
                        ("agency__isnull", False),
                        ("customer", None),
                        ("kind__in", ("facility_additive", "agency_paid")),
                        ("number", ""),
                        ("resident", None),
                    ),
                    models.Q(
                        ("agency", None),
                        ("customer", None),
                        (
                            "kind__in",
                            ("revenue", "taxes", "credits", "clearing", "disputed", "chargebacks", "vouchers"),
                        ),
                        ("number", ""),
                        ("resident", None),
                    ),
                    _connector="OR",
                ),
                name="account_has_its_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("kind"),
                models.F("customer"),
                condition=models.Q(models.Q(("customer", None), _negated=True), ("number", "")),
                name="account_once_for_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("kind"),
                models.F("number"),
                condition=models.Q(("number", ""), _negated=True),
                name="account_once_for_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("kind"),
                condition=models.Q(("agency", None), ("customer", None), ("number", ""), ("resident", None)),
                name="house_account_once",
            ),
        ),
    ]
