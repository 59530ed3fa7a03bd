"""Money that comes by card and goes back to it: payments, saved cards, automatic reload, refunds, disputes.

What the ledger is told, each once for its key (`<provider>` is `stripe`; `<intent>`, `<dispute>`: the provider's ids):

| movement | debit | credit | key |
|---|---|---|---|
| a payment by card succeeded | clearing | the payer's chosen account | `<provider>/<intent>/deposit` |
| a refund to the card is asked for | the account | clearing | `<provider>/<intent>/refund/<reference>` |
| the provider could not refund | clearing | the account | `reverse/<provider>/<intent>/refund/<reference>` |
| a dispute froze what is left of a payment | the account | disputed | `<provider>/<dispute>/freeze` |
| the dispute was won | disputed | the account | `<provider>/<dispute>/thaw` |
| the dispute was lost: what was frozen | disputed | clearing | `<provider>/<dispute>/lost` |
| the dispute was lost: what had been spent | chargebacks | clearing | `<provider>/<dispute>/written_off` |
| the provider kept something of a movement | provider_fee | clearing | `<provider>/<movement>/provider_fee` |

Nothing is charged for paying: an account gets the whole amount that the card was charged, to the cent
(47 CFR 64.6020: no ancillary charges). What the provider keeps for itself is the house's cost (`provider_fee`).

The provider is the truth of a payment, the ledger of an account. Every service first writes down what it is about to
ask (its own transaction), then asks under a key, then applies the answer in one transaction with the ledger's rows.
Whatever is lost between two of these steps is found by the worker's `services.reconcile`, which asks again. Once a day
`services.check_books` holds the provider's own list of movements beside ours, and names every difference.
"""
