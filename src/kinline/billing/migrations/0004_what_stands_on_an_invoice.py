"""What stands on each invoice is written down with it; for those that were made before, what it was when they were."""

from typing import Any

import django.db.models.deletion
import structlog
from django.db import migrations, models
from django.db.models import Q

log = structlog.get_logger("billing")


def written_down(apps: Any, schema_editor: Any) -> None:
    """An invoice had the transfers of its time; those written after it was made are left for the next. They came last,
    so without them the others are its amount."""
    transfers = apps.get_model("ledger", "Transfer").objects
    on_invoice = apps.get_model("billing", "InvoicedTransfer")
    for invoice in apps.get_model("billing", "Invoice").objects.order_by("since").iterator():
        account = invoice.account_id
        sides = transfers.filter(Q(debit=account) | Q(credit=account), at__gte=invoice.since, at__lt=invoice.until)
        lines = sides.exclude(reason="invoice_payment").exclude(reason="reversal", debit=account).order_by("id")
        sum_of, had, seen = 0, [], []
        for line in lines.iterator():
            sum_of += line.amount if line.debit_id == account else -line.amount
            seen.append(line)
            if sum_of == invoice.amount:
                had = list(seen)
        if not had:
            log.warning("invoice.lines_differ", invoice=invoice.number)
        on_invoice.objects.bulk_create([on_invoice(transfer=line, invoice=invoice) for line in had or seen])


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_a_suspension_by_itself"),
        ("ledger", "0010_short_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoicedTransfer",
            fields=[
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="invoiced",
                        serialize=False,
                        to="ledger.transfer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="billing.invoice"
                    ),
                ),
            ],
        ),
        migrations.RunPython(written_down, migrations.RunPython.noop),
    ]
