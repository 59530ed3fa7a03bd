"""Where a recording lies, what it is, and that a privileged call has none."""

import hashlib

import pytest
from make import NOON, SECOND, a_facility, a_station, given_up, off_hook

from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.configuration import configuration
from kinline.core.identity import CallId, Instant
from kinline.recordings import services
from kinline.recordings.models import RecordingState
from kinline.recordings.queries import recording_of
from kinline.recordings.services import PrivilegedCall

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> CallId:
    return off_hook(a_station(a_facility()))


def test_a_finished_recording_knows_its_size_and_digest(call: CallId) -> None:
    file = configuration().recordings / f"{call}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"RIFF")
    services.started(call, file.name, NOON)
    services.finished(call, Instant(NOON + SECOND))
    services.finished(call, Instant(NOON + 9 * SECOND))

    recording = recording_of(call)

    assert recording is not None
    assert (recording.state, recording.finished_at) == (RecordingState.FINISHED, NOON + SECOND)
    assert (recording.size, recording.sha256) == (4, hashlib.sha256(b"RIFF").hexdigest())


def test_a_privileged_call_has_no_recording(call: CallId) -> None:
    Call.objects.filter(pk=call).update(is_privileged=True)
    with pytest.raises(PrivilegedCall):
        services.started(call, "x.wav", NOON)
    assert recording_of(call) is None


def test_what_a_dead_switchboard_left_running_is_finished_when_its_call_is_settled(call: CallId) -> None:
    services.started(call, "missing.wav", NOON)
    while_it_runs = services.finish_left_behind(NOON)
    calls.settle(call, given_up(NOON), None, None, None, NOON)
    afterwards = services.finish_left_behind(NOON)
    assert (while_it_runs, afterwards) == (0, 1)
    recording = recording_of(call)
    assert recording is not None
    assert (recording.state, recording.sha256) == (RecordingState.FINISHED, "")


def test_what_was_recorded_before_a_call_became_privileged_is_sealed_whether_its_start_was_written_down_or_not(
    call: CallId,
) -> None:
    other = off_hook(a_station(a_facility()))
    services.started(call, "one.wav", NOON)
    Call.objects.update(is_privileged=True)
    for each, name in ((call, "one.wav"), (other, "other.wav")):
        services.sealed(each, name, Instant(NOON + SECOND))
        services.finished(each, Instant(NOON + 2 * SECOND))
        recording = recording_of(each)
        assert recording is not None
        assert (recording.state, recording.path, recording.finished_at) == (RecordingState.SEALED, name, NOON + SECOND)


def test_what_a_dead_switchboard_recorded_of_a_call_that_became_privileged_is_sealed_too(call: CallId) -> None:
    services.started(call, "missing.wav", NOON)
    Call.objects.filter(pk=call).update(is_privileged=True)
    calls.settle(call, given_up(NOON), None, None, None, NOON)
    services.finish_left_behind(NOON)
    recording = recording_of(call)
    assert recording is not None
    assert recording.state == RecordingState.SEALED
