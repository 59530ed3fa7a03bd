"""How staff wish a call to end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0004_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="CutOff",
            fields=[
                ("call_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("ends_at", models.BigIntegerField(null=True)),
                ("is_silent", models.BooleanField(default=False)),
            ],
        ),
    ]
