"""What is owed to the holders of prepaid cards that were sold and not redeemed yet."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def open_house_account(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("ledger", "Account").objects.get_or_create(kind="vouchers")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_disputed_payments")]

    operations = [
        migrations.RemoveConstraint(model_name="account", name="account_has_its_owner"),
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
                        ("agency", None), ("customer__isnull", False), ("kind", "customer_prepaid"), ("resident", None)
                    ),
                    models.Q(
                        ("agency", None), ("customer", None), ("kind", "resident_debit"), ("resident__isnull", False)
                    ),
                    models.Q(
                        ("agency__isnull", False), ("customer", None), ("kind", "facility_additive"), ("resident", None)
                    ),
                    models.Q(
                        (
                            "kind__in",
                            ("revenue", "taxes", "credits", "clearing", "disputed", "chargebacks", "vouchers"),
                        ),
                        ("agency", None),
                        ("customer", None),
                        ("resident", None),
                    ),
                    _connector="OR",
                ),
                name="account_has_its_owner",
            ),
        ),
        migrations.RunPython(open_house_account, migrations.RunPython.noop),
    ]
