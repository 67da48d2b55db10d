"""The tree between reading paper text and writing it out: a handful of frozen node types, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Style(StrEnum):
    """What a span of text is; the value is the HTML element that says so."""

    EMPHASIS = "em"
    STRONG = "strong"
    CODE = "code"
    SUBSCRIPT = "sub"
    SUPERSCRIPT = "sup"
    SMALL_CAPITALS = "span"


@dataclass(frozen=True, slots=True)
class Text:
    """Unicode text without any markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Span:
    style: Style
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """``href`` is always http or https; the reader makes no other."""

    href: str
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Maths:
    """LaTeX maths without its delimiters."""

    source: str
    display: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """A forced line break."""


@dataclass(frozen=True, slots=True)
class ItemList:
    items: tuple[tuple[Node, ...], ...]
    ordered: bool = False


Node: TypeAlias = Text | Span | Link | Maths | Break | ItemList
