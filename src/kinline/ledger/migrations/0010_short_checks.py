"""Short checks and few indexes on accounts, which every call writes twice; who owns what is held by a trigger.

See docs/decisions/0010-short-checks-on-hot-rows.md.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from kinline.triggers import ruled

_OF_THE_HOUSE = "'revenue', 'taxes', 'credits', 'clearing', 'disputed', 'chargebacks', 'vouchers', 'provider_fee', 'refunds', 'unclaimed'"
OWNER = f"""NEW.credit_limit >= 0 AND CASE
  WHEN NEW.kind IN ('customer_prepaid', 'direct_bill') THEN NEW.customer_id IS NOT NULL AND NEW.resident_id IS NULL
    AND NEW.agency_id IS NULL AND NEW.number = ''
  WHEN NEW.kind = 'dedicated' THEN NEW.customer_id IS NOT NULL AND NEW.resident_id IS NULL AND NEW.agency_id IS NULL
    AND NEW.number <> ''
  WHEN NEW.kind = 'resident_debit' THEN NEW.customer_id IS NULL AND NEW.resident_id IS NOT NULL
    AND NEW.agency_id IS NULL AND NEW.number = ''
  WHEN NEW.kind = 'collect_receivable' THEN NEW.customer_id IS NULL AND NEW.resident_id IS NULL
    AND NEW.agency_id IS NULL AND NEW.number <> ''
  WHEN NEW.kind IN ('facility_additive', 'agency_paid') THEN NEW.customer_id IS NULL AND NEW.resident_id IS NULL
    AND NEW.agency_id IS NOT NULL AND NEW.number = '' AND NEW.credit_limit = 0
  WHEN NEW.kind IN ({_OF_THE_HOUSE}) THEN NEW.customer_id IS NULL AND NEW.resident_id IS NULL
    AND NEW.agency_id IS NULL AND NEW.number = '' AND NEW.credit_limit = 0
  ELSE FALSE END"""
"""A new kind needs a migration that drops the trigger and sets it anew."""


class Migration(migrations.Migration):
    dependencies = [
        ("facilities", "0005_rules_of_levels"),
        ("ledger", "0009_provider_fee"),
        ("people", "0005_residents_cared_for"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="account_held_not_negative",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_resident",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_agency",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_within_its_credit",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="house_account_has_no_running_balance",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_customer",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_once_for_number",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="account_has_its_owner",
        ),
        migrations.AlterField(
            model_name="account",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="facilities.agency",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="people.customer",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="resident",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="people.resident",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held__gte", 0),
                    (
                        "posted__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("held"), "-", models.F("credit_limit")
                        ),
                    ),
                ),
                name="account_within_its_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("posted", 0),
                    ("customer__isnull", False),
                    ("resident__isnull", False),
                    models.Q(("number", ""), _negated=True),
                    _connector="OR",
                ),
                name="house_account_has_no_running_balance",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("customer"),
                models.F("kind"),
                models.F("number"),
                condition=models.Q(("customer", None), _negated=True),
                name="account_once_for_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("number"),
                models.F("kind"),
                condition=models.Q(("number", ""), _negated=True),
                name="account_once_for_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("resident"),
                models.F("kind"),
                condition=models.Q(("resident", None), _negated=True),
                name="account_once_for_resident",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                models.F("agency"),
                models.F("kind"),
                condition=models.Q(("agency", None), _negated=True),
                name="account_once_for_agency",
            ),
        ),
        ruled(
            "ledger_account",
            "account_has_its_owner",
            OWNER,
            ("kind", "customer_id", "resident_id", "agency_id", "number", "credit_limit"),
        ),
    ]
