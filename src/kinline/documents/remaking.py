"""Pages drawn anew from a stranger's file, by a program of its own: `python -m kinline.documents.remaking`.

Decoders of pictures and PDF are large and old: whatever a file does to them happens in a child process that has little
memory and time, can write no file, and whose only way out are the pages. PDFium is built without JavaScript and XFA.
"""

import io
import json
import os
import resource
import subprocess
import sys
from typing import Final

import pypdfium2
from PIL import Image, ImageOps

from kinline.documents.errors import UnacceptableUpload, Why

LARGEST: Final = 8 << 20
"""Bytes of an upload."""
MOST_PIXELS: Final = 50_000_000
"""More than the camera of a telephone makes by itself."""
MOST_PAGES: Final = 10
LONGEST_SIDE: Final = 2400
"""Pixels of a page as it is kept: print of six points on a letter page can be read."""
_QUALITY: Final = 85
_POINTS_TO_PIXELS: Final = 2.5
"""180 dots per inch."""
_MEMORY: Final = 1 << 30
_SECONDS: Final = 20
_SECONDS_IN_ALL: Final = 60
_MAGIC: Final = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"%PDF-": "PDF"}


def remade(upload: bytes) -> list[bytes]:
    """The pages of the upload, each a JPEG of our own making. Raises `UnacceptableUpload`."""
    if not upload:
        raise UnacceptableUpload(Why.EMPTY)
    if len(upload) > LARGEST:
        raise UnacceptableUpload(Why.TOO_LARGE)
    if kind_of(upload) is None:
        raise UnacceptableUpload(Why.NOT_TAKEN)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kinline.documents.remaking"],
            input=upload,
            capture_output=True,
            timeout=_SECONDS_IN_ALL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnacceptableUpload(Why.UNREADABLE) from error
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:  # it crashed, or took more than it may have
        raise UnacceptableUpload(Why.UNREADABLE)
    said = json.loads(head)
    if "why" in said:
        raise UnacceptableUpload(Why(said["why"]))
    pages = []
    for size in said["pages"]:
        pages.append(rest[:size])
        rest = rest[size:]
    return pages


def kind_of(upload: bytes) -> str | None:
    """What the first bytes say that it is; only that is tried."""
    return next((kind for magic, kind in _MAGIC.items() if upload.startswith(magic)), None)


def drawn(upload: bytes) -> list[bytes]:
    """As `remade`, in this very process."""
    kind = kind_of(upload)
    if kind == "PDF":
        return _pages_of_pdf(upload)
    return [_of_picture(upload, kind or "")]


def _of_picture(upload: bytes, kind: str) -> bytes:
    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is decoded
    try:
        with Image.open(io.BytesIO(upload), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnacceptableUpload(Why.TOO_MANY_PIXELS)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _as_jpeg(ImageOps.exif_transpose(picture))
    except (OSError, SyntaxError, ValueError, MemoryError) as error:
        raise UnacceptableUpload(Why.UNREADABLE) from error


def _pages_of_pdf(upload: bytes) -> list[bytes]:
    try:
        paper = pypdfium2.PdfDocument(upload)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise UnacceptableUpload(Why.LOCKED if is_locked else Why.UNREADABLE) from error
    try:
        if len(paper) > MOST_PAGES:
            raise UnacceptableUpload(Why.TOO_MANY_PAGES)
        pages = [_of_page(page) for page in paper]
    except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError) as error:
        raise UnacceptableUpload(Why.UNREADABLE) from error
    if not pages:
        raise UnacceptableUpload(Why.UNREADABLE)
    return pages


def _of_page(page: pypdfium2.PdfPage) -> bytes:
    longest = max(page.get_size())
    if longest <= 0:
        raise ValueError("a page without a size")
    scale = min(_POINTS_TO_PIXELS, LONGEST_SIDE / longest)
    return _as_jpeg(page.render(scale=scale, may_draw_forms=False).to_pil())


def _as_jpeg(picture: Image.Image) -> bytes:
    """On white, no larger than we keep, and with nothing but its pixels."""
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        picture = Image.new("RGB", over.size, "white")
        picture.paste(over, mask=over.getchannel("A"))
    # A new picture of the pixels alone: no EXIF, no place, no comment, no colour profile.
    bare = Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes())
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def main() -> None:
    """Read a file from standard input; write the sizes of its pages as a line of JSON, and the pages."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    out = sys.stdout.buffer
    try:
        pages = drawn(sys.stdin.buffer.read(LARGEST + 1))
    except UnacceptableUpload as refused:
        out.write(json.dumps({"why": refused.why}).encode() + b"\n")
        return
    out.write(json.dumps({"pages": [len(page) for page in pages]}).encode() + b"\n" + b"".join(pages))


if __name__ == "__main__":
    main()
