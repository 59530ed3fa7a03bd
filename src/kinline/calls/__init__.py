"""Calls from off-hook to receipt: authorised, held for, settled exactly once."""
