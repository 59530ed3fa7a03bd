from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_a_debt_that_it_pays"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="return_url",
            field=models.CharField(blank=True, default="", max_length=500),
            preserve_default=False,
        ),
    ]
