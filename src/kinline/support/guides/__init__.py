"""The guides for families: one file for each guide and language, in a small part of Markdown.

The first line is the title, the second says what it is about, the third gives words by which it is found; then, after
an empty line, paragraphs, `## headings`, `- ` and `1. ` lists. In them `**strong**`, `*meant*` and
`[text](target)`: `page:name` is a page of ours by the name of its address, `guide:slug` another guide, or `https://`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from kinline.core.identity import Language

_FOLDER: Final = Path(__file__).parent
_MARK: Final = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<meant>[^*]+)\*|\[(?P<link>[^\]]+)\]\((?P<target>[^)]+)\)")

ORDER: Final = (
    "sign-up",
    "contacts",
    "prices",
    "add-money",
    "calls-that-failed",
    "dispute",
    "block",
    "sound",
    "test-my-phone",
    "refunds",
    "notices",
    "privacy",
    "accessibility",
    "complain",
    "not-yet",
)
"""As the page of help lists them."""


class Kind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    POINTS = "points"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text: plain, strong, meant, or a link with its target."""

    text: str
    is_strong: bool = False
    is_meant: bool = False
    target: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading of one line, or a list of several."""

    kind: Kind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """How one thing is done."""

    slug: str
    language: Language
    title: str
    about: str
    words: str
    """By which it is found beyond those of its text."""
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """Without marks, for the search."""
        return " ".join(span.text for block in self.blocks for line in block.lines for span in line)

    def targets(self) -> Iterator[str]:
        """Of every link in it."""
        for block in self.blocks:
            yield from (span.target for line in block.lines for span in line if span.target)


@cache
def guides(language: Language) -> Mapping[str, Guide]:
    """All of a language, by slug, in their order."""
    return {slug: _read(slug, language) for slug in ORDER}


def written() -> set[str]:
    """The names of all files there are."""
    return {path.name for path in _FOLDER.glob("*.md")}


def _read(slug: str, language: Language) -> Guide:
    title, about, words, _, body = (_FOLDER / f"{slug}.{language}.md").read_text("utf-8").split("\n", 4)
    blocks = tuple(_block(part) for part in re.split(r"\n{2,}", body.strip()))
    return Guide(slug, language, title, about, words.removeprefix("Words:").strip(), blocks)


def _block(text: str) -> Block:
    lines = text.split("\n")
    if text.startswith("## "):
        return Block(Kind.HEADING, (_line(text.removeprefix("## ")),))
    if all(line.startswith("- ") for line in lines):
        return Block(Kind.POINTS, tuple(_line(line.removeprefix("- ")) for line in lines))
    if all(re.match(r"\d+\. ", line) for line in lines):
        return Block(Kind.STEPS, tuple(_line(line.partition(" ")[2]) for line in lines))
    return Block(Kind.PARAGRAPH, (_line(" ".join(lines)),))


def _line(text: str) -> Line:
    spans, at = [], 0
    for found in _MARK.finditer(text):
        if found.start() > at:
            spans.append(Span(text[at : found.start()]))
        if found["strong"]:
            spans.append(Span(found["strong"], is_strong=True))
        elif found["meant"]:
            spans.append(Span(found["meant"], is_meant=True))
        else:
            spans.append(Span(found["link"], target=found["target"]))
        at = found.end()
    if at < len(text):
        spans.append(Span(text[at:]))
    return tuple(spans)
