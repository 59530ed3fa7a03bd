"""What a family reads about a call that the platform places: why not, how far it is, how it ended."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.core.servicecall.course import Outcome, Stage
from kinline.servicecalls.errors import NotOrdered, WhyNot

STAGES: Final[dict[Stage, Any]] = {
    Stage.ORDERED: gettext_lazy("We are about to call you."),
    Stage.TAKEN: gettext_lazy("We are about to call you."),
    Stage.RINGING: gettext_lazy("Your phone is ringing. Please answer it."),
    Stage.ANSWERED: gettext_lazy("You answered. Press 1 on your phone to go on."),
    Stage.SPEAKING: gettext_lazy("You hear your code on the phone."),
    Stage.KEYS: gettext_lazy("Press the key that you are asked for on the phone."),
    Stage.RECORDING: gettext_lazy("Say a few words when you are asked to."),
    Stage.PLAYING: gettext_lazy("You hear yourself, as we heard you."),
    Stage.CONNECTING: gettext_lazy("It rings at customer service."),
    Stage.TALKING: gettext_lazy("You are talking with customer service."),
}
OUTCOMES: Final[dict[Outcome, Any]] = {
    Outcome.CODE_SAID: gettext_lazy("You heard your code."),
    Outcome.TESTED: gettext_lazy("Your phone was tested."),
    Outcome.CONNECTED: gettext_lazy("You talked with customer service."),
    Outcome.NO_PERSON: gettext_lazy("Nobody could answer at customer service."),
    Outcome.NO_ANSWER: gettext_lazy("Nobody answered your phone."),
    Outcome.BUSY: gettext_lazy("Your phone was busy."),
    Outcome.NOT_REACHED: gettext_lazy("The phone network could not connect us with your phone."),
    Outcome.MACHINE: gettext_lazy("An answering machine or voicemail answered."),
    Outcome.NO_KEY: gettext_lazy("Your phone was answered, but no key arrived."),
    Outcome.REFUSED: gettext_lazy("Whoever answered said that they did not ask for this call."),
    Outcome.HUNG_UP: gettext_lazy("The call ended before we were done."),
    Outcome.NOT_TAKEN: gettext_lazy("We could not place the call."),
    Outcome.BROKEN_OFF: gettext_lazy("We had to end the call."),
}
REMEDIES: Final[dict[Outcome, Any]] = {
    Outcome.NO_PERSON: gettext_lazy("Ask for another call later, or write to us."),
    Outcome.NO_ANSWER: gettext_lazy(
        "If it did not ring, see that it has a signal and does not silence or block unknown callers. Then try again."
    ),
    Outcome.BUSY: gettext_lazy("End the other call, then try again."),
    Outcome.NOT_REACHED: gettext_lazy(
        "See that the number is right and the phone is on. If it still fails, ask your phone company whether it blocks"
        " our calls."
    ),
    Outcome.MACHINE: gettext_lazy(
        "A machine cannot accept a call from a facility. Answer before your voicemail does, or have it wait longer."
    ),
    Outcome.NO_KEY: gettext_lazy(
        "You accept a call from a facility with a key. Open the keypad of your phone during the call and press 1 for a"
        " full second. If it still fails, use another phone."
    ),
    Outcome.REFUSED: gettext_lazy("We do not call this number in this way for a day."),
    Outcome.HUNG_UP: gettext_lazy("Try again, and stay on the line until we say goodbye."),
    Outcome.NOT_TAKEN: gettext_lazy("This is not your phone’s fault. Try again in a minute."),
    Outcome.BROKEN_OFF: gettext_lazy("This is not your phone’s fault. Try again in a minute."),
}


def why_not(refused: NotOrdered) -> str:
    """Why no call is placed, and what to do."""
    match refused.why:
        case WhyNot.NUMBER:
            return _("We place such calls to ordinary phone numbers of the United States only.")
        case WhyNot.UNDER_WAY:
            return _("A call to this number is under way. Wait until it is over.")
        case WhyNot.TOO_MANY:
            minutes = -(-refused.wait_seconds // 60)
            return _("There were many calls in a short time. Try again in %(wait)s.") % {"wait": _wait(minutes)}
        case WhyNot.REFUSED:
            minutes = -(-refused.wait_seconds // 60)
            return _(
                "Somebody who answered there said that they did not ask for our call. Try again in %(wait)s, or use"
                " another number."
            ) % {"wait": _wait(minutes)}
        case WhyNot.NOT_THEIRS:
            return _("Choose one of your own numbers that you have confirmed.")
        case WhyNot.NOBODY:
            return _("Nobody answers by phone here. Write to us instead.")


def _wait(minutes: int) -> str:
    if minutes > 90:
        return _("%(hours)d h") % {"hours": -(-minutes // 60)}
    return _("%(minutes)d min") % {"minutes": minutes}
