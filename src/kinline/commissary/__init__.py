"""Money that a facility's commissary transfers to residents' debit accounts, by file.

What the ledger is told, each once for its key:

| movement | debit | credit | key |
|---|---|---|---|
| a line of a commissary's file | clearing | resident's debit | `commissary/<facility>/<transaction id>` |

The facility holds the cash and owes it to the house, which clearing shows until it is paid. What staff add by hand is
`billing.services.feed_by_facility`.
"""
