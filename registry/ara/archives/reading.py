"""An artifact read from a .tar, .tar.gz or .zip, as bytes, file or stream.

Streams and counts; never unpacks to disk, never follows a link, and reads no further than the limits. Other
compressions (xz, bzip2, zstd) are refused by name.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, BinaryIO

from registry.ara.archives.directory import read_directory
from registry.ara.archives.limits import READING_LIMITS, Limits
from registry.ara.archives.members import Members, shown
from registry.ara.archives.tar_headers import GuardedHeader
from registry.ara.artifact import Artifact
from registry.errors import InvalidArtifact

_CHUNK = 1024 * 1024
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_FOREIGN = {b"\xfd7zXZ": "xz", b"BZh": "bzip2", b"\x28\xb5\x2f\xfd": "zstd", b"7z\xbc\xaf": "7z", b"Rar!": "rar"}
_DIRECTORY_ENTRY_BYTES = 1100  # a zip directory entry (46 bytes) with the longest path we take
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,  # malformed numbers, and names that are no UTF-8
    OverflowError,
    IndexError,
    KeyError,
    NotImplementedError,
    RuntimeError,  # zipfile's word for encryption
    AssertionError,
)


def read_source(path: Path, limits: Limits = READING_LIMITS) -> Artifact:
    """Read a directory or an archive, whichever the path names. Raises InvalidArtifact."""
    return read_directory(path, limits) if path.is_dir() else read_archive(path, limits)


def read_archive(source: Path | bytes | BinaryIO, limits: Limits = READING_LIMITS, *, unwrap: bool = True) -> Artifact:
    """Read a .tar, .tar.gz or .zip; the kind is told from the bytes, not the name.

    A single folder wrapped round the whole artifact is taken off, unless ``unwrap`` is false: what the bundle store
    packed comes back as it went in. Raises InvalidArtifact for anything that is no such
    archive, is broken or truncated, breaks a member rule or passes a limit.
    """
    try:
        if isinstance(source, bytes):
            return _read(io.BytesIO(source), limits, unwrap=unwrap)
        if isinstance(source, Path):
            with source.open("rb") as file:
                return _read(file, limits, unwrap=unwrap)
        return _read(source, limits, unwrap=unwrap)
    except InvalidArtifact:
        raise
    except RecursionError as error:
        raise InvalidArtifact("the tar chains extension headers without end") from error
    except UnicodeError as error:
        raise InvalidArtifact("a member's name is not UTF-8") from error
    except _BROKEN as error:
        raise InvalidArtifact(f"the archive cannot be read: {_clipped(error)}") from error


def _read(stream: IO[bytes], limits: Limits, *, unwrap: bool) -> Artifact:
    head = stream.read(_CHUNK)
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise InvalidArtifact(f"this is a {name} file; pack the artifact as .tar.gz or .zip")
    members = Members(limits)
    if head.startswith(_ZIP):
        _read_zip(_whole(head, stream, limits), members)
    else:
        packed = _Counted(_Joined(head, stream), limits.total_bytes + _overhead(limits), "the archive")
        if head.startswith(_GZIP):
            _read_gzip(packed, members)
        else:
            _read_tar(packed, members)
    return Artifact(members.finished() if unwrap else members.files)


def _whole(head: bytes, stream: IO[bytes], limits: Limits) -> bytes:
    """A zip's directory stands at its end, so the packed bytes are held whole, up to the limit."""
    most = limits.total_bytes + _overhead(limits)
    packed = head + stream.read(max(0, most + 1 - len(head)))
    if len(packed) > most:
        raise InvalidArtifact(f"the archive is larger than {most} bytes")
    return packed


def _overhead(limits: Limits) -> int:
    """Bytes that headers and padding of a full archive may take besides the files."""
    return limits.members * 4096 + _CHUNK


class _Joined:
    """The head already read, then the rest of its stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            taken, self._head = self._head + self._rest.read(), b""
        else:
            taken, self._head = self._head[:size], self._head[size:]
        return taken


class _Counted:
    """A stream that refuses to give more than it may, or far more than was packed: what makes bombs harmless."""

    def __init__(
        self, stream: _Joined | IO[bytes], most: int, what: str, *, packed: _Counted | None = None, ratio: int = 0
    ) -> None:
        self._stream = stream
        self._most = most
        self._what = what
        self._packed = packed
        self._ratio = ratio
        self.floor = 0
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        wanted = _CHUNK if size < 0 else size
        if wanted > self._most:
            raise InvalidArtifact(f"{self._what} claims a header of {wanted} bytes, more than it may hold")
        parts = []
        while wanted > 0 and (part := self._stream.read(min(wanted, _CHUNK))):
            parts.append(part)
            wanted -= len(part)
            self._count(len(part))
        return b"".join(parts)

    def _count(self, given: int) -> None:
        self.given += given
        if self.given > self._most:
            raise InvalidArtifact(f"{self._what} is larger than {self._most} bytes unpacked")
        packed = self._packed
        if packed and self.given > self.floor and self.given > self._ratio * packed.given:
            raise InvalidArtifact(f"{self._what} unpacks to more than {self._ratio} times its size")


def _read_gzip(packed: _Counted, members: Members) -> None:
    limits = members.limits
    with gzip.GzipFile(fileobj=packed, mode="rb") as stream:  # type: ignore[call-overload]
        most = limits.total_bytes + _overhead(limits)
        plain = _Counted(stream, most, "the archive", packed=packed, ratio=limits.ratio)
        plain.floor = limits.ratio_floor_bytes
        _read_tar(plain, members)


def _read_tar(plain: _Counted, members: Members) -> None:
    with _opened(plain) as archive:
        for entry in archive:
            members.count_entry()
            _take_tar_entry(archive, entry, members)
    while plain.read(_CHUNK):  # to the end, so that a cut or damaged gzip is noticed
        pass


def _opened(plain: _Counted) -> tarfile.TarFile:
    """The tar, opened as a stream; tarfile reads the first header at once."""
    try:
        return tarfile.open(fileobj=plain, mode="r|", encoding="utf-8", errors="surrogateescape", tarinfo=GuardedHeader)  # type: ignore[no-any-return, call-overload]
    except tarfile.ReadError as error:
        raise InvalidArtifact("this is no .tar, .tar.gz or .zip archive") from error


def _take_tar_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo, members: Members) -> None:
    if entry.isdir():
        if entry.name.strip("/") not in ("", "."):
            members.checked_path(entry.name)
        return
    if not entry.isreg() or entry.issparse():
        raise InvalidArtifact(f"{shown(entry.name)} is {_tar_kind(entry)}; an artifact holds regular files only")
    path = members.checked_path(entry.name)
    members.check_size(path, entry.size)
    content = archive.extractfile(entry)
    data = content.read() if content else b""
    if len(data) != entry.size:
        raise InvalidArtifact(f"{shown(path)} is cut short; fetch the archive again")
    members.add(path, data)


def _tar_kind(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "a link"
    if entry.isdev():
        return "a device file or pipe"
    return "a sparse file" if entry.issparse() else "of an unknown kind"


class _DirectoryGuard(io.BytesIO):
    """A zip in memory that refuses one huge read: zipfile takes the whole directory in one, before any count."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most and size is not None and size > self.most:
            raise InvalidArtifact("the zip lists more members than an artifact may hold")
        return super().read(size)


def _read_zip(packed: bytes, members: Members) -> None:
    limits = members.limits
    file = _DirectoryGuard(packed)
    file.most = limits.members * _DIRECTORY_ENTRY_BYTES + _CHUNK
    with zipfile.ZipFile(file) as archive:
        file.most = 0
        if len(archive.infolist()) > limits.members:
            raise InvalidArtifact(f"more than {limits.members} members; split it or drop generated files")
        for entry in archive.infolist():
            members.count_entry()
            _take_zip_entry(archive, entry, members)
            decoded = members.total_bytes
            if decoded > limits.ratio_floor_bytes and decoded > limits.ratio * len(packed):
                raise InvalidArtifact(f"the archive unpacks to more than {limits.ratio} times its size")


def _take_zip_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, members: Members) -> None:
    name = _zip_name(entry)
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        kind = "a link" if stat.S_ISLNK(mode) else "a device file or pipe"
        raise InvalidArtifact(f"{shown(name)} is {kind}; an artifact holds regular files only")
    if name.endswith("/"):
        members.checked_path(name[:-1])
        return
    path = members.checked_path(name)
    if entry.flag_bits & 0x1:
        raise InvalidArtifact(f"{shown(path)} is encrypted; pack the artifact without a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InvalidArtifact(f"{shown(path)} is packed by an unusual method; use plain deflate")
    members.check_size(path, entry.file_size)
    members.add(path, _zip_content(archive, entry, path))


def _zip_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> bytes:
    with archive.open(entry) as content:
        data = content.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise InvalidArtifact(f"{shown(path)} is not of the size the zip's directory says")
    return data


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The name as stored. Without the UTF-8 flag zipfile reads code page 437; many tools store UTF-8 all the same."""
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    return entry.orig_filename.encode("cp437").decode()


def _clipped(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
