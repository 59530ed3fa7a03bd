"""Several customers pay for a number, in their order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customernumber",
            name="order",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="customernumber",
            name="number",
            field=models.CharField(max_length=16),
        ),
        migrations.AddConstraint(
            model_name="customernumber",
            constraint=models.UniqueConstraint(
                models.F("number"), models.F("order"), name="payers_of_a_number_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="customernumber",
            constraint=models.UniqueConstraint(
                models.F("customer"), models.F("number"), name="number_once_for_customer"
            ),
        ),
    ]
