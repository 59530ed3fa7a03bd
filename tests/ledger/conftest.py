"""The bank, for what is proved of all rooms together."""

from bank import bank, running_bank

__all__ = ["bank", "running_bank"]
