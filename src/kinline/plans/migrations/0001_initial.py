import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("facilities", "0004_who_pays_a_call"),
        ("ledger", "0005_vouchers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facility_id", models.BigIntegerField()),
                ("began_at", models.BigIntegerField()),
                ("ended_at", models.BigIntegerField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="ledger.account"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="facilities.planrow",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField()),
                ("seconds", models.BigIntegerField(default=0)),
                ("paid", models.BigIntegerField(default=0)),
                (
                    "subscription",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="plans.subscription",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                models.F("account"),
                models.F("facility_id"),
                condition=models.Q(("ended_at", None)),
                name="one_plan_at_facility",
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.UniqueConstraint(fields=("subscription", "period"), name="use_once_in_a_period"),
        ),
    ]
