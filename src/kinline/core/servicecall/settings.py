"""What is said in a service call, and how long is waited in it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from kinline.core.speech import SpokenName


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """Say this code."""

    digits: str = field(repr=False)


Task: TypeAlias = SpokenCode
"""What a service call is for."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Of every service call. Times in whole seconds."""

    provider: SpokenName = field(default_factory=lambda: SpokenName("provider", "Kinline"))
    ring_wait: int = 40
    greetings: int = 3  # how often it is said who calls, at most
    key_wait: int = 6
    sayings: int = 3  # how often a code is said, at most (each time twice)
    longest: int = 240
