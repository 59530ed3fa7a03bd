"""Accounts and transfers: double entry in whole microdollars, append-only. What is held, and for which call, `calls` says."""
