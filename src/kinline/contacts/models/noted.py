"""Where it is looked whether there is anything to look for."""

from django.db import models


class NotedNumber(models.Model):
    """A number of which something is or was so that few have: it is blocked, privileged, has quiet hours, can be a
    dedicated account's, or is of a customer who paused calls or set a limit for a day.

    The database enters it beside each such row (`triggers.noted`) and never takes it away. Most calls find nothing
    here, instead of finding nothing in each of those tables.
    """

    number = models.CharField(max_length=16, primary_key=True)

    def __str__(self) -> str:
        return self.number
