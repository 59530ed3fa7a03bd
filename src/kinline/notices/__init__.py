"""What people are told by e-mail, text message and on their pages: an outbox, written with what it tells about, sent by
the worker.

A service that has something to tell writes a row in its own transaction, so nothing is told that did not happen and
nothing that happened is left untold:

    from kinline.notices import services as notices
    from kinline.notices.kinds import Kind

    notices.tell_customer(customer_id, Kind.INVOICE_ISSUED, f"invoice/{number}/issued", at,
                          document=f"invoice/{number}", number=number, amount=Money(amount), due=day_of(due_at))

How a person is told is theirs to choose for each subject (`subjects`, `preferences`, `core.telling`): a kind that
belongs to a subject goes by each way that they chose, e-mail and text messages after their quiet hours; what the law
requires goes by e-mail whatever they chose, and nobody is sent a text message who did not agree to it.

`tell` takes a `User` (staff too); the key counts once, so a replay tells nothing twice. To add a notice:

1. a line in `kinds.Kind`, and its subject in `subjects.SUBJECTS` (none: by e-mail, at once, to whom it may concern);
2. its words in `words/<kind>.en.txt` and `words/<kind>.es.txt`: the first line is the subject, the rest the text.
   `{name}` (of the person) and `{site}` (the address of our pages) are there by themselves; every other placeholder is
   an argument of `tell`: `Money`, `date` (written in the person's way), `int`, `str`, or a `Reason`, which becomes its
   explanation for families.

Values are kept in clear and sent over networks that we do not know: never a PIN, a password, a voucher's code, a key.
`document` names a paper to attach, which is made when the message is sent (`kinline.web.documents`).

A message waits, is sent, or failed for good (the address is refused, or days of trying were in vain), and then stays
for `kinline doctor` to tell. SMTP has no way to be asked whether a message arrived: one whose answer was lost is sent
again under the same Message-ID, by which receivers know it. Another channel (SMS, the pages themselves) is a member of
`models.Channel` and an entry in `services.CHANNELS`.
"""
