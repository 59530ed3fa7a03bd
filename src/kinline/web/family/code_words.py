"""What is said when a code does not do."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kinline.enrolment.errors import CodeOver, EnrolmentError, NotCalled, NotSent, WrongCode
from kinline.servicecalls.errors import WhyNot

_NOT_CALLED = {
    WhyNot.NUMBER: gettext_lazy("We can only call ordinary numbers in the United States. Ask for a text message."),
    WhyNot.UNDER_WAY: gettext_lazy("We are calling this number already. Please wait a moment."),
    WhyNot.TOO_MANY: gettext_lazy("Too many calls were asked for. Please try again later."),
    WhyNot.REFUSED: gettext_lazy("Whoever answered said that they had not asked for it. Please try again tomorrow."),
}


def say(form: forms.Form, error: EnrolmentError, field: str | None = "code") -> None:
    """Add the words for it to the form."""
    form.add_error(field, words(error))


def words(error: EnrolmentError) -> str:
    match error:
        case WrongCode(left=0) | CodeOver():
            return _("This code is no longer good. Ask for a new one below.")
        case WrongCode(left=left):
            text = ngettext("That is not the code. One more try.", "That is not the code. %(left)d more tries.", left)
            return text % {"left": left}
        case NotCalled(why=why):
            return str(_NOT_CALLED[why])
        case NotSent(is_transient=False):
            return _("We cannot send a message there. Please check it, or choose another way.")
        case _:
            return _("The message could not be sent just now. Please try again in a minute.")
