"""Charts drawn on the server as SVG, each with its words and the table of its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 260
LEFT: Final = 48
RIGHT: Final = 8
TOP: Final = 12
BOTTOM: Final = 28
ROW: Final = 26
"""The height of a lying bar with the space to the next."""
NAMES: Final = 230
"""The width that the names of lying bars have."""
STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `series` picks its colour."""

    x: str
    y: str
    width: str
    height: str
    series: int


@dataclass(frozen=True, slots=True)
class Word:
    x: str
    y: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """`name` is its id on the page. The table has a heading for each column; its first cell heads its row."""

    name: str
    title: str
    summary: str
    height: int
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    """Where lines across lie."""
    words: tuple[Word, ...]
    legend: tuple[tuple[int, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_long: bool = False
    """Its table is folded away until somebody opens it."""

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {self.height}"


def columns(
    name: str,
    title: str,
    summary: str,
    series: Sequence[str],
    stacks: Sequence[tuple[str, Sequence[int]]],
    heading: str,
    unit: str = "",
    table: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]] | None = None,
) -> Chart:
    """Standing columns, one for each of `stacks` (its label, and a value for each of `series`, piled up)."""
    highest = max((sum(values) for _, values in stacks), default=0)
    step = 25 if unit == "%" else _step(highest)
    top = 100 if unit == "%" else max(step * -(-highest // step), step)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    pitch = wide / max(len(stacks), 1)
    shown_each = -(-len(stacks) * 44 // wide)  # so that no two labels touch
    bars, words = [], []
    for number, (label, values) in enumerate(stacks):
        left, y = LEFT + pitch * number, float(HEIGHT - BOTTOM)
        for place, value in enumerate(values):
            if value:
                tall = high * value / top
                y -= tall
                bars.append(Bar(_n(left + pitch * 0.12), _n(y), _n(pitch * 0.76), _n(tall), place))
        if number % shown_each == 0:
            words.append(Word(_n(left + pitch / 2), str(HEIGHT - 9), label))
    marks = range(0, top + 1, step)
    words += [
        Word(str(LEFT - 7), _n(HEIGHT - BOTTOM - high * mark / top + 4), f"{mark:,}{unit}", "end") for mark in marks
    ]
    across = tuple(_n(HEIGHT - BOTTOM - high * mark / top) for mark in marks)
    legend = tuple(enumerate(series)) if len(series) > 1 else ()
    heads, rows = table or (
        (heading, *series),
        tuple((label, *(f"{value:,}{unit}" for value in values)) for label, values in stacks),
    )
    return Chart(name, title, summary, HEIGHT, tuple(bars), across, tuple(words), legend, heads, rows, len(rows) > 24)


def lying_bars(
    name: str,
    title: str,
    summary: str,
    values: Sequence[tuple[str, int]],
    table: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]],
) -> Chart:
    """A lying bar for each value, its name before and its number behind."""
    longest = max((value for _, value in values), default=0) or 1
    wide = WIDTH - NAMES - 70
    bars, words = [], []
    for number, (label, value) in enumerate(values):
        y = 4 + number * ROW
        bars.append(Bar(str(NAMES), str(y), _n(wide * value / longest), str(ROW - 7), 0))
        words.append(Word(str(NAMES - 8), str(y + 14), _shortened(label), "end"))
        words.append(Word(_n(NAMES + wide * value / longest + 7), str(y + 14), f"{value:,}", "start"))
    height = 8 + ROW * len(values)
    return Chart(name, title, summary, height, tuple(bars), (), tuple(words), (), *table)


def _step(highest: int) -> int:
    """Between lines, so that there are about four: 1, 2, 5, 10, 20, ..."""
    size = 1
    while True:
        for each in STEPS:
            if highest <= each * size * 5:
                return each * size
        size *= 10


def _shortened(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def _n(number: float) -> str:
    """As SVG reads it, whatever the language of the page."""
    return f"{number:.1f}"
