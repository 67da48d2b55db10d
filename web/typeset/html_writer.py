"""Nodes to safe HTML. Every element and attribute written is named here, every text is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable

from web.typeset.maths import read_formula, to_mathml
from web.typeset.nodes import Break, ItemList, Link, Maths, Node, Span, Style, Text
from web.typeset.plain_writer import maths_text


def write_html(nodes: Iterable[Node], *, links: bool = True) -> str:
    """Phrasing content (lists apart); with ``links`` off, for text that is itself inside a link, none are made."""
    return "".join(_node(node, links) for node in nodes)


def _node(node: Node, links: bool) -> str:
    match node:
        case Text(text):
            return html.escape(text, quote=False)
        case Span(style, children):
            return _span(style, write_html(children, links=links))
        case Link(href, children):
            return _link(href, write_html(children, links=False), links)
        case Maths(source, display):
            return _maths(source, display)
        case ItemList(items, ordered):
            return _list(items, ordered, links)
        case Break():
            return "<br>"


def _span(style: Style, inner: str) -> str:
    opening = '<span class="small-capitals">' if style is Style.SMALL_CAPITALS else f"<{style.value}>"
    return f"{opening}{inner}</{style.value}>"


def _link(href: str, inner: str, links: bool) -> str:
    if not links or not href.startswith(("https://", "http://")):
        return inner
    return f'<a href="{html.escape(href)}" rel="nofollow noopener ugc">{inner}</a>'


def _maths(source: str, display: bool) -> str:
    formula = read_formula(source, display=display)
    if formula is None:
        text = maths_text(source)
        return f'<span class="tex">{html.escape(text, quote=False)}</span>' if text else ""
    return to_mathml(formula)


def _list(items: Iterable[Iterable[Node]], ordered: bool, links: bool) -> str:
    tag = "ol" if ordered else "ul"
    inner = "".join(f"<li>{write_html(item, links=links)}</li>" for item in items)
    return f"<{tag}>{inner}</{tag}>"
