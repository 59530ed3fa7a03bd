"""A close is its day and what it seals: the two columns that no hash covered are gone."""

from django.db import migrations, models

from kinline.triggers import append_only_again


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_whole_indexes")]
    operations = [
        migrations.RemoveField("dayclose", "id"),
        migrations.AlterField("dayclose", "day", models.DateField(primary_key=True, serialize=False)),
        migrations.RemoveField("dayclose", "at"),
        append_only_again("ledger_dayclose"),
    ]
