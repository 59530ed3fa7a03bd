"""The pages of the people who pay: balance, prices, calls, and why a call did not come through."""
