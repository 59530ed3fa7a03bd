"""Any change of a facility's reference data shows in the stamp."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kinline.triggers import stamped


def first_stamp(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("facilities", "Stamp").objects.create(id=1, value=0)


class Migration(migrations.Migration):
    dependencies = [("facilities", "0001_initial")]
    operations = [
        migrations.RunPython(first_stamp, migrations.RunPython.noop),
        stamped("facilities_agency"),
        stamped("facilities_facility"),
        stamped("facilities_housingunit"),
        stamped("facilities_station"),
        stamped("facilities_openinghours"),
        stamped("facilities_numberrule"),
        stamped("facilities_tariffrow"),
        stamped("facilities_taxrow"),
        stamped("facilities_trunk"),
        stamped("facilities_line"),
    ]
