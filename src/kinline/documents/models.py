"""What was sent in, where its sealed pages lie, and until when. Instants are milliseconds (UTC)."""

from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility
from kinline.people.models import User


class Purpose(models.TextChoices):
    """What a document was sent in for. It decides who may read it (`queries.READERS`) and how long it is kept."""

    IDENTITY = "identity"
    """That somebody is who they say."""
    RELATIONSHIP = "relationship"
    """That somebody is a resident's kin, attorney, clergy."""
    ATTACHMENT = "attachment"
    """To a case with customer service."""


class Document(models.Model):
    """Pages drawn anew from an upload. The row stays when they are gone: that there was one, of whom and what for."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="documents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """Whose staff may read it; none: the provider's alone."""
    name = models.CharField(max_length=80, blank=True)
    """As its sender calls it: a text, never a path or a kind of file."""
    folder = models.CharField(max_length=60, unique=True)
    """Of the storage: a file for each page, named by its number."""
    pages = models.PositiveSmallIntegerField()
    kept_at = models.BigIntegerField()
    delete_at = models.BigIntegerField()
    """When the pages go."""
    deleted_at = models.BigIntegerField(null=True, blank=True)
    """When they went."""

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(pages__gt=0), name="document_has_pages"),)
        indexes = (models.Index(fields=("delete_at",), condition=Q(deleted_at=None), name="documents_to_delete"),)

    def __str__(self) -> str:
        return f"document/{self.pk}"

    @property
    def is_there(self) -> bool:
        return self.deleted_at is None

    @property
    def page_numbers(self) -> range:
        """From 1."""
        return range(1, self.pages + 1)

    def place(self, page: int) -> str:
        """Where in the storage a page lies."""
        return f"{self.folder}/{page}"
