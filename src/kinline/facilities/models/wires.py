"""The ways in and out of the telephone network, and the numbers that register with us."""

from django.db import models


class TrunkKind(models.TextChoices):
    GATEWAY = "gateway"
    """A carrier or gateway at an address."""
    LINES = "lines"
    """The numbers that register at our own switchboard."""


class Transport(models.TextChoices):
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class CallerIdentity(models.TextChoices):
    """Which number the called party sees."""

    FACILITY = "facility"
    TRUNK = "trunk"
    """The trunk's own number, for carriers that accept no other."""


class Trunk(models.Model):
    """A way to reach called parties; tried in order of priority, the lowest first."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=TrunkKind)
    priority = models.PositiveSmallIntegerField()
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(default=5060)
    transport = models.CharField(max_length=3, choices=Transport, default=Transport.UDP)
    user = models.CharField(max_length=100, blank=True)
    secret_variable = models.CharField(max_length=100, blank=True)
    """The environment variable that holds the trunk's password: we must send it, so no hash would do."""
    caller_identity = models.CharField(max_length=10, choices=CallerIdentity, default=CallerIdentity.FACILITY)
    number = models.CharField(max_length=16, blank=True)
    is_enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """A number whose phone registers at our switchboard: demo families, offices, test numbers."""

    number = models.CharField(max_length=16, unique=True)
    """E.164, which is also its SIP user."""
    ha1_md5 = models.CharField(max_length=32)
    ha1_sha256 = models.CharField(max_length=64)
    is_enabled = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.number
