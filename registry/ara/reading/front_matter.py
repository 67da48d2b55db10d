"""The YAML head of PAPER.md: where it is, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.ara.reading.markdown import split_lines
from registry.ara.reading.model import FrontMatter, Place
from registry.ara.reading.yaml_compose import compose
from registry.ara.reading.yaml_nodes import YamlMapping, YamlProblem, YamlScalar, plain_value

PAPER_FILE = "PAPER.md"
_KNOWN = frozenset(
    {
        "title", "authors", "year", "venue", "doi", "ara_version", "domain", "keywords", "claims_summary", "abstract",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The YAML between the fences, the file line it begins on, and the line after the closing fence."""

    yaml: str
    first_line: int
    body_line: int


def cut_front_matter(text: str) -> Head | None:
    """The head of a document that opens with ``---`` (a byte order mark and blank lines may come first)."""
    lines = split_lines(text.removeprefix("\ufeff"))
    opening = next((number for number, line in enumerate(lines) if line.strip()), None)
    if opening is None or lines[opening].strip() != "---":
        return None
    for number in range(opening + 1, len(lines)):
        if lines[number].strip() == "---":
            return Head("".join(f"{line}\n" for line in lines[opening + 1 : number]), opening + 2, number + 2)
    return None


def read_front_matter(text: str) -> tuple[FrontMatter, Head | None]:
    """Read the head. Never fails: what cannot be read is said in ``problem``."""
    head = cut_front_matter(text)
    if head is None:
        return _matter({}, {}, present=False), None
    try:
        node = compose(head.yaml).root
    except YamlProblem as problem:
        at = head.first_line + problem.line - 1
        return _matter({}, {}, problem=f"line {at}: {problem.message}"), head
    if not isinstance(node, YamlMapping):
        return _matter({}, {}, problem="the front matter is not a mapping of keys to values"), head
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in node.pairs:
        if isinstance(key, YamlScalar):
            values[key.value] = plain_value(value)
            lines[key.value] = head.first_line + key.line - 1
    return _matter(values, lines), head


def _matter(
    values: Mapping[str, object], lines: Mapping[str, int], *, present: bool = True, problem: str = ""
) -> FrontMatter:
    return FrontMatter(
        place=Place(PAPER_FILE, 1),
        present=present,
        title=_text(values.get("title")),
        authors=_texts(values.get("authors")),
        year=_text(values.get("year")),
        venue=_text(values.get("venue")),
        doi=_text(values.get("doi")),
        ara_version=_text(values.get("ara_version")),
        domain=_text(values.get("domain")),
        keywords=_texts(values.get("keywords")),
        claims_summary=_texts(values.get("claims_summary")),
        abstract=_text(values.get("abstract")),
        extra={name: value for name, value in values.items() if name not in _KNOWN},
        lines=lines,
        problem=problem,
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else str(value)


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts; a single text is a list of one, and an author given as a mapping is its name."""
    if isinstance(value, list):
        return tuple(text for item in value if (text := _named(item)))
    return (text,) if (text := _text(value)) else ()


def _named(value: object) -> str:
    if isinstance(value, dict):
        return _text(value.get("name") or next(iter(value.values()), ""))
    return _text(value)
