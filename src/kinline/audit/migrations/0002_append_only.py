"""Audit entries are never changed or deleted."""

from django.db import migrations

from kinline.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [append_only("audit_auditevent")]
