"""Make the pictures of the installable pages from the mark: `python script/assets.py`, after `mark.svg` has changed.

What it writes is committed, so that running needs none of this; `tests/web/test_assets.py` fails when it is not what
the mark gives.
"""

import io
from pathlib import Path

import pypdfium2
from PIL import Image
from weasyprint import HTML

STATIC = Path(__file__).parent.parent / "src/kinline/web/static/kinline"
MARK = STATIC / "mark.svg"
GROUND = "#0b5a60"
"""The colour of the mark's own ground, which fills a maskable icon to its edges."""
ICONS = {"icon-192.png": (192, 1.0), "icon-512.png": (512, 1.0), "icon-maskable-512.png": (512, 0.72)}
"""Width in pixels, and which part of it the mark takes: a phone may cut a maskable icon to a circle of 80 %."""


def icon(width: int, part: float) -> Image.Image:
    """The mark as a square picture."""
    mark = f'<img src="{MARK.as_uri()}" style="width:{part * 100}%">'
    ground = GROUND if part < 1 else "transparent"
    page = f"@page {{ size: 100px; margin: 0; background: {ground} }}"
    box = "body { margin: 0; height: 100px; display: flex; align-items: center; justify-content: center }"
    pdf = HTML(string=f"<style>{page} {box} img {{ display: block }}</style>{mark}").write_pdf()
    sheet = pypdfium2.PdfDocument(pdf)[0]
    drawn = sheet.render(scale=width / sheet.get_width(), fill_color=(0, 0, 0, 0), maybe_alpha=True)
    return drawn.to_pil().convert("RGBA").resize((width, width))


def made() -> dict[str, bytes]:
    """Each file with what it must be."""
    files = {}
    for name, (width, part) in ICONS.items():
        content = io.BytesIO()
        icon(width, part).save(content, "PNG", optimize=True)
        files[name] = content.getvalue()
    return files


if __name__ == "__main__":
    for name, content in made().items():
        (STATIC / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
