"""What keeps a settled call asks for the instant, not for a word: PostgreSQL reads the condition anew with each write."""

from django.db import migrations

from kinline.triggers import append_only, undone


class Migration(migrations.Migration):
    dependencies = [("calls", "0008_lighter_calls")]
    operations = [
        undone(append_only("calls_call", when="OLD.state = 'settled'")),
        append_only("calls_call", when="OLD.settled_at IS NOT NULL"),
    ]
