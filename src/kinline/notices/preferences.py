"""How somebody wishes to be told: by which way of what, at which hours, and whether they may be sent text messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.core.identity import Instant
from kinline.core.telling import Answered, QuietHours, Way, meant
from kinline.notices.models import Channel, Clock, Message, MessageState, PageNotice, Preference, SmsConsent, SmsStop
from kinline.notices.subjects import RULES, Subject
from kinline.people.models import CustomerNumber, User

KEPT: Final = 366 * 24 * 3_600_000
"""Milliseconds that a notice stays on the pages."""


class NotTheirNumber(Exception):
    """Text messages go to a number of theirs that they confirmed, and to no other."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose. `number`: where they agreed to get text messages; empty: they did not."""

    choices: Mapping[tuple[str, str], bool]
    quiet: QuietHours | None
    number: str

    def chosen(self, subject: Subject) -> dict[Way, bool]:
        return {
            way: self.choices[subject.value, way.value] for way in Way if (subject.value, way.value) in self.choices
        }


def wishes_of(user: User) -> Wishes:
    choices = {
        (subject, way): is_on
        for subject, way, is_on in Preference.objects.filter(user=user).values_list("subject", "way", "is_on")
    }
    clock = Clock.objects.filter(user=user).first()
    consent = SmsConsent.objects.filter(user=user, withdrawn_at=None).first()
    quiet = None if clock is None else QuietHours(clock.quiet_from, clock.quiet_until, clock.zone)
    return Wishes(choices, quiet, consent.number if consent else "")


def choose(user: User, choices: Mapping[tuple[Subject, Way], bool], quiet: QuietHours, at: Instant) -> None:
    """Keep what they chose; what the law requires stays on whatever they chose."""
    with transaction.atomic():
        for (subject, way), is_on in choices.items():
            if way in RULES[subject].required:
                continue
            Preference.objects.update_or_create(
                user=user, subject=subject.value, way=way.value, defaults={"is_on": is_on}
            )
        Clock.objects.update_or_create(
            user=user, defaults={"zone": quiet.zone, "quiet_from": quiet.begin, "quiet_until": quiet.end}
        )
        said = {f"{subject.value}.{way.value}": is_on for (subject, way), is_on in choices.items()}
        actor = f"user/{user.pk}"
        hours = {"quiet_from": quiet.begin, "quiet_until": quiet.end, "zone": quiet.zone}
        audit.record(actor, Action.NOTICES_CHOSEN, actor, at, after={**said, **hours})


def agree_to_texts(user: User, number: str, words: str, at: Instant) -> SmsConsent:
    """Keep that somebody agreed, with the words they read. Raises `NotTheirNumber`."""
    if not CustomerNumber.objects.filter(customer__user=user, number=number, is_verified=True).exists():
        raise NotTheirNumber
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        held = SmsConsent.objects.filter(user=user, withdrawn_at=None).first()
        if held is not None and held.number == number:
            return held
        if held is not None:
            _withdraw(held, f"user/{user.pk}", at)
        SmsStop.objects.filter(number=number).delete()
        given = SmsConsent.objects.create(user=user, number=number, words=words, given_at=at)
        actor = f"user/{user.pk}"
        audit.record(actor, Action.SMS_CONSENT_GIVEN, actor, at, after={"consent": given.pk})
    return given


def end_texts(user: User, at: Instant, by: User | None = None) -> None:
    """They want no text messages any more; those that wait are not sent. `by`: the member of staff whom they told, in
    any words (47 CFR 64.1200(a)(10))."""
    with transaction.atomic():
        for held in SmsConsent.objects.select_for_update().filter(user=user, withdrawn_at=None):
            _withdraw(held, f"user/{(by or user).pk}", at)


def take_answer(number: str, text: str, at: Instant) -> Answered:
    """Do what somebody answered to a text message: STOP ends them for the number, START brings back what STOP ended."""
    meaning = meant(text)
    with transaction.atomic():
        match meaning:
            case Answered.STOP:
                SmsStop.objects.get_or_create(number=number, defaults={"at": at})
                for held in SmsConsent.objects.select_for_update().filter(number=number, withdrawn_at=None):
                    _withdraw(held, "sms", at)
                Message.objects.filter(channel=Channel.SMS, number=number, state=MessageState.WAITING).delete()
            case Answered.START:
                stopped = SmsStop.objects.select_for_update().filter(number=number).first()
                if stopped is not None:
                    _begin_again(number, stopped.at, at)
                    stopped.delete()
            case Answered.OTHER:
                pass
    return meaning


def mark_read(user: User, at: Instant) -> int:
    """They have the list before them."""
    return PageNotice.objects.filter(user=user, read_at=None).update(read_at=at)


def forget_old(at: Instant) -> int:
    """Take notices off the pages a year after they came; how many. The letters stay in the outbox."""
    gone, _ = PageNotice.objects.filter(at__lt=at - KEPT).delete()
    return gone


def _withdraw(consent: SmsConsent, by: str, at: Instant) -> None:
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save()
    waiting = Message.objects.filter(channel=Channel.SMS, user=consent.user, state=MessageState.WAITING)
    waiting.delete()
    audit.record(by, Action.SMS_CONSENT_WITHDRAWN, f"user/{consent.user_id}", at, before={"consent": consent.pk})


def _begin_again(number: str, stopped_at: int, at: Instant) -> None:
    """The consents that the STOP ended, in the words of then."""
    for ended in SmsConsent.objects.filter(number=number, withdrawn_by="sms", withdrawn_at=stopped_at):
        if not SmsConsent.objects.filter(user=ended.user, withdrawn_at=None).exists():
            given = SmsConsent.objects.create(user=ended.user, number=number, words=ended.words, given_at=at)
            audit.record("sms", Action.SMS_CONSENT_GIVEN, f"user/{ended.user_id}", at, after={"consent": given.pk})
