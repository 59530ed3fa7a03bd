"""What happens to a recording from its first second on."""

import hashlib
from pathlib import Path

from kinline.calls.models import Call, CallState
from kinline.configuration import configuration
from kinline.core.identity import CallId, Instant
from kinline.recordings.models import Recording, RecordingState


class PrivilegedCall(Exception):
    """A privileged call has no recording, ever."""

    def __init__(self, call_id: CallId) -> None:
        super().__init__(f"call {call_id} is privileged")
        self.call_id = call_id


def started(call_id: CallId, path: str, at: Instant) -> Recording:
    """A recording of this call begins at `path` (relative to the recordings folder). Raises `PrivilegedCall`."""
    if Call.objects.filter(pk=call_id, is_privileged=True).exists():
        raise PrivilegedCall(call_id)
    return Recording.objects.get_or_create(
        call_id=call_id, defaults={"path": path, "state": RecordingState.RUNNING, "started_at": at}
    )[0]


def sealed(call_id: CallId, path: str, at: Instant) -> Recording:
    """The call became privileged: what was recorded until then is kept as it is, and given out to nobody. Whether its
    start was written down or not. Asked again: the same."""
    recording = Recording.objects.get_or_create(
        call_id=call_id, defaults={"path": path, "state": RecordingState.RUNNING, "started_at": at}
    )[0]
    return _closed(recording, RecordingState.SEALED, at)


def finished(call_id: CallId, at: Instant) -> Recording | None:
    """The file is complete: its size and digest are written down; None when none was started. Of a call that became
    privileged it is sealed. Asked again: the same."""
    recording = Recording.objects.filter(call_id=call_id).first()
    if recording is None:
        return None
    is_privileged = Call.objects.filter(pk=call_id, is_privileged=True).exists()
    return _closed(recording, RecordingState.SEALED if is_privileged else RecordingState.FINISHED, at)


def _closed(recording: Recording, state: RecordingState, at: Instant) -> Recording:
    if recording.state != RecordingState.RUNNING:
        return recording
    file = configuration().recordings / recording.path
    if file.exists():
        recording.size, recording.sha256 = file.stat().st_size, _sha256(file)
    recording.state, recording.finished_at = state, at
    recording.save()
    return recording


def finish_left_behind(at: Instant) -> int:
    """Finish the recordings that still run though their calls are settled: a switchboard died. How many there were."""
    running = Recording.objects.filter(state=RecordingState.RUNNING).values_list("call_id", flat=True)
    over = Call.objects.filter(pk__in=list(running), state=CallState.SETTLED).values_list("pk", flat=True)
    for call_id in over:
        finished(CallId(call_id), at)
    return len(over)


def _sha256(file: Path) -> str:
    with file.open("rb") as sound:
        return hashlib.file_digest(sound, "sha256").hexdigest()
