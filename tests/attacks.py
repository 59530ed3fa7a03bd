"""Files as strangers send them: honest ones, and those that try to be something else."""

import io
import struct
import zlib

from PIL import Image, ImageDraw

SCRIPT = b"<script>alert(document.domain)</script>"


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (320, 200), **how: object) -> bytes:
    """A picture with something on it."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((40, 40, size[0] // 2, size[1] // 2), fill="navy")
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def with_a_place() -> bytes:
    """A photo that says where and by what it was taken, and is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter clockwise
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    return a_picture(exif=exif, comment=b"SecretComment")


def polyglot() -> bytes:
    """A JPEG that is also a page with a script, for whoever guesses by content."""
    return a_picture() + b"<html><body>" + SCRIPT + b"</body></html>"


def huge_picture() -> bytes:
    """A PNG of a few bytes that unpacks to 90,000 by 90,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 90_000, 90_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def a_pdf(pages: int = 1, catalogue: bytes = b"") -> bytes:
    """A PDF with so many empty pages; `catalogue`: more for its root."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"] * pages,
    ]
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return body + head + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def pdf_with_a_script() -> bytes:
    return a_pdf(catalogue=b"/OpenAction << /S /JavaScript /JS (app.alert\\('hello'\\); while\\(1\\){}) >>")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML_AS_JPEG = b"<html><body>" + SCRIPT + b"</body></html>"
