"""Tables as pictures, drawn from their cells: for readers that want a picture beside the Markdown.

It is a drawing of the transcription, not of the paper's page, and says so. The font is Pillow's own, so that every
machine draws the same; signs it lacks are written as TeX writes them, and a table in a script that it lacks altogether
is not drawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont
from pylatexenc.latexencode import UnicodeToLatexEncoder  # type: ignore[import-untyped]

from importers.latex.document import Table

MAX_WIDTH = 3200
MAX_ROWS = 150
MAX_HEIGHT = 12_000
MAX_CELL = 1200
_SIZE = 15
_LINE = 20
_PAD = 8
_WIDEST = (420, 240, 150, 90)
_PLAIN = str.maketrans(
    {"–": "-", "—": "--", "−": "-", "‐": "-", "‑": "-", "×": "x", "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " "}
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing, or None with the remark that says why."""

    image: Image.Image | None
    remark: str


def draw_tables(tables: Sequence[Table], name: str) -> Drawn:
    """The tables of one exhibit under each other."""
    grids = [[[drawable(text) for text in row] for row in table.rows[:MAX_ROWS]] for table in tables if table.rows]
    if any(text is None for grid in grids for row in grid for text in row):
        return Drawn(None, "none: the cells hold signs that the drawing has no font for")
    if not grids:
        return Drawn(None, "none: the table has no rows")
    heads = [table.header_rows for table in tables if table.rows]
    plain = [[[text or "" for text in row] for row in grid] for grid in grids]
    widths = [_widths(grid) for grid in plain]
    if any(sum(columns) > MAX_WIDTH for columns in widths):
        return Drawn(None, "none: the table is too wide to be drawn")
    plans = [_plan(grid, columns) for grid, columns in zip(plain, widths, strict=True)]
    if sum(sum(plan.heights) for plan in plans) > MAX_HEIGHT:
        return Drawn(None, "none: the table is too long to be drawn")
    cut = any(len(table.rows) > MAX_ROWS for table in tables)
    remark = "drawn from the cells of this file; not the paper's own typesetting"
    return Drawn(_draw(plans, heads, name), remark + (f"; the first {MAX_ROWS} rows" if cut else ""))


@dataclass(frozen=True, slots=True)
class _Plan:
    widths: list[int]
    rows: list[list[list[str]]]

    @property
    def heights(self) -> list[int]:
        """Pixels of each row."""
        return [max(map(len, row), default=1) * _LINE + _PAD for row in self.rows]


@cache
def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(_SIZE)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@cache
def _encoder() -> UnicodeToLatexEncoder:
    return UnicodeToLatexEncoder(
        replacement_latex_protection="none", unknown_char_policy="keep", unknown_char_warning=False
    )


@cache
def _has(character: str) -> bool:
    missing = _font().getmask("\uffff")
    mask = _font().getmask(character)
    return character.isascii() or bytes(mask) != bytes(missing) or mask.size != missing.size


def drawable(text: str) -> str | None:
    """The text in signs that the font has; None where that cannot be done."""
    plain = " ".join(text.translate(_PLAIN).split())
    if plain.isascii():
        return plain
    written = "".join(map(_written, plain))
    return written if all(map(_has, written)) else None


def _written(character: str) -> str:
    if _has(character):
        return character
    base = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    if base and base != character and base.isascii():
        return base
    written = str(_encoder().unicode_to_latex(character)).removesuffix("{}")
    return written[len("\\ensuremath{") : -1] if written.startswith("\\ensuremath{") else written


@cache
def _advance(character: str) -> float:
    return _font().getlength(character)


def _length(text: str) -> float:
    """Pixels; the sum of the characters' own, which is what a font without kerning takes, and quick."""
    return sum(map(_advance, text))


def _widths(grid: list[list[str]]) -> list[int]:
    """Columns as wide as their cells, or as the bound on the whole lets them be; too wide in all where nothing does."""
    across = max(map(len, grid))
    wanted = [
        max((int(_length(row[at][:200])) for row in grid if at < len(row)), default=0) + 1 for at in range(across)
    ]
    fitting = [[min(widest, one) + 2 * _PAD for one in wanted] for widest in _WIDEST]
    return next((widths for widths in fitting if sum(widths) <= MAX_WIDTH), fitting[-1])


def _plan(grid: list[list[str]], widths: list[int]) -> _Plan:
    return _Plan(widths, [[_wrapped(text, widths[at] - 2 * _PAD) for at, text in enumerate(row)] for row in grid])


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text[:MAX_CELL].split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if _length(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
        while len(lines[-1]) > 1 and _length(lines[-1]) > width:
            lines[-1:] = _broken(lines[-1], width)
    return lines


def _broken(word: str, width: int) -> list[str]:
    at = next((end for end in range(len(word) - 1, 0, -1) if _length(word[:end]) <= width), 1)
    return [word[:at], word[at:]]


def _draw(plans: Sequence[_Plan], heads: Sequence[int], name: str) -> Image.Image:
    width = max(sum(plan.widths) for plan in plans) + 2 * _PAD
    title = _LINE + _PAD
    height = title + sum(sum(plan.heights) + 3 * _PAD for plan in plans) + _PAD
    image = Image.new("L", (max(width, int(_length(name)) + 2 * _PAD), height), 255)
    pen = ImageDraw.Draw(image)
    pen.text((_PAD, _PAD // 2), name, font=_font(), fill=0)
    top = title + _PAD
    for plan, head in zip(plans, heads, strict=True):
        top = _draw_one(pen, plan, head, top) + 2 * _PAD
    return image


def _draw_one(pen: ImageDraw.ImageDraw, plan: _Plan, head: int, top: int) -> int:
    right = _PAD + sum(plan.widths)
    pen.line((_PAD, top, right, top), fill=0, width=2)
    for number, (row, height) in enumerate(zip(plan.rows, plan.heights, strict=True), 1):
        left = _PAD
        for lines, width in zip(row, plan.widths, strict=False):
            for at, line in enumerate(lines):
                pen.text((left + _PAD, top + _PAD // 2 + at * _LINE), line, font=_font(), fill=0)
            left += width
        top += height
        last = number == len(plan.rows)
        pen.line((_PAD, top, right, top), fill=0 if last or number == head else 210, width=2 if last else 1)
    return top
