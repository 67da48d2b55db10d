"""The compiler's own doubt: every quote must stand in the source, and every number of a claim or a cell.

Works on the finished files and on the source's characters alone, so that it shares no mistake with what wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from importers.latex.document import Document
from importers.latex.source import SourceText, strip_comments

_QUOTE = re.compile(r"«([^»]*)»")
_INNERMOST = re.compile(r"«([^«»]*)»")
_NUMBER = re.compile(r"\d\d*+(?:[.,]\d++)*+")  # a class first is searched for several times faster than a repetition
_PARTED = re.compile(r"(?<![\d.,])\d[\d.,]*+(?:(?:\{,\}|\\,)\d[\d.,]*+)++")  # 1{,}467.4 and 1\,467.4
_JOINTS = (re.compile(r"\{,\}\d"), re.compile(r"\\,\d"))  # one is in every parted number; far cheaper to look for
_SIMPLE = re.compile(r"\d+(?:\.\d+)?")
_FIELD = re.compile(r"^- \*\*(Statement|Title)\*\*: (.*)$|^  - (.*?) ← ", re.MULTILINE)
_COUNTER = re.compile(
    r"(?:[Tt]able|[Ff]igure|[Ss]ection|Sections|Tables|Figures|[Aa]ppendix|[Ee]quation|§|[Ff]ig\.|Sec\."
    r"|Eq\.)\s*[\w.]+(?:\s+and\s+[\w.]+)?|\[[^\]]*\]"
)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What was not found: quotes by file, numbers by file."""

    quotes: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...]

    @property
    def none(self) -> bool:
        """Whether everything was found."""
        return not self.quotes and not self.numbers


class SourceWitness:
    """The source's characters, folded, and its numbers; made once per paper.

    ``counted`` are the numbers of sections, tables and figures, which a source does not hold and its reader counts.
    """

    def __init__(self, source: SourceText, counted: Iterable[str] = ()) -> None:
        bare = [
            loaded.text if loaded.plain else strip_comments(loaded.text, " ")
            for loaded in source.files
            if not loaded.path.lower().endswith((".bib", ".bbl"))
        ]
        self._folded = "\n".join(" ".join(text.split()) for text in bare)
        self._held: dict[str, bool] = {}
        numbers = set(_NUMBER.findall(self._folded))
        if any(joint.search(self._folded) for joint in _JOINTS):
            numbers.update(match[0].replace("{,}", ",").replace("\\,", "") for match in _PARTED.finditer(self._folded))
        joined = " ".join(number for number in numbers if "," in number or "." in number)
        self._numbers = numbers | set(_SIMPLE.findall(joined)) | set(counted)

    def holds(self, quote: str) -> bool:
        """Whether a quote stands in one of the files, white space folded."""
        known = self._held.get(quote)
        if known is None:
            known = self._held[quote] = quote in self._folded
        return known

    def has_number(self, number: str) -> bool:
        """Whether a number stands in one of the files."""
        bare = number.rstrip(".,")
        return (
            bare in self._numbers
            or bare.replace(",", "") in self._numbers
            or all(part in self._numbers for part in re.split(r"[.,]", bare))
        )


def witness_of(document: Document) -> SourceWitness:
    """The witness of a read paper."""
    counted = {number for _, number in document.labels.values() if number}
    counted |= {section.number for section in document.sections} | {one.number for one in document.exhibits}
    return SourceWitness(document.source, counted)


def doubts_of(witness: SourceWitness, files: Mapping[str, str]) -> Doubts:
    """Quotes of all files, numbers of claims and of table cells that the source does not hold."""
    quotes: list[tuple[str, str]] = []
    numbers: list[tuple[str, str]] = []
    known: dict[str, bool] = {}
    for path, text in files.items():
        for quote in dict.fromkeys(_QUOTE.findall(text)):
            if quote not in known:
                known[quote] = witness.holds(" ".join(quote.split()))
            if not known[quote]:
                quotes.append((path, quote))
        numbers.extend((path, number) for number in _numbers_of(path, text) if not witness.has_number(number))
    return Doubts(tuple(quotes), tuple(numbers))


def quiet_guillemets(text: str, witness: SourceWitness | None = None) -> str:
    """The text with guillemets only around quotes: a paper's own (French ones, << and >>) become curly quotes.

    A pair stays where the source holds what is in it; without a witness none does.
    """
    if "«" not in text and "»" not in text:
        return text
    pieces = _INNERMOST.split(text)
    return "".join(
        f"«{piece}»" if at % 2 and witness and witness.holds(" ".join(piece.split())) else _curly(piece, inner=at % 2)
        for at, piece in enumerate(pieces)
    )


def _curly(piece: str, *, inner: int) -> str:
    plain = piece.replace("«", "“").replace("»", "”")
    return f"“{plain}”" if inner else plain


def _numbers_of(path: str, text: str) -> list[str]:
    if path == "logic/claims.md":
        stated = " ".join(match[2] or match[3] or "" for match in _FIELD.finditer(text))
        return list(dict.fromkeys(_NUMBER.findall(_COUNTER.sub(" ", stated))))
    if path.startswith(("evidence/tables/", "evidence/figures/")):
        rows = "\n".join(line for line in text.splitlines() if line.startswith("|"))
        return list(dict.fromkeys(_NUMBER.findall(rows)))
    return []
