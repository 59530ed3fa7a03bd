"""Money that reaches residents' debit accounts through the facility: transfers of its commissary, and what staff add.

What the ledger is told, each once for its key:

| movement | debit | credit | key |
|---|---|---|---|
| a line of a commissary's file | clearing | resident's debit | `commissary/<facility>/<transaction id>` |
| staff add money | clearing | resident's debit | `facility/<facility>/<reference>` |

In both, the facility holds the cash and owes it to the house, which clearing shows until it is paid.
"""
