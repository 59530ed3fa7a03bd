"""The stamp that tells a process that what it keeps in memory of facilities is out of date."""

from django.db import models


class Stamp(models.Model):
    """One row, id 1. Database triggers change `value` whenever a row of this app changes, whoever changes it."""

    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)
