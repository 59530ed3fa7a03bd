"""Telling people something: written with what it tells, sent later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from django.db.models import F

from kinline.configuration import configuration
from kinline.core.identity import Instant, Language
from kinline.core.telling import Way, due, ways
from kinline.notices import email, sms
from kinline.notices.delivery import Document, NotDelivered
from kinline.notices.kinds import Kind
from kinline.notices.models import Channel, Message, MessageState, PageNotice
from kinline.notices.preferences import wishes_of
from kinline.notices.subjects import RULES, SUBJECTS, URGENT
from kinline.notices.words import Letter, Value, from_text, letter, placeholders, to_text
from kinline.people.models import Customer, User

log = structlog.get_logger("notices")

MakeDocument = Callable[[str, Language], Document | None]
"""The paper of a name, in a language; None: it cannot be made here, and the message goes without."""

CHANNELS: Final[Mapping[str, Callable[[Message, Letter, Document | None], None]]] = {
    Channel.EMAIL: email.send,
    Channel.SMS: sms.send,
}
"""How a message goes out. Each raises `NotDelivered`."""

_MINUTE: Final = 60_000
WAITS: Final = tuple(minutes * _MINUTE for minutes in (1, 5, 15, 60, 180, *(360,) * 14))
"""Between a try and the next; after the last of them, four days, it failed for good."""
BELIEVED_DEAD: Final = 10 * _MINUTE
"""After which another worker takes up a message that one has begun to send."""
_AT_ONCE: Final = 100


def tell(to: User, kind: Kind, key: str, at: Instant, *, document: str = "", **values: Value) -> None:
    """Tell somebody, once for the key, when the caller's transaction is committed: by e-mail, by text message and on
    their pages, as they chose for what it is about (`subjects`), after their quiet hours. Staff by e-mail, at once.

    Raises `ValueError` for values that are not those of the notice's words.
    """
    subject = SUBJECTS.get(kind)
    if subject is None:
        return _write(Message(user=to, channel=Channel.EMAIL, document=document), kind, key, at, at, values)
    wishes = wishes_of(to)
    told = ways(RULES[subject], wishes.chosen(subject), may_text=bool(wishes.number))
    later = due(at, wishes.quiet, is_urgent=kind in URGENT)
    if Way.EMAIL in told:
        _write(Message(user=to, channel=Channel.EMAIL, document=document), kind, key, at, later, values)
    if Way.SMS in told:
        message = Message(user=to, number=wishes.number, channel=Channel.SMS)
        _write(message, kind, f"{key}#sms", at, later, values)
    if Way.PAGES in told:
        _check(kind, values)
        notice = PageNotice(user=to, key=key, kind=kind.value, contents=to_text(values), at=at)
        PageNotice.objects.bulk_create([notice], ignore_conflicts=True)
    return None


def tell_customer(
    customer_id: int | None, kind: Kind, key: str, at: Instant, *, document: str = "", **values: Value
) -> None:
    """As `tell`; nobody, for an account that belongs to no customer."""
    customer = Customer.objects.filter(pk=customer_id or 0).select_related("user").first()
    if customer is not None:
        tell(customer.user, kind, key, at, document=document, **values)


def tell_number(number: str, language: Language, kind: Kind, key: str, at: Instant, **values: Value) -> None:
    """Tell whoever has a telephone number, of whom nothing else is known."""
    _write(Message(number=number, language=language.value, channel=Channel.SMS), kind, key, at, at, values)


def tell_address(email: str, language: Language, kind: Kind, key: str, at: Instant, **values: Value) -> None:
    """Write to somebody who has no account, at the address that they gave."""
    _write(Message(email=email, language=language.value, channel=Channel.EMAIL), kind, key, at, at, values)


def _check(kind: Kind, values: Mapping[str, Value]) -> None:
    if values.keys() != placeholders(kind):
        raise ValueError(f"{kind} takes {sorted(placeholders(kind))}, not {sorted(values)}")


def _write(message: Message, kind: Kind, key: str, at: Instant, later: Instant, values: Mapping[str, Value]) -> None:
    _check(kind, values)
    message.kind, message.key, message.contents = kind.value, key, to_text(values)
    message.made_at, message.due_at = at, later
    Message.objects.bulk_create([message], ignore_conflicts=True)


def deliver(at: Instant, make_document: MakeDocument) -> int:
    """Send what is due, the longest waiting first; how many were sent. Several workers may do it at once."""
    waiting = Message.objects.filter(state=MessageState.WAITING, due_at__lte=at)
    due = waiting.select_related("user").order_by("due_at", "pk")
    return sum(_sent(message, at, make_document) for message in due[:_AT_ONCE] if _claimed(message, at))


def _claimed(message: Message, at: Instant) -> bool:
    as_read = Message.objects.filter(pk=message.pk, state=MessageState.WAITING, due_at=message.due_at)
    return bool(as_read.update(due_at=at + BELIEVED_DEAD, tries=F("tries") + 1))


def _sent(message: Message, at: Instant, make_document: MakeDocument) -> bool:
    """Send a claimed message, outside of any transaction, and write down what came of it."""
    ours = Message.objects.filter(pk=message.pk, state=MessageState.WAITING)
    try:
        _send(message, make_document)
    except Exception as error:
        is_transient = getattr(error, "is_transient", True)
        problem = str(error) if isinstance(error, NotDelivered) else type(error).__name__
        if not isinstance(error, NotDelivered):
            log.exception("notice.broken", notice=message.pk, kind=message.kind)
        is_over = not is_transient or message.tries >= len(WAITS)
        if is_over:
            ours.update(state=MessageState.FAILED, problem=problem[:200])
            log.error("notice.failed", notice=message.pk, kind=message.kind, problem=problem)
        else:
            ours.update(due_at=at + WAITS[message.tries], problem=problem[:200])
            log.warning("notice.not_sent", notice=message.pk, kind=message.kind, problem=problem)
        return False
    ours.update(state=MessageState.SENT, sent_at=at, problem="")
    log.info("notice.sent", notice=message.pk, kind=message.kind, channel=message.channel)
    return True


def _send(message: Message, make_document: MakeDocument) -> None:
    send = CHANNELS.get(message.channel)
    if send is None:
        raise NotDelivered(f"nothing is set up that sends {message.channel}", is_transient=False)
    language = Language(message.user.language if message.user else message.language)
    document = make_document(message.document, language) if message.document else None
    values: dict[str, Value] = {
        "name": message.user.name if message.user else "",
        "site": configuration().site,
        **from_text(message.contents),
    }
    send(message, letter(Kind(message.kind), language, values), document)


def try_again(at: Instant) -> int:
    """Send what has failed, once more; how many will be tried."""
    return Message.objects.filter(state=MessageState.FAILED).update(state=MessageState.WAITING, due_at=at, tries=0)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the outbox stands, for the channels that there are."""

    waiting: int
    failed: int
    problem: str
    """Of the last that could not be sent."""


def backlog() -> Backlog:
    ours = Message.objects.filter(channel__in=CHANNELS)
    troubled = ours.exclude(state=MessageState.SENT).exclude(problem="").order_by("-pk").first()
    return Backlog(
        ours.filter(state=MessageState.WAITING).count(),
        ours.filter(state=MessageState.FAILED).count(),
        troubled.problem if troubled else "",
    )
