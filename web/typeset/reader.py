"""Paper text, as TeX-ish as authors type it into a metadata form, read into nodes. Never raises on any text.

One left-to-right reading of text whose maths and braces were paired beforehand. Commands with arguments are in
`web.typeset.text_commands`; what a command means is in `web.typeset.symbols`. Makes no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from importers.latex.accents import ACCENTS
from web.typeset.cleaning import clean
from web.typeset.delimiters import MathsSpan, find_maths, match_braces
from web.typeset.nodes import Link, Maths, Node, Span, Style, Text
from web.typeset.scripts import read_script
from web.typeset.symbols import SPACES, SWITCHES
from web.typeset.text_commands import read_accent, read_command

MAX_DEPTH = 24

_URL = r"https?://[^\s<>\"{}$`^|\u00a0]+"
_TOKEN = re.compile(
    rf"(?P<url>{_URL})"
    r"|\\(?P<name>[A-Za-z]+)\*?"
    r"|\\(?P<escaped>.)"
    r"|(?P<mark>\$\$?|[{}^_~`]|''|-{2,3}>?)"
    r"|(?P<words>(?:[^\\${}^_~`'\-h]|h(?!ttps?://)|-(?!-)|'(?!'))+|.)",
    re.DOTALL,
)
_URL_TAIL = re.compile(r"[.,;:!?'\")\]*\\]+$")
_SET_NOTATION = re.compile(r"[,|]|\.\.|^\s*$")
_MONEY_AHEAD = re.compile(r"\s?[<>~≤≥]?\s?[\d.]")


class Reader:
    """A position-addressed text with its maths spans and brace pairs; `read` turns a stretch of it into nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.maths = find_maths(text)
        self.braces = match_braces(text, self.maths)

    def read(self, start: int, end: int, depth: int = 0) -> list[Node]:
        """The nodes of ``text[start:end]``. Past MAX_DEPTH groups within groups, their content is read flat."""
        nodes: list[Node] = []
        position = start
        while position < end:
            if (span := self.maths.get(position)) and span.end <= end:
                nodes.extend(self._maths(span))
                position = span.end
                continue
            match = _TOKEN.match(self.text, position, end)
            if match is None:
                break
            position = self._token(match, nodes, end, depth)
        return nodes

    def _token(self, match: re.Match[str], nodes: list[Node], end: int, depth: int) -> int:
        """Append what ``match`` means to ``nodes`` and return where reading goes on."""
        position = match.end()
        if match["words"] is not None:
            return self._append(nodes, match["words"], position)
        if match["url"] is not None:
            return self._address(match, nodes)
        if match["name"] is not None:
            if match["name"] in SWITCHES:
                return self._switch(match["name"], nodes, position, end, depth)
            return read_command(self, match["name"], nodes, position, end, depth)
        if match["escaped"] is not None:
            return self._escaped(match["escaped"], nodes, position, end)
        return self._mark(match["mark"], match.start(), nodes, end, depth)

    def _append(self, nodes: list[Node], text: str, position: int) -> int:
        if text:
            nodes.append(Text(text))
        return position

    def group(self, position: int, end: int) -> tuple[int, int] | None:
        """Inner start and end of the brace group at ``position`` (blanks skipped), inside ``end``; None without one."""
        while position < end and self.text[position] in " \n\t":
            position += 1
        closing = self.braces.get(position)
        return (position + 1, closing) if closing is not None and closing < end else None

    def _address(self, match: re.Match[str], nodes: list[Node]) -> int:
        raw = match["url"]
        tail = _URL_TAIL.search(raw)
        kept = raw[: tail.start()] if tail else raw
        address = re.sub(r"\\([_%#&~$])", r"\1", kept).replace("\\", "")
        nodes.append(Link(address, (Text(address),)))
        return match.start() + len(kept)

    def _switch(self, name: str, nodes: list[Node], position: int, end: int, depth: int) -> int:
        if not 0 < depth < MAX_DEPTH:  # {\em so} without its braces would slant the rest of the page
            return self._append(nodes, "", position)
        while position < end and self.text[position] == " ":
            position += 1
        nodes.append(Span(SWITCHES[name], tuple(self.read(position, end, depth + 1))))
        return end

    def _escaped(self, character: str, nodes: list[Node], position: int, end: int) -> int:
        if character in ACCENTS:
            return read_accent(self, character, nodes, position, end)
        if character in "()[]":
            return self._append(nodes, "" if character in "()" else " ", position)
        if character == "\\":
            return self._append(nodes, " ", position)
        return self._append(nodes, SPACES.get(character, character), position)

    def _mark(self, mark: str, start: int, nodes: list[Node], end: int, depth: int) -> int:
        position = start + len(mark)
        if mark == "{":
            return self._braces(start, nodes, end, depth)
        if mark in ("^", "_"):
            return read_script(self, mark, nodes, position, end, depth)
        if mark == "`":
            return self._backtick(nodes, position, end, depth)
        if mark == "~":
            return self._append(nodes, self._tilde(start), position)
        if mark.startswith("$"):
            return self._append(nodes, self._stray_dollar(start, end), position)
        return self._append(
            nodes, {"''": "”", "--": "–", "---": "—", "-->": "→", "--->": "→", "}": ""}.get(mark, mark), position
        )

    def _braces(self, start: int, nodes: list[Node], end: int, depth: int) -> int:
        closing = self.braces.get(start)
        if closing is None or closing >= end or depth >= MAX_DEPTH:
            return start + 1
        content = self.text[start + 1 : closing]
        inner = self.read(start + 1, closing, depth + 1)
        before = self.text[start - 1 : start]
        if _SET_NOTATION.search(content) and content.strip() and "\\" not in content and not before.isalpha():
            inner = [Text("{"), *inner, Text("}")]  # {0,1} written without its backslashes
        nodes.extend(inner)
        return closing + 1

    def _backtick(self, nodes: list[Node], position: int, end: int, depth: int) -> int:
        """TeX's opening quotes, or a pair of backticks around code as Markdown has it."""
        text = self.text
        if text[position : position + 1] == "`":
            return self._append(nodes, "“", position + 1)
        if position >= 2 and text[position - 2].isalpha():
            return self._append(nodes, "’", position)  # aren`t
        closing = text.find("`", position, min(end, position + 80))
        quote = text.find("'", position, min(end, position + 80))
        if closing > position and not (position < quote < closing) and text[closing + 1 : closing + 2] != "`":
            nodes.append(Span(Style.CODE, tuple(self.read(position, closing, depth))))
            return closing + 1
        return self._append(nodes, "‘", position)

    def _tilde(self, start: int) -> str:
        """A tie between words; but ``~5`` after a blank, ``8~16`` and ``z~1`` mean "about" or a range."""
        before, after = self.text[max(0, start - 2) : start], self.text[start + 1 : start + 2]
        if not before or before[-1] in " \n(\u00a0" or after in ("", " ", "\n"):
            return "~"
        if after.isdigit() and (before[-1] in "0123456789%" or (len(before) > 1 and before[-2] == " ")):
            return "~"
        return "~" if before[-1] == "/" else "\u00a0"

    def _stray_dollar(self, start: int, end: int) -> str:
        """A dollar that opens no maths stays if it can be money or a unit; else it lost its partner and goes."""
        after = self.text[start + 1 : end][:6]
        before = self.text[start - 1 : start] if start else " "
        if _MONEY_AHEAD.match(after) and not before.isdigit():
            return "$"
        return "$" if before == "/" or after.startswith("/") or (before == "(" and after[:1] == ")") else ""

    def _maths(self, span: MathsSpan) -> Sequence[Node]:
        source = self.text[span.inner_start : span.inner_end]
        if not span.display and (read := _as_text(source)) is not None:
            return read
        return (Maths(source.strip(), span.display),) if source.strip() else ()


_NUMBER_LIKE = re.compile(r"(?:[\s\d.,:+%/*×≈~=<>-]|\\%|\\times|\\sim|\\approx|\\pm|\\,|\\ |[KMGBkx](?![a-z]))+")
_NUMBER_COMMANDS: Final = {
    r"\%": "%",
    r"\times": "×",
    r"\sim": "∼",
    r"\approx": "≈",
    r"\pm": "±",
    r"\,": "\u202f",
    r"\ ": " ",
}
_TEXT_ONLY = re.compile(
    r"\\(?:emph|text[a-z]*|mbox|hbox|mathrm|mathbf|mathit|mathtt|mathsf|href|url|underline)\s*\{(?:[^{}$]|\{[^{}]*\})*\}"
    r"(?:\s*\{[^{}]*\})?[.,;:]?"
)
_SCRIPT_ONLY = re.compile(r"([_^])\s*(?:\{([^{}\\^_]{0,12})\}|([A-Za-z0-9+*-]))")


def _as_text(source: str) -> list[Node] | None:
    """Maths that text says better: ``$73\\%$``, ``H$_2$O``, ``$\\textit{name}$``; None for all other maths."""
    stripped = source.strip()
    if _NUMBER_LIKE.fullmatch(stripped) and not stripped.isalpha():
        text = re.sub(r"\\(?:[a-z]+|.)", lambda match: _NUMBER_COMMANDS[match[0]], stripped)
        text = re.sub(r"(?<![\d.%)])-(?=[\d.])", "−", text)
        return [Text(re.sub(r"(?<=[∼~≈×±]) +(?=\d)| +(?=×$)", "", text))]
    if match := _SCRIPT_ONLY.fullmatch(stripped):
        content = (match[2] if match[2] is not None else match[3]).replace("-", "−").replace("*", "∗")
        return [Span(Style.SUBSCRIPT if match[1] == "_" else Style.SUPERSCRIPT, (Text(content),))]
    if stripped in (r"^\circ", r"^{\circ}"):
        return [Text("°")]
    if _TEXT_ONLY.fullmatch(stripped):
        return Reader(stripped).read(0, len(stripped))
    return None


def read(text: str) -> tuple[Node, ...]:
    """The nodes of untrusted paper text (title, abstract, name, statement)."""
    text = clean(text)
    return tuple(Reader(text).read(0, len(text)))
