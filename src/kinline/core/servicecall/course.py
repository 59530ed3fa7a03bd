"""What a service call is for, how far it is, and how it ended: the words that its row, its page and its flow share."""

from enum import StrEnum


class Kind(StrEnum):
    """What a family is called for."""

    CODE = "code"
    """A code that proves whose number it is, spoken."""
    LINE_TEST = "line_test"
    """A test of their phone and line."""
    CALL_BACK = "call_back"
    """A person of customer service calls back."""


class Stage(StrEnum):
    """How far it is."""

    ORDERED = "ordered"
    TAKEN = "taken"
    """A switchboard places it."""
    RINGING = "ringing"
    ANSWERED = "answered"
    """They hear who calls, and which key to press."""
    SPEAKING = "speaking"
    """They hear what they asked for."""
    KEYS = "keys"
    """A test: do the keys that they press arrive?"""
    RECORDING = "recording"
    """They speak."""
    PLAYING = "playing"
    """They hear themselves, and say how."""
    CONNECTING = "connecting"
    """It rings at customer service."""
    TALKING = "talking"
    OVER = "over"


class Outcome(StrEnum):
    """How it ended."""

    CODE_SAID = "code_said"
    TESTED = "tested"
    CONNECTED = "connected"
    """They talked with a person."""
    NO_PERSON = "no_person"
    """Nobody answered at customer service."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    NOT_REACHED = "not_reached"
    """The network could not connect it, or no trunk could take it."""
    MACHINE = "machine"
    NO_KEY = "no_key"
    """It was answered, and nobody pressed a key."""
    REFUSED = "refused"
    """They pressed the key for: I did not ask for this."""
    HUNG_UP = "hung_up"
    """They hung up before it was done."""
    NOT_TAKEN = "not_taken"
    """No switchboard took it up in time."""
    BROKEN_OFF = "broken_off"
    """We ended it, or the switchboard was lost."""
