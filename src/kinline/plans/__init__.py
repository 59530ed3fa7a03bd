"""Who has which alternate pricing plan (47 CFR 64.6140), and how much of it is used.

A plan moves no money of its own: it lowers the charge of calls (`core.tariff.plans`), so it needs no account, no
deposit and no refund.
"""
