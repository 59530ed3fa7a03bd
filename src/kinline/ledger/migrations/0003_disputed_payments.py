"""Where disputed card payments lie, what lost ones cost, and since when an account is under review."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

HOUSE = ("disputed", "chargebacks")


def open_house_accounts(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    accounts = apps.get_model("ledger", "Account").objects
    for kind in HOUSE:
        accounts.get_or_create(kind=kind)


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0003_prices_in_full"),
        ("ledger", "0002_append_only"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_has_its_owner",
        ),
        migrations.AddField(
            model_name="account",
            name="review_since",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer_prepaid", "Customer Prepaid"),
                    ("resident_debit", "Resident Debit"),
                    ("revenue", "Revenue"),
                    ("taxes", "Taxes"),
                    ("facility_additive", "Facility Additive"),
                    ("credits", "Credits"),
                    ("clearing", "Clearing"),
                    ("disputed", "Disputed"),
                    ("chargebacks", "Chargebacks"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency", None), ("customer__isnull", False), ("kind", "customer_prepaid"), ("resident", None)
                    ),
                    models.Q(
                        ("agency", None), ("customer", None), ("kind", "resident_debit"), ("resident__isnull", False)
                    ),
                    models.Q(
                        ("agency__isnull", False), ("customer", None), ("kind", "facility_additive"), ("resident", None)
                    ),
                    models.Q(
                        ("kind__in", ("revenue", "taxes", "credits", "clearing", "disputed", "chargebacks")),
                        ("agency", None),
                        ("customer", None),
                        ("resident", None),
                    ),
                    _connector="OR",
                ),
                name="account_has_its_owner",
            ),
        ),
        migrations.RunPython(open_house_accounts, migrations.RunPython.noop),
    ]
