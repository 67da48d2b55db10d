"""Media types by name, and for what has none, by what it is."""

from __future__ import annotations

import pytest

from web.media_types import media_type


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("trajectory.HTML", b"", "text/html; charset=utf-8"),
        ("a/b.svg", b"", "image/svg+xml"),
        ("a.md", b"\xff", "text/markdown; charset=utf-8"),
        ("LICENSE", b"MIT", "text/plain; charset=utf-8"),
        ("x.py", "é".encode() * 4000, "text/plain; charset=utf-8"),
        ("x.py", b"a" + "é".encode() * 4000, "text/plain; charset=utf-8"),
        ("x", b"a\0b", "application/octet-stream"),
        ("x", b"\xff\xfe", "application/octet-stream"),
        ("folder.html/x", b"", "text/plain; charset=utf-8"),
    ],
)
def test_types(path: str, content: bytes, expected: str) -> None:
    assert media_type(path, content) == expected
