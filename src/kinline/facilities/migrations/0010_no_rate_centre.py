"""Where a call begins is told by the state: no table of rate centres was ever asked."""

from django.db import migrations

from kinline.triggers import stamped_again


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0009_laws_of_taxes"),
    ]

    operations = [
        stamped_again("facilities_facility"),
        migrations.RemoveField(model_name="facility", name="rate_centre"),
        stamped_again("facilities_facility"),
    ]
