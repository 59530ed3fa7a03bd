"""Customers have a PIN for the account menu by phone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_who_pays_a_call")]

    operations = [
        migrations.AddField(
            "customer",
            "phone_pin_hash",
            models.CharField(max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("customer", "phone_pin_failures", models.PositiveIntegerField(default=0)),
        migrations.AddField("customer", "phone_pin_locked_until", models.BigIntegerField(null=True, blank=True)),
    ]
