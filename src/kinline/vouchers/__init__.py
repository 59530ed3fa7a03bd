"""Prepaid cards: made in batches, sold, and redeemed once onto an account.

What the ledger is told, each once for its key (`<id>` is the voucher's):

| movement | debit | credit | key |
|---|---|---|---|
| a voucher is sold (activated) | clearing | vouchers | `voucher/<id>/sold` |
| it is redeemed | vouchers | the account | `voucher/<id>` |
| one that was sold is taken back (voided) | vouchers | clearing | `reverse/voucher/<id>/sold` |

The balance of `vouchers` is thus what is owed to the holders of cards that were sold and not redeemed yet. A card that
is made and not sold is worth nothing: a stolen parcel of cards is paper. Vouchers do not expire and cost no fee.

A code is shown once, when it is made. What is stored is HMAC-SHA-256 of it under a key of the installation
(`KINLINE_VOUCHER_KEY`), which is not in the database: who has a copy of the tables cannot try codes on it.
"""
