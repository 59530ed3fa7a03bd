"""The books as auditors read them: balances at any date, statements of any account, revenue, taxes, annual figures."""
