"""Telephone numbers: E.164, what was dialled, and what a pair of numbers is to each other."""

from typing import NewType

E164 = NewType("E164", str)
"""A number in international form with its plus sign: `+15045550123`. Made by `parse_dialled` or `e164` only."""
