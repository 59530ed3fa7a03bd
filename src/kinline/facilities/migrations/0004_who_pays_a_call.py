"""What a number without an account may owe for collect calls."""

from django.db import migrations, models

from kinline.triggers import stamped_again


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0003_prices_in_full"),
    ]

    operations = [
        stamped_again("facilities_facility"),
        migrations.AddField(
            model_name="facility",
            name="collect_allowance",
            field=models.BigIntegerField(default=0),
        ),
        stamped_again("facilities_facility"),
    ]
