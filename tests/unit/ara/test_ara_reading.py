"""The typed model: both schemas, their dialects, places, and nothing lost or raised on any text."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.ara.artifact import Artifact
from registry.ara.examination import examine
from registry.ara.reading import Place, ResearchArtifact, Schema, read_artifact, read_claims
from registry.ara.reading.concepts import read_concepts
from registry.ara.reading.evidence_index import exhibit_id, read_index
from registry.ara.reading.experiments import read_experiments
from registry.ara.reading.front_matter import read_front_matter
from registry.ara.reading.markdown import sections, split_lines, tables
from registry.ara.reading.problem import read_problem
from registry.ara.reading.references import cited_paths
from registry.ara.reading.related_work import read_related_work
from registry.ara.reading.text import MAX_FILE_LINES
from registry.ara.reading.tree import read_tree
from registry.errors import InvalidArtifact


@pytest.fixture(scope="module")
def read(complete: dict[str, bytes]) -> ResearchArtifact:
    return read_artifact(Artifact(complete))


@pytest.fixture(scope="module")
def read_old(old: dict[str, bytes]) -> ResearchArtifact:
    return read_artifact(Artifact(old))


def test_the_complete_artifact_is_read_whole(read: ResearchArtifact) -> None:
    assert read.schema is Schema.NEW
    assert read.unrecognised == ()
    assert [claim.id for claim in read.claims] == ["C01", "C02"]
    assert [one.id for one in read.experiments] == ["E01", "E02", "E03"]
    assert [one.term for one in read.concepts][:2] == ["Drinking warmth", "Cooling time"]
    assert [one.code_refs for one in read.heuristics] == [("src/execution/cooling.py",)]
    assert [one.types for one in read.related_work] == [("baseline",), ("imports",)]
    assert [one.path for one in read.solution] == ["logic/solution/constraints.md", "logic/solution/heuristics.md"]
    assert [(one.name, one.value) for one in read.parameters] == [("half-life", "17 min")]
    assert [one.claims for one in read.code_artifacts] == [("C01", "C02")]
    assert read.environment is not None
    assert read.environment.fields.text("Hardware") == "kitchen thermometer, letter scale"
    assert read.tree is not None
    assert [node.id for node in read.tree.walk()] == [f"N0{number}" for number in range(1, 9)]


def test_a_claim_knows_its_parts_and_their_places(read: ResearchArtifact) -> None:
    claim = read.claims[1]
    assert claim.place == Place("logic/claims.md", 15)
    assert claim.title == "Stirring matters only while the vessel is open"
    assert claim.status == "hypothesis"
    assert claim.proof == ("E03",)
    assert claim.dependencies == ("C01",)
    assert claim.tags == ("stirring",)
    first, second = claim.sources
    assert (first.value, first.reference, first.quotes, first.tag) == (
        "stirred and open", "§3.2", ("stirring the open cup shortened the wait",), "result",
    )  # fmt: skip
    assert first.line == 19
    assert second.pending
    assert not second.quotes


def test_paper_problem_and_evidence(read: ResearchArtifact) -> None:
    assert read.paper is not None
    matter = read.paper.front_matter
    assert (matter.title, matter.authors, matter.year, matter.doi) == (
        "Lidded vessels cool slower: a kitchen study", ("Ada Brew", "Ben Kettle"), "2024", "",
    )  # fmt: skip
    assert matter.lines["year"] == 6
    assert {kind: count for kind, (count, _) in read.paper.declared_counts.items()} == {
        "claims": 2, "concepts": 5, "experiments": 3, "nodes": 8,
    }  # fmt: skip
    assert read.problem is not None
    assert [one.id for one in read.problem.observations] == ["O1", "O2"]
    assert read.problem.insights[0].text.startswith("A lid removes evaporation")
    assert [one.id for one in read.problem.assumptions] == ["A1", "A2"]
    table = next(one for one in read.evidence.exhibits if one.id == "table1_cooling")
    assert (table.kind, table.source, table.extraction_type, table.claims) == (
        "tables",
        "Table 1",
        "raw_table",
        ("C01",),
    )
    assert table.tables[0].rows == (("open", "23"), ("covered", "41"))


def test_experiments_keep_nested_setups_and_numbered_steps(read: ResearchArtifact) -> None:
    first = read.experiments[0]
    assert first.procedure == (
        "Pour water just off the boil.", "Cover every second cup.", "Note when drinking warmth is reached.",
    )  # fmt: skip
    assert "Hardware: kitchen thermometer" in first.setup
    assert first.evidence == ("evidence/tables/table1_cooling.md",)
    assert read.experiments[2].evidence_pending


def test_old_dialects_are_read(read_old: ResearchArtifact) -> None:
    assert read_old.schema is Schema.OLD
    assert [(claim.id, claim.separator) for claim in read_old.claims] == [("C01", "—"), ("C02", ":"), ("C03", "-")]
    first = read_old.claims[0]
    assert first.statement.startswith("On wet ground snails travel 2.1 times")
    assert first.statement.endswith("in the same hour.")
    assert first.interpretation == "Slime is cheap when it rains."
    assert read_old.paper is not None
    assert read_old.paper.front_matter.title == "A garden of snails, timed"
    assert not read_old.paper.front_matter.present
    assert read_old.problem is not None
    assert [one.id for one in read_old.problem.observations] == ["O1", "O2"]
    assert read_old.problem.observations[0].text == "Rain. Snails travel further on wet ground."
    assert [one.id for one in read_old.problem.insights] == ["KI1"]
    assert [one.term for one in read_old.concepts] == ["Wet hour", "Dry hour", "Slime"]
    assert [(one.id, one.types) for one in read_old.related_work] == [
        ("RW-Heller", ("baseline",)), ("RW02", ("bounds", "extends")),
    ]  # fmt: skip
    assert read_old.tree is not None
    assert read_old.tree.dialect == "root"
    assert read_old.tree.nodes[0].title == "What makes snails hurry?"
    pivot = next(node for node in read_old.tree.walk() if node.type == "pivot")
    assert pivot.text("new_direction", "to") == "water"
    assert {one.id: one.claims for one in read_old.evidence.exhibits}["day"] == ("C02",)
    assert {one.path: one.source for one in read_old.evidence.exhibits}["evidence/tables/distances.md"].startswith(
        "garden"
    )


def test_what_is_not_understood_is_kept_and_reported(complete: dict[str, bytes]) -> None:
    strange = {
        **complete,
        "notes/x.txt": b"?",
        "logic/other.md": b"# ?\n",
        "evidence/tables/bad.md": b"\xff\xfe",
        "logic/claims.md": complete["logic/claims.md"] + b"- **Mood**: cheerful\n",
        "PAPER.md": complete["PAPER.md"].replace(b"year: 2024", b"year: 2024\nmood: {calm: [1, 2]}"),
    }
    read = read_artifact(Artifact(strange))
    reports = {(one.place.file, one.what): one.place.line for one in read.unrecognised}
    assert reports["notes/x.txt", "file"] == 1
    assert reports["logic/other.md", "file"] == 1
    assert reports["evidence/tables/bad.md", "file"] == 1
    assert reports["logic/claims.md", "field 'Mood' of C02"] == 27
    assert reports["PAPER.md", "front matter key 'mood'"] == 7
    assert read.claims[1].fields.text("mood") == "cheerful"
    assert read.paper is not None
    assert read.paper.front_matter.extra == {"mood": {"calm": ["1", "2"]}}
    assert read.files == Artifact(strange).files


@pytest.mark.parametrize(
    "heading",
    ["## C07: T", "## C07 — T", "## C07 – T", "## C07 - T", "### C07: T", "## C07. T", "## C07 T", "## **C07**: T"],
)
def test_claim_headings_in_every_style(heading: str) -> None:
    (claim,) = read_claims(
        f"# Claims\n\n{heading}\n- **Statement**: s\n\n## Notes\n- **Statement**: not of the claim\n"
    )
    assert (claim.id, claim.title.strip("* :"), claim.statement) == ("C07", "T", "s")


@pytest.mark.parametrize(
    "body",
    [
        "- **Statement**: one two\n- **Proof**: [E01, E02]\n",
        "- **Statement:** one two\n- **Proof:** E01, E02.\n",
        "**Statement:** one\ntwo\n\n**Proof**: `E01`; E02\n",
        "* **statement**: one\n  two\n* **PROOF**\n  - E01\n  - E02\n",
        "### Statement\none two\n### Proof\nE01 and E02\n",
        "- Statement: one two\n- Proof: E01 E02\n",
    ],
)
def test_fields_in_every_style(body: str) -> None:
    (claim,) = read_claims(f"## C01: T\n{body}")
    assert claim.statement.split() == ["one", "two"]
    assert claim.proof == ("E01", "E02")


def test_headings_in_code_fences_are_text_and_an_unclosed_fence_hides_nothing() -> None:
    assert [one.id for one in read_claims("## C01: a\n```\n## C02: b\n```\n## C03: c\n")] == ["C01", "C03"]
    assert [one.id for one in read_claims("## C01: a\n```\n## C02: b\n")] == ["C01", "C02"]


@pytest.mark.parametrize(("text", "entries"), [("[]", 0), ("none", 0), ("", 0), ("a ← b «c» [input]", 1)])
def test_sources_on_the_line_of_their_field(text: str, entries: int) -> None:
    (claim,) = read_claims(f"## C01: T\n- **Sources**: {text}\n")
    assert len(claim.sources) == entries
    assert claim.fields.get("sources") is not None


def test_a_tag_inside_a_quote_is_not_the_tag() -> None:
    (claim,) = read_claims(
        "## C01: T\n- **Sources**:\n  - 5 ← x.py:3 «n = 5 [result]»\n  - 6 ← y «6» [Result, recomputed]\n"
    )
    assert [entry.tag for entry in claim.sources] == [None, "result"]


def test_duplicate_claims_are_all_kept() -> None:
    assert [one.title for one in read_claims("## C01: a\n## C01: b\n")] == ["a", "b"]


def test_evidence_paths_are_found_in_links_backticks_and_prose() -> None:
    text = (
        "see [t](../evidence/tables/a.md), `evidence/figures/b.md:12` and (evidence/results/c.md#x); src/run.py. x/y.md"
    )
    assert cited_paths(text) == ("evidence/tables/a.md", "evidence/figures/b.md", "evidence/results/c.md", "src/run.py")
    (one,) = read_experiments("## E01: x\n- **Evidence**: tables/t.md (pending review)\n")
    assert one.evidence == ("evidence/tables/t.md",)
    assert one.evidence_pending


@pytest.mark.parametrize(
    ("cell", "id_", "file"),
    [
        ("[t](tables/t1.md)", "t1", "tables/t1.md"),
        ("`figures/f.md`", "f", "figures/f.md"),
        ("figures/f.(png/md)", "f", "figures/f.(png/md)"),
        ("figures/f (png/md)", "f", "figures/f (png/md)"),
        ("t1.md", "t1", "t1.md"),
        ("a.b.md", "a.b", "a.b.md"),
        ("Some fact, told", "some-fact-told", None),
        ("v1.2 is out", "v1-2-is-out", None),
    ],
)
def test_index_cells_in_every_style(cell: str, id_: str, file: str | None) -> None:
    (row,) = read_index(f"| Description | File | Used by |\n|---|:-:|---|\n| d | {cell} | C02, x, C01 |\n")
    assert (row.id, row.file, row.claims, row.description) == (id_, file, ("C02", "C01"), "d")
    assert row.place == Place("evidence/README.md", 3)


def test_index_without_named_columns_falls_back_to_the_first() -> None:
    (row,) = read_index("| Exhibit | Note |\n|---|---|\n| tables/t.md | C01 |\n| | empty |\n")
    assert (row.id, row.claims) == ("t", ())
    assert exhibit_id("evidence/tables/table1.md") == "table1"


def test_front_matter_that_cannot_be_read_is_said_so() -> None:
    matter, _ = read_front_matter("---\ntitle: a: b\n---\n")
    assert "line 2" in matter.problem
    assert read_front_matter("---\n- a\n---\n")[0].problem
    assert not read_front_matter("# T\n")[0].present
    assert not read_front_matter("---\ntitle: T\n")[0].present
    marked, _ = read_front_matter("\ufeff\n---\r\ntitle: T\r\nauthors: A. One\r\nyear: 2020\r\n---\r\n")
    assert (marked.title, marked.authors, marked.year) == ("T", ("A. One",), "2020")
    named, _ = read_front_matter("---\nauthors: [{name: A, orcid: x}, B]\n---\n")
    assert named.authors == ("A", "B")


def test_trees_in_every_shape() -> None:
    assert read_tree("tree: {id: N1, type: question}\n")[0].nodes[0].id == "N1"
    single, _ = read_tree("tree:\n  - id: N1\n    evidence: C01\n    also_depends_on: N2\n    source_refs: Table 1\n")
    node = single.nodes[0]
    assert [one.text for one in node.evidence] == ["C01"]
    assert [(one.text, one.line) for one in node.also_depends_on] == [("N2", 4)]
    assert node.source_refs == ("Table 1",)
    other, _ = read_tree('schema_version: "ara-2.0"\nofficial_stream: [a]\n')
    assert other.problem
    assert other.extra["official_stream"] == ["a"]
    broken, reports = read_tree("tree:\n  - just text\n  - id: N1\n")
    assert [one.id for one in broken.nodes] == ["N1"]
    assert reports[0].place == Place("trace/exploration_tree.yaml", 2)
    assert read_tree("tree: [\n")[0].problem_line == 2
    assert read_tree("- a\n")[0].problem


def test_lists_of_other_files_survive_missing_fields() -> None:
    assert read_concepts("## T\n")[0].definition == ""
    (work,) = read_related_work("## RW01: A, 2001\n- **Delta**:\n  - What changed: x\n  - **Why**: y\n")
    assert (work.what_changed, work.why, work.types) == ("x", "y", ())
    assert read_problem("").observations == ()
    assert read_problem("## Goal\nFind it.\n").statement == "Find it."


def test_tables_keep_escaped_pipes_and_ignore_fences() -> None:
    (table,) = tables(split_lines("| a\\|b | c |\n|---|---|\n| 1 | 2 |\n```\n| x |\n|---|\n```\n"))
    assert table.header == ("a\\|b", "c")
    assert table.rows == (("1", "2"),)


def test_sections_keep_every_line() -> None:
    text = "lead\n# One\nbody\n\n## Two\n"
    parts = sections(split_lines(text))
    assert [(part.level, part.title, part.line, part.lines) for part in parts] == [
        (0, "", 1, ("lead",)), (1, "One", 2, ("body", "")), (2, "Two", 5, ()),
    ]  # fmt: skip


def test_more_text_than_can_be_read_is_refused() -> None:
    with pytest.raises(InvalidArtifact, match="too large to be read"):
        read_artifact(Artifact({"logic/claims.md": b"\n" * (MAX_FILE_LINES + 1)}))
    with pytest.raises(InvalidArtifact, match="too large to be read"):
        read_artifact(Artifact({"evidence/a.md": bytes(9 * 1024 * 1024)}))
    with pytest.raises(InvalidArtifact, match="too much text"):
        read_artifact(Artifact({f"logic/{number}.md": b"\n" * (MAX_FILE_LINES - 1) for number in range(3)}))
    assert read_artifact(Artifact({"data/rows.md": b"\n" * (MAX_FILE_LINES + 1)})).claims == ()


_MARKS = st.lists(
    st.sampled_from(
        [
            "#", "## ", "### ", "- ", "* ", "**", ":", "\n", "\n\n", "|", "|---|", "C01", "E01", "RW01", "O1", "«", "»",
            "←", "[", "](", ")", "`", "```\n", "---\n",
            "Statement", "Sources", "Table 1", " ", "  ", "\t", "\r", "1.", "é",
            "layer index", "Source", "evidence/tables/a.md", "tree:\n", "id: ", "type: ", "children:\n", "\u2028",
        ]
    ),
    max_size=80,
).map("".join)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_any_content_of_any_file_is_read_and_judged_without_a_crash(
    complete: dict[str, bytes], data: st.DataObject
) -> None:
    files = dict(complete)
    for path in data.draw(st.lists(st.sampled_from(sorted(complete)), min_size=1, max_size=4)):
        drawn = data.draw(
            st.one_of(_MARKS.map(str.encode), st.binary(max_size=200), st.text(max_size=200).map(str.encode))
        )
        keep = data.draw(st.booleans())
        files[path] = files[path] + drawn if keep and PurePosixPath(path).suffix in (".md", ".yaml") else drawn
    artifact = Artifact(files)
    try:
        found = examine(artifact)
    except InvalidArtifact:
        assert read_artifact(artifact).files == artifact.files
    else:
        assert found.as_json("x")
        assert found.reading.files == artifact.files


def test_a_gap_that_speaks_of_insight_is_not_the_key_insight() -> None:
    gaps = "## Gaps\n\n### G1: It gives limited insight\n- **Statement**: Limited.\n\n"
    text = f"# Problem\n\n{gaps}## Key Insight\n\n- **Insight**: Yes.\n"
    assert [one.text for one in read_problem(text).insights] == ["Yes."]
