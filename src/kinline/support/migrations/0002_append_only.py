"""What was said in a case is never changed or deleted."""

from django.db import migrations

from kinline.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial")]
    operations = [append_only("support_casemessage")]
