"""One answer of arXiv's OAI-PMH service as a value: records, token, or the protocol's own refusal.

The XML is read without entities, document types or network, in bounded depth. What is no whole OAI-PMH answer is a
`FaultyAnswer`, worth another try; what OAI-PMH calls an error is an `OaiRefusal`, which is an answer. What a record
means is `importers.oai_record`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from lxml import etree  # type: ignore[import-untyped]

from importers.arxiv_text import parse_day
from importers.arxiv_transport import FaultyAnswer
from importers.oai_record import OAI, OaiRecord, read_oai_header, read_oai_record

_NUMBER = re.compile(r"[0-9]{1,12}")
_VERBS = ("ListRecords", "ListIdentifiers", "GetRecord", "Identify")
_WORDS = {
    "badArgument": "it refuses what was asked (badArgument)",
    "badResumptionToken": "the token to go on with is invalid or has expired (badResumptionToken)",
    "badVerb": "it does not know what was asked (badVerb)",
    "cannotDisseminateFormat": "it does not give records in this format (cannotDisseminateFormat)",
    "idDoesNotExist": "it knows no such record (idDoesNotExist)",
    "noRecordsMatch": "no record changed in that time in that set (noRecordsMatch)",
    "noMetadataFormats": "it has no format for this record (noMetadataFormats)",
    "noSetHierarchy": "it has no sets (noSetHierarchy)",
}


class OaiRefusal(Exception):
    """An error in the protocol's sense; ``code`` is OAI-PMH's, the message is for people."""

    def __init__(self, code: str, detail: str) -> None:
        said = f": {detail}" if detail else ""
        super().__init__(_WORDS.get(code, f"it answers with the error {code[:40]}") + said)
        self.code = code


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One page of records. ``token`` goes on; ``has_token`` tells an empty token, which ends a list, from none at all.

    ``list_size`` is the number of records in the whole list where the service says so; ``answered_on`` its UTC day.
    """

    records: tuple[OaiRecord, ...]
    token: str | None
    has_token: bool
    list_size: int | None
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class OaiIdentity:
    """What a service says of itself; ``deleted`` is its policy on deleted records (persistent, transient, no)."""

    name: str
    base_url: str
    earliest: date | None
    granularity: str
    deleted: str


def read_oai_page(body: bytes) -> OaiPage:
    """Read an answer to ListRecords, ListIdentifiers or GetRecord. Raises FaultyAnswer, OaiRefusal."""
    root, verb = _verb(body)
    records = [read_oai_record(record) for record in verb.iterfind(f"{OAI}record")]
    records += [read_oai_header(header) for header in verb.iterfind(f"{OAI}header")]
    token = verb.find(f"{OAI}resumptionToken")
    size = None if token is None else token.get("completeListSize", "")
    return OaiPage(
        records=tuple(records),
        token=None if token is None else (token.text or "").strip() or None,
        has_token=token is not None,
        list_size=int(size) if size and _NUMBER.fullmatch(size) else None,
        answered_on=parse_day(root.findtext(f"{OAI}responseDate")),
    )


def read_identity(body: bytes) -> OaiIdentity:
    """Read an answer to Identify. Raises FaultyAnswer, OaiRefusal."""
    _, verb = _verb(body)
    named = {name: (verb.findtext(f"{OAI}{name}") or "").strip() for name in _IDENTITY}
    return OaiIdentity(
        name=named["repositoryName"],
        base_url=named["baseURL"],
        earliest=parse_day(named["earliestDatestamp"]),
        granularity=named["granularity"],
        deleted=named["deletedRecord"],
    )


_IDENTITY = ("repositoryName", "baseURL", "earliestDatestamp", "granularity", "deletedRecord")


def _verb(body: bytes) -> tuple[etree._Element, etree._Element]:
    root = _root(body)
    errors = root.findall(f"{OAI}error")
    if errors:
        raise OaiRefusal(errors[0].get("code", ""), " ".join((errors[0].text or "").split())[:200])
    for name in _VERBS:
        verb = root.find(f"{OAI}{name}")
        if verb is not None:
            return root, verb
    raise FaultyAnswer("the answer holds neither records nor an error")


def _root(body: bytes) -> etree._Element:
    if b"<html" in body[:2000].lower():
        raise FaultyAnswer("it answers with a web page in place of data")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FaultyAnswer(f"the answer is broken or cut off ({_reason(error)})") from None
    if root is None or root.tag != f"{OAI}OAI-PMH":
        raise FaultyAnswer("it answers with something else than OAI-PMH")
    if root.getroottree().docinfo.doctype:
        raise FaultyAnswer("the answer declares a document type, which no OAI-PMH answer does")
    return root


def _reason(error: Exception) -> str:
    return str(getattr(error, "msg", None) or error)[:200]
