"""Documents that people send in: pictures and papers that prove who they are, whom they know, or what went wrong.

What comes in is a stranger's file, and nothing of it is ever given out: a child process with little memory and time
decodes it (`remaking`) and draws its pages anew as JPEG pictures, which are sealed (`sealing`) and stored. The upload
itself is not kept.

For the rooms above, all that there is to know:

    document = services.keep(owner, Purpose.RELATIONSHIP, upload, at, facility=facility)
        raises `UnacceptableUpload`; `web.files.uploads` says its `why` at the field, and has the form's field.
        Every document goes by itself at the end of `LONGEST_KEPT` of its purpose.
    services.delete(document, at, actor)
        once what it was sent for is decided; `services.delete_at(document, when)` where an appeal may need it.
    a link to a page: `{% url 'document' document.pk 1 %}` for its owner, where its purpose lets them; for staff
        `{% url 'relationship_document' document.pk 1 %}` and its like in `web.files.pages`, a view of three lines for
        each purpose. Each opening is authorised (`queries.may_read`: its purpose and place, the reader's roles),
        written into the audit trail, and sent on to an address on another origin that lives for a minute
        (`queries.address_for(document, reader, page)`).

`document.pages` is how many pages there are; `document.is_there` whether they can still be opened.
"""
