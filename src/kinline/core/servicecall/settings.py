"""What is said in a service call, and how long is waited in it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from kinline.core.numbering import E164
from kinline.core.speech import SpokenName


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """Say this code."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LineTest:
    """Try whether keys and voice arrive, and how well."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """Connect them with whoever answers here; None: nobody does any more."""

    person: E164 | None


Task: TypeAlias = SpokenCode | LineTest | CallBack
"""What a service call is for."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Of every service call. Times in whole seconds."""

    provider: SpokenName = field(default_factory=lambda: SpokenName("provider", "Kinline"))
    ring_wait: int = 40
    greetings: int = 3  # how often it is said who calls, at most
    key_wait: int = 6
    sayings: int = 3  # how often a code is said, at most (each time twice)
    tries: int = 2  # of each step of a test
    speech: int = 3  # what is recorded in a test
    service_wait: int = 10
    longest: int = 240  # without a talk
    talk_longest: int = 3600
