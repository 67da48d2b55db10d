"""Real LaTeX trees: each compiles in full, quotes nothing that is not there, and passes the linter's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.arxiv_source import EprintKind, read_directory, unpack_eprint
from importers.compiler.eprint import compile_eprint
from importers.compiler.self_check import doubts_of, witness_of
from importers.latex.reader import read
from registry.ara.examination import examine

TREES = (
    "1009.5025 1402.5836 1706.03762 1706.03762-zh 1706.06978 1711.11160 1802.09419 1804.06267 1812.08037 "
    "2004.08070 2210.14064 "
    "2211.09817 2412.19437 2501-zoom 2502.07870 2508.20357 2607.11598 critical-points edo-paper "
    "hypertex-plain lu-existence "
    "nsdi-llm-config robust-sls"
).split()
MAINS = {
    "2210.14064": "main.tex",
    "lu-existence": "main.tex",
    "hypertex-plain": "hharvsamp.tex",
    "1009.5025": "blob1.tex",
}


@pytest.mark.parametrize("name", TREES)
def test_a_real_source_compiles_and_every_quote_stands_in_it(shared_data: Path, name: str):
    eprint = read_directory(shared_data / "arxiv" / "sources" / name)
    compiled = compile_eprint(None, eprint)
    document = read(eprint.tree)
    files = {path: content.decode() for path, content in compiled.artifact.files.items() if path.endswith(".md")}
    assert compiled.level == "full"
    assert compiled.claims
    assert doubts_of(witness_of(document), files).none
    assert examine(compiled.artifact).passed(strict=True)
    assert document.main == MAINS.get(name, document.main)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0011004.gz", EprintKind.UNKNOWN),
        ("0012007.tar.gz", EprintKind.TREE),
        ("2101.10016.gz", EprintKind.WITHDRAWN),
        ("2310.08262.html.gz", EprintKind.HTML),
        ("9901011.tar.gz", EprintKind.HTML),
    ],
)
def test_raw_eprints_are_known_by_their_bytes(shared_data: Path, name: str, kind: EprintKind):
    assert unpack_eprint((shared_data / "arxiv" / "sources" / "raw-eprints" / name).read_bytes()).kind is kind


def test_a_paper_that_is_a_pdf_is_read_by_its_text(shared_data: Path):
    content = (shared_data / "arxiv" / "sources" / "pdf-only" / "1512.03385.pdf").read_bytes()
    compiled = compile_eprint(None, unpack_eprint(content))
    assert compiled.level == "pdf"
    assert "lower-confidence" in compiled.artifact.files["logic/claims.md"].decode()
