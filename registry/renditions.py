"""Which rendition of a version is served: what its metadata gives, or what was compiled from its full text.

A version holds both where its source was compiled. The metadata rendition may always be served; the full one where the
licence of that very arXiv version allows it, or the operator of a private registry serves it to its users
(`registry.licences`). Whoever reads a version's claims or bytes asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlmodel import Session

from registry.arrays import text_array
from registry.errors import WithheldByLicence
from registry.licences import PUBLIC, ServingPolicy, Verdict, judge
from registry.tables import PackageRow, PackageVersionRow, PaperRow

_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]
_PAPER: Table = PaperRow.__table__  # type: ignore[attr-defined]


_POLICY = "serving_policy"


def serving(policy: ServingPolicy) -> dict[str, ServingPolicy]:
    """The ``info`` of a session whose reader is served under this policy; a session without it is the strictest."""
    return {_POLICY: policy}


def policy_of(session: Session) -> ServingPolicy:
    """The policy a session was opened with."""
    policy: ServingPolicy = session.info.get(_POLICY, PUBLIC)
    return policy


@dataclass(frozen=True, slots=True)
class Rendition:
    """One rendition of a version: its digest, how deep it goes, what compiled it, and its claims as stored."""

    digest: str
    level: str
    compiler: str | None
    claims: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Served:
    """The rendition that is served; ``verdict`` says why, and ``other`` is the second, both None where there is one."""

    rendition: Rendition
    verdict: Verdict | None
    other: Rendition | None = None


def serve(version: Mapping[Any, Any], licence: str | None, policy: ServingPolicy) -> Served:
    """Choose the rendition of a version row, under the licence of its arXiv version."""
    plain = Rendition(version["digest"], version["level"], version["compiler"], version["claims"])
    if version["full_digest"] is None:
        return Served(plain, None)
    full = Rendition(
        version["full_digest"], version["full_level"], version["full_compiler"], version["full_claims"] or ()
    )
    verdict = judge(licence, policy)
    return Served(full, verdict, plain) if verdict.full else Served(plain, verdict, full)


def licence_of_version(listed: Sequence[Mapping[str, Any]], number: int | None) -> str | None:
    """The licence of exactly this arXiv version among a paper's stored versions; other versions' don't count."""
    return next((entry.get("license") for entry in listed if entry["number"] == number), None)


def refuse_withheld(session: Session, digest: str) -> None:
    """Raise WithheldByLicence if this digest names a full rendition that this session may not serve."""
    rows = session.execute(
        select(_VERSION.c.source_version, _PAPER.c.versions)
        .join(_PACKAGE, _PACKAGE.c.id == _VERSION.c.package_id)
        .join(_PAPER, _PAPER.c.arxiv_id == _PACKAGE.c.name)
        .where(_VERSION.c.full_digest == digest)
    ).all()
    verdicts = [judge(licence_of_version(row.versions, row.source_version), policy_of(session)) for row in rows]
    if verdicts and not any(verdict.full for verdict in verdicts):
        raise WithheldByLicence(f"The bundle {digest} was compiled from full text. {verdicts[0].reason}")


def settle_claims(session: Session, policy: ServingPolicy, ids: Sequence[str] | None = None) -> list[str]:
    """Count in the feed what is served: the claims of the served rendition, of these packages or of all.

    Due after a full rendition came, a licence changed, or the operator's policy did. Returns the packages whose count
    changed, for scoring.
    """
    statement = (
        select(_PACKAGE.c.id, _PACKAGE.c.claims.label("counted"), _PAPER.c.versions, *_VERSION.c)
        .join(_VERSION, (_VERSION.c.package_id == _PACKAGE.c.id) & (_VERSION.c.number == _PACKAGE.c.version))
        .join(_PAPER, _PAPER.c.arxiv_id == _PACKAGE.c.name)
        .where(_VERSION.c.full_digest.is_not(None))
        .order_by(_PACKAGE.c.id)
        .with_for_update(of=_PACKAGE)
    )
    if ids is not None:
        statement = statement.where(_PACKAGE.c.id == func.any(text_array(ids)))
    changed = []
    for row in session.execute(statement).mappings():
        served = serve(row, licence_of_version(row["versions"], row["source_version"]), policy)
        if (count := len(served.rendition.claims)) != row["counted"]:
            changed.append({"package_id": row["id"], "count": count})
    if changed:
        session.connection().execute(
            update(_PACKAGE).where(_PACKAGE.c.id == bindparam("package_id")).values(claims=bindparam("count")), changed
        )
    return [entry["package_id"] for entry in changed]
