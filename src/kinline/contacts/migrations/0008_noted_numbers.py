"""One place to look for what few numbers have, instead of four, with each call."""

from django.db import migrations, models

from kinline.triggers import noted


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_wishes")]
    operations = [
        migrations.CreateModel(
            name="NotedNumber",
            fields=[("number", models.CharField(max_length=16, primary_key=True, serialize=False))],
        ),
        noted("contacts_block"),
        noted("contacts_privilegednumber"),
        noted("contacts_quiethours"),
        noted("contacts_dedicatednumber"),
    ]
