"""The bank, for the refunds that go to cards."""

from bank import bank, running_bank

__all__ = ["bank", "running_bank"]
