"""PNG pictures of a paper's own graphics, for ``evidence/figures``: PDF pages and bitmaps, bounded in size and number.

Runs only in the sandboxed child: PDFium and Pillow read untrusted bytes. PostScript is not converted; a graphic that
cannot be read has no picture, and the evidence file says so.
"""

from __future__ import annotations

import io

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image

from importers.latex.source import SourceTree

MAX_PICTURES = 60
MAX_SIDE_PIXELS = 1400
MAX_SOURCE_BYTES = 20 * 1024 * 1024
MAX_SOURCE_PIXELS = 40_000_000
MAX_TOTAL_BYTES = 40 * 1024 * 1024
_BITMAPS = (".png", ".jpg", ".jpeg", ".gif", ".bmp")


def convert_graphics(tree: SourceTree) -> dict[str, bytes]:
    """PNG by graphic path, for as many graphics as the limits allow, in the order of their names."""
    pictures: dict[str, bytes] = {}
    total = 0
    for path in sorted(tree.files):
        content = tree.files[path]
        if len(pictures) >= MAX_PICTURES or total >= MAX_TOTAL_BYTES or len(content) > MAX_SOURCE_BYTES:
            continue
        picture = convert(path, content)
        if picture is not None:
            pictures[path] = picture
            total += len(picture)
    return pictures


def convert(path: str, content: bytes) -> bytes | None:
    """One graphic as PNG; None where it is none or cannot be read."""
    lower = path.lower()
    try:
        if lower.endswith(".pdf") and content.startswith(b"%PDF"):
            return _pdf_page(content)
        if lower.endswith(_BITMAPS):
            return _bitmap(content)
    except (
        pdfium.PdfiumError,
        OSError,
        ValueError,
        SyntaxError,
        OverflowError,
        MemoryError,
        Image.DecompressionBombError,
    ):
        return None
    return None


def _pdf_page(content: bytes) -> bytes | None:
    pdf = pdfium.PdfDocument(content)
    if len(pdf) != 1:  # a graphic has one page; more is a document
        return None
    page = pdf[0]
    longest = max(page.get_size()) or 1.0
    return _png(page.render(scale=min(3.0, MAX_SIDE_PIXELS / longest)).to_pil())


def _bitmap(content: bytes) -> bytes | None:
    with Image.open(io.BytesIO(content)) as image:
        if image.width * image.height > MAX_SOURCE_PIXELS:
            return None
        image.load()
        return _png(image)


def _png(image: Image.Image) -> bytes:
    shown = image.convert("RGB") if image.mode not in ("RGB", "L") else image
    shown.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    target = io.BytesIO()
    shown.save(target, format="PNG", optimize=False)
    return target.getvalue()
