"""Indexes of accounts by their owner leave no row out: SQLite joins along no other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_short_checks")]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_customer",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_resident",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_agency",
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("customer"), models.F("kind"), models.F("number"), name="account_once_for_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("resident"), models.F("kind"), name="account_once_for_resident"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(models.F("agency"), models.F("kind"), name="account_once_for_agency"),
        ),
    ]
