"""src/: the environment, the parameters of src/configs, and the index of code in src/artifacts.md."""

from __future__ import annotations

from registry.ara.reading.markdown import ids, read_fields, sections, split_lines
from registry.ara.reading.model import CodeArtifact, Environment, Fields, Parameter, Place

ENVIRONMENT_FILE = "src/environment.md"
ARTIFACTS_FILE = "src/artifacts.md"
PARAMETER_FIELDS = frozenset({"value", "rationale", "search range", "sensitivity", "source"})
CODE_FIELDS = frozenset(
    {
        "file(s) in repo", "files in repo", "files", "file", "nature", "what it does / contains", "what it does",
        "contains", "how to use / run", "how to use", "how to run", "claims supported", "claims",
    }
)  # fmt: skip


def read_environment(text: str, *, file: str = ENVIRONMENT_FILE) -> Environment:
    """The environment's fields, whatever section they stand in."""
    parts = sections(split_lines(text))
    found = [one for part in parts for one in read_fields(part)[0].all]
    return Environment(Place(file), Fields(tuple(found)), parts)


def read_parameters(text: str, *, file: str) -> tuple[Parameter, ...]:
    """The ``##`` blocks of one configs file."""
    found = []
    for part in sections(split_lines(text)):
        if part.level < 2:
            continue
        fields = read_fields(part, known=PARAMETER_FIELDS)[0]
        found.append(
            Parameter(
                name=part.title,
                place=Place(file, part.line),
                value=fields.text("value"),
                rationale=fields.text("rationale"),
                search_range=fields.text("search range"),
                sensitivity=fields.text("sensitivity"),
                source=fields.text("source"),
                fields=fields,
            )
        )
    return tuple(found)


def read_code_artifacts(text: str, *, file: str = ARTIFACTS_FILE) -> tuple[CodeArtifact, ...]:
    """The entries of the code index: one a section, with its text kept where it has no fields."""
    found = []
    for part in sections(split_lines(text)):
        if part.level < 2:
            continue
        fields, prose = read_fields(part, known=CODE_FIELDS)
        found.append(
            CodeArtifact(
                name=part.title,
                place=Place(file, part.line),
                files=fields.text("file(s) in repo", "files in repo", "files", "file"),
                nature=fields.text("nature"),
                description=fields.text("what it does / contains", "what it does", "contains") or prose,
                usage=fields.text("how to use / run", "how to use", "how to run"),
                claims=ids(fields.text("claims supported", "claims"), "C"),
                fields=fields,
            )
        )
    return tuple(found)
