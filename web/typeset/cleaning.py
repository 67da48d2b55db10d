"""What is mended before paper text is read as TeX: control characters, HTML entities, quotes, HTML tags, Markdown.

Makes no HTML and knows no TeX beyond the commands it writes instead of tags.
"""

from __future__ import annotations

import html
import re
import unicodedata

MAX_CHARACTERS = 20_000

# Controls, lone surrogates, and the bidirectional overrides that can make a title read as another one.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(r"<(/?)(sub|sup|i|em|b|strong|tt|code|p|br)\s*/?>", re.IGNORECASE)
_ESCAPED_MATHS = re.compile(r"\\\$([^$\\\s\d][^$\\]{0,30})\\\$")
_MARKDOWN_STRONG = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n{}$]{1,120}?)(?<=\S)\*\*(?![\w*])")
_MARKDOWN_EMPHASIS = re.compile(r"(?<![\w\\)}])_(?=[A-Za-z])([^_\n{}$\\]{2,60}?)(?<=[A-Za-z])_(?!\w)")
_SINGLE_QUOTES = re.compile(r"(?<![`\\\w])`(?=[^\s`'])([^`'$\\{}\n]{1,80})'(?!['\w])")
_TAG_COMMANDS = {
    "sub": r"\textsubscript{",
    "sup": r"\textsuperscript{",
    "i": r"\emph{",
    "em": r"\emph{",
    "b": r"\textbf{",
    "strong": r"\textbf{",
    "tt": r"\texttt{",
    "code": r"\texttt{",
}


def clean(text: str) -> str:
    """``text`` without control characters and entities, NFC, HTML's inline tags as TeX, cut at 20,000 characters."""
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS] + "…"
    text = _UNWANTED.sub(" ", text)
    for _ in range(2):  # some harvesters encode twice
        if "&" not in text:
            break
        text = _UNWANTED.sub(" ", _ENTITY.sub(_entity, text))
    if "<" in text:
        text = _replace_tags(text)
    if "`" in text:
        text = _SINGLE_QUOTES.sub("‘\\1’", text)
    if "**" in text:
        text = _MARKDOWN_STRONG.sub(r"\\textbf{\1}", text)
    if " _" in text:
        text = _MARKDOWN_EMPHASIS.sub(r"\\emph{\1}", text)
    if "\\$" in text:
        text = _ESCAPED_MATHS.sub(r"$\1$", text)
    return unicodedata.normalize("NFC", text)


def _entity(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return character if character else " "


def _replace_tags(text: str) -> str:
    """A tag counts only if its partner is there: "a <b> c" in prose about HTML keeps its angle brackets."""
    opened = {tag.lower() for slash, tag in _TAG.findall(text) if not slash}
    closed = {tag.lower() for slash, tag in _TAG.findall(text) if slash}
    paired = opened & closed & _TAG_COMMANDS.keys()

    def replace(match: re.Match[str]) -> str:
        tag = match[2].lower()
        if tag in paired:
            return "}" if match[1] else _TAG_COMMANDS[tag]
        return " " if tag in ("p", "br") else match[0]

    return _TAG.sub(replace, text)
