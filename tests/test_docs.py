"""The guides: their pictures are there and small, and what they name exists."""

import re
from pathlib import Path

from pictures import FOLDER, MOST_BYTES, WIDEST
from PIL import Image

DOCS = Path(__file__).parent.parent / "docs"


def test_every_picture_of_a_guide_is_there_small_and_described_and_none_is_left_over() -> None:
    shown = {
        name: described
        for guide in DOCS.glob("*.md")
        for described, name in re.findall(r"!\[(.*?)\]\(pictures/([\w-]+\.png)\)", guide.read_text("utf-8"))
    }
    assert [name for name, described in shown.items() if len(described) < 15] == []
    kept = {path.name: path for path in FOLDER.glob("*")}
    assert set(shown) == set(kept)
    for path in kept.values():
        assert path.stat().st_size <= MOST_BYTES, path.name
        with Image.open(path) as picture:
            assert picture.width <= WIDEST, path.name
