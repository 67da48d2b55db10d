"""A paper's source tree as text, and the coordinates of every character in it.

Every file that is read gets a stretch of one number line, so that a single integer names a character of a file.
Reads no disk and no archive; unpacking is `importers.arxiv_source`'s work.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

MAX_FILE_CHARACTERS = 4_000_000
_NAMED = re.compile(
    rb"\\usepackage\s*\[[^\]]*?(latin[1-9]|latin10|cp125[0-8]|cp866|ansinew|applemac|maccyr|koi8-[ru])[^\]]*\]"
    rb"\s*\{inputenc\}|\\inputencoding\s*\{([a-z0-9-]+)\}|\\begin\s*\{CJK\*?\}\s*(?:\[[^\]]*\])?\s*\{([A-Za-z0-9]+)\}"
)
_CODECS = {
    "latin2": "iso8859-2", "latin3": "iso8859-3", "latin4": "iso8859-4", "latin5": "iso8859-9", "latin6": "iso8859-10",
    "latin7": "iso8859-13", "latin8": "iso8859-14", "latin9": "iso8859-15", "latin10": "iso8859-16",
    **{f"cp125{digit}": f"cp125{digit}" for digit in range(9)},
    "latin1": "latin-1", "cp866": "cp866", "ansinew": "cp1252", "applemac": "mac-roman", "maccyr": "mac-cyrillic",
    "koi8-r": "koi8-r", "koi8-u": "koi8-u", "gb": "gb18030", "gbk": "gb18030", "bg5": "big5", "big5": "big5",
    "sjis": "shift_jis", "jis": "euc_jp", "euc": "euc_jp", "ks": "euc_kr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceTree:
    """The files of one paper: POSIX path relative to the tree -> bytes."""

    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Location:
    """Characters ``start`` to ``end`` (zero-based, end exclusive) of a decoded file; ``line`` counts from 1."""

    path: str
    start: int
    end: int
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}, characters {self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One decoded file and where it begins on the number line."""

    path: str
    text: str
    base: int
    encoding: str
    plain: bool = False  # no TeX: a per cent sign is one


@dataclass(slots=True)
class SourceText:
    """The files read so far, in the order of reading; answers where a character stands and what stands there."""

    tree: SourceTree
    files: list[LoadedFile] = field(default_factory=list)
    _bases: list[int] = field(default_factory=list)
    _loaded: dict[str, LoadedFile] = field(default_factory=dict)
    _lower: dict[str, str] | None = None
    _lines: dict[str, list[int]] = field(default_factory=dict)
    _encoding: str | None = None  # what the first file to name one names; its parts seldom say it again

    def find(self, name: str, *, folder: str = "", suffixes: tuple[str, ...] = (".tex", "")) -> str | None:
        """The tree's path for a name as TeX would look it up: as written, with a suffix, beside ``folder``,
        any case."""
        clean = name.strip().strip('"').replace("\\", "/")
        if not clean or "\n" in clean:
            return None
        for start in dict.fromkeys((folder, "")):
            for suffix in suffixes:
                path = posixpath.normpath(posixpath.join(start, clean + suffix))
                if path in self.tree.files:
                    return path
        return self._find_any_case(clean, folder, suffixes)

    def _find_any_case(self, clean: str, folder: str, suffixes: tuple[str, ...]) -> str | None:
        if self._lower is None:
            self._lower = {path.lower(): path for path in sorted(self.tree.files, reverse=True)}
        for start in dict.fromkeys((folder, "")):
            for suffix in suffixes:
                path = posixpath.normpath(posixpath.join(start, clean + suffix)).lower()
                if path in self._lower:
                    return self._lower[path]
        return None

    def load(self, path: str, *, plain: bool = False) -> LoadedFile:
        """Decode a file of the tree (once) and give it its stretch of the number line; ``plain`` if it is no TeX."""
        known = self._loaded.get(path)
        if known:
            return known
        content = self.tree.files[path]
        if self._encoding is None:
            self._encoding = declared_encoding(content)
        text, encoding = decode(content, self._encoding)
        base = self.files[-1].base + len(self.files[-1].text) + 1 if self.files else 0
        loaded = LoadedFile(path, text[:MAX_FILE_CHARACTERS], base, encoding, plain)
        self.files.append(loaded)
        self._bases.append(base)
        self._loaded[path] = loaded
        return loaded

    def file_at(self, position: int) -> LoadedFile:
        """The file that a character belongs to."""
        return self.files[bisect_right(self._bases, position) - 1]

    def locate(self, start: int, end: int) -> Location:
        """Where a stretch stands; one that runs over a file's end is cut there."""
        found = self.file_at(start)
        inside = start - found.base
        stop = min(end - found.base, len(found.text))
        return Location(found.path, inside, max(inside, stop), self._line(found, inside))

    def _line(self, loaded: LoadedFile, inside: int) -> int:
        ends = self._lines.get(loaded.path)
        if ends is None:
            lengths = (len(line) + 1 for line in loaded.text.split("\n")[:-1])
            ends = self._lines[loaded.path] = [after - 1 for after in accumulate(lengths)]
        return bisect_left(ends, inside) + 1

    def raw(self, start: int, end: int) -> str:
        """The characters as they stand in the file."""
        found = self.file_at(start)
        return found.text[start - found.base : max(0, end - found.base)]

    def quotes(self, start: int, end: int) -> tuple[str, ...]:
        """The stretch as verbatim quotes, white space folded; comments and guillemets part it into several."""
        raw = self.raw(start, end)
        plain = self.file_at(start).plain
        if (plain or "%" not in raw) and "«" not in raw and "»" not in raw:
            folded = " ".join(raw.split())
            return (folded,) if folded else ()
        pieces = []
        for part in re.split(r"[«»]", raw if plain else strip_comments(raw, "«")):
            folded = " ".join(part.split())
            if folded:
                pieces.append(folded)
        return tuple(pieces)


def strip_comments(text: str, instead: str = "") -> str:
    """Text without its comments and the line ends they swallow; escaped per cent signs stay."""
    found = text.find("%")
    if found < 0:
        return text
    kept: list[str] = []
    position = 0
    while found >= 0:
        before = found
        while before > position and text[before - 1] == "\\":
            before -= 1
        if (found - before) % 2:  # \\%: a per cent sign of the text
            found = text.find("%", found + 1)
            continue
        end = text.find("\n", found)
        kept += (text[position:found], instead)
        position = len(text) if end < 0 else end + 1
        found = text.find("%", position)
    kept.append(text[position:])
    return "".join(kept)


def declared_encoding(content: bytes) -> str | None:
    """The codec of the encoding that a file names for itself (inputenc, CJK); None where it names none."""
    named = _NAMED.search(content[:60_000])
    if named is None:
        return None
    return _CODECS.get((named[1] or named[2] or named[3]).decode().lower())


def decode(content: bytes, fallback: str | None = None) -> tuple[str, str]:
    """Text of a source file and the encoding it was read with: UTF-8, else what it names, else ``fallback`` (what the
    paper's main file names), else Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lines(content.decode("utf-16", errors="replace")), "utf-16"
    try:
        return _lines(content.decode("utf-8-sig")), "utf-8"
    except UnicodeDecodeError:
        encoding = declared_encoding(content) or fallback or "latin-1"
        return _lines(content.decode(encoding, errors="replace")), encoding


def _lines(text: str) -> str:
    """Same characters, same places: a lone carriage return is an old Macintosh line end; others are white space."""
    if "\r" not in text:
        return text
    return text.replace("\r", "\n") if "\n" not in text else text.replace("\r", " ")
