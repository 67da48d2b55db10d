"""Cited works from ``.bbl`` lists and ``.bib`` databases, as far as a record can be read from them.

A key that is cited but found in neither stays out; the compiler says so. Only cited entries of a database are read.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from importers.latex.databases import databases_inside, entries, value_at
from importers.latex.document import CitedWork
from importers.latex.own_references import fields_of
from importers.latex.prose import display, tidy
from importers.latex.source import LoadedFile
from importers.latex.tokens import END, Token, tokenize

if TYPE_CHECKING:
    from importers.latex.reader import Reader

_BIBITEM = re.compile(r"\\bibitem\s*(?:%[^\n]*\n\s*)?(?=[\[{%\s])")
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
_NESTED = r"((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)"
_BIBINFO_OF = {kind: re.compile(rf"\\bibinfo\s*\{{{kind}\}}\s*\{{{_NESTED}\}}") for kind in ("author", "title")}
_DATED = re.compile(  # "Bee A. B., Dee C., 2001, ...": the names before the year
    r"((?:[^\W\d_][\w'’-]+,? (?:[A-Z]\.[ -]?){1,4},? ?(?:and |& )?){1,40}(?:et al\.?)?),?\s*\(?(?:19|20)\d\d"
)
_INITIALS_FIRST = re.compile(r"((?:(?:[A-Z]\.[ -]?){1,4}[^\W\d_][\w'’-]+,? ?(?:and |& )?){1,40}(?:et al\.?)?)")
_MARKED = re.compile(r"[\\%{}$&#\[\]\n\ue000\ue001]")  # what is more to a reader than its characters
MAX_WORKS = 3000


def read_works(reader: Reader) -> dict[str, CitedWork]:
    """Every work of the bibliography by its key: lists in the paper first, then ``.bbl`` files, then databases."""
    works: dict[str, CitedWork] = {}
    for key, (how, body) in reader.own_works.items():
        works[key] = _own_work(reader, key, how, body)
    lists = _lists(reader)
    for loaded in lists:
        _read_list(reader, loaded, works)
    if missing := set(reader.document.cited) - works.keys():
        for loaded in _databases(reader):
            _read_database(reader, loaded, missing, works)
    if set(reader.document.cited) - works.keys():
        for path in sorted(path for path in reader.source.tree.files if path.lower().endswith(".bbl")):
            if path not in {loaded.path for loaded in lists}:  # of a chapter, or of the main file's other name
                _read_list(reader, reader.source.load(path), works)
    return works


def _own_work(reader: Reader, key: str, how: str, body: list[Token]) -> CitedWork:
    start, end = body[0][2], body[-1][3]
    path = reader.source.file_at(start).path
    raw = reader.source.raw(start, end)
    if how == "fields":
        return _work_of_fields(reader, key, fields_of(body), raw, (path, start, end))
    return _told_work(reader, key, body, [raw], raw, (path, start, end))


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
        fields = {field[1]: value_at(body, field.end() - 1)[0] for field in _BIBLATEX_FIELD.finditer(body)}
        fields["author"] = " and ".join(_biblatex_names(body))
        fields.setdefault("journal", fields.get("journaltitle", ""))
        fields.update(re.findall(r"\\verb\{(doi|eprint|url)\}\s*\\verb ([^\n]*)", body))
        span = (loaded.base + match.start(), loaded.base + match.end())
        works.setdefault(match[1], _work_of_fields(reader, match[1], fields, body, (loaded.path, *span)))


def _biblatex_names(body: str) -> list[str]:
    """The authors as "family, given"; editors and the rest are other name lists."""
    start = body.find("\\name{author}")
    stop = body.find("\\name{", start + 1) if start >= 0 else -1
    names: list[str] = []
    for match in _BIBLATEX_NAME.finditer(body[start : stop if stop > 0 else None] if start >= 0 else ""):
        family = value_at(body[start:], match.end(1))[0]
        after = body[start:][match.end() : match.end() + 400].partition("family=")[0]
        given = re.search(r"given=(?=\{)", after)
        first = value_at(after, given.end())[0] if given else ""
        first = re.sub(r"\\bibnamedelim\w+\s*|\\bibinitdelim\w*\s*", " ", first)
        names.append(f"{family}, {first}" if first else f"{{{family}}}")
    return names


_BIBLATEX_FIELD = re.compile(r"\\field\{(\w+)\}\{")
_BIBLATEX_NAME = re.compile(r"(\bfamily=)\{")


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
    label_text = "".join(token[1] for token in label or ())
    where = (loaded.path, loaded.base + start, loaded.base + end)
    return _told_work(reader, key, body, blocks, raw, where, label_text)


def _told_work(
    reader: Reader,
    key: str,
    body: list[Token],
    blocks: list[str],
    raw: str,
    where: tuple[str, int, int],
    label: str = "",
) -> CitedWork:
    """A work told in running text, of which authors, title and year are to be read; a label's year is surer."""
    text = display(reader.document, reader.text_of(body))
    authors, title = _authors_and_title(reader, blocks, text, raw)
    years = _YEAR.findall(label) or _YEAR.findall(_URL.sub(" ", _ARXIV.sub(" ", text)))
    origin, start, end = where
    return CitedWork(
        key,
        text[:1500],
        authors,
        title,
        years[-1] if years else "",
        *links_in(raw, text),
        origin=origin,
        start=start,
        end=end,
    )


def _authors_and_title(reader: Reader, blocks: list[str], text: str, raw: str) -> tuple[tuple[str, ...], str]:
    told = {kind: _BIBINFO_OF[kind].findall(raw) for kind in _BIBINFO_OF} if "\\bibinfo" in raw else {}
    if told and told["author"] and "\\newblock" not in raw:  # REVTeX says which is which
        names = tuple(name.strip(" ,") for name in (_plain(reader, one) for one in told["author"]) if name.strip(" ,"))
        return names[:60], _plain(reader, told["title"][0]).strip(" .,") if told["title"] else ""
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
    braced = re.search(r",\s*\{([^{}\\\s](?:[^{}]|\{[^{}]*\}){8,400})\}\s*,", raw)  # elsarticle's
    set_apart = emphasised or braced
    title = quoted[1] if quoted else _plain(reader, set_apart[1]) if set_apart else ""
    dated = _DATED.match(text) or _INITIALS_FIRST.match(text)
    before = text.split(title, 1)[0] if title and title in text else text[:200].split(". ")[0]
    if dated and not (title and title in text):
        before = dated[1]
    return people(before), title.strip(" .,")


def _plain(reader: Reader, tex: str) -> str:
    if _MARKED.search(tex) is None:
        return tidy(tex)
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


def _databases(reader: Reader) -> list[LoadedFile]:
    named = [reader.source.find(name, folder=reader.folder, suffixes=("", ".bib")) for name in reader.bibliographies]
    found = [path for path in named if path is not None and path.lower().endswith(".bib")]
    inside = [part for loaded in list(reader.source.files) for part in databases_inside(loaded)]
    paths = found or sorted(path for path in reader.source.tree.files if path.lower().endswith(".bib"))
    return [*inside, *(reader.source.load(path) for path in paths)]


def _read_database(reader: Reader, loaded: LoadedFile, wanted: set[str], works: dict[str, CitedWork]) -> None:
    for key, (fields, start, end) in entries(loaded.text, wanted - works.keys()).items():
        place = (loaded.path, loaded.base + start, loaded.base + end)
        works[key] = _work_of_fields(reader, key, fields, loaded.text[start:end], place)


def _work_of_fields(
    reader: Reader, key: str, fields: dict[str, str], raw: str, place: tuple[str, int, int]
) -> CitedWork:
    title = _plain(reader, fields.get("title", "")).strip(" .")
    authors = tuple(
        _given_first(_plain(reader, name))
        for name in re.split(r"\s+and\s+", fields.get("author", fields.get("editor", "")))
        if name.strip() and name.strip() != "others"
    )
    said = _YEAR.search(fields.get("year", "")) or _YEAR.search(fields.get("date", ""))
    year = said[1] if said else ""
    venue = _plain(reader, fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or "")
    text = ". ".join(part for part in (", ".join(authors[:8]), title, venue, year) if part)
    arxiv_id, doi, url = links_in(raw, text)
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


def links_in(raw: str, text: str) -> tuple[str | None, str | None, str | None]:
    """arXiv id, DOI and address of an entry, as it is written (``raw``) or as it reads."""
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
