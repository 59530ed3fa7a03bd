"""Cases of families: questions and disputes with what is said both ways, guides, and calls back.

A case carries what it is about by itself: the facts of a call or of a payment as they stood when it was opened, frozen,
and the way to the thing itself. What is said is never changed; each change of state is in the audit trail and follows
`core.casework.TABLE`. A dispute may end in a credit, which `refunds` gives with its limits and its second person; the
case then shows what was decided and the credit's receipt.
"""
