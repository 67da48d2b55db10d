"""The validate layer over the other files. It only warns, and only when tree and claims are sound, as in the linter."""

from __future__ import annotations

from registry.ara.artifact import Artifact
from registry.ara.lint.claim_rules import labelled_bullet
from registry.ara.lint.findings import Findings
from registry.ara.lint.strict_yaml import checked_unknown, pairs, text_or_none, texts, whole_number_or_text
from registry.ara.lint.text import trim, trim_start
from registry.ara.reading.evidence_index import read_index
from registry.ara.reading.front_matter import cut_front_matter
from registry.ara.reading.markdown import is_id, split_lines
from registry.ara.reading.text import decoded
from registry.ara.reading.yaml_compose import compose
from registry.ara.reading.yaml_nodes import YamlProblem

_EVIDENCE_FOLDERS = ("figures", "proofs", "results", "tables")


def check_layers(artifact: Artifact, findings: Findings) -> None:
    """PAPER.md, concepts, related work, evidence."""
    _check_paper(artifact, findings)
    _check_concepts(artifact, findings)
    _check_related_work(artifact, findings)
    _check_evidence(artifact, findings)


def _check_paper(artifact: Artifact, findings: Findings) -> None:
    text = decoded(artifact, "PAPER.md")
    head = cut_front_matter(text) if text is not None else None
    if head is None:
        return
    try:
        node = compose(head.yaml).root
        for name, _, value in pairs(node) if node else ():
            if name in ("title", "venue", "doi", "abstract"):
                text_or_none(value)
            elif name in ("authors", "keywords"):
                texts(value)
            elif name == "year":
                whole_number_or_text(value)
            else:
                checked_unknown(value)
    except YamlProblem as problem:
        findings.warn(
            "PAPER.md", f"malformed frontmatter YAML: {problem.message}", file="PAPER.md",
            line=head.first_line + problem.line - 1, mend="correct the YAML; until then no field of it is read",
        )  # fmt: skip


def _second_level(text: str) -> list[tuple[str, int, list[str]]]:
    found: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(split_lines(text), start=1):
        start = trim_start(line)
        if start.startswith("## "):
            found.append((trim(start[3:]), number, []))
        elif found:
            found[-1][2].append(line)
    return found


def _labelled(body: list[str], label: str) -> str:
    """The last value under a label that begins so."""
    value = ""
    for line in body:
        bullet = labelled_bullet(line)
        if bullet and bullet[0].lower().startswith(label):
            value = bullet[1]
    return value


def _check_concepts(artifact: Artifact, findings: Findings) -> None:
    file = "logic/concepts.md"
    for term, line, body in _second_level(decoded(artifact, file) or ""):
        if not _labelled(body, "definition"):
            mend = "add `- **Definition**: ...`"
            findings.warn(f"concepts[{term}]", "concept has no definition", file=file, line=line, mend=mend)


def _check_related_work(artifact: Artifact, findings: Findings) -> None:
    file = "logic/related_work.md"
    for heading, line, body in _second_level(decoded(artifact, file) or ""):
        id_, colon, _ = heading.partition(":")
        if colon and is_id(trim(id_), "RW") and not _labelled(body, "doi"):
            mend = "add `- **DOI**: ...`, or `Not specified in paper`"
            path = f"related_work[{trim(id_)}]"
            findings.warn(path, "related work has no DOI", file=file, line=line, mend=mend)


def _check_evidence(artifact: Artifact, findings: Findings) -> None:
    index = "evidence/README.md"
    rows = read_index(decoded(artifact, index) or "")
    indexed = {row.id for row in rows}
    filed: set[str] = set()
    first_seen: dict[str, str] = {}
    for folder, id_ in _bodies(artifact):
        path, file = f"evidence/{folder}/{id_}", f"evidence/{folder}/{id_}.md"
        earlier = first_seen.setdefault(id_, folder)
        if earlier != folder:
            findings.warn(
                path,
                f"duplicate exhibit basename: already read from evidence/{earlier}/{id_}; "
                "both bodies kept, index enrichment is shared",
                file=file, line=1, mend="rename one of the two files",
            )  # fmt: skip
        filed.add(id_)
        if id_ not in indexed:
            message = "body file has no index row in evidence/README.md"
            findings.warn(path, message, file=file, line=1, mend="add a row for it to the index table")
    for row in rows:
        if row.file is not None and row.id not in filed:
            message = "index row references a file with no body under evidence/"
            mend = f"file evidence/…/{row.id}.md, or drop the row"
            findings.warn(f"evidence[{row.id}]", message, file=index, line=row.place.line, mend=mend)


def _bodies(artifact: Artifact) -> list[tuple[str, str]]:
    """Folder and name (without .md) of each readable evidence file, in the linter's order."""
    found = []
    for path in artifact.files:
        parts = path.split("/")
        if len(parts) != 3 or parts[0] != "evidence" or parts[1] not in _EVIDENCE_FOLDERS:
            continue
        stem, dot, end = parts[2].rpartition(".")
        if stem and dot and end == "md" and decoded(artifact, path) is not None:
            found.append((parts[1], stem))
    return sorted(found)
