"""What is written on paper: the text of laid-out sheets, and whether a PDF is for everybody."""

import re
import zlib


def text_of(document) -> str:
    """What is written on the sheets, in reading order."""
    boxes = (box for page in document.pages for box in page._page_box.descendants())
    return " ".join(" ".join(getattr(box, "text", "") for box in boxes).split())


def inflated(pdf: bytes) -> bytes:
    """The objects of a file in clear."""
    streams = re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompress(stream) for stream in streams)


def is_for_everybody(pdf: bytes, language: str = "en") -> bool:
    """Tagged, in a language, with a title: PDF/UA-1 (ISO 14289)."""
    parts = (b"/StructTreeRoot", b"/MarkInfo", b"/H1", b"pdfuaid:part", b"/Lang (%s)" % language.encode())
    inside = inflated(pdf)
    return pdf.startswith(b"%PDF-1.") and all(part in inside for part in parts)
