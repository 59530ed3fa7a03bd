"""Where it is looked whether there is anything to look for."""

from django.db import models


class NotedNumber(models.Model):
    """A number of which something is or was known that few have: a block, a privilege, quiet hours, or that it is one
    of the numbers that dedicated accounts are given.

    The database enters it beside each such row (`triggers.noted`) and never takes it away. Most calls find nothing
    here, instead of finding nothing in each of those tables.
    """

    number = models.CharField(max_length=16, primary_key=True)

    def __str__(self) -> str:
        return self.number
