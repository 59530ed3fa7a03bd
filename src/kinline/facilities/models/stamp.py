"""The stamps that tell a process that what it keeps in memory is out of date, or that a call must end."""

from django.db import models


class Stamp(models.Model):
    """Row 1: database triggers change `value` whenever a row of this app changes, whoever changes it. Row 2: whoever
    wants every switchboard to look at its calls now gives it another one (`services.wake_switchboards`)."""

    value = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.value)
