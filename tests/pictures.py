"""Pictures of pages for the guides in `docs`, made by the tests that use the pages.

    KINLINE_DOCS_PICTURES=1 python -m pytest tests/web/test_set_up.py

Without the variable nothing is written. They are small, since every clone of the repository has them.
"""

import os
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

FOLDER: Final = Path(__file__).parent.parent / "docs/pictures"
WIDEST: Final = 1280
MOST_BYTES: Final = 60_000


def for_docs(page: Page, name: str, *, height: int = 900) -> None:
    """Keep what the page shows, from its top to at most `height`, as `docs/pictures/{name}.png`."""
    if "KINLINE_DOCS_PICTURES" not in os.environ:
        return
    size = page.viewport_size or {"width": WIDEST, "height": height}
    whole = page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": min(size["width"], WIDEST), "height": min(whole, height)}
    shot = Image.open(BytesIO(page.screenshot(full_page=True, clip=clip))).convert("RGB")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(_small(shot))


def _small(shot: Image.Image) -> bytes:
    """As few colours as it needs to be small enough to keep."""
    for colours in (64, 32, 16, 8):
        written = BytesIO()
        shot.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= MOST_BYTES:
            return written.getvalue()
    raise ValueError(f"a picture of {shot.size} is more than {MOST_BYTES} bytes: show less of the page")
