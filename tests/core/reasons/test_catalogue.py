"""Every reason is explained to every audience in both languages, and the texts fit the values they are given."""

import re

import pytest

from kinline.core.identity import Language
from kinline.core.money import Money
from kinline.core.phrases.assembly import placeholders, words
from kinline.core.reasons import (
    CATALOGUE,
    REMEDY_PHRASES,
    RESIDENT_PHRASES,
    Action,
    Audience,
    Charging,
    Entry,
    Reason,
    Text,
)
from kinline.core.speech import ClockTime, Count, Digits, Say, Span, SpokenName, Value

PLACEHOLDER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")

SAMPLES: dict[type[Value], Value] = {
    Money: Money.parse("2.10"),
    Count: Count(3),
    Span: Span(900),
    ClockTime: ClockTime(18 * 60 + 30),
    Digits: Digits("7"),
    SpokenName: SpokenName("resident/1", "Ana"),
}

every_reason = pytest.mark.parametrize("reason", Reason)


def texts(entry: Entry) -> dict[str, Text]:
    return {
        "resident": entry.resident,
        "family": entry.family,
        "remedy": entry.remedy,
        "staff": entry.staff,
        "staff remedy": entry.staff_remedy,
        **({"foreseen": entry.foreseen} if entry.foreseen else {}),
    }


def names_in(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


@every_reason
def test_every_reason_is_in_the_catalogue_under_its_own_name(reason: Reason) -> None:
    assert CATALOGUE[reason].reason is reason


@every_reason
def test_every_reason_has_english_spanish_and_a_remedy_for_every_audience(reason: Reason) -> None:
    for text in texts(CATALOGUE[reason]).values():
        for said in (text.english, text.spanish):
            assert said == said.strip()
            assert said.endswith(".")
        assert text.english != text.spanish


@every_reason
def test_texts_use_the_values_that_the_catalogue_names(reason: Reason) -> None:
    entry = CATALOGUE[reason]
    used = [names_in(said) for text in texts(entry).values() for said in (text.english, text.spanish)]
    assert set().union(*used) <= set(entry.values)
    for text in texts(entry).values():
        assert names_in(text.english) == names_in(text.spanish)


@every_reason
def test_every_text_says_something_when_no_value_is_known(reason: Reason) -> None:
    for text in texts(CATALOGUE[reason]).values():
        for said in (text.english, text.spanish):
            assert any(not names_in(sentence) for sentence in SENTENCE_END.split(said))


@every_reason
@pytest.mark.parametrize("language", Language)
def test_every_reason_can_be_spoken_to_the_resident(reason: Reason, language: Language) -> None:
    key = f"reason.{reason}"
    entry = CATALOGUE[reason]
    assert RESIDENT_PHRASES[key][language] == entry.resident.in_language(language)
    assert placeholders(key, language) <= set(entry.values)
    said = words((Say.of(key, **{name: SAMPLES[kind] for name, kind in entry.values.items()}),), language)
    assert said
    assert "{" not in said
    assert len(said) < 160  # it is listened to with money and patience running out


@pytest.mark.parametrize("language", Language)
def test_whoever_pays_by_phone_hears_what_to_do(language: Language) -> None:
    """What is read on a page points at nothing that a caller does not see."""
    paying = [reason for reason in Reason if reason.stage == "pay"]
    assert set(REMEDY_PHRASES) == {f"remedy.{reason}" for reason in paying}
    for reason in paying:
        said = words((Say.of(f"remedy.{reason}", wait=Span(900)),), language)
        assert said
        assert not {"here", "aquí"} & set(re.findall(r"\w+", said.lower()))
        assert not re.search(r"this page|esta página", said)


@every_reason
def test_only_talk_is_charged(reason: Reason) -> None:
    assert (CATALOGUE[reason].charging is Charging.NOTHING) == (reason.stage != "talk")


def test_faults_of_the_line_and_of_ours_are_credited() -> None:
    credited = {reason for reason, entry in CATALOGUE.items() if entry.charging is Charging.CREDITED}
    assert credited == {
        Reason.TALK_PRIVILEGE_FOUND,
        Reason.TALK_MEDIA_DEAD,
        Reason.TALK_ONE_WAY,
        Reason.TALK_POOR,
        Reason.TALK_CARRIER_DROP,
        Reason.TALK_PLATFORM_FAULT,
    }


def test_what_protects_people_is_protected() -> None:
    protected = {reason for reason, entry in CATALOGUE.items() if entry.is_protected}
    assert protected == {
        Reason.POLICY_NO_CONTACT_ORDER,
        Reason.POLICY_KEPT_APART,
        Reason.POLICY_VICTIM,
        Reason.POLICY_STAFF_NUMBER,
        Reason.POLICY_NUMBER_BLOCKED_SECURITY,
    }
    # Residents cannot tell them apart either, and the texts that third parties could see name no cause.
    assert len({CATALOGUE[reason].resident for reason in protected}) == 1
    assert len({(CATALOGUE[r].family, CATALOGUE[r].remedy, CATALOGUE[r].action) for r in protected}) == 1


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        (Reason.FUND_INSUFFICIENT, Action.ADD_MONEY),
        (Reason.FUND_NO_ACCOUNT, Action.OPEN_ACCOUNT),
        (Reason.BLOCK_CALLED_PARTY, Action.UNBLOCK),
        (Reason.OFFER_BLOCKED, Action.UNBLOCK),
        (Reason.POLICY_NOT_ON_LIST, Action.ASK_FOR_APPROVAL),
        (Reason.OFFER_DTMF_NOT_HEARD, Action.TEST_LINE),
        (Reason.TALK_THREEWAY_SUSPECTED, Action.DISPUTE),
    ],
)
def test_what_the_family_can_do_is_one_button_away(reason: Reason, action: Action) -> None:
    assert CATALOGUE[reason].action is action


def test_every_audience_and_action_has_a_name_of_its_own() -> None:
    assert {audience.value for audience in Audience} == {"resident", "family", "staff"}
    assert len({action.value for action in Action}) == len(Action)
