from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_where_the_holder_comes_back_to"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="asked_at",
            field=models.BigIntegerField(default=0),
        )
        for name in ("payment", "cardrefund", "cardsetup")
    ]
