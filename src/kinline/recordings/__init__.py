"""Recordings of calls: where they lie, and who heard them."""
