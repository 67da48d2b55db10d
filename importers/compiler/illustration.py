"""Which exhibits have a picture, and what the evidence files say of it: what it shows, or why there is none.

No library that opens pictures is touched here; making them is `importers.compiler.pictures`' work, in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from importers.latex.document import Document, Exhibit


class Pictures(StrEnum):
    """Which pictures a compile makes: none, of the figures' own graphics, or drawn tables as well."""

    NONE = "none"
    FIGURES = "figures"
    TABLES = "figures and tables"


@dataclass(slots=True)
class Illustrations:
    """PNGs by their path in the artifact, and a remark by the path of the evidence file it belongs to."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def say(self, path: str, remark: str) -> None:
        """Keep a remark for an evidence file; an empty one is none."""
        if remark:
            self.remarks[path] = remark


Illustrate = Callable[[Document, Mapping[int, str]], Illustrations]


def why_none(document: Document, exhibit: Exhibit) -> str:
    """Why an exhibit has no picture, as far as its source tells without opening any graphic."""
    if exhibit.graphics:
        lost = [name for name in exhibit.graphics if name not in document.source.tree.files]
        return f"none: {', '.join(lost[:4])} not in the source" if lost else "none: pictures were not asked for"
    if exhibit.tables:
        return "none: the source has its cells; tables are drawn on request only"
    if exhibit.drawing.strip():
        return "none: drawn in TeX, which is not run"
    return "none: the source names no graphic"
