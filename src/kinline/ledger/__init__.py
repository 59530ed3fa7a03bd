"""Accounts and transfers: double entry in whole microdollars, append-only. What is held, the calls say for whom."""
