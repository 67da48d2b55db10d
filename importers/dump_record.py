"""One line of an arXiv metadata dump as a record: the Kaggle form and its relatives, mixed in any way.

A record needs a valid arXiv id and a title; all else may be missing, null or of a wrong type and is then unknown.
Files are `importers.arxiv_dump`'s.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from importers.arxiv_text import (
    clean_categories,
    clean_license,
    clean_text,
    is_bare_day,
    parse_day,
    parse_moment,
    parse_size,
    plausible_submission,
)
from importers.author_names import join_listed_names, name_from_parts, split_author_line, tidy_names
from importers.rejected import Rejected, excerpt_of
from registry.errors import InvalidIdentifier, InvalidInput, InvalidRecord
from registry.identifiers import ArxivId, parse_arxiv_id
from registry.papers import ArxivPaper, ArxivVersion, Source

_MAX_VERSION = 9999
_FIELDS = {
    "id": "id",
    "arxivid": "id",
    "paperid": "id",
    "title": "title",
    "abstract": "abstract",
    "summary": "abstract",
    "authors": "authors",
    "author": "authors",
    "authorsparsed": "authors_parsed",
    "categories": "categories",
    "category": "categories",
    "primarycategory": "primary_category",
    "comments": "comment",
    "comment": "comment",
    "journalref": "journal_ref",
    "journalreference": "journal_ref",
    "doi": "doi",
    "license": "license",
    "licence": "license",
    "versions": "versions",
    "updatedate": "update_date",
    "updated": "updated",
    "published": "published",
    "created": "published",
    "submitted": "published",
}


def read_line(line: bytes, *, line_number: int) -> ArxivPaper | Rejected:
    """One line of a dump as a record, or why it is none."""
    try:
        return _paper(_parsed(line))
    except InvalidInput as error:
        return Rejected(line_number, str(error), excerpt_of(line))


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise InvalidRecord(f"not UTF-8 (byte {error.start + 1} of the line)") from None
    except json.JSONDecodeError as error:
        raise InvalidRecord(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise InvalidRecord("not a record: nested too deeply") from None
    except ValueError as error:
        raise InvalidRecord(f"not JSON that can be read: {error}") from None
    if not isinstance(record, dict):
        raise InvalidRecord(f"not a JSON object but {_json_type(record)}")
    fields: dict[str, Any] = {}
    for key, value in record.items():
        name = _field_name(key)
        if name is not None and value is not None and fields.get(name) is None:
            fields[name] = value
    return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; the same key with two values is refused rather than one of them chosen."""
    read = dict(pairs)
    if len(read) != len(pairs):
        for key, value in pairs:
            if read[key] != value:
                raise InvalidRecord(f"the key {key[:40]!r} stands twice with different values")
    return read


@lru_cache(maxsize=1024)
def _field_name(key: str) -> str | None:
    return _FIELDS.get("".join(character for character in key.lower() if character.isalnum()))


def _paper(fields: dict[str, Any]) -> ArxivPaper:
    arxiv_id = _identifier(fields.get("id"))
    title = clean_text(fields.get("title"))
    if title is None:
        raise InvalidRecord(f"{arxiv_id.id} has no title")
    versions = _versions(fields.get("versions"), arxiv_id)
    version = max([arxiv_id.version or 0, *(listed.number for listed in versions)]) or None
    categories = clean_categories(fields.get("categories"))
    primary = next(iter(clean_categories(fields.get("primary_category"))), None)
    if primary is not None and primary not in categories:
        categories = (primary, *categories)
    updated_at, metadata_date = _update(fields, versions)
    first = versions[0].submitted_at if versions and versions[0].number == 1 else None
    return ArxivPaper(
        arxiv_id=arxiv_id.id,
        title=title,
        source=Source.DUMP,
        authors=_authors(fields),
        abstract=clean_text(fields.get("abstract")),
        primary_category=primary or next(iter(categories), None),
        categories=categories,
        version=version,
        submitted_at=first or plausible_submission(parse_moment(fields.get("published")), arxiv_id),
        updated_at=updated_at,
        metadata_date=metadata_date,
        license=clean_license(fields.get("license")),
        comment=clean_text(fields.get("comment")),
        journal_ref=clean_text(fields.get("journal_ref")),
        doi=clean_text(fields.get("doi")),
        versions=versions,
    )


def _identifier(value: object) -> ArxivId:
    """The id, which must be text: as a number 0704.0010 has lost its zeros, and guessing would name another paper."""
    if value is None:
        raise InvalidRecord("no id")
    if not isinstance(value, str):
        raise InvalidRecord(f"the id must be text, not {_json_type(value)} ({value!r:.60})")
    if not value.strip():
        raise InvalidRecord("no id")
    try:
        return parse_arxiv_id(value)
    except InvalidIdentifier as error:
        raise InvalidRecord(str(error)) from None


def _update(fields: dict[str, Any], versions: tuple[ArxivVersion, ...]) -> tuple[datetime | None, date | None]:
    """The moment of the described version and the day of the record's last change.

    Kaggle's update_date (and what others call updated, where it is a bare day) is the day the record last changed,
    which a journal reference moves too; a full moment in updated is the version's.
    """
    told = parse_moment(fields.get("updated"))
    bare = is_bare_day(fields.get("updated"))
    day = parse_day(fields.get("update_date")) or (told.date() if told and bare else None)
    if versions:
        return versions[-1].submitted_at or (None if bare else told), day
    return told, day


def _versions(value: object, arxiv_id: ArxivId) -> tuple[ArxivVersion, ...]:
    """The listed versions by rising number; entries without a readable number are left out."""
    versions: dict[int, ArxivVersion] = {}
    for entry in value if isinstance(value, list) else ():
        read = _version(entry, arxiv_id)
        if read is not None:
            versions.setdefault(read.number, read)
    return tuple(versions[number] for number in sorted(versions))


def _version(entry: object, arxiv_id: ArxivId) -> ArxivVersion | None:
    fields = entry if isinstance(entry, dict) else {"version": entry}
    number = _version_number(fields.get("version"))
    if number is None:
        return None
    size, source_type = parse_size(fields.get("size"))
    created = parse_moment(fields.get("created") or fields.get("date") or fields.get("submitted"))
    return ArxivVersion(
        number=number,
        submitted_at=plausible_submission(created, arxiv_id) if number == 1 else created,
        size_bytes=size,
        source_type=clean_text(fields.get("source_type")) or source_type,
        license=clean_license(fields.get("license")),
    )


def _version_number(value: object) -> int | None:
    """2 from "v2", "2" or 2."""
    if isinstance(value, str):
        digits = value.strip().lower().removeprefix("v")
        value = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 1 <= value <= _MAX_VERSION else None


def _authors(fields: dict[str, Any]) -> tuple[str, ...]:
    """The names from arXiv's parsed form where there is one, else from a list of names or one author line."""
    parsed = fields.get("authors_parsed")
    if isinstance(parsed, list):
        names = tidy_names(name_from_parts(parts) for parts in parsed if isinstance(parts, list))
        if names:
            return names
    value = fields.get("authors")
    if isinstance(value, str):
        return split_author_line(value)
    if isinstance(value, list):
        return join_listed_names([name for name in map(_listed_name, value) if name])
    return ()


def _listed_name(entry: object) -> str | None:
    if isinstance(entry, dict):
        entry = entry.get("name")
    return entry if isinstance(entry, str) else None


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
