"""More ways to pay for a call."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0002_settled_calls_stay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="call",
            name="payer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("customer_prepaid", "Customer Prepaid"),
                    ("resident_debit", "Resident Debit"),
                    ("dedicated", "Dedicated"),
                    ("direct_bill", "Direct Bill"),
                    ("collect", "Collect"),
                    ("agency", "Agency"),
                    ("free", "Free"),
                ],
                max_length=20,
            ),
        ),
    ]
