"""A recording as a browser plays it: whole, or the range that it asks for (RFC 9110, section 14)."""

import re
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from kinline.configuration import configuration

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def sound(request: HttpRequest, recording: str) -> HttpResponseBase:
    """The file of a recording, or the part of it that was asked for. Raises `Http404` when it is not there."""
    path = _within_recordings(recording)
    size = path.stat().st_size
    part = _part(request.headers.get("Range", ""), size)
    if part is None:
        return _described(FileResponse(path.open("rb"), content_type="audio/wav"), size)
    first, last = part
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(first)
        content = file.read(last - first + 1)
    response = _described(HttpResponse(content, status=206, content_type="audio/wav"), len(content))
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _described(response: HttpResponseBase, length: int) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(length)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _within_recordings(recording: str) -> Path:
    folder = configuration().recordings.resolve()
    path = (folder / recording).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise Http404
    return path


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one range asked for (first > last: there is no such part); None: the whole."""
    match = _ONE_RANGE.fullmatch(asked.strip())
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
