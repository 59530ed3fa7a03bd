"""How families come to have an account: sign up, confirm addresses and numbers, agree to the terms, prove identity.

Nothing that somebody claims counts before it is confirmed. A claim is a `Confirmation`: a code is on its way to an
address or a number, and what the claim is about waits with it. Only the code brings it about: a customer is made, an
address or a number becomes theirs, a password is set. Who asks learns nothing of who else is a customer: a claim about
an address that is known, or known to nobody, looks the same, and no code opens it.
"""
