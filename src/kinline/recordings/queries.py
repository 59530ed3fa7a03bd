"""Where the recording of a call lies."""

from kinline.core.identity import CallId
from kinline.recordings.models import Recording


def recording_of(call_id: CallId) -> Recording | None:
    return Recording.objects.filter(call_id=call_id).first()
