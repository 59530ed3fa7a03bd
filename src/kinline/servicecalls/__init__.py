"""Calls that the platform itself places to families: ordered here as rows, taken up by a switchboard."""
