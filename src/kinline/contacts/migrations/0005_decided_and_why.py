"""What was decided about contacts and why, what waits, how long approvals hold, and how facilities keep lists."""

from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kinline.triggers import append_only

_TOLD = {"rejected": "rejected", "removed": "removed"}
_ACTS = {"approved": "approve", "rejected": "reject", "removed": "remove", "no_contact_order": "forbid"}


def what_waits(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    contacts = apps.get_model("contacts", "Contact").objects
    for contact in contacts.filter(state__in=("pending", "shared")).iterator():
        since = int(contact.requested.timestamp() * 1000)
        contacts.filter(pk=contact.pk).update(waits_for="request", waiting_since=since)
    for state, told in _TOLD.items():
        contacts.filter(state=state).update(told=told)


def what_was_written(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    decisions = apps.get_model("contacts", "ContactDecision").objects
    written: dict[str, Any] = {"state_reason__gt": "", "state__in": tuple(_ACTS)}
    decided = apps.get_model("contacts", "Contact").objects.filter(**written)
    for contact in decided.select_related("resident").iterator():
        decisions.create(
            contact=contact,
            facility_id=contact.resident.facility_id,
            at=int((contact.decided or contact.requested).timestamp() * 1000),
            by_id=contact.decided_by_id,
            act=_ACTS[contact.state],
            note=getattr(contact, "state_reason"),  # noqa: B009 (a field of that time)
            before="pending",
            after=contact.state,
            told=_TOLD.get(contact.state, ""),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_kept_by_two"),
        ("facilities", "0005_rules_of_levels"),
        ("people", "0005_residents_cared_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactAppeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=1000)),
                ("at", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ContactDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.BigIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("approve", "approve"),
                            ("reject", "reject"),
                            ("remove", "remove"),
                            ("extend", "extend"),
                            ("forbid", "forbid"),
                            ("withdraw", "withdraw"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("removed", "Removed"),
                            ("shared", "Shared"),
                            ("no_contact_order", "No Contact Order"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("removed", "Removed"),
                            ("shared", "Shared"),
                            ("no_contact_order", "No Contact Order"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "told",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("approved", "approved"),
                            ("extended", "extended"),
                            ("rejected", "rejected"),
                            ("removed", "removed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "decided_on",
                    models.CharField(
                        blank=True,
                        choices=[("", ""), ("request", "request"), ("renewal", "renewal"), ("appeal", "appeal")],
                        max_length=8,
                    ),
                ),
                ("waited", models.BigIntegerField(blank=True, null=True)),
                ("expires_at", models.BigIntegerField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ContactSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("takes_requests", models.BooleanField(default=True)),
                ("learns", models.BooleanField(default=False)),
                (
                    "search_by",
                    models.CharField(
                        choices=[("number", "number"), ("number_and_name", "number_and_name"), ("name", "name")],
                        default="number_and_name",
                        max_length=15,
                    ),
                ),
                ("sharing_needs_agreement", models.BooleanField(default=False)),
                ("approval_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("announce_days", models.PositiveSmallIntegerField(default=14)),
                ("ask_again_days", models.PositiveSmallIntegerField(default=30)),
                ("appeal_days", models.PositiveSmallIntegerField(default=30)),
            ],
        ),
        migrations.AddField(
            model_name="contact",
            name="announced_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="asked_by",
            field=models.CharField(
                choices=[
                    ("resident", "resident"),
                    ("family", "family"),
                    ("staff", "staff"),
                    ("import", "import"),
                    ("learned", "learned"),
                ],
                default="staff",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="expires_at",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="message",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="contact",
            name="reason",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="contact",
            name="told",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", ""),
                    ("approved", "approved"),
                    ("extended", "extended"),
                    ("rejected", "rejected"),
                    ("removed", "removed"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="waiting_since",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="waits_for",
            field=models.CharField(
                blank=True,
                choices=[("", ""), ("request", "request"), ("renewal", "renewal"), ("appeal", "appeal")],
                max_length=8,
            ),
        ),
        migrations.RunPython(what_waits, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)), fields=["waiting_since"], name="contacts_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)), fields=["expires_at"], name="contacts_expiring"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("waiting_since", None), ("waits_for", "")),
                    models.Q(models.Q(("waits_for", ""), _negated=True), ("waiting_since__isnull", False)),
                    _connector="OR",
                ),
                name="contact_waits_since",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("pending", "shared")), _negated=True),
                    models.Q(("waits_for", ""), _negated=True),
                    _connector="OR",
                ),
                name="contact_undecided_waits",
            ),
        ),
        migrations.AddField(
            model_name="contactappeal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactappeal",
            name="first_decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactdecision",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactdecision",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="contacts.contact"
            ),
        ),
        migrations.AddField(
            model_name="contactdecision",
            name="facility",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facilities.facility"
            ),
        ),
        migrations.AddField(
            model_name="contactappeal",
            name="answer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="contacts.contactdecision",
            ),
        ),
        migrations.AddField(
            model_name="contactappeal",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="contacts.contactdecision"
            ),
        ),
        migrations.AddField(
            model_name="contactsettings",
            name="facility",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="contact_settings", to="facilities.facility"
            ),
        ),
        migrations.AddIndex(
            model_name="contactdecision",
            index=models.Index(fields=["contact", "at"], name="decisions_of_contact"),
        ),
        migrations.AddIndex(
            model_name="contactdecision",
            index=models.Index(fields=["facility", "at"], name="decisions_of_facility"),
        ),
        migrations.AddConstraint(
            model_name="contactappeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer", None),
                    ("first_decided_by", None),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("first_decided_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeal_decided_by_another",
            ),
        ),
        migrations.RunPython(what_was_written, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="contact",
            name="state_reason",
        ),
        append_only("contacts_contactdecision"),
    ]
