"""Paying afterwards: direct bill with its monthly invoices, and what is owed for collect calls."""
