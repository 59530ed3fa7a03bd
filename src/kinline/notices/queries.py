"""What somebody was told on their own pages."""

from dataclasses import dataclass

from django.db.models import QuerySet

from kinline.configuration import configuration
from kinline.core.identity import Instant, Language
from kinline.notices.kinds import Kind
from kinline.notices.models import PageNotice
from kinline.notices.words import from_text, letter
from kinline.people.models import User


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it is read on a page: paragraphs without greeting and signature."""

    at: Instant
    subject: str
    paragraphs: tuple[str, ...]
    is_new: bool


def notices_of(user: User) -> QuerySet[PageNotice]:
    """Newest first."""
    return PageNotice.objects.filter(user=user).order_by("-at", "-pk")


def unread(user_id: int) -> int:
    """How many they have not read."""
    return PageNotice.objects.filter(user=user_id, read_at=None).count()


def as_read(notice: PageNotice, user: User, language: Language) -> Told:
    values = {"name": user.name, "site": configuration().site, **from_text(notice.contents)}
    written = letter(Kind(notice.kind), language, values)
    greeting, *paragraphs = (part.strip() for part in written.text.split("\n\n"))
    if not greeting.endswith((",", ":")):
        paragraphs = [greeting, *paragraphs]
    paragraphs[0] = paragraphs[0][:1].upper() + paragraphs[0][1:]  # it followed the greeting
    return Told(
        Instant(notice.at),
        written.subject,
        tuple(part for part in paragraphs if part and part != "Kinline"),
        notice.read_at is None,
    )
