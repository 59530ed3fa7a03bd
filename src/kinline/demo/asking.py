"""The demo's families ask customer service: cases in every state that the pages can show."""

from typing import Final

from kinline.core.identity import Instant, Language
from kinline.demo.cast import GRANDMOTHER, MOTHER, NEIGHBOUR, SISTER, WIFE
from kinline.demo.places import DAY_MS
from kinline.people.models import Customer, User
from kinline.support import services
from kinline.support.calling_back import Wish, wish_call_back
from kinline.support.models import Outcome
from kinline.support.topics import Topic

_HOUR: Final = 3_600_000


def seed_cases(customers: dict[str, Customer], at: Instant) -> None:
    """A new one, one that waits for each side, one that is decided and one that is closed, and a wish for a call."""
    support = User.objects.get(email="support@demo.example")

    def ago(hours: int) -> Instant:
        return Instant(at - hours * _HOUR)

    services.open_case(
        customers[SISTER],
        Topic.UNWANTED_CALLS,
        "Somebody whom I do not know calls every evening. How do I stop it?",
        ago(3),
        subject="Calls from a stranger",
    )
    waits = services.open_case(
        customers[WIFE],
        Topic.CONTACT,
        "Mi número nuevo todavía no está en la lista de Luis. ¿Cuánto tarda?",
        ago(60),
        subject="Mi número nuevo",
        language=Language.SPANISH,
    )
    services.assign(waits.pk, support, support, ago(50))
    services.note(waits.pk, "The jail decides on Tuesdays.", support, ago(49))

    answered = services.open_case(
        customers[MOTHER],
        Topic.ACCOUNT,
        "I want to be reached at another number. What do I do?",
        ago(30),
        subject="Another number",
    )
    services.answer(
        answered.pk,
        "Add the number to your account and confirm it; then ask to be a contact with it. Shall we call you about it?",
        support,
        ago(26),
    )
    decided = services.open_case(
        customers[GRANDMOTHER],
        Topic.PAYMENT,
        "I added money twice by mistake.",
        Instant(at - 4 * DAY_MS),
        subject="Twice the same payment",
    )
    services.resolve(
        decided.pk,
        Outcome.EXPLAINED,
        "Both payments are on your account. Under Money, Get money back, one of them goes back to your card for free.",
        support,
        Instant(at - 4 * DAY_MS + 5 * _HOUR),
    )
    closed = services.open_case(
        customers[NEIGHBOUR], Topic.OTHER, "Is there an app?", Instant(at - 20 * DAY_MS), subject="An app?"
    )
    services.answer(closed.pk, "Add our page to your home screen.", support, Instant(at - 20 * DAY_MS + 2 * _HOUR))
    services.withdraw(closed.pk, customers[NEIGHBOUR], Instant(at - 19 * DAY_MS))

    wish = Wish(MOTHER, at + 2 * _HOUR, at + 6 * _HOUR)
    wish_call_back(customers[MOTHER], wish, "About my plan.", ago(1), language=Language.ENGLISH, reference="d0" * 16)
