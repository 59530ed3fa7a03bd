"""The bank, for all tests of payments."""

from bank import bank, running_bank

__all__ = ["bank", "running_bank"]
