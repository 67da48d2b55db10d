"""Reads arXiv metadata dump files: JSON lines, plain or gzip, whatever state the file is in.

What cannot be read is yielded as `Rejected`, in its place, and reading goes on. Memory is bounded by one line. What a
line means is `importers.dump_record`'s; this module stores nothing and merges nothing.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from importers.dump_record import read_line
from importers.rejected import Rejected, excerpt_of
from registry.errors import InvalidInput
from registry.papers import ArxivPaper

# The longest real record (2,900 authors with affiliations) is under 1 MB.
_MAX_LINE_BYTES = 16 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_OTHER_MAGIC = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it first",
    b"\xfd7zXZ": "compressed with xz; unpack it first",
    b"BZh": "compressed with bzip2; unpack it first",
    b"%PDF": "a PDF",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
}
_Lines: TypeAlias = io.BufferedReader | gzip.GzipFile


class Dump:
    """One dump file: iterate over it for its records, in the order of the file; ask it meanwhile how far it is.

    ``size_bytes`` is the file's size on disk, ``position_bytes`` how much of that has been read (both compressed,
    so that their ratio is progress), ``line_number`` the line last yielded from. Iterating again starts anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line_number = 0
        self._file: io.BufferedReader | None = None
        self._position = 0
        try:
            self.size_bytes = os.stat(path).st_size
            with open(path, "rb") as file:
                self._compressed = file.peek(2)[:2] == _GZIP_MAGIC
                self._refuse_binary(self._opened(file).peek(4096)[:4096])
        except IsADirectoryError:
            raise InvalidInput(f"{path} is a folder; name the dump file in it") from None
        except FileNotFoundError:
            raise InvalidInput(f"{path} does not exist") from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidInput(f"{path} begins as a gzip file but cannot be unpacked: {error}") from None
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from None

    @property
    def position_bytes(self) -> int:
        """Bytes of the file read so far; a block ahead of the record at hand."""
        if self._file is not None and not self._file.closed:
            self._position = self._file.tell()
        return self._position

    def __iter__(self) -> Iterator[ArxivPaper | Rejected]:
        with open(self.path, "rb") as self._file:
            for number, line in _numbered_lines(self._opened(self._file)):
                self.line_number = number
                if isinstance(line, Rejected):
                    yield line
                elif line.strip():
                    yield read_line(line, line_number=number)
            self._position = self._file.tell()

    def _opened(self, file: io.BufferedReader) -> _Lines:
        # Not wrapped in a larger buffer: filling one across the end of a truncated file would lose its last lines.
        return gzip.GzipFile(fileobj=file) if self._compressed else file

    def _refuse_binary(self, head: bytes) -> None:
        for magic, meaning in _OTHER_MAGIC.items():
            if head.startswith(magic):
                raise InvalidInput(f"{self.path} is {meaning}; a dump is JSON lines, plain or gzip")
        if b"\0" in head:
            raise InvalidInput(f"{self.path} is not text; a dump is JSON lines, plain or gzip")


def read_dump(path: Path | str) -> Dump:
    """Open a dump for reading; iterate over the answer.

    Raises InvalidInput, in a sentence, for a file that is missing, a folder, not readable, or not text.
    """
    return Dump(Path(path))


def _numbered_lines(file: _Lines) -> Iterator[tuple[int, bytes | Rejected]]:
    """Lines with their numbers; one too long to be a record, and damage to the file itself, come as `Rejected`."""
    number, line = 0, b""
    while True:
        number += 1
        try:
            line = file.readline(_MAX_LINE_BYTES)
            too_long = len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n")
            if too_long:
                _skip_line(file)
        except EOFError:
            yield number, Rejected(number, "the gzip file ends in the middle; the lines after this are missing", "")
            return
        except (OSError, zlib.error) as error:
            yield number, Rejected(number, f"the file is damaged from here on: {error}", "")
            return
        if not line:
            return
        if too_long:
            limit = _MAX_LINE_BYTES // 1024**2
            yield number, Rejected(number, f"the line is longer than {limit} MB", excerpt_of(line[:1000]))
        else:
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _skip_line(file: _Lines) -> None:
    while rest := file.readline(_MAX_LINE_BYTES):
        if rest.endswith(b"\n"):
            return
