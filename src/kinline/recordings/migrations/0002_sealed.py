"""Recordings of calls that became privileged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recordings", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recording",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("sealed", "Sealed"),
                    ("destroyed", "Destroyed"),
                ],
                max_length=10,
            ),
        ),
    ]
