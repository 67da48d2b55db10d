"""Reports of reproductions: checked against the version they name, revised and withdrawn by who made them, listed.

A report is an event; the newest revision of it counts. What it is worth is `ranking`'s. A signature says that the
holder of a key stands by the words, not who that is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Table, select
from sqlmodel import Session

from registry.errors import Forbidden, InvalidIdentifier, InvalidInput, NotFound
from registry.event_log import append, read_events, reporter_with, standing_reports
from registry.events import (
    ClaimRecord,
    ClaimTest,
    Event,
    Grounding,
    Outcome,
    Reported,
    ReportWithdrawn,
    VersionPublished,
    claim_records,
    party,
)
from registry.identifiers import PackageId, parse_package_id
from registry.identities import read_identity, read_tiers_of
from registry.packages import first_with_digest, read_current, read_package
from registry.search.indexing import settle_reproduced
from registry.tables import PackageRow, PackageVersionRow
from registry.tokens import Caller

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]
_SIGNED_OUTSIDE = ("signature", "public_key")


@dataclass(frozen=True, slots=True)
class Reproduction:
    """A report that stands.

    ``reporter_party`` is the reporter's party name; ``statement`` what was said, ``statement_digest`` its SHA-256 (hex)
    with the package; ``signed_by`` the public key (base64) of a signature that holds, None without one.
    """

    id: str
    package: str
    reporter: str
    reporter_party: str
    tier: str
    day: date
    digest: str
    outcomes: Mapping[str, Outcome]
    statement: Mapping[str, Any]
    statement_digest: str
    signed_by: str | None


def canonical_statement(package_id: str, statement: Mapping[str, Any]) -> bytes:
    """The bytes that a report's digest and signature are over.

    JSON of the statement and its ``package``, without ``signature`` and ``public_key``; keys sorted, no white space,
    UTF-8.
    """
    said = {key: value for key, value in statement.items() if key not in _SIGNED_OUTSIDE and value is not None}
    whole = {**said, "package": package_id}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def report(
    session: Session,
    package_id: PackageId,
    caller: Caller,
    outcomes: Mapping[str, Outcome],
    statement: Mapping[str, Any],
    *,
    revises: str | None = None,
) -> Reproduction:
    """Record a report on the version whose digest is ``statement["digest"]``, or a revision of one of the caller's.

    Raises PackageNotFound, Withdrawn; InvalidInput for a digest or claim that the package does not have, or a
    signature that does not hold; NotFound or Forbidden for a report to be revised that is not there, or not theirs.
    """
    id_ = str(package_id)
    read_current(session, [id_])  # holds the row, so that events and score of a package agree
    read_package(session, package_id)
    if revises is not None:
        _own(session, id_, revises, caller)
    given = str(statement["digest"])
    claims = _claims_of(session, id_, given)
    unknown = sorted(set(outcomes) - claims.keys())
    if unknown or not outcomes:
        known = ", ".join(claims) or "none"
        raise InvalidInput(f"That version makes no claim {', '.join(unknown)[:200]}; its claims are: {known}.")
    _checked_signature(id_, statement)
    _check_key(session, statement.get("public_key"), caller.identity)
    _check_artifact(session, statement.get("artifact"))
    identity = read_identity(session, caller.identity)
    tests = tuple(
        ClaimTest(claim, claims[claim].key, claims[claim].tokens, outcome)
        for claim, outcome in sorted(outcomes.items())
    )
    body = Reported(
        report=revises or secrets.token_hex(8),
        reporter=identity.handle,
        name=party(identity.name),
        tier=str(identity.tier),
        digest=given,
        tests=tests,
        statement=dict(statement),
    )
    append(session, [(id_, body)], actor=identity.handle)
    settle_reproduced(session, [id_])
    return _reproduction(id_, datetime.now(UTC).date(), body, str(identity.tier))


def withdraw_report(session: Session, package_id: PackageId, report_id: str, caller: Caller) -> None:
    """Take a report of the caller's back. Raises NotFound, Forbidden."""
    id_ = str(package_id)
    read_current(session, [id_])
    _own(session, id_, report_id, caller)
    append(session, [(id_, ReportWithdrawn(report_id))], actor=caller.identity)
    settle_reproduced(session, [id_])


def list_reports(session: Session, package_id: PackageId) -> list[Reproduction]:
    """The reports of a package that stand, oldest first, each with its reporter's tier of now."""
    id_ = str(package_id)
    return _listed(session, id_, read_events(session, [id_]).get(id_, []))


def reports_by(session: Session, handle: str, package_ids: Sequence[str]) -> list[Reproduction]:
    """The reports of one identity on these packages that stand, oldest first."""
    events = read_events(session, package_ids)
    found = [one for id_, those in events.items() for one in _listed(session, id_, those) if one.reporter == handle]
    return sorted(found, key=lambda one: (one.day, one.id))


def _listed(session: Session, package_id: str, events: Sequence[Event]) -> list[Reproduction]:
    standing = standing_reports(events)
    tiers = read_tiers_of(session, {body.reporter for _, body in standing})
    return [_reproduction(package_id, event.day, body, tiers[body.reporter]) for event, body in standing]


def _own(session: Session, package_id: str, report_id: str, caller: Caller) -> None:
    standing = standing_reports(read_events(session, [package_id]).get(package_id, []))
    found = next((body for _, body in standing if body.report == report_id), None)
    if found is None:
        raise NotFound(f"There is no report {report_id[:40]!r} on {package_id}; it may have been withdrawn.")
    if found.reporter != caller.identity:
        raise Forbidden("Only who made a report may revise or withdraw it.")


def _claims_of(session: Session, package_id: str, digest: str) -> dict[str, ClaimRecord]:
    """The claims, by id, of the version or full rendition of this digest. Raises InvalidInput if there is none."""
    events = read_events(session, [package_id]).get(package_id, [])
    versions = [one.body for one in events if isinstance(one.body, VersionPublished)]
    published = next((one for one in versions if one.digest == digest), None)
    if published is not None:
        return {claim.id: claim for claim in published.claims}
    statement = select(_VERSION.c.number, _VERSION.c.full_claims).where(
        _VERSION.c.package_id == package_id, _VERSION.c.full_digest == digest
    )
    row = session.execute(statement).first()
    if row is None:
        raise InvalidInput(f"{package_id} has no version of digest {digest[:64]!r}; its page lists those it has.")
    full = tuple((one["id"], one["statement"], Grounding.ASSERTED) for one in row.full_claims or ())
    return {claim.id: claim for claim in claim_records(full)}


def _checked_signature(package_id: str, statement: Mapping[str, Any]) -> None:
    """Raises InvalidInput for half a signature, or one that does not hold."""
    signature, key = statement.get("signature"), statement.get("public_key")
    if signature is None and key is None:
        return
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(str(key or ""), validate=True))
        signed = base64.b64decode(str(signature or ""), validate=True)
        public.verify(signed, canonical_statement(package_id, statement))
    except (ValueError, binascii.Error, InvalidSignature) as error:
        raise InvalidInput(
            "The signature does not hold: give `public_key` (32 bytes) and `signature` (Ed25519, over the canonical "
            "statement that docs/attention.md describes) in base64, or neither."
        ) from error


def _check_key(session: Session, key: object, identity: str) -> None:
    """Raises InvalidInput for a key that another identity signed with before: a signature copied is no signature."""
    if key is None:
        return
    used = reporter_with(session, f'"public_key":"{key}"', other_than=identity)
    if used is not None:
        raise InvalidInput(f"That key signs for {used}; a report is signed with a key of its reporter's own.")


def _check_artifact(session: Session, artifact: object) -> None:
    """Raises InvalidInput for an attached artifact that is neither here nor an https address."""
    if artifact is None or str(artifact).startswith("https://"):
        return
    named = str(artifact)
    if _DIGEST.fullmatch(named):
        there = first_with_digest(session, named) is not None
    else:
        try:
            there = (
                session.execute(select(_PACKAGE.c.id).where(_PACKAGE.c.id == str(parse_package_id(named)))).first()
                is not None
            )
        except InvalidIdentifier:
            there = False
    if not there:
        raise InvalidInput(
            f"There is no artifact {named[:80]!r} here; publish it first and give its package id or digest, or give an "
            "https address."
        )


def _reproduction(package_id: str, day: date, body: Reported, tier: str) -> Reproduction:
    said = body.statement or {}
    return Reproduction(
        id=body.report,
        package=package_id,
        reporter=body.reporter,
        reporter_party=body.name,
        tier=tier,
        day=day,
        digest=body.digest,
        outcomes={test.claim: test.outcome for test in body.tests},
        statement=said,
        statement_digest=hashlib.sha256(canonical_statement(package_id, said)).hexdigest(),
        signed_by=said.get("public_key"),  # kept only if its signature held
    )
