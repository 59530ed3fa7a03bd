"""A settled call is its CDR: nothing of it changes any more. Nor do the events of a call."""

from django.db import migrations

from kinline.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [append_only("calls_call", when="OLD.state = 'settled'"), append_only("calls_callevent")]
