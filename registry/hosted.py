"""Hosted packages: artifacts published into the namespace ``hosted``, their slugs, update tokens and revisions.

Rows only. Versions and the feed's row are `registry.packages`' work; who calls for what is `web.publishing`'s.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, Table, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from registry.ara.artifact import Artifact
from registry.ara.reading.front_matter import PAPER_FILE
from registry.bundles import StoredBundle
from registry.bundles.rows import read_bundle
from registry.errors import Forbidden, InvalidInput, PackageNotFound, Unauthenticated
from registry.event_log import append
from registry.events import Owned, party
from registry.identifiers import HOSTED_NAMESPACE, PackageId
from registry.identities import read_identity
from registry.standing import Tier
from registry.tables import HostedPackageRow, HostedRevisionRow, PackageRow, PackageVersionRow
from registry.tokens import Caller, hashed, matches, new_secret
from registry.tombstones import refuse_withdrawn, refuse_withdrawn_version

DEFAULT_TRAJECTORY = "trajectory.html"
SLUG_LENGTH = 8
_SLUG_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SLUG = re.compile(rf"[a-z0-9]{{{SLUG_LENGTH}}}")
_ATTEMPTS = 20
_HOSTED: Table = HostedPackageRow.__table__  # type: ignore[attr-defined]
_REVISION: Table = HostedRevisionRow.__table__  # type: ignore[attr-defined]
_PACKAGE: Table = PackageRow.__table__  # type: ignore[attr-defined]
_VERSION: Table = PackageVersionRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a publisher says of a version beside its files. ``trajectory`` is the path of the page to be shown."""

    title: str
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    domain: str | None = None
    headline: str | None = None
    trajectory: str | None = None
    steps: int | None = None
    dead_ends: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything one publication brings."""

    statement: Statement
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class HostedRevision:
    """One version of a hosted package as it stands: where its bytes are, and what was said of it."""

    slug: str
    number: int
    current: int
    statement: Statement
    bundle: StoredBundle
    created_at: datetime
    published_at: datetime
    owner: str | None


def hosted_id(slug: str) -> PackageId:
    """The package of a slug. Raises PackageNotFound for a text that never is one."""
    if not _SLUG.fullmatch(slug):
        raise PackageNotFound(f"There is no hosted package {slug[:80]!r} in this registry.")
    return PackageId(HOSTED_NAMESPACE, slug)


def reserve_slug(session: Session) -> tuple[PackageId, str]:
    """A slug that was never given before, withdrawn ones included, and its update token, to be shown once."""
    for _ in range(_ATTEMPTS):
        slug = "".join(secrets.choice(_SLUG_CHARACTERS) for _ in range(SLUG_LENGTH))
        token = new_secret()
        row = {
            "package_id": str(PackageId(HOSTED_NAMESPACE, slug)),
            "update_token_sha256": hashed(token),
            "created_at": datetime.now(UTC),
        }
        made = session.execute(insert(_HOSTED).values(row).on_conflict_do_nothing().returning(_HOSTED.c.package_id))
        if made.one_or_none() is not None:
            return PackageId(HOSTED_NAMESPACE, slug), token
    raise RuntimeError("no free slug in so many tries: the random source must be broken")


def authorise(session: Session, package_id: PackageId, *, update_token: str | None, caller: Caller | None) -> None:
    """Lock a hosted package for a change by who may make it: its update token, or a token of its owner.

    Raises PackageNotFound, Withdrawn, Unauthenticated without either token, Forbidden with a wrong one.
    """
    row = _locked(session, package_id)
    refuse_withdrawn(row, _versions(session, package_id))
    if caller is not None and caller.identity == row["owner_id"]:
        return
    if update_token:
        if matches(update_token, row["update_token_sha256"]):
            return
        raise Forbidden(f"This update token does not belong to {package_id.name}; each slug has a token of its own.")
    if caller is not None:
        raise Forbidden(f"{package_id} belongs to somebody else; only its owner or its update token can change it.")
    raise Unauthenticated("Changing this artifact takes its update token, in the header x-ara-token.")


def rotate_update_token(session: Session, package_id: PackageId) -> str:
    """A new update token, to be shown once; the old one is void. For callers who were authorised."""
    token = new_secret()
    this = _HOSTED.c.package_id == str(package_id)
    session.execute(update(_HOSTED).where(this).values(update_token_sha256=hashed(token)))
    return token


def set_owner(session: Session, package_id: PackageId, identity: str) -> None:
    """Say who a package belongs to."""
    session.execute(update(_PACKAGE).where(_PACKAGE.c.id == str(package_id)).values(owner_id=identity))
    owner = read_identity(session, identity)
    name = "" if owner.is_anonymous else party(owner.name)
    append(session, [(str(package_id), Owned(owner.handle, name, str(owner.tier)))])


def confirm_author(session: Session, package_id: PackageId, identity: str) -> None:
    """Record that an identity is behind a package of any namespace, as the operator found: it becomes one of its
    parties, and its owner where there is none.

    Raises PackageNotFound, NotFound, or InvalidInput for an identity that is not even registered.
    """
    if read_identity(session, identity).tier is Tier.UNVERIFIED:
        raise InvalidInput(
            f"{identity} is unverified; give it a tier first: discoveries identity tier {identity} verified"
        )
    this = select(_PACKAGE.c.owner_id).where(_PACKAGE.c.id == str(package_id)).with_for_update()
    row = session.execute(this).first()
    if row is None:
        raise PackageNotFound(f"There is no package {package_id} in this registry.")
    set_owner(session, package_id, identity)
    if row.owner_id is not None:
        session.execute(update(_PACKAGE).where(_PACKAGE.c.id == str(package_id)).values(owner_id=row.owner_id))


def write_statement(session: Session, package_id: PackageId, number: int, statement: Statement) -> None:
    """Keep what was said of a version, in place of what was said of it before."""
    said = {**asdict(statement), "authors": list(statement.authors)}
    replace = {name: value for name, value in said.items() if name not in ("package_id", "number")}
    row = insert(_REVISION).values(package_id=str(package_id), number=number, **said)
    key = [_REVISION.c.package_id, _REVISION.c.number]
    session.execute(row.on_conflict_do_update(index_elements=key, set_=replace))


def read_revision(session: Session, package_id: PackageId, number: int | None = None) -> HostedRevision:
    """One version of a hosted package (None: the one shown).

    Raises PackageNotFound, or Withdrawn with its tombstone.
    """
    package = _one(session, package_id)
    versions = _versions(session, package_id)
    refuse_withdrawn(package, versions)
    wanted = package["version"] if number is None else number
    version = next((one for one in versions if one["number"] == wanted), None)
    if version is None:
        raise PackageNotFound(f"{package_id} has no version {wanted}; its newest is v{package['version']}.")
    refuse_withdrawn_version(package, version)
    return HostedRevision(
        slug=package_id.name,
        number=version["number"],
        current=package["version"],
        statement=_statement(session, package_id, version["number"]),
        bundle=read_bundle(session, version["digest"]),
        created_at=package["created_at"],
        published_at=version["source_date"],
        owner=package["owner_id"],
    )


def _statement(session: Session, package_id: PackageId, number: int) -> Statement:
    columns = [_REVISION.c[name] for name in Statement.__slots__]
    named = (_REVISION.c.package_id == str(package_id)) & (_REVISION.c.number == number)
    row = session.execute(select(*columns).where(named)).mappings().one()
    return Statement(**{**row, "authors": tuple(row["authors"])})


def _locked(session: Session, package_id: PackageId) -> RowMapping:
    session.execute(select(_PACKAGE.c.id).where(_PACKAGE.c.id == str(package_id)).with_for_update())
    return _one(session, package_id)


def _one(session: Session, package_id: PackageId) -> RowMapping:
    statement = (
        select(_PACKAGE, _HOSTED.c.update_token_sha256, _HOSTED.c.created_at)
        .join(_HOSTED, _HOSTED.c.package_id == _PACKAGE.c.id)
        .where(_PACKAGE.c.id == str(package_id))
    )
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise PackageNotFound(f"There is no hosted package {package_id.name!r} in this registry.")
    return row


def _versions(session: Session, package_id: PackageId) -> list[RowMapping]:
    columns = ("number", "digest", "source_date", "withdrawn_at", "withdrawn_reason")
    statement = select(*(_VERSION.c[name] for name in columns)).where(_VERSION.c.package_id == str(package_id))
    return list(session.execute(statement.order_by(_VERSION.c.number.desc())).mappings())


def shown_file(statement: Statement, paths: Collection[str]) -> str:
    """The file that shows a version best: its trajectory, else PAPER.md, else whichever comes first."""
    if statement.trajectory is not None:
        return statement.trajectory
    return PAPER_FILE if PAPER_FILE in paths else next(iter(paths))
