"""What can be decided about contacts: total, with a reason for every refusal, and nothing told that is protected."""

from dataclasses import replace

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from kinline.core.contacts import (
    DAY,
    DECISION_REASONS,
    Act,
    Asked,
    Asking,
    AskProblem,
    Case,
    ContactReason,
    Decided,
    FamilyState,
    Mode,
    NotDecided,
    Relationship,
    Source,
    State,
    Told,
    WaitsFor,
    ask,
    decide,
    explain_decision,
    family_state,
    may_appeal,
    reasons_for,
    relationship_in_words,
    waiting_time,
)
from kinline.core.contacts.asking import CALLABLE
from kinline.core.identity import Instant, Language
from kinline.core.numbering import NumberClass

NOW = Instant(1_795_197_600_000)
instants = st.integers(NOW - 100 * DAY, NOW + 100 * DAY).map(Instant)
cases = st.builds(
    Case,
    state=st.sampled_from(State),
    waits_for=st.sampled_from(WaitsFor),
    is_frozen=st.booleans(),
    listed=st.integers(0, 3),
    at_most=st.none() | st.integers(0, 3),
    is_shared=st.booleans(),
    sharing_needs_agreement=st.booleans(),
    agrees_to_sharing=st.booleans(),
    approval_days=st.none() | st.integers(1, 365),
    is_of_same_person=st.booleans(),
)
askings = st.builds(
    Asking,
    source=st.sampled_from(Source),
    mode=st.sampled_from(Mode),
    number_class=st.sampled_from(NumberClass),
    state=st.none() | st.sampled_from(State),
    waits_for=st.sampled_from(WaitsFor),
    expires_at=st.none() | instants,
    announced=st.booleans(),
    is_in_custody=st.booleans(),
    listed=st.integers(0, 3),
    at_most=st.none() | st.integers(0, 3),
    is_shared=st.booleans(),
    sharing_needs_agreement=st.booleans(),
    agrees_to_sharing=st.booleans(),
    is_noted=st.booleans(),
    approval_days=st.none() | st.integers(1, 365),
    refused_at=st.none() | instants,
    ask_again_days=st.integers(0, 60),
)
FROM_OUTSIDE = (Source.FAMILY, Source.RESIDENT)


@settings(max_examples=examples(300))
@given(cases, st.sampled_from(Act), st.none() | st.sampled_from(ContactReason))
def test_every_refusal_has_a_fitting_reason_and_every_approval_has_room(
    case: Case, act: Act, reason: ContactReason | None
) -> None:
    answer = decide(case, act, reason, NOW)
    if isinstance(answer, NotDecided):
        return
    assert not case.is_frozen or act is Act.WITHDRAW
    assert (reason in reasons_for(act)) if reasons_for(act) else reason is None
    assert (answer.expires_at is not None) == (answer.state is State.APPROVED and case.approval_days is not None)
    assert answer.expires_at is None or answer.expires_at > NOW
    if answer.state is State.APPROVED and case.state is not State.APPROVED:
        assert act is Act.APPROVE
        assert case.at_most is None or case.listed < case.at_most
        assert case.agrees_to_sharing or not (case.is_shared and case.sharing_needs_agreement)
    if case.state is State.NO_CONTACT_ORDER and answer.state is not State.NO_CONTACT_ORDER:
        assert act is Act.REMOVE  # an order ends only by somebody saying that it did
    assert answer.state not in (State.PENDING, State.SHARED)
    if case.waits_for is WaitsFor.APPEAL:
        assert act is Act.WITHDRAW or not case.is_of_same_person


@pytest.mark.parametrize("act", [Act.REJECT, Act.REMOVE, Act.FORBID])
def test_a_refusal_without_reason_is_not_decided(act: Act) -> None:
    waiting = Case(State.APPROVED, WaitsFor.RENEWAL)
    assert decide(waiting, act, None, NOW) is NotDecided.REASON_NEEDED
    assert decide(waiting, act, ContactReason.ORDER_ENDED, NOW) in (
        NotDecided.WRONG_REASON,
        Decided(State.REMOVED, Told.REMOVED),
    )


@settings(max_examples=examples(300))
@given(askings)
def test_who_asks_from_outside_is_approved_at_once_only_where_lists_are_open(asking: Asking) -> None:
    answer = ask(asking, NOW)
    if isinstance(answer, AskProblem):
        return
    assert asking.is_in_custody
    assert asking.number_class in CALLABLE
    if answer.waits_for is WaitsFor.NOTHING:
        assert answer.state is State.APPROVED
        assert asking.state is not State.NO_CONTACT_ORDER
        if asking.source in FROM_OUTSIDE:
            assert asking.mode is Mode.OPEN
            assert not asking.is_noted
            assert asking.state not in (State.REJECTED, State.REMOVED)
    if asking.source in FROM_OUTSIDE:
        assert asking.mode is not Mode.ALLOW_LIST
    if asking.source is Source.LEARNED:
        assert (asking.mode, asking.state) == (Mode.OPEN, None)
    is_new = asking.state in (None, State.REJECTED, State.REMOVED)
    assert not is_new or asking.at_most is None or asking.listed < asking.at_most


@settings(max_examples=examples(200))
@given(askings.filter(lambda asking: asking.mode is not Mode.OPEN), st.none() | instants)
def test_a_family_cannot_tell_an_order_of_no_contact_from_a_number_never_asked_for(
    asking: Asking, refused_at: Instant | None
) -> None:
    family = replace(asking, source=Source.FAMILY, waits_for=WaitsFor.NOTHING, refused_at=refused_at, expires_at=None)
    seen = []
    for state in (State.NO_CONTACT_ORDER, None if refused_at is None else State.REJECTED):
        answer = ask(replace(family, state=state), NOW)
        if isinstance(answer, Asked):
            seen.append(family_state(answer.state, answer.waits_for, Told.NOTHING, answer.expires_at, NOW))
        else:
            seen.append(answer)
    assert seen[0] == seen[1]
    assert AskProblem.FORBIDDEN not in seen


def test_to_its_family_an_order_shows_as_what_they_were_told() -> None:
    for told, shown in (
        (Told.REMOVED, FamilyState.REMOVED),
        (Told.REJECTED, FamilyState.NOT_APPROVED),
        (Told.WITHDRAWN, FamilyState.WITHDRAWN),
    ):
        for state in (State.NO_CONTACT_ORDER, State.REJECTED, State.REMOVED):
            assert family_state(state, WaitsFor.NOTHING, told, None, NOW) is shown
        for waits, seen in ((WaitsFor.REQUEST, FamilyState.WAITING), (WaitsFor.APPEAL, FamilyState.APPEALED)):
            assert family_state(State.NO_CONTACT_ORDER, waits, told, None, NOW) is seen


def test_protected_reasons_read_like_the_facilitys_plain_decision() -> None:
    for language in Language:
        plain = explain_decision(ContactReason.FACILITY_DECISION, language)
        for reason, entry in DECISION_REASONS.items():
            explained = explain_decision(reason, language)
            assert explained.text
            assert explained.remedy
            if entry.is_protected:
                assert explained == plain
    assert set(DECISION_REASONS) == set(ContactReason)
    forbidding = {DECISION_REASONS[reason].is_protected for reason in reasons_for(Act.FORBID)}
    assert forbidding == {True}
    spanish = {explain_decision(reason, Language.SPANISH) for reason in ContactReason}
    assert not spanish & {explain_decision(reason, Language.ENGLISH) for reason in ContactReason}


def test_a_refusal_is_appealed_once_and_in_time() -> None:
    def may(told: Told = Told.REJECTED, waits: WaitsFor = WaitsFor.NOTHING, of_appeal: bool = False, after: int = 1):
        return may_appeal(waits, told, NOW, of_appeal, 30, Instant(NOW + after))

    assert may()
    assert may(Told.REMOVED)
    assert not may(Told.APPROVED)
    assert not may(waits=WaitsFor.APPEAL)
    assert not may(of_appeal=True)
    assert may(after=30 * DAY - 1)
    assert not may(after=30 * DAY)
    assert not may_appeal(WaitsFor.NOTHING, Told.REJECTED, None, False, 30, NOW)


@given(st.lists(st.integers(0, 10**10), max_size=60))
def test_waiting_time_is_a_wait_that_was_seen_and_covers_its_share(waits: list[int]) -> None:
    found = waiting_time(waits)
    if not waits:
        assert found is None
        return
    assert found is not None
    assert found.median in waits
    assert found.ninety in waits
    assert 2 * sum(wait <= found.median for wait in waits) >= len(waits)
    assert 10 * sum(wait <= found.ninety for wait in waits) >= 9 * len(waits)
    assert found.median <= found.ninety
    assert found.requests == len(waits)


def test_every_relationship_has_words_and_an_old_one_stays_as_it_was_written() -> None:
    for language in Language:
        assert len({relationship_in_words(each.value, language) for each in Relationship}) == len(Relationship)
    assert relationship_in_words("godmother", Language.SPANISH) == "godmother"
