"""Unpacking e-prints by their bytes."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from importers import arxiv_source
from importers.arxiv_source import EprintKind, unpack_eprint
from registry.errors import InvalidArtifact


def tar_of(members: list[tuple[str, bytes]], links: tuple[tuple[str, str], ...] = ()) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, to in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, to
            archive.addfile(info)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (tar_of([("a.tex", b"\\documentclass{article}")]), EprintKind.TREE),
        (gzip.compress(b"\\documentstyle{article}\\begin{document}"), EprintKind.SINGLE),
        (b"\\documentclass{article}", EprintKind.SINGLE),
        (b"%PDF-1.5 ...", EprintKind.PDF),
        (gzip.compress(b"%!PS-Adobe-2.0"), EprintKind.POSTSCRIPT),
        (gzip.compress(b"<html><head>"), EprintKind.HTML),
        (gzip.compress(b"%auto-ignore\n"), EprintKind.WITHDRAWN),
        (tar_of([("main.tex", b"%auto-ignore\n")]), EprintKind.WITHDRAWN),
        (tar_of([("paper.pdf", b"%PDF-1.4")]), EprintKind.PDF),
        (tar_of([("page.htm", b"<HTML>"), ("a.gif", b"GIF89a")]), EprintKind.HTML),
        (b"PK\x03\x04....", EprintKind.DOCX),
        (b"some words", EprintKind.UNKNOWN),
        (gzip.compress(tar_of([("a.tex", b"\\bye")])), EprintKind.TREE),
    ],
)
def test_kind_by_magic_bytes(content: bytes, kind: EprintKind):
    assert unpack_eprint(content).kind is kind


def test_links_and_names_that_lead_out_are_left_out_with_a_note():
    eprint = unpack_eprint(
        tar_of(
            [("ok/a.tex", b"\\bye"), ("../evil.tex", b"x"), ("/etc/passwd", b"x")], links=(("l.tex", "/etc/passwd"),)
        )
    )
    assert list(eprint.tree.files) == ["ok/a.tex"]
    assert len(eprint.notes) == 3


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(arxiv_source, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(InvalidArtifact, match="unpacks to more"):
        unpack_eprint(gzip.compress(b"\0" * 100_000))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(arxiv_source, "MAX_FILES", 3)
    with pytest.raises(InvalidArtifact, match="more than 3 files"):
        unpack_eprint(tar_of([(f"{number}.tex", b"x") for number in range(5)]))


def test_a_broken_archive_keeps_what_came_before_and_nothing_is_refused():
    whole = gzip.decompress(tar_of([("a.tex", b"\\bye"), ("b.tex", b"x" * 5000)]))
    eprint = unpack_eprint(whole[:2000])
    assert "a.tex" in eprint.tree.files
    assert eprint.notes
    with pytest.raises(InvalidArtifact):
        unpack_eprint(gzip.compress(b"x" * 1000)[:20])
    with pytest.raises(InvalidArtifact, match="empty"):
        unpack_eprint(b"")
