"""Documents that families show, and numbers whose holders ask for the registry."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_decided_and_why"),
        ("documents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contactsettings",
            name="asks_document",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="ContactDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="contacts.contact"
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_document",
                        to="documents.document",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrivilegeRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attorney", "Attorney"),
                            ("clergy", "Clergy"),
                            ("ombudsman", "Ombudsman"),
                            ("consulate", "Consulate"),
                            ("doctor", "Doctor"),
                            ("court", "Court"),
                        ],
                        max_length=40,
                    ),
                ),
                ("holder", models.CharField(max_length=120)),
                ("organisation", models.CharField(blank=True, max_length=120)),
                ("licence", models.CharField(max_length=60)),
                ("email", models.EmailField(max_length=254)),
                ("language", models.CharField(default="en", max_length=2)),
                ("at", models.BigIntegerField()),
                ("decided_at", models.BigIntegerField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="contacts.privilegednumber",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("decided_at", None)), fields=["at"], name="privilege_requests_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("entry", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="privilege_request_decided_by_somebody",
                    )
                ],
            },
        ),
    ]
