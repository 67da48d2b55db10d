"""Rules that hold over all templates and static files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.headers import CONTENT_SECURITY_POLICY
from web.rendering import FOLDER as TEMPLATES
from web.static_files import FOLDER as STATIC
from web.static_files import StaticFiles

TEMPLATE_FILES = sorted(TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_no_template_escapes_from_escaping(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", source)


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", source)
    scripts = [tag for tag in re.findall(r"<script[^>]*>", source) if "application/ld+json" not in tag]  # data, no code
    assert all("src=" in tag for tag in scripts)
    assert not re.findall(r"""(?:src|<link[^>]*href)=["']https?:""", source)


def test_the_policy_allows_no_inline_code() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


def test_static_names_carry_the_digest_of_what_they_serve(tmp_path: Path) -> None:
    (tmp_path / "site.css").write_text("a{}")
    before = StaticFiles(tmp_path).url("site.css")
    (tmp_path / "site.css").write_text("b{}")
    after = StaticFiles(tmp_path).url("site.css")
    assert before != after
    assert re.fullmatch(r"/static/site\.[0-9a-f]{10}\.css", after)


def test_every_static_file_has_a_type_that_cannot_be_mistaken() -> None:
    types = {file.media_type for file in StaticFiles().files.values()}
    assert types <= {
        "text/css; charset=utf-8",
        "text/javascript; charset=utf-8",
        "text/plain; charset=utf-8",
        "image/svg+xml",
    }


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _palettes() -> list[dict[str, str]]:
    sheet = (STATIC / "site.css").read_text(encoding="utf-8")
    return [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\n\s*\}", sheet, re.S)
    ]


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "raised"), ("ink-soft", "paper"), ("ink-soft", "raised"), ("ink-soft", "chip"),
        ("link", "paper"), ("link", "raised"), ("link-strong", "chip"), ("accent", "accent-soft"), ("bad", "bad-soft"),
        ("ink", "bad-soft"), ("good", "paper"), ("bad", "paper"), ("paper", "ink"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(palette: dict[str, str], text: str, ground: str) -> None:
    light, dark = sorted((_luminance(palette[text]), _luminance(palette[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
