"""Papers: what a page shows, as a PDF to keep, print or send. Tagged (PDF/UA), so that a screen reader can read it.

A paper has the contents of its page (a template that both include) on a sheet of its own (`kinline/paper/sheet.html`).
Where Pango is not installed no PDF can be made (`paper.NoPdf`): the pages say so and stay as they are.
"""
