"""The field with which a form takes a document, and the words for one that cannot be taken."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kinline.documents.errors import Why

WORDS: Final[Mapping[Why, Promise]] = {
    Why.EMPTY: _("The file is empty. Please choose another one."),
    Why.TOO_LARGE: _("The file is larger than 8 MB. Please send a smaller picture, or fewer pages."),
    Why.NOT_TAKEN: _("We take pictures (JPEG or PNG) and PDF. Please choose one of these, or take a photo."),
    Why.UNREADABLE: _("We cannot open this file: it seems to be damaged. Please take the photo again."),
    Why.TOO_MANY_PIXELS: _("The picture is too large. Please take the photo with a lower resolution."),
    Why.TOO_MANY_PAGES: _("The PDF has more than 10 pages. Please send only the pages that are needed."),
    Why.LOCKED: _("The PDF is locked with a password. Please save it without one, or take a photo."),
    Why.TOO_MANY: _("You have sent in many files today. Please send the rest tomorrow."),
}
"""What to say at the field, for `UnacceptableUpload.why`."""


class DocumentField(forms.FileField):
    """Takes a picture or a PDF; on a phone, the camera is offered. A form that has one needs
    `enctype="multipart/form-data"` and `request.FILES`."""

    widget = forms.ClearableFileInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("A photo (JPEG or PNG) or a PDF, up to 8 MB."))
        super().__init__(**kwargs)
        self.error_messages["empty"] = _("The file is empty. Please choose another one.")
        self.widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"
