"""Why something cannot be done about contacts or privileged numbers."""


class ContactError(ValueError):
    """Something that is asked for cannot be done; nothing was changed."""


class AlreadyRegistered(ContactError):
    """The number has an entry of this reach that was not revoked."""


class SamePerson(ContactError):
    """A second person must do this: another one than who did the first part."""


class NotWaiting(ContactError):
    """There is nothing to decide: it was decided, withdrawn or revoked."""
