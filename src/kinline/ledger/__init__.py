"""Accounts, transfers and holds: double entry in whole microdollars, append-only."""
