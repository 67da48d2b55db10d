"""What may stand in set paper text: the listed HTML, and nothing left of the TeX it came from."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MATHML = frozenset(
    "math mrow mi mn mo mtext mfrac msup msub msubsup mover munder munderover mroot msqrt mstyle mphantom".split()
) | {"mtable", "mtr", "mtd"}
ELEMENTS = MATHML | frozenset("em strong code sub sup span a br ul ol li".split())
ATTRIBUTES = {
    "a": {"href", "rel"},
    "span": {"class"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "movablelimits", "accent"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mfrac": {"linethickness"},
}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text: list[str] = []
        self.outside_maths: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.faults.append(f"<{tag} {name}>")
            if name == "href" and not (value or "").startswith(("https://", "http://")):
                self.faults.append(f"href={value!r}")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "math" not in self.open:
            self.outside_maths.append(data)


def faults(markup: str) -> list[str]:
    """Elements, attributes and addresses that are not listed, and tags that do not close."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.faults + [f"<{tag}> left open" for tag in reader.open]


def visible(markup: str) -> str:
    """The text a reader sees."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.text)


def visible_outside_maths(markup: str) -> str:
    """The text a reader sees, formulas left out."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.outside_maths)


_LEFTOVERS = (
    ("a command", re.compile(r"\\")),
    # A dollar stays before an amount ("$5", "$ 1.2 million", "<$100") and beside a slash ("GB/$", "$/query").
    ("a dollar", re.compile(r"(?<!/)\$(?!\s?[<>~≤≥]?\s?[\d.]|/)")),
    ("an entity", re.compile(r"&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|nbsp);", re.IGNORECASE)),
    ("TeX quotes", re.compile(r"``|(?<=\s)''")),
)
# Braces outside maths stay only around what reads as a set: {0, 1}, {Likely, Unlikely}, {(x,y) | f(x) = y}.
_SET = re.compile(r"\{[^{}]*(?:[,|]|\.\.)[^{}]*\}")


def leftovers(text: str) -> list[str]:
    """Traces of source in text that should have been set."""
    return [
        f"{name}: …{text[max(0, m.start() - 30) : m.end() + 30]}…" for name, at in _LEFTOVERS for m in at.finditer(text)
    ]


def stray_braces(text_outside_maths: str) -> list[str]:
    """Braces that group nothing a reader would take for a set."""
    rest = _SET.sub("", _SET.sub("", text_outside_maths))
    return [f"…{rest[max(0, m.start() - 30) : m.end() + 30]}…" for m in re.finditer(r"[{}]", rest)]
