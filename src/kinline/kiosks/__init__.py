"""Machines and counters that take cash, and what they may do by their key.

What the ledger is told, each once for its key (`<id>` is the kiosk's):

| movement | debit | credit | key |
|---|---|---|---|
| cash put in | clearing | the account | `kiosk/<id>/<receipt number>` |
| the machine gave it back | the account | clearing | `reverse/kiosk/<id>/<receipt number>` |

A receipt number counts once at a kiosk: one that has forgotten what it sent cannot book the same cash twice. Nothing is
charged for paying so (47 CFR 64.6020). Vouchers that are typed at a kiosk are redeemed by `kinline.vouchers`.
"""
