"""Who did what to whose data: an append-only chain of entries."""
