"""``…/diff?from=1&to=2``: what changed between two versions of a package."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from registry.diff import ChangedElement, Changes, FieldChange, FileChange, FileFate, Named
from web.api.bundles import PACKAGE, Name, Namespace
from web.api.packages import refuse_unknown
from web.api.responses import problems
from web.dependencies import SessionDependency
from web.headers import conditional
from web.hosting import HostingDependency
from web.version_numbers import read_number
from web.version_spans import ComparedVersions, compare

router = APIRouter(prefix="/api/v1", tags=["bundles"])


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DiffField(_Answer):
    """A field that changed; empty where it was not, or is no longer."""

    name: str
    before: str
    after: str

    @classmethod
    def of(cls, change: FieldChange) -> DiffField:
        return cls(name=change.name, before=change.before, after=change.after)


class DiffNamed(_Answer):
    """An element that was added or dropped."""

    id: str
    title: str
    file: str

    @classmethod
    def of(cls, named: Named) -> DiffNamed:
        return cls(id=named.id, title=named.title, file=named.file)


class DiffChanged(DiffNamed):
    """An element that both versions have, field by field."""

    was: str | None = Field(description="Its id in the old version, if that was another.")
    fields: list[DiffField]

    @classmethod
    def of_changed(cls, changed: ChangedElement) -> DiffChanged:
        return cls(
            id=changed.id,
            title=changed.title,
            file=changed.file,
            was=changed.was,
            fields=[DiffField.of(one) for one in changed.fields],
        )


class DiffChanges(_Answer):
    """What became of the elements of one kind."""

    added: list[DiffNamed]
    changed: list[DiffChanged]
    dropped: list[DiffNamed]

    @classmethod
    def of(cls, changes: Changes) -> DiffChanges:
        return cls(
            added=[DiffNamed.of(one) for one in changes.added],
            changed=[DiffChanged.of_changed(one) for one in changes.changed],
            dropped=[DiffNamed.of(one) for one in changes.dropped],
        )


class DiffFile(_Answer):
    """A file whose bytes differ."""

    path: str
    fate: FileFate
    bytes_before: int
    bytes_after: int
    told: bool = Field(description="Whether the differences of claims, evidence and so on speak of this file.")

    @classmethod
    def of(cls, change: FileChange) -> DiffFile:
        return cls(
            path=change.path,
            fate=change.fate,
            bytes_before=change.bytes_before,
            bytes_after=change.bytes_after,
            told=change.is_told,
        )


class DiffVersion(_Answer):
    """One side of a difference."""

    version: int
    digest: str


class VersionDiff(_Answer):
    """What changed from one version of a package to another."""

    id: str
    old: DiffVersion = Field(alias="from", serialization_alias="from")
    new: DiffVersion = Field(alias="to", serialization_alias="to")
    same: bool = Field(description="Whether both are the same, byte for byte.")
    paper: list[DiffField] = Field(description="Front matter of PAPER.md.")
    claims: DiffChanges
    experiments: DiffChanges
    evidence: DiffChanges
    tree: DiffChanges = Field(description="Nodes of the exploration tree.")
    concepts: DiffChanges
    heuristics: DiffChanges
    related_work: DiffChanges
    files: list[DiffFile] = Field(description="Every file that differs.")

    @classmethod
    def of(cls, found: ComparedVersions) -> VersionDiff:
        old, new, difference = found.old.stored, found.new.stored, found.diff
        return cls.model_validate(
            {
                "id": new.package_id,
                "from": DiffVersion(version=old.number, digest=old.bundle.digest),
                "to": DiffVersion(version=new.number, digest=new.bundle.digest),
                "same": difference.is_empty,
                "paper": [DiffField.of(one) for one in difference.paper],
                "claims": DiffChanges.of(difference.claims),
                "experiments": DiffChanges.of(difference.experiments),
                "evidence": DiffChanges.of(difference.evidence),
                "tree": DiffChanges.of(difference.tree),
                "concepts": DiffChanges.of(difference.concepts),
                "heuristics": DiffChanges.of(difference.heuristics),
                "related_work": DiffChanges.of(difference.related_work),
                "files": [DiffFile.of(one) for one in difference.files],
            }
        )


def refuse_all_but_span(request: Request) -> None:
    refuse_unknown(request, ("from", "to"))


_VERSION_PATTERN = r"^[vV]?[1-9][0-9]{0,5}$"
From = Annotated[str, Query(alias="from", description="The old version, as 1 or v1.", pattern=_VERSION_PATTERN)]
To = Annotated[str, Query(description="The new version.", pattern=_VERSION_PATTERN)]


@router.get(
    f"{PACKAGE}/diff",
    response_model=VersionDiff,
    summary="What changed between two versions",
    dependencies=[Depends(refuse_all_but_span)],
    responses=problems(400, 404, 410, 503),
)
def version_diff(
    request: Request,
    session: SessionDependency,
    hosting: HostingDependency,
    namespace: Namespace,
    name: Name,
    old: From,
    to: To,
) -> Response:
    """Claims, experiments, evidence and nodes of the tree that were added, changed or dropped, and the other files."""
    found = compare(session, hosting.reader, namespace, name, old=read_number(old), new=read_number(to))
    return conditional(request, JSONResponse(VersionDiff.of(found).model_dump(mode="json", by_alias=True)))
