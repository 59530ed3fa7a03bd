"""What the provider of card payments keeps for itself: an account of ours."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def open_house_account(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("ledger", "Account").objects.get_or_create(kind="provider_fee")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_money_on_its_way_back")]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_has_its_owner",
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
                    ("provider_fee", "Provider Fee"),
                    ("refunds", "Refunds"),
                    ("unclaimed", "Unclaimed"),
                ],
                max_length=20,
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
                            (
                                "revenue",
                                "taxes",
                                "credits",
                                "clearing",
                                "disputed",
                                "chargebacks",
                                "vouchers",
                                "provider_fee",
                                "refunds",
                                "unclaimed",
                            ),
                        ),
                        ("number", ""),
                        ("resident", None),
                    ),
                    _connector="OR",
                ),
                name="account_has_its_owner",
            ),
        ),
        migrations.RunPython(open_house_account, migrations.RunPython.noop),
    ]
