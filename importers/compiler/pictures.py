"""A PNG beside each figure: the paper's own graphics, PDF, bitmap or PostScript; several of one figure stand together.

Runs only in the sandboxed child: PDFium, Pillow and Ghostscript read untrusted bytes there. Bounded in number, size,
pixels and time. A figure that cannot be shown has no picture, and its evidence file says why.
"""

from __future__ import annotations

import io
import math
import posixpath
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

from importers.compiler.drawn_tables import draw_tables
from importers.compiler.evidence import loose_path
from importers.compiler.illustration import Illustrations, why_none
from importers.compiler.postscript import POSTSCRIPT, draw_postscript
from importers.latex.document import Document, Exhibit, Table

MAX_GRAPHICS = 240
MAX_IN_ONE = 36
MAX_SIDE_PIXELS = 1400
MAX_SOURCE_BYTES = 20 * 1024 * 1024
MAX_SOURCE_PIXELS = 40_000_000
MAX_TOTAL_BYTES = 40 * 1024 * 1024
# A last resort: the other bounds are the same on every machine, this one is not.
MAX_SECONDS = 25.0
_BITMAPS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
_GAP = 16


@dataclass(slots=True)
class Illustrator:
    """Makes the pictures of one paper. ``tables``: draw the tables too, from their cells."""

    tables: bool = False
    _shown: dict[str, Image.Image | str] = field(default_factory=dict)
    _total: int = 0
    _until: float = 0.0

    def __call__(self, document: Document, paths: Mapping[int, str]) -> Illustrations:
        """Pictures for the exhibits filed under ``paths`` (by identity), and what is to be said of each."""
        self._until = time.monotonic() + MAX_SECONDS
        made = Illustrations()
        for exhibit in document.exhibits:
            path = paths[id(exhibit)]
            if exhibit.graphics:
                self._figure(document, exhibit, path, made)
            elif exhibit.tables and self.tables:
                self._table(exhibit.tables, f"{exhibit.kind.capitalize()} {exhibit.number}".strip(), path, made)
        if self.tables:
            for number, (table, _) in enumerate(document.loose_tables, 1):
                self._table((table,), f"Unnumbered tabular {number}", loose_path(number), made)
        return made

    def _figure(self, document: Document, exhibit: Exhibit, path: str, made: Illustrations) -> None:
        names = exhibit.graphics[:MAX_IN_ONE]
        looked = {name: self._graphic(document, name) for name in dict.fromkeys(names)}
        images = [image for name in names if isinstance(image := looked[name], Image.Image)]
        missing = [f"{name} ({why})" for name, why in looked.items() if isinstance(why, str)]
        if len(exhibit.graphics) > len(names):
            missing.append(f"{len(exhibit.graphics) - len(names)} more (too many for one picture)")
        if not images:
            made.say(path, f"none: {'; '.join(missing[:4])}" if missing else why_none(document, exhibit))
            return
        if missing:
            shown = f"{len(images)} of the figure's {len(exhibit.graphics)} graphics"
            made.say(path, f"{shown}; not shown: {'; '.join(missing[:8])}")
        elif len(images) > 1:
            made.say(path, f"the figure's {len(images)} graphics side by side, in the order of the source")
        self._file(path, _png(_together(images)), made)

    def _table(self, tables: tuple[Table, ...], name: str, path: str, made: Illustrations) -> None:
        if self._spent():
            made.say(path, f"none: {self._spent()}")
            return
        drawn = draw_tables(tables, name)
        made.say(path, drawn.remark)
        if drawn.image is not None:
            self._file(path, _png(drawn.image), made)

    def _file(self, path: str, content: bytes, made: Illustrations) -> None:
        self._total += len(content)
        made.pictures[path.removesuffix(".md") + ".png"] = content

    def _spent(self) -> str:
        if self._total >= MAX_TOTAL_BYTES or len(self._shown) >= MAX_GRAPHICS:
            return "the paper has more pictures than are kept"
        return "the time for pictures was used up" if time.monotonic() > self._until else ""

    def _graphic(self, document: Document, name: str) -> Image.Image | str:
        """The graphic, or why it cannot be shown."""
        if name in self._shown:
            return self._shown[name]
        content = document.source.tree.files.get(name)
        if content is None:
            return "not in the source"
        if reason := self._spent():
            return reason
        self._shown[name] = open_graphic(name, content, seconds=self._until - time.monotonic())
        return self._shown[name]


def open_graphic(name: str, content: bytes, *, seconds: float = 10.0) -> Image.Image | str:
    """One graphic as an image without transparency, at most MAX_SIDE_PIXELS a side; or why there is none."""
    if len(content) > MAX_SOURCE_BYTES:
        return "too large"
    kind = posixpath.splitext(name)[1].lower()
    try:
        if content.startswith(b"%PDF"):
            return _pdf_page(content)
        if content.startswith(POSTSCRIPT):
            return _small(draw_postscript(content, side=MAX_SIDE_PIXELS, seconds=seconds))
        if kind in _BITMAPS or content.startswith((b"\x89PNG", b"\xff\xd8")):
            return _bitmap(content)
    except Exception as error:  # noqa: BLE001 - libraries raise whatever a broken picture makes them raise
        return str(error) if isinstance(error, ValueError) and str(error).startswith("Ghostscript") else "unreadable"
    return "of a kind that is not converted"


def _pdf_page(content: bytes) -> Image.Image:
    """The first page, which is what TeX would show of it."""
    pdf = pdfium.PdfDocument(content)
    try:
        page = pdf[0]
        longest = max(page.get_size()) or 1.0
        return _small(page.render(scale=min(3.0, MAX_SIDE_PIXELS / longest)).to_pil())
    finally:
        pdf.close()


def _bitmap(content: bytes) -> Image.Image | str:
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MAX_SOURCE_PIXELS:
            return "too many pixels"
        image.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
        image.load()
        return _small(image)


def _small(image: Image.Image) -> Image.Image:
    """On white where it is transparent, eight bits a channel, bounded in size."""
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode in ("I", "F"):
        least, most = image.getextrema()
        span = (most - least) or 1  # type: ignore[operator]
        image = image.point(lambda value: value * (255 / span) - least * 255 / span).convert("L")  # type: ignore[operator]
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        image = Image.alpha_composite(ground, seen)
    shown = image if image.mode in ("RGB", "L") else image.convert("RGB")
    shown.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    return shown.copy()


def _together(images: list[Image.Image]) -> Image.Image:
    """Graphics in rows of one height each, as many a row as make the whole about square; one stays as it is."""
    if len(images) == 1:
        return images[0]
    across = len(images) if len(images) <= 3 else math.ceil(math.sqrt(len(images)))
    width = (MAX_SIDE_PIXELS - _GAP * (across - 1)) // across
    rows = [
        [_fitted(image, width) for image in images[start : start + across]] for start in range(0, len(images), across)
    ]
    heights = [max(image.height for image in row) for row in rows]
    whole = Image.new("RGB", (MAX_SIDE_PIXELS, sum(heights) + _GAP * (len(rows) - 1)), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for place, image in enumerate(row):
            whole.paste(
                image, (place * (width + _GAP) + (width - image.width) // 2, top + (height - image.height) // 2)
            )
        top += height + _GAP
    return whole


def _fitted(image: Image.Image, width: int) -> Image.Image:
    """Scaled to fit a square of this side."""
    scale = min(width / image.width, width / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, format="PNG", optimize=False)
    return target.getvalue()
