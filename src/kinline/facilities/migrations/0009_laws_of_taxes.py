"""The law that demands a tax of the caller."""

from django.db import migrations, models

from kinline.triggers import stamped_again


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0008_visiting_rules"),
    ]

    operations = [
        stamped_again("facilities_taxrow"),
        migrations.AddField(
            model_name="taxrow",
            name="source",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        stamped_again("facilities_taxrow"),
    ]
