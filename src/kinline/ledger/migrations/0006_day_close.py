"""The closes of days, which are never changed or deleted."""

from django.db import migrations, models

from kinline.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_vouchers")]
    operations = [
        migrations.CreateModel(
            name="DayClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("last_transfer", models.BigIntegerField()),
                ("transfers", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("previous", models.CharField(max_length=64, unique=True)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.BigIntegerField()),
            ],
        ),
        append_only("ledger_dayclose"),
    ]
