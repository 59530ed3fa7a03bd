"""The guides: their pictures are there and small, and what they name exists."""

import re
from pathlib import Path

from pictures import FOLDER, MOST_BYTES, WIDEST
from PIL import Image

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


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


def test_what_the_guide_to_the_law_names_exists_and_every_rule_has_its_proof() -> None:
    guide = (DOCS / "compliance.md").read_text("utf-8")
    proofs = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", guide)
    sources = re.findall(r"`(src/[\w/.]+)`", guide)
    assert len(proofs) > 50
    assert len(sources) > 40
    assert [each for each in sources if not (ROOT / each).exists()] == []
    missing = [f"{file}::{name}" for file, name in proofs if not _defines(ROOT / file, name)]
    assert missing == []
    rules = [line for line in guide.splitlines() if line.startswith("| ") and not line.startswith(("| rule |", "|---"))]
    assert [line for line in rules if "::" not in line.split("|")[-2]] == []


def _defines(file: Path, name: str) -> bool:
    return file.exists() and re.search(rf"^(async )?def {name}\(", file.read_text(), re.MULTILINE) is not None
