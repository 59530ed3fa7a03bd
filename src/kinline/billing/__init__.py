"""Paying afterwards: direct bill with its monthly invoices, and what is owed for collect calls. And money that is
passed on to a resident, or to a dedicated number.

What the ledger is told, each once for its key:

| movement | debit | credit | key |
|---|---|---|---|
| a call paid by direct bill, collect or dedicated account | that account | as any call | `call/<call>/...` |
| what an agency pays of a call that it gives (at settling) | agency_paid | revenue | `call/<call>/agency` |
| an agency pays for what it gives | clearing | agency_paid | `agency_payment/<means>/<account>/<number>` |
| an agency is paid costs that it documented | facility_additive | clearing | `additive_paid/...` |
| a payment that bounced | direct_bill | clearing | `reverse/invoice_payment/<key>` |
| a payment of invoices arrived (cheque, transfer of a bank) | clearing | direct_bill | `invoice_payment/<key>` |
| the bank took back a card payment that paid a debt | the debt | customer_prepaid | `reverse/...` |
| invoices are paid from prepaid money | customer_prepaid | direct_bill | `invoice_payment/<key>` |
| what is owed for collect calls is paid from prepaid money | customer_prepaid | collect_receivable | `collect/<key>` |
| a family gives a resident money | customer_prepaid | resident_debit | `gift/<key>` |
| a facility gives a resident money | clearing | resident_debit | `facility_gift/<key>` |
| a bill was paid or credited beyond what is owed | direct_bill | customer_prepaid | `overpaid/...`, `given_back/...` |
| a customer sets money aside for a dedicated number | customer_prepaid | dedicated | `set_aside/<key>` |
| the number is given back | dedicated | customer_prepaid | `given_back/<number>/<last transfer to it>` |

An invoice moves no money: it tells what was spent by credit. Payments cover the oldest invoice first. While one is
overdue its account pays for no call (`fund.invoice_overdue`), which is asked at each call: so a payment restores it at
once. What is due is what the account's transfers say, so a credit for a bad call lowers the next invoice.
"""
