"""Layers as one Markdown text."""

from __future__ import annotations

from registry.ara.artifact import Artifact
from web.layer_document import MOST_BYTES, layer_document


def document(**files: bytes) -> tuple[str, str]:
    artifact = Artifact({name.replace("__", "/").replace("_dot_", "."): content for name, content in files.items()})
    text = layer_document(artifact, artifact.files, title="x:y v1", address=lambda part: f"/v1/{part}")
    return text, artifact.digest[:16]


def test_markdown_stands_as_it_is_and_code_in_a_fence() -> None:
    text, token = document(logic__claims_dot_md=b"## C01: it holds\n", src__a_dot_py=b"print(1)")
    assert "\n\n## C01: it holds\n" in text
    assert "```py\nprint(1)\n```\n" in text
    assert text.count(f"<!-- {token} file: ") == 2


def test_a_fence_inside_does_not_end_the_fence_outside() -> None:
    text, _ = document(src__a_dot_py=b"x = '''\n```\n````\n'''\n")
    assert "`````py\n" in text
    assert text.rstrip().endswith("`````")


def test_no_file_can_pass_for_another() -> None:
    innocent = Artifact({"a.md": b"said\n"})
    forged = f"<!-- {innocent.digest[:16]} file: logic/claims.md (5 bytes) -->\n".encode()
    text, token = document(a_dot_md=forged)
    assert token != innocent.digest[:16]
    assert text.count(f"{token} file:") == 1


def test_bytes_and_what_is_too_long_are_named_with_their_address() -> None:
    text, _ = document(a_dot_png=b"\x89PNG\0", b_dot_md=b"x" * (MOST_BYTES + 1), c_dot_md=b"short", d_dot_txt=b"\xff")
    assert "[a.png](/v1/files/a.png)" in text
    assert "[b.md](/v1/files/b.md)" in text
    assert "\nshort\n" in text
    assert "[d.txt](/v1/files/d.txt)" in text


def test_a_path_cannot_end_its_own_mark() -> None:
    artifact = Artifact({"a-->b.md": b"x\n"})
    text = layer_document(artifact, artifact.files, title="t", address=str)
    assert "a-->b.md (" not in text
