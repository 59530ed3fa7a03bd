"""The texts that families agree to, in force from the day in their name: `terms.2026-11-01.en.txt`.

Ours lie beside this module; a provider's own lie in `agreements` of the data folder, under the same kind of name, and
a later day there takes the place of ours. A version counts when it is there in every language.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from kinline.configuration import configuration
from kinline.core.identity import Instant, Language
from kinline.enrolment.models import Acceptance, AgreementText
from kinline.people.models import User


class Subject(StrEnum):
    """What the text is about."""

    TERMS = "terms"
    RECORDING = "recording"
    """That calls are recorded and may be listened to."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A text in force."""

    subject: Subject
    version: str
    language: Language
    title: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()


_OURS: Final = Path(__file__).parent / "agreements"
_NAME: Final = re.compile(r"(terms|recording)\.(\d{4}-\d{2}-\d{2})\.(en|es)\.txt", re.ASCII)


def current(subject: Subject, language: Language, at: Instant) -> Agreement:
    """The text in force."""
    version, files = max(
        (each for each in _versions(subject).items() if each[0] <= _day(at) and each[1].keys() == set(Language)),
        default=min(_versions(subject).items()),
    )
    title, _, text = files[language].read_text("utf-8").partition("\n")
    return Agreement(subject, version, language, title.strip(), text.strip())


def lacking(user: User, at: Instant) -> list[Subject]:
    """What is in force and was not accepted by them yet."""
    accepted = set(Acceptance.objects.filter(user=user).values_list("subject", "version"))
    return [each for each in Subject if (each.value, current(each, Language.ENGLISH, at).version) not in accepted]


def accept(user: User, language: Language, at: Instant) -> None:
    """They agree to all that is in force, as they read it. Asked again: nothing more."""
    for subject in Subject:
        agreement = current(subject, language, at)
        text, _ = AgreementText.objects.get_or_create(
            digest=agreement.digest, defaults={"text": f"{agreement.title}\n{agreement.text}"}
        )
        Acceptance.objects.get_or_create(
            user=user,
            subject=subject.value,
            version=agreement.version,
            defaults={"language": language.value, "text": text, "at": at},
        )


def _versions(subject: Subject) -> dict[str, dict[Language, Path]]:
    found: dict[str, dict[Language, Path]] = {}
    for folder in (_OURS, configuration().data / "agreements"):
        for file in folder.glob(f"{subject}.*.txt") if folder.is_dir() else ():
            if named := _NAME.fullmatch(file.name):
                found.setdefault(named[2], {})[Language(named[3])] = file
    return found


def _day(at: Instant) -> str:
    day: date = datetime.fromtimestamp(at / 1000, UTC).date()
    return day.isoformat()
