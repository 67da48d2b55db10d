"""Write the golden files of the small papers anew. Run by hand after a change of the compiler that was meant."""

from __future__ import annotations

import shutil
from pathlib import Path

from importers.arxiv_source import read_directory
from importers.compiler.eprint import compile_eprint

PAPERS = Path(__file__).resolve().parent
GOLDEN = "golden"


def source_papers() -> list[Path]:
    """The folders that hold a paper."""
    return sorted(folder for folder in PAPERS.iterdir() if folder.is_dir() and any(folder.glob("*.tex")))


def compiled(folder: Path) -> dict[str, bytes]:
    """The artifact's files for one paper, its golden files not taken for source."""
    eprint = read_directory(folder)
    kept = {path: content for path, content in eprint.tree.files.items() if not path.startswith(f"{GOLDEN}/")}
    source = type(eprint)(eprint.kind, type(eprint.tree)(kept), eprint.notes)
    return dict(compile_eprint(None, source).artifact.files)


def renew() -> None:
    """Replace every golden folder."""
    for folder in source_papers():
        shutil.rmtree(folder / GOLDEN, ignore_errors=True)
        for path, content in compiled(folder).items():
            target = folder / GOLDEN / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


if __name__ == "__main__":
    renew()
