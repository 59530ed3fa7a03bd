"""A hold is a column of the call that it is for, where it always stood as well: `held`, until the call is settled."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_closes_without_a_loose_byte")]
    operations = [migrations.DeleteModel(name="Hold")]
