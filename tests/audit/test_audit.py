"""The audit trail: entries follow from each other, and nobody can take one back."""

import pytest
from django.db import IntegrityError, connection, transaction
from make import NOON

from kinline.audit import queries, services
from kinline.audit.actions import Action
from kinline.core.identity import FacilityId

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_entries() -> list[int]:
    return [
        services.record(
            "user/7",
            Action.CONTACT_APPROVED,
            f"resident/{number}",
            NOON,
            facility=FacilityId(1),
            before={"state": "pending"},
            after={"state": "approved"},
            reason="Está en la lista",
        ).pk
        for number in range(3)
    ]


def test_entries_are_found_by_subject_and_by_actor(three_entries: list[int]) -> None:
    services.record("user/8", Action.RECORDING_HEARD, "call/5", NOON)
    assert [entry.pk for entry in queries.entries(subject="resident/1")] == [three_entries[1]]
    assert [entry.pk for entry in queries.entries(actor="user/7")] == three_entries[::-1]


def test_an_untouched_chain_is_whole(three_entries: list[int]) -> None:
    assert queries.first_broken() is None


@pytest.mark.parametrize("verb", ["UPDATE audit_auditevent SET reason = 'x'", "DELETE FROM audit_auditevent"])
def test_no_entry_is_changed_or_deleted(three_entries: list[int], verb: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} WHERE id = %s", [three_entries[1]])


def test_an_entry_slipped_in_shows(three_entries: list[int]) -> None:
    """Somebody who may write to the table but cannot rewrite the chain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditevent (at, actor, action, subject, before, after, reason, previous_seal, seal) "
            "VALUES (1, 'user/9', 'recording.heard', 'call/1', '', '', '', 'made up', 'made up')"
        )
        cursor.execute("SELECT MAX(id) FROM audit_auditevent")
        slipped_in = cursor.fetchone()[0]
    assert queries.first_broken() == slipped_in
