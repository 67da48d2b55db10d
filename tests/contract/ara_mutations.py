"""Seeded damage to artifacts: the broken and dialect forms on which our linter is held against the official one.

Every mutation works on the text of one file that the linter reads; one artifact gets one to four of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

READ_BY_THE_LINTER = (
    "trace/exploration_tree.yaml",
    "logic/claims.md",
    "evidence/README.md",
    "PAPER.md",
    "logic/concepts.md",
    "logic/related_work.md",
)
_YAML_MARKS = [*":-#&*!|>'\"%@`{}[],?\t ~\\", "\u00a0", "\u2028", "é", "«", "\r", "- ", ": ", " #", "---", "..."]
_MARKDOWN_MARKS = [*":-—–#*|[]()`_ ", "**", "## ", "- ", "| ", "\u00a0", "é", "C01", "\r"]
_VALUES = [
    "42", "null", "~", "", "yes", "[]", "[a, b]", "{a: b}", "{}", "'quoted'", "\"quoted\"", "C01", "[C01, C77]",
    "C77", "[C01, 'Table 2']", "N01", "[N01]", "[N02, N02]", "[N99]", "|", ">-", "*anchor", "&anchor x", "!!str 5",
    "!!int 5", "!custom x", "1.5", ".inf", "2024-01-01", "0x1F", "a: b", "a # b", "'it''s'", "[1, C01]", "true",
    "dead_end", "pivot", "decision", "experiment", "insight", " question ", "[ C01 , C02 ]", "[\"C01\"]", "[[C01]]",
    "[null]", "- a",
]  # fmt: skip
_KEYS = [
    "id", "type", "title", "support_level", "source_refs", "description", "result", "status", "exploration", "outcome",
    "why_failed", "hypothesis", "failure_mode", "lesson", "prior_direction", "new_direction", "reason", "choice",
    "alternatives", "rationale", "justification", "from", "to", "trigger", "evidence", "also_depends_on", "children",
    "isolated", "provenance", "timestamp", "thinking", "source", "method", "tree", "root", "<<", "1", "ünknown",
]  # fmt: skip
_CLAIM_LINES = [
    "## C01: again", "## C02 — dashed", "## C09 - late", "## C9:tight", "##  C10: two blanks", " ## C11 : loose",
    "### C12: deep", "## C13:", "## C14 –  ", "## Notes", "- **Dependencies**: C01, C99", "* **dependencies** C98",
    "- **Dependencies:** C97", "- **Proof**: [E77]", "## c15: lower", "## C16\u00a0— hard blank",
    "## C17—tight dash", "```", "- Dependencies: C96", "## RW09: no doi", "## Term without definition",
    "- **Definition**:", "- Definition: plain", "- **DOI**: x", "- DOI:", "| File | Claims |", "|---|---|",
    "| tables/nothing.md | C01 |", "| `figures/gone.md` | |", "| [x](y/z.png) | C02 |", "| figures/f.(png/md) |",
    "| prose fact | C01 |", "| a.tar.gz |", "| |", "|:-:|", "year: 2024", "year: 20.5", "authors: A", "doi: [x]",
    "extra: {a: 1}", "title: twice", "---",
]  # fmt: skip


def mutated(files: Mapping[str, bytes], seed: int) -> dict[str, bytes]:
    """One broken form of an artifact; the same seed gives the same form."""
    dice = random.Random(seed)
    result = dict(files)
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4))):
        _damage(result, dice)
    return result


def _damage(files: dict[str, bytes], dice: random.Random) -> None:
    if dice.random() < 0.06:
        _move_file(files, dice)
        return
    path = dice.choices(READ_BY_THE_LINTER, (10, 4, 3, 2, 2, 2))[0]
    if path not in files:
        return
    text = files[path].decode("utf-8", errors="surrogateescape")
    yaml = path.endswith(".yaml") or (path == "PAPER.md" and dice.random() < 0.8)
    if path == "PAPER.md" and yaml:
        head, body = text[: len(text) // 2], text[len(text) // 2 :]
        text = dice.choice(_YAML_DAMAGE)(head, dice) + body
    else:
        text = dice.choice(_YAML_DAMAGE if yaml else _MARKDOWN_DAMAGE)(text, dice)
    files[path] = text.encode("utf-8", errors="surrogateescape")


def _move_file(files: dict[str, bytes], dice: random.Random) -> None:
    path = dice.choice(sorted(files))
    match dice.randrange(5):
        case 0:
            del files[path]
        case 1:
            files["evidence/" + dice.choice(("tables", "figures", "proofs", "results", "logs")) + "/new.md"] = (
                b"# New\n"
            )
        case 2:
            files["evidence/results/" + path.rpartition("/")[2]] = files[path]
        case 3:
            files[path] = b""
        case 4:
            files[path] += b"\xff"


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _drop_line(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    del lines[dice.randrange(len(lines))]
    return "\n".join(lines)


def _repeat_line(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    lines.insert(dice.randrange(len(lines) + 1), dice.choice(lines))
    return "\n".join(lines)


def _repeat_block(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    start = dice.randrange(len(lines))
    block = lines[start : start + dice.randrange(2, 9)]
    at = dice.randrange(len(lines) + 1)
    return "\n".join(lines[:at] + block + lines[at:])


def _indent(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    at = dice.randrange(len(lines))
    for number in range(at, min(len(lines), at + dice.choice((1, 1, 3)))):
        lines[number] = lines[number][2:] if dice.random() < 0.5 else dice.choice((" ", "  ", "    ")) + lines[number]
    return "\n".join(lines)


def _insert(marks: list[str]) -> Callable[[str, random.Random], str]:
    def insert(text: str, dice: random.Random) -> str:
        at = dice.randrange(len(text) + 1)
        return text[:at] + dice.choice(marks) + text[at:]

    return insert


def _cut_character(text: str, dice: random.Random) -> str:
    at = dice.randrange(max(1, len(text)))
    return text[:at] + text[at + 1 :]


def _truncate(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(len(text) + 1)]


def _value(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    keyed = [number for number, line in enumerate(lines) if re.match(r"[ -]*\w+:", line)]
    if not keyed:
        return text
    at = dice.choice(keyed)
    lines[at] = lines[at].partition(":")[0] + ": " + dice.choice(_VALUES)
    return "\n".join(lines)


def _key(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    keyed = [number for number, line in enumerate(lines) if re.match(r"[ -]*\w+:", line)]
    if not keyed:
        return text
    at = dice.choice(keyed)
    lines[at] = re.sub(r"\w+:", lambda _: dice.choice(_KEYS) + ":", lines[at], count=1)
    return "\n".join(lines)


def _new_key(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    keyed = [number for number, line in enumerate(lines) if re.match(r" +\w+:", line)]
    if not keyed:
        return text
    at = dice.choice(keyed)
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines.insert(at, f"{indent}{dice.choice(_KEYS)}: {dice.choice(_VALUES)}")
    return "\n".join(lines)


def _markdown_line(text: str, dice: random.Random) -> str:
    lines = _lines(text)
    lines.insert(dice.randrange(len(lines) + 1), dice.choice(_CLAIM_LINES))
    return "\n".join(lines)


def _carriage_returns(text: str, dice: random.Random) -> str:
    return text.replace("\n", "\r\n")


def _dashes(text: str, dice: random.Random) -> str:
    return re.sub(
        r"^(## \w+):", lambda match: match[1] + dice.choice((" —", " -", "–", " :", "")), text, flags=re.MULTILINE
    )


_YAML_DAMAGE = [
    _drop_line, _repeat_line, _repeat_block, _indent, _insert(_YAML_MARKS), _insert(_YAML_MARKS), _cut_character,
    _truncate, _value, _value, _value, _key, _key, _new_key, _new_key, _carriage_returns,
]  # fmt: skip
_MARKDOWN_DAMAGE = [
    _drop_line, _repeat_line, _repeat_block, _indent, _insert(_MARKDOWN_MARKS), _cut_character, _truncate,
    _markdown_line, _markdown_line, _markdown_line, _carriage_returns, _dashes,
]  # fmt: skip
