"""Getting money back: unused balances to cards and by cheque, closed accounts, releases, inactive accounts, and credits
that staff give.

What the ledger is told, each once for its key (`<refund>`, `<pay-out>`, `<credit>`: our own references):

| movement | debit | credit | key |
|---|---|---|---|
| a balance is rounded up to a whole cent, at our cost | credits | the account | `refund/<refund>/rounding` |
| a part goes back to a card | the account | clearing | as `payments` has it |
| a part is to go by cheque, or through a commissary | the account | refunds | `refund/<pay-out>` |
| it was sent | refunds | clearing | `refund/<pay-out>/sent/<attempt>` |
| it came back | clearing | refunds | `refund/<pay-out>/returned/<attempt>` |
| nobody could be reached: it is a state's to keep | refunds, or the account | unclaimed | `unclaimed/<what>` |
| the state has it | unclaimed | clearing | `unclaimed_report/<report>/paid` |
| staff give a credit | credits | the account | `credit/<credit>` |
| the set-up minute of a dropped call (`calls.services`) | credits | the payer | `call/<call>/redial_credit` |

A refund takes the money off its account in the transaction that writes it down: it cannot be spent while it is on its
way. The provider of cards is asked afterwards, under the key that was written down; `services.pursue` asks again where
a process died, and finds another way for what a card did not take. What is disputed is not given back, nor what lies
under review, nor what is held for a call: that waits until the call is settled.

Nothing in here, nor in any table, takes money for inactivity or for a refund (47 CFR 64.6130): there is no such column.
"""
