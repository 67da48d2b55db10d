"""The reference list of a PDF's text, and where the text cites it: numbered, labelled and author-year styles.

Entries are told apart by how their lines begin; authors and titles are guessed by punctuation. A list that fits no
style is left alone. All of it is less certain than a source's own bibliography, and says so in the document's notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importers.latex.bibliography import links_in, people
from importers.latex.document import MARK_CLOSE, MARK_OPEN, CitedWork, Piece

MAX_ENTRIES = 1_500
MAX_ENTRY = 1_500
MAX_LINE = 1_000  # no line of a list is so long
MAX_LINES = 12_000
MAX_HEADS = 4
_HEAD = re.compile(
    r"^[ \t]*(?:\d{1,2}\.?\s+|[IVX]+\.\s+)?(?:References(?: and Notes)?|REFERENCES(?: AND NOTES)?|Bibliography"
    r"|BIBLIOGRAPHY|Literature [Cc]ited|LITERATURE CITED)[ \t]*$",
    re.MULTILINE,
)
_AFTER = re.compile(
    r"^(?:(?:Appendix|APPENDIX|Appendices|Supplementary|SUPPLEMENTARY|Supplemental|Checklist)\b[^.,\n]{0,60}"
    r"|[A-H]\s+[A-Z][a-z]+(?:\s[A-Za-z][a-z-]+){0,7})[ \t]*$"
)
_NUMBERED = (re.compile(r"\[(\d{1,3})\]\s*"), re.compile(r"(\d{1,3})\.\s+(?=\D)"), re.compile(r"\((\d{1,3})\)\s+"))
_LABELLED = re.compile(r"\[([A-Z][^\W_]?[^\s\[\],]{0,12}\d\d[a-z]?)\]\s*")
_INITIAL = r"[A-Z]\.(?:[ -]?[A-Z]\.)*"
_BEGINS = re.compile(
    rf"(?:{_INITIAL}\s?[^\W\d_][\w'’´`¨-]+(?:,| and |\.|\s\()"
    rf"|[^\W\d_a-z][\w'’´`¨-]+(?: [^\W\d_a-z][\w'’-]+)?,? {_INITIAL}"
    rf"|[^\W\d_a-z][\w'’-]+(?: [A-Z]\.)*(?: [a-z]{{2,3}})? [^\W\d_a-z][\w'’-]+(?:,| and |\. [A-Z“])"
    rf"|[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z]?[\w'’-]+){{0,3}} (?:Collaboration|Team|Consortium)\b)"
)
_ENDED = re.compile(r"(?:[.)\]”]|\d[a-z]?|\d[–-]\d+)$")
_YEAR = re.compile(r"(?<![\d./:])((?:1[89]|20)\d\d)([a-z])?(?![\d/])")
_QUOTED = re.compile(r"[“\"](.{8,300}?)[,.?!]?[”\"]")
_SENTENCE = re.compile(r"(?<!\b[A-Z])(?<!\bJr)(?<!\bvol)(?<!\bno)[.?!]\s+(?=[^\W_a-z“\"]|\d)")
_PARTICLE = r"(?:(?:[Dd][aeiu]|[Dd]el|[Vv][ao]n|[Dd]er|[Ll][ae]) ){0,2}"
_AFTER_NAMES = re.compile(
    rf"((?:{_INITIAL}\s?{_PARTICLE}[^\W\d_][\w'’-]+(?:, | and |, and )?){{1,40}}+),?\s+"
    r"(?=[A-Z][a-z]+ [a-z]|[A-Z][a-z]+[ ,:-])"
)
_TITLE_END = re.compile(r"\.\s+arXiv|,?\s+(?:19|20)\d\d\b|\s*https?:")
_CITED_NUMBERS = re.compile(r"\[(\d{1,3}(?:\s?[,–-]\s?\d{1,3}){0,30})\]")
_CITED_LABELS = re.compile(r"\[([A-Z][^\s\[\],]{1,14}\d\d[a-z]?(?:[,;]\s?[A-Z][^\s\[\],]{1,14}\d\d[a-z]?){0,12})\]")
_CITED_NAMES = re.compile(
    r"([^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)?)(?: et al\.?,?|(?: and | & )([^\W\d_a-z][\w'’-]+),?|,)?"
    r" \(?((?:1[89]|20)\d\d)([a-z])?"
)


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """Where the list stands in the text, its works by key, and its style (numbered, labelled, names)."""

    start: int
    end: int
    style: str
    works: dict[str, CitedWork]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int


def find_references(text: str, origin: str) -> ReferenceList | None:
    """The last list of references; None where there is none that can be taken apart."""
    heads = list(_HEAD.finditer(text))[-MAX_HEADS:]
    for head in reversed(heads):
        lines = _lines(text, head.end())
        style, entries, end = _entries(lines)
        if len(entries) >= 2:
            works = _works(entries, style, origin)
            return ReferenceList(head.start(), end, style, works)
    return None


def _lines(text: str, start: int) -> list[_Line]:
    """The lines after the heading; page numbers and running heads are no part of the list."""
    found = [_Line(match[0], match.start()) for match in re.compile(r"[^\n]+").finditer(text, start)]
    pages = [page.strip("\n").split("\n") for page in text.split("\n\n")]
    often = Counter(line.strip()[:MAX_LINE] for page in pages for line in dict.fromkeys((page[0], page[-1])))
    heads = Counter[str]()
    for written, count in often.items():
        heads[re.sub(r"\d+", "", written).strip()] += count
    kept: list[_Line] = []
    for line in found:
        bare = line.text.strip()
        if len(line.text) > MAX_LINE or len(kept) >= MAX_LINES:
            continue
        head = re.sub(r"\d+", "", bare).strip()
        if (
            not bare
            or (bare.isdecimal() and bare in often)
            or often[bare] >= 3
            or (head and len(bare) < 60 and heads[head] >= 3)
        ):
            continue
        kept.append(line)
    return kept


def _entries(lines: Sequence[_Line]) -> tuple[str, list[tuple[str, list[_Line]]], int]:
    """The style that fits, the entries' keys and lines, and where the last one ends."""
    first = [line.text.strip() for line in lines[:3]]
    for pattern in _NUMBERED:
        if any((match := pattern.match(line)) is not None and int(match[1]) == 1 for line in first):
            return "numbered", *_counted(lines, pattern)
    if any(_LABELLED.match(line) for line in first):
        return "labelled", *_labelled(lines)
    return "names", *_named(lines)


def _counted(lines: Sequence[_Line], pattern: re.Pattern[str]) -> tuple[list[tuple[str, list[_Line]]], int]:
    entries: list[tuple[str, list[_Line]]] = []
    for line in lines:
        match = pattern.match(line.text.strip())
        if match is not None and int(match[1]) == len(entries) + 1 and len(entries) < MAX_ENTRIES:
            entries.append((f"ref{match[1]}", [line]))
        elif entries and _is_over(line, entries[-1][1]):
            break
        elif entries:
            entries[-1][1].append(line)
    return entries, _end(entries)


def _labelled(lines: Sequence[_Line]) -> tuple[list[tuple[str, list[_Line]]], int]:
    entries: list[tuple[str, list[_Line]]] = []
    for line in lines:
        match = _LABELLED.match(line.text.strip())
        if match is not None and len(entries) < MAX_ENTRIES:
            entries.append((match[1], [line]))
        elif entries and _is_over(line, entries[-1][1]):
            break
        elif entries:
            entries[-1][1].append(line)
    return entries, _end(entries)


def _named(lines: Sequence[_Line]) -> tuple[list[tuple[str, list[_Line]]], int]:
    entries: list[tuple[str, list[_Line]]] = []
    for line in lines:
        bare = line.text.strip()
        before = entries[-1][1] if entries else []
        told = " ".join(part.text for part in before)
        complete = not before or (_ENDED.search(before[-1].text.strip()) and _YEAR.search(told))
        if complete and _BEGINS.match(bare) and len(entries) < MAX_ENTRIES:
            entries.append(("", [line]))
        elif entries and _is_over(line, before):
            break
        elif entries:
            before.append(line)
    return [entry for entry in entries if _YEAR.search(" ".join(part.text for part in entry[1]))], _end(entries)


def _is_over(line: _Line, before: Sequence[_Line]) -> bool:
    """Whether what comes now is a heading after the list, or no entry could be so long."""
    return _AFTER.match(line.text.strip()) is not None or line.start - before[0].start > MAX_ENTRY


def _whole(lines: list[_Line]) -> list[_Line]:
    """The last entry's lines: up to the first that ends a sentence once a year was said."""
    for number in range(len(lines)):
        told = " ".join(line.text for line in lines[: number + 1])
        if lines[number].text.rstrip().endswith((".", ")")) and _YEAR.search(told):
            return lines[: number + 1]
    return lines


def _end(entries: Sequence[tuple[str, list[_Line]]]) -> int:
    if entries:
        entries[-1][1][:] = _whole(entries[-1][1])
    last = entries[-1][1][-1] if entries else None
    return last.start + len(last.text) if last else 0


def _works(entries: Sequence[tuple[str, list[_Line]]], style: str, origin: str) -> dict[str, CitedWork]:
    works: dict[str, CitedWork] = {}
    alike = Counter[str]()
    for key, lines in entries:
        work = _work(key, lines, style, origin)
        alike[work.key] += 1
        if work.key in works:
            work = replace(work, key=f"{work.key}-{alike[work.key]}")
        works.setdefault(work.key, work)
    return works


def _work(key: str, lines: Sequence[_Line], style: str, origin: str) -> CitedWork:
    raw = _joined([line.text for line in lines])[: 2 * MAX_ENTRY]
    told = raw
    for pattern in (*_NUMBERED, _LABELLED) if style != "names" else ():
        told = pattern.sub("", told, count=1) if pattern.match(told) else told
    years = list(_YEAR.finditer(re.sub(r"https?://\S+|arXiv:\s?\S+|pp?\. ?[\d–-]+", " ", told)))
    year = years[-1] if years else None
    authors, title = _authors_and_title(told)
    arxiv_id, doi, url = links_in(raw, told)
    family = re.sub(r"\W", "", authors[0].split()[-1] if authors else told.split()[0] if told.split() else "")
    if authors and re.search(r" (?:[A-Z]\.?[ -]?)+$", authors[0]):  # "Bee A. B."
        family = re.sub(r"\W", "", authors[0].split()[0])
    own = key or f"{family}{year[1] + (year[2] or '') if year else ''}"
    start, last = lines[0], lines[-1]
    return CitedWork(
        own, told[:1500], authors, title, year[1] if year else "", arxiv_id, doi, url, origin, start.start,
        last.start + len(last.text),
    )  # fmt: skip


def _joined(lines: Sequence[str]) -> str:
    """The lines as one: words that a line's end parts are put together, addresses without a gap."""
    text = ""
    for line in lines:
        bare = line.strip()
        if text.endswith("\u00ad"):
            text = text[:-1] + bare
        elif re.search(r"(?:https?://|doi\.org/|doi: ?10\.)\S*[/_.=?-]$|https?://$", text):
            text += bare
        else:
            text = f"{text} {bare}" if text else bare
    return " ".join(text.replace("\u00ad", "").split())


def _authors_and_title(told: str) -> tuple[tuple[str, ...], str]:
    quoted = _QUOTED.search(told, 0, 600)
    if quoted is not None:
        return people(told[: quoted.start()]), quoted[1].strip(" .,")
    named = _AFTER_NAMES.match(told)
    parts = [part for part in _SENTENCE.split(told) if part.strip()]
    if named is not None and len(named[0]) < len(parts[0]):  # "A. Bee, C. Dee, Title of it, Journal"
        return people(named[1]), told[named.end() :].split(", ")[0].strip(" .")
    if len(parts) < 2:
        return people(_YEAR.split(told)[0]) if _BEGINS.match(told) else (), ""
    title = parts[1] if not re.fullmatch(r"\(?(?:1[89]|20)\d\d[a-z]?\)?", parts[1].strip(" .")) else "".join(parts[2:3])
    names = re.split(r"\s*\(?(?:1[89]|20)\d\d[a-z]?\)?", parts[0])[0]
    return people(names), _TITLE_END.split(title)[0].strip(" .,")


def mark_citations(line: str, start: int, found: ReferenceList, cited: dict[str, int]) -> Iterator[Piece]:
    """A line as pieces, a mark in the place of each citation of the list; ``cited`` is counted up."""
    position = 0
    for match, keys in _citations(line, found):
        for key in keys:
            cited[key] = cited.get(key, 0) + 1
        if match.start() > position:
            yield line[position : match.start()], start + position, start + match.start()
        form = "c" if line[match.start()] in "[(" else "t"
        yield f"{MARK_OPEN}{form}:{','.join(keys)}{MARK_CLOSE}", start + match.start(), start + match.end()
        position = match.end()
    if position < len(line):
        yield line[position:], start + position, start + len(line)


def _citations(line: str, found: ReferenceList) -> Iterator[tuple[re.Match[str], list[str]]]:
    if len(line) > 20 * MAX_LINE:
        return
    if found.style == "names":
        for match in _CITED_NAMES.finditer(line):
            key = f"{re.sub(r'[^0-9A-Za-z_]', '', match[1].split()[-1])}{match[3]}{match[4] or ''}"
            if key in found.works and "(" not in match[0]:
                yield match, [key]
        return
    pattern = _CITED_NUMBERS if found.style == "numbered" else _CITED_LABELS
    for match in pattern.finditer(line):
        keys = [key for key in _keys(match[1], found.style) if key in found.works]
        if keys:
            yield match, keys


def _keys(written: str, style: str) -> list[str]:
    if style == "labelled":
        return [part.strip() for part in re.split(r"[,;]", written)]
    keys: list[str] = []
    for part in written.split(","):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        keys += [f"ref{number}" for number in range(first, min(last[0], first + 40) + 1 if last else first + 1)]
    return keys
