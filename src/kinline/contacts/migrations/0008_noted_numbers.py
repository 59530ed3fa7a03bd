"""One place to look for what few numbers have, instead of six, with each call."""

from django.db import migrations, models

from kinline.triggers import noted

CUSTOMER = "PERFORM 1 FROM people_customer c WHERE c.id = NEW.customer_id FOR NO KEY UPDATE;"

OF_A_LIMIT = "SELECT m.number FROM people_customernumber m WHERE m.customer_id = NEW.customer_id"
OF_A_PAUSE = """SELECT m.number FROM people_customernumber m
  WHERE m.customer_id = NEW.id AND NEW.calls_paused_until IS NOT NULL"""
OF_WHO_HAS_EITHER = """SELECT NEW.number AS number
  WHERE EXISTS (SELECT 1 FROM contacts_spendinglimit l WHERE l.customer_id = NEW.customer_id)
  OR EXISTS (SELECT 1 FROM people_customer u WHERE u.id = NEW.customer_id AND u.calls_paused_until IS NOT NULL)"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_wishes"), ("people", "0008_theirs_since")]
    operations = [
        migrations.CreateModel(
            name="NotedNumber",
            fields=[("number", models.CharField(max_length=16, primary_key=True, serialize=False))],
        ),
        noted("contacts_block"),
        noted("contacts_privilegednumber"),
        noted("contacts_quiethours"),
        noted("contacts_dedicatednumber"),
        noted("contacts_spendinglimit", ("customer_id",), OF_A_LIMIT, CUSTOMER),
        noted("people_customer", ("calls_paused_until",), OF_A_PAUSE),
        noted("people_customernumber", ("number", "customer_id"), OF_WHO_HAS_EITHER, CUSTOMER),
    ]
