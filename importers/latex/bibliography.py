"""Cited works from ``.bbl`` lists and ``.bib`` databases, as far as a record can be read from them.

A key that is cited but found in neither stays out; the compiler says so. Only cited entries of a database are read.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from importers.latex.document import CitedWork
from importers.latex.prose import display
from importers.latex.source import LoadedFile
from importers.latex.tokens import END, Token, tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Reader

_BIBITEM = re.compile(r"\\bibitem\s*(?:%[^\n]*\n\s*)?(?=[\[{%\s])")
_ENTRY = re.compile(r"^[ \t]*@(\w+)\s*[{(]\s*([^\s,{}()=\"]+)\s*,", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*=\s*")
_STRING = re.compile(r"^[ \t]*@string\s*[{(]\s*([\w-]+)\s*=\s*", re.MULTILINE | re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv[.:]?\s*(?:preprint)?\s*(?:arxiv)?\s*[:/]?\s*|arxiv\.org/(?:abs|pdf)/|abs/|eprint\W{1,3})"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})",
    re.IGNORECASE,
)
_ARXIV_OLD = re.compile(
    r"\b((?:hep-(?:th|ph|ex|lat)|astro-ph|cond-mat|gr-qc|quant-ph|math-ph|nucl-th|nucl-ex|math|cs|physics)/\d{7})\b"
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s{}\"<>,;]+")
_URL = re.compile(r"https?://[^\s{}\\\"<>]+")
_YEAR = re.compile(r"\b(1[89]\d\d|20[0-4]\d)[a-z]?\b")
MAX_WORKS = 3000


def read_works(reader: Reader) -> dict[str, CitedWork]:
    """Every work of the bibliography by its key: lists in the paper first, then ``.bbl`` files, then databases."""
    works: dict[str, CitedWork] = {}
    for loaded in _lists(reader):
        _read_list(reader, loaded, works)
    missing = set(reader.document.cited) - works.keys()
    if missing:
        for path in _databases(reader):
            _read_database(reader, reader.source.load(path), missing, works)
    return works


def _lists(reader: Reader) -> list[LoadedFile]:
    files = {reader.source.file_at(token[2]).path for token in reader.listing_tokens}
    if not files:
        stem = posixpath.splitext(reader.document.main)[0]
        bbl = sorted(path for path in reader.source.tree.files if path.lower().endswith(".bbl"))
        same = [path for path in bbl if posixpath.splitext(path)[0] == stem]
        files = set(same or [path for path in bbl if posixpath.dirname(path) == reader.folder][:1] or bbl[:1])
    return [reader.source.load(path) for path in sorted(files)]


def _read_list(reader: Reader, loaded: LoadedFile, works: dict[str, CitedWork]) -> None:
    starts = [match.start() for match in _BIBITEM.finditer(loaded.text)][:MAX_WORKS]
    if not starts:
        _read_biblatex(reader, loaded, works)
        return
    finish = loaded.text.find("\\end{thebibliography}", starts[-1])
    ends = [*starts[1:], finish if finish > 0 else len(loaded.text)]
    for start, end in zip(starts, ends, strict=True):
        work = _listed(reader, loaded, start, end)
        if work is not None:
            works.setdefault(work.key, work)


def _read_biblatex(reader: Reader, loaded: LoadedFile, works: dict[str, CitedWork]) -> None:
    """biblatex's own ``.bbl``: \\entry{key}{type} ... \\field{title}{..} ... \\endentry."""
    for match in re.finditer(r"\\entry\{([^{}]*)\}\{[^{}]*\}[\s\S]*?\\endentry", loaded.text):
        body = match[0]
        fields = dict(re.findall(r"\\field\{(\w+)\}\{((?:[^{}]|\{[^{}]*\})*)\}", body))
        families = re.findall(r"family=\{((?:[^{}]|\{[^{}]*\})*)\}", body)
        fields["author"] = " and ".join(families)
        fields.update(re.findall(r"\\verb\{(doi|eprint|url)\}\s*\\verb ([^\n]*)", body))
        span = (loaded.base + match.start(), loaded.base + match.end())
        works.setdefault(match[1], _work_of_fields(reader, match[1], fields, body, (loaded.path, *span)))


def _listed(reader: Reader, loaded: LoadedFile, start: int, end: int) -> CitedWork | None:
    held = reader.stream.isolate(tokenize(loaded.text[start:end], loaded.base + start))
    try:
        reader.stream.raw()
        label = reader.stream.optional()
        key = reader.stream.word()
        body: list[Token] = []
        while (token := reader.stream.raw()) is not None and token[0] != END:
            body.append(token)
    finally:
        reader.stream.restore(held)
    if not key:
        return None
    raw = loaded.text[start:end]
    blocks = [part for part in re.split(r"\\newblock\b", raw) if part.strip()]
    text = display(reader.document, reader.text_of(body))
    authors, title = _authors_and_title(reader, blocks, text, raw)
    label_text = "".join(token[1] for token in label or ())
    years = _YEAR.findall(label_text) or _YEAR.findall(_URL.sub(" ", _ARXIV.sub(" ", text)))
    where = (loaded.base + start, loaded.base + end)
    return CitedWork(
        key,
        text[:1500],
        authors,
        title,
        years[-1] if years else "",
        *_links(raw, text),
        origin=loaded.path,
        start=where[0],
        end=where[1],
    )


def _authors_and_title(reader: Reader, blocks: list[str], text: str, raw: str) -> tuple[tuple[str, ...], str]:
    if len(blocks) >= 3 or (len(blocks) == 2 and "\\newblock" in raw):
        first = re.sub(
            r"^\\bibitem\s*(?:\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\])?\s*(?:%[^\n]*\n)?\s*\{[^{}]*\}",
            "",
            blocks[0].strip(),
        )
        authors = people(_plain(reader, first))
        title = _plain(reader, blocks[1])
        return authors, title.strip(" .,").split(". In ")[0]
    quoted = re.search(r"[“\"](.{8,300}?)[,.]?[”\"]", text)
    emphasised = re.search(r"\\(?:emph|textit|textsl)\s*\{+((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){8,400})\}", raw)
    title = quoted[1] if quoted else _plain(reader, emphasised[1]) if emphasised else ""
    before = text.split(title, 1)[0] if title and title in text else text[:200].split(". ")[0]
    return people(before), title.strip(" .,")


def _plain(reader: Reader, tex: str) -> str:
    return display(reader.document, reader.text_of(tokenize(tex)))


def people(text: str) -> tuple[str, ...]:
    """Names in an author list, initials kept with their family names."""
    plain = re.sub(r"\bet\s*al\b\.?|\(eds?\.?\)|\beditors?\b", "", text).strip(' .,:;“"')
    plain = re.sub(r"[.,]?\s*\(?\b(?:1[89]|20)\d\d[a-z]?\)?$", "", plain)
    parts = [part.strip(" .,;") for part in re.split(r",?\s+and\s+|;|,\s*&|&", plain)]
    names: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if (
            len(pieces) == 2
            and re.fullmatch(r"(?:[A-Z][.\s-]*)+|[A-Z][a-z]+(?: [A-Z]\.?)*", pieces[1])
            and " " not in pieces[0]
        ):
            names.append(f"{pieces[1]} {pieces[0]}")
        else:
            names.extend(piece for piece in pieces if len(piece) > 2)
    return tuple(name for name in names if re.search(r"[^\W\d_]{2}", name) and len(name) < 80)[:60]


def _databases(reader: Reader) -> list[str]:
    named = [reader.source.find(name, folder=reader.folder, suffixes=("", ".bib")) for name in reader.bibliographies]
    found = [path for path in named if path is not None and path.lower().endswith(".bib")]
    return found or sorted(path for path in reader.source.tree.files if path.lower().endswith(".bib"))


def _read_database(reader: Reader, loaded: LoadedFile, wanted: set[str], works: dict[str, CitedWork]) -> None:
    strings = {
        match[1].lower(): _value(loaded.text, match.end())[0] for match in _STRING.finditer(loaded.text[:2_000_000])
    }
    lowered = {key.lower(): key for key in wanted}
    for match in _ENTRY.finditer(loaded.text):
        key = lowered.get(match[2].lower())
        if key is None or key in works:
            continue
        fields, end = _fields(loaded.text, match.end(), strings)
        span = (loaded.base + match.start(), loaded.base + end)
        works[key] = _work_of_fields(reader, key, fields, loaded.text[match.start() : end], (loaded.path, *span))


def _fields(text: str, position: int, strings: dict[str, str]) -> tuple[dict[str, str], int]:
    fields: dict[str, str] = {}
    limit = min(len(text), position + 20_000)
    while position < limit:
        while position < limit and text[position] in " \t\r\n,#":
            position += 1
        match = _FIELD.match(text, position)
        if match is None:
            break
        value, position = _value(text, match.end())
        fields.setdefault(match[1].lower(), strings.get(value.lower(), value))
    return fields, position


def _value(text: str, position: int) -> tuple[str, int]:
    opening = text[position : position + 1]
    if opening == "{":
        depth = 0
        for end in range(position, min(len(text), position + 12_000)):
            depth += (text[end] == "{") - (text[end] == "}")
            if depth == 0:
                return text[position + 1 : end], end + 1
        return text[position + 1 : position + 200], position + 200
    if opening == '"':
        end = position + 1
        depth = 0
        while end < len(text) and (text[end] != '"' or depth):
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        return text[position + 1 : end], end + 1
    match = re.compile(r"[^,}\s]*").match(text, position)
    return (match[0], match.end()) if match else ("", position + 1)


def _work_of_fields(
    reader: Reader, key: str, fields: dict[str, str], raw: str, place: tuple[str, int, int]
) -> CitedWork:
    title = _plain(reader, fields.get("title", "")).strip(" .")
    authors = tuple(
        _given_first(_plain(reader, name))
        for name in re.split(r"\s+and\s+", fields.get("author", fields.get("editor", "")))
        if name.strip()
    )
    year = fields.get("year") or fields.get("date", "")[:4]
    venue = _plain(reader, fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or "")
    text = ". ".join(part for part in (", ".join(authors[:8]), title, venue, year) if part)
    arxiv_id, doi, url = _links(raw, text)
    eprint = fields.get("eprint", "")
    if arxiv_id is None and re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+/\d{7}", eprint):
        arxiv_id = re.sub(r"v\d+$", "", eprint)
    return CitedWork(key, text[:1500], authors[:60], title, year.strip(), arxiv_id, doi, url, *place)


def _given_first(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name.strip()


def _search_arxiv(text: str) -> re.Match[str] | None:
    lowered = text.lower()
    found = None
    if "arxiv" in lowered or "abs/" in lowered or "eprint" in lowered:
        found = _ARXIV.search(text)
    return found or (_ARXIV_OLD.search(text) if "/" in text else None)


def _links(raw: str, text: str) -> tuple[str | None, str | None, str | None]:
    plain = raw
    if "\\_" in raw or "\\-" in raw:
        plain = raw.replace("\\_", "_").replace("{\\_}", "_").replace("\\-", "")
    arxiv = _search_arxiv(plain) or _search_arxiv(text)
    doi = _DOI.search(plain) if "10." in plain else None
    url = _URL.search(plain) if "http" in plain else None
    arxiv_id = re.sub(r"\.[A-Z]{2}/", "/", arxiv[1]) if arxiv else None
    found_doi = doi[0].rstrip(".)],") if doi else None
    if found_doi and found_doi.lower().startswith("10.48550/arxiv."):
        arxiv_id = arxiv_id or found_doi[15:]
    return arxiv_id, found_doi, url[0].rstrip(".,)") if url else None
