"""Unpacking an e-print from the bytes arXiv serves: what it is, by magic bytes, and its files.

Nothing is written to disk and nothing is fetched. Links, devices, absolute names and names with ``..`` are refused by
leaving them out with a note; sizes and counts are bounded, a bomb ends in InvalidArtifact. Kinds and their signs are
those of arXiv's own e-print service: tar.gz, gzip of one TeX file, PDF, PostScript, HTML, DOCX, withdrawn stub.
"""

from __future__ import annotations

import io
import posixpath
import re
import tarfile
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from importers.latex.source import SourceTree
from registry.errors import InvalidArtifact

MAX_FILES = 5_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_NAME = 400
_GZIP = b"\x1f\x8b"
_STUB = re.compile(rb"\A\s*%auto-ignore")
_HTML = re.compile(rb"\A\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<(?:!doctype )?html)", re.IGNORECASE)
_TEX = re.compile(
    rb"\\(?:documentclass|documentstyle|begin|input|magnification|def|section|title|bye|centerline|font|topmatter)"
)
_TEXT_SUFFIXES = (".tex", ".ltx", ".latex")


class EprintKind(StrEnum):
    """What arXiv serves as a source."""

    TREE = "tree"
    SINGLE = "single"
    PDF = "pdf"
    POSTSCRIPT = "postscript"
    HTML = "html"
    DOCX = "docx"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Eprint:
    """An unpacked e-print. ``tree`` holds every file that was taken; ``notes`` say what was left out and why."""

    kind: EprintKind
    tree: SourceTree
    notes: tuple[str, ...] = ()

    @property
    def pdf(self) -> bytes | None:
        """The PDF, where the paper came as one."""
        if self.kind is not EprintKind.PDF:
            return None
        return next((content for content in self.tree.files.values() if content.startswith(b"%PDF")), None)


@dataclass(slots=True)
class _Taken:
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    size: int = 0


def unpack_eprint(content: bytes, *, name: str = "paper") -> Eprint:
    """What the bytes are and the files in them; ``name`` (without suffix) names a single file.

    Raises InvalidArtifact for nothing at all, broken compression, and more than the limits above.
    """
    if not content:
        raise InvalidArtifact("the e-print is empty")
    plain = _gunzip(content)
    if _is_tar(plain):
        return _unpack_tar(plain)
    kind = _kind_of(plain)
    suffix = {
        EprintKind.PDF: ".pdf",
        EprintKind.POSTSCRIPT: ".ps",
        EprintKind.HTML: ".html",
        EprintKind.DOCX: ".docx",
        EprintKind.UNKNOWN: ".txt",
    }.get(kind, ".tex")
    return Eprint(kind, SourceTree({name + suffix: plain}))


def kind_of_bytes(content: bytes) -> EprintKind:
    """What bytes without compression are, by their signs alone; an archive, whatever is in it, is a tree."""
    return EprintKind.TREE if _is_tar(content) else _kind_of(content)


def read_directory(folder: Path) -> Eprint:
    """A local directory as if it were an unpacked e-print; symbolic links are left out. Raises InvalidArtifact."""
    if not folder.is_dir():
        raise InvalidArtifact(f"{folder} is no directory")
    taken = _Taken()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_symlink() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_file() and _may_take(taken, relative, path.stat().st_size):
            _take(taken, relative, path.read_bytes())
    return _classify(taken)


def _gunzip(content: bytes) -> bytes:
    for _ in range(3):
        if not content.startswith(_GZIP):
            return content
        engine = zlib.decompressobj(wbits=31)
        try:
            plain = engine.decompress(content, MAX_UNPACKED_BYTES)
        except zlib.error as error:
            raise InvalidArtifact(f"the e-print's compression is broken: {error}") from error
        if not engine.eof and not engine.unconsumed_tail:
            raise InvalidArtifact("the e-print's compression is broken: it ends too early")
        if engine.unconsumed_tail:
            raise InvalidArtifact(f"the e-print unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        content = plain
    return content


def _is_tar(content: bytes) -> bool:
    if len(content) < 512:
        return False
    if content[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(content[:512], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def _unpack_tar(content: bytes) -> Eprint:
    taken = _Taken()
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                _take_member(taken, archive, member)
    except (tarfile.TarError, EOFError, OverflowError, ValueError) as error:
        if not taken.files:
            raise InvalidArtifact(f"the e-print's tar archive is broken: {error}") from error
        taken.notes.append(f"the archive is broken after {len(taken.files)} files: {error}")
    return _classify(taken)


def _take_member(taken: _Taken, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = posixpath.normpath(member.name.replace("\\", "/"))
    if member.isdir():
        return
    if not member.isfile():
        taken.notes.append(f"left out {member.name[:MAX_NAME]!r}: a link or device")
        return
    if path.startswith(("/", "..")) or "\x00" in path or len(path) > MAX_NAME:
        taken.notes.append(f"left out {member.name[:MAX_NAME]!r}: its name leads out of the archive")
        return
    if _may_take(taken, path, member.size):
        stream = archive.extractfile(member)
        _take(taken, path, stream.read(MAX_MEMBER_BYTES) if stream else b"")


def _may_take(taken: _Taken, path: str, size: int) -> bool:
    if len(taken.files) >= MAX_FILES:
        raise InvalidArtifact(f"the e-print holds more than {MAX_FILES} files")
    if taken.size + min(size, MAX_MEMBER_BYTES) > MAX_UNPACKED_BYTES:
        raise InvalidArtifact(f"the e-print unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    if size > MAX_MEMBER_BYTES:
        taken.notes.append(f"left out {path!r}: larger than {MAX_MEMBER_BYTES} bytes")
        return False
    return True


def _take(taken: _Taken, path: str, content: bytes) -> None:
    taken.size += len(content)
    taken.files[path] = content


def _classify(taken: _Taken) -> Eprint:
    """What a set of files is: TeX if there is any, else the one document in it."""
    tree = SourceTree(taken.files)
    tex = [content for path, content in taken.files.items() if _is_tex(path, content)]
    if tex and all(_STUB.match(content) or not content.strip() for content in tex):
        return Eprint(EprintKind.WITHDRAWN, tree, tuple(taken.notes))
    if tex:
        return Eprint(EprintKind.TREE, tree, tuple(taken.notes))
    kinds = {_kind_of(content) for content in taken.files.values()}
    for kind in (EprintKind.HTML, EprintKind.PDF, EprintKind.POSTSCRIPT, EprintKind.DOCX, EprintKind.WITHDRAWN):
        if kind in kinds:
            return Eprint(kind, tree, tuple(taken.notes))
    return Eprint(EprintKind.UNKNOWN, tree, tuple(taken.notes))


def _is_tex(path: str, content: bytes) -> bool:
    if path.lower().endswith(_TEXT_SUFFIXES):
        return True
    return "." not in posixpath.basename(path) and _kind_of(content) is EprintKind.SINGLE


def _kind_of(content: bytes) -> EprintKind:
    head = content[:4096]
    if _STUB.match(head):
        return EprintKind.WITHDRAWN
    if head.startswith(b"%PDF"):
        return EprintKind.PDF
    if head.startswith((b"%!PS", b"\x04%!PS", b"%!\n")):
        return EprintKind.POSTSCRIPT
    if head.startswith(b"PK\x03\x04"):
        return EprintKind.DOCX
    if _HTML.match(head):
        return EprintKind.HTML
    if (b"\x00" not in head or b"\\documentclass" in head) and _TEX.search(content[:200_000]):
        return EprintKind.SINGLE
    return EprintKind.UNKNOWN
