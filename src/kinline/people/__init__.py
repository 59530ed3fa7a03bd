"""Residents, customers and staff: who they are, how they prove it, what they may do."""
