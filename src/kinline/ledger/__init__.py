"""Accounts and transfers: double entry in whole microdollars, append-only. What is held is said by the calls it is for."""
