"""The whole artifact, read: every file goes to its reader, and what none understands is kept and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from registry.ara.artifact import Artifact
from registry.ara.reading.claims import CLAIM_FIELDS, CLAIMS_FILE, read_claims
from registry.ara.reading.concepts import CONCEPT_FIELDS, CONCEPTS_FILE, read_concepts
from registry.ara.reading.evidence import EXHIBIT_FIELDS, read_evidence
from registry.ara.reading.experiments import EXPERIMENT_FIELDS, EXPERIMENTS_FILE, read_experiments
from registry.ara.reading.front_matter import PAPER_FILE
from registry.ara.reading.model import (
    Claim,
    Experiment,
    Fields,
    Heuristic,
    Parameter,
    Place,
    ResearchArtifact,
    Schema,
    SolutionFile,
    Unrecognised,
)
from registry.ara.reading.paper import read_paper
from registry.ara.reading.problem import PROBLEM_FILE, read_problem
from registry.ara.reading.related_work import RELATED_WORK_FIELDS, RELATED_WORK_FILE, read_related_work
from registry.ara.reading.solution import HEURISTIC_FIELDS, read_heuristics, read_solution
from registry.ara.reading.source_layer import (
    ARTIFACTS_FILE,
    CODE_FIELDS,
    ENVIRONMENT_FILE,
    PARAMETER_FIELDS,
    read_code_artifacts,
    read_environment,
    read_parameters,
)
from registry.ara.reading.text import check_amount, decoded
from registry.ara.reading.tree import TREE_FILE, read_tree

_Read = TypeVar("_Read")
_KNOWN_FILES = frozenset(
    {
        PAPER_FILE, CLAIMS_FILE, CONCEPTS_FILE, EXPERIMENTS_FILE, PROBLEM_FILE, RELATED_WORK_FILE, ENVIRONMENT_FILE,
        ARTIFACTS_FILE, TREE_FILE, "trajectory.html", "trace/pm_reasoning_log.yaml", "provenance.json", "CITATION.cff",
        ".gitignore",
    }
)  # fmt: skip
_KNOWN_FOLDERS = (
    "logic/solution/", "src/configs/", "src/execution/", "src/prompts/", "data/", "evidence/", "rubric/",
    "staging/", "trace/sessions/",
)  # fmt: skip
_KNOWN_STEMS = ("license", "licence", "readme", "notice", "copying")
_TEXT_ENDINGS = (".md", ".yaml", ".yml", ".html", ".json", ".txt", ".py", ".cff")


def read_artifact(artifact: Artifact) -> ResearchArtifact:
    """Read every layer and drop nothing: see ``unrecognised`` and the fields of each element.

    Raises InvalidArtifact only for more text than can be read in bounded memory.
    """
    check_amount(artifact)
    claims = _read(artifact, CLAIMS_FILE, read_claims) or ()
    experiments = _read(artifact, EXPERIMENTS_FILE, read_experiments) or ()
    tree = _read(artifact, TREE_FILE, read_tree)
    solution, heuristics = _solution(artifact)
    read = ResearchArtifact(
        schema=_schema(artifact, claims, experiments),
        files=artifact.files,
        paper=_read(artifact, PAPER_FILE, read_paper),
        problem=_read(artifact, PROBLEM_FILE, read_problem),
        claims=claims,
        concepts=_read(artifact, CONCEPTS_FILE, read_concepts) or (),
        experiments=experiments,
        heuristics=heuristics,
        related_work=_read(artifact, RELATED_WORK_FILE, read_related_work) or (),
        solution=solution,
        parameters=_parameters(artifact),
        environment=_read(artifact, ENVIRONMENT_FILE, read_environment),
        code_artifacts=_read(artifact, ARTIFACTS_FILE, read_code_artifacts) or (),
        tree=tree[0] if tree else None,
        evidence=read_evidence(artifact),
        unrecognised=(*_strange_files(artifact), *(tree[1] if tree else ())),
    )
    return _with_strange_fields(read)


def _read(artifact: Artifact, path: str, reader: Callable[[str], _Read]) -> _Read | None:
    text = decoded(artifact, path)
    return None if text is None else reader(text)


def _solution(artifact: Artifact) -> tuple[tuple[SolutionFile, ...], tuple[Heuristic, ...]]:
    files: list[SolutionFile] = []
    heuristics: list[Heuristic] = []
    for path in artifact.files:
        if (
            path.startswith("logic/solution/")
            and path.endswith(".md")
            and (text := decoded(artifact, path)) is not None
        ):
            files.append(read_solution(text, file=path))
            heuristics.extend(read_heuristics(text, file=path))
    return tuple(files), tuple(heuristics)


def _parameters(artifact: Artifact) -> tuple[Parameter, ...]:
    return tuple(
        parameter
        for path in artifact.files
        if path.startswith("src/configs/") and path.endswith(".md") and (text := decoded(artifact, path)) is not None
        for parameter in read_parameters(text, file=path)
    )


def _schema(artifact: Artifact, claims: Sequence[Claim], experiments: Sequence[Experiment]) -> Schema:
    """Told from what real bundles hold: Conditions or Sources make it new, Interpretation without either old."""
    if any(claim.fields.get("conditions", "sources") for claim in claims):
        return Schema.NEW
    if any(claim.interpretation for claim in claims):
        return Schema.OLD
    if any(experiment.fields.get("evidence", "run") for experiment in experiments):
        return Schema.NEW
    old = ("logic/solution/architecture.md", "logic/solution/algorithm.md")
    return Schema.OLD if all(path in artifact.files for path in old) else Schema.UNKNOWN


def _strange_files(artifact: Artifact) -> Iterator[Unrecognised]:
    for path in artifact.files:
        if path.endswith(_TEXT_ENDINGS) and decoded(artifact, path) is None:
            yield Unrecognised(Place(path), "file", "is not UTF-8; it is kept as bytes and not read")
        elif not _is_known(path):
            yield Unrecognised(Place(path), "file", "has no place in the format; it is kept as it is")


def _is_known(path: str) -> bool:
    if path in _KNOWN_FILES or path.startswith(_KNOWN_FOLDERS):
        return True
    return "/" not in path and path.casefold().startswith(_KNOWN_STEMS)


def _with_strange_fields(read: ResearchArtifact) -> ResearchArtifact:
    found = tuple(_strange_fields(read))
    if not found:
        return read
    values = {name: getattr(read, name) for name in ResearchArtifact.__slots__}
    return ResearchArtifact(**{**values, "unrecognised": read.unrecognised + found})


def _strange_fields(read: ResearchArtifact) -> Iterator[Unrecognised]:
    elements: list[tuple[str, Place, Fields, frozenset[str]]] = [
        *((claim.id, claim.place, claim.fields, CLAIM_FIELDS) for claim in read.claims),
        *((one.id, one.place, one.fields, EXPERIMENT_FIELDS) for one in read.experiments),
        *((one.term, one.place, one.fields, CONCEPT_FIELDS) for one in read.concepts),
        *((one.id, one.place, one.fields, HEURISTIC_FIELDS) for one in read.heuristics),
        *((one.id, one.place, one.fields, RELATED_WORK_FIELDS) for one in read.related_work),
        *((one.name, one.place, one.fields, PARAMETER_FIELDS) for one in read.parameters),
        *((one.name, one.place, one.fields, CODE_FIELDS) for one in read.code_artifacts),
        *((one.id, Place(one.path), one.fields, EXHIBIT_FIELDS) for one in read.evidence.exhibits),
    ]
    for name, place, fields, known in elements:
        for field in fields.unknown(known):
            where = Place(place.file, field.line)
            yield Unrecognised(where, f"field {field.key!r} of {name}", "is not one the format names; it is kept")
    if read.paper:
        for key in read.paper.front_matter.extra:
            line = read.paper.front_matter.lines.get(key, 1)
            yield Unrecognised(Place(PAPER_FILE, line), f"front matter key {key!r}", "is not one the format names")
