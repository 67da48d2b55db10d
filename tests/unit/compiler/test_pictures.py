"""Pictures beside figures and tables: whose they are, what they show, and what is said where there is none."""

from __future__ import annotations

import io
import random
import shutil
from pathlib import Path

import pytest
from PIL import Image

from importers.compiler.drawn_tables import drawable
from importers.compiler.fulltext import compile_source
from importers.compiler.pictures import Illustrator, open_graphic
from importers.latex.source import SourceTree

TABLE = "\\begin{table}\\caption{Speed.}\\begin{tabular}{lr}A & B\\\\\\hline 1 & 2\\end{tabular}\\end{table}"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 100 100 300 200\n"
LINE = EPS + b"100 100 moveto 300 200 lineto 9 setlinewidth stroke showpage\n"


def picture(mode: str, size: tuple[int, int], colour: object, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, colour).save(target, format=kind)  # type: ignore[arg-type]
    return target.getvalue()


def files(body: str, graphics: dict[str, bytes], *, tables: bool = False) -> dict[str, bytes]:
    text = f"\\documentclass{{article}}\\begin{{document}}\\title{{T}}{body}\\end{{document}}"
    tree = SourceTree({"main.tex": text.encode(), **graphics})
    return dict(compile_source(None, tree, illustrate=Illustrator(tables)).artifact.files)


def figure(*names: str) -> str:
    shown = "".join(f"\\includegraphics{{{name}}}" for name in names)
    return f"\\begin{{figure}}{shown}\\caption{{Accuracy over steps.}}\\end{{figure}}"


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def told(content: bytes, name: str) -> str:
    lines = [line for line in content.decode().splitlines() if line.startswith(f"- **{name}**: ")]
    return lines[0].partition(": ")[2] if lines else ""


def test_several_graphics_of_a_figure_stand_side_by_side():
    graphics = {"r.png": picture("RGB", (50, 50), "red"), "b.pdf": picture("RGB", (60, 60), "blue", "PDF")}
    made = files(figure("r", "b"), graphics)
    shown = opened(made["evidence/figures/figure1.png"])
    left, right = shown.getpixel((shown.width // 4, shown.height // 2)), shown.getpixel((shown.width * 3 // 4, 200))
    assert left == (255, 0, 0)
    assert right[2] > 250 > 5 > right[0]  # type: ignore[index,operator]
    assert told(made["evidence/figures/figure1.md"], "Screenshot") == "figure1.png"
    assert "2 graphics side by side" in told(made["evidence/figures/figure1.md"], "Picture")


def test_what_is_missing_of_a_figure_is_named():
    made = files(figure("r", "lost", "bad.png"), {"r.png": picture("L", (50, 50), 0), "bad.png": b"\x89PNG nothing"})
    remark = told(made["evidence/figures/figure1.md"], "Picture")
    assert remark == "1 of the figure's 3 graphics; not shown: lost (not in the source); bad.png (unreadable)"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (figure("lost"), "none: lost (not in the source)"),
        ("\\begin{figure}\\begin{tikzpicture}\\draw;\\end{tikzpicture}\\caption{A}\\end{figure}", "drawn in TeX"),
        (TABLE.replace("table", "figure", 2).replace("{table}", "{figure}"), "drawn on request"),
    ],
)
def test_a_figure_without_picture_says_why(body: str, reason: str):
    made = files(body, {})
    assert "evidence/figures/figure1.png" not in made
    assert reason in told(made["evidence/figures/figure1.md"], "Screenshot")


def test_transparent_ground_is_white_not_black():
    assert open_graphic("a.png", picture("RGBA", (9, 9), (0, 0, 0, 0))).getpixel((4, 4)) == (255, 255, 255)  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I", "I;16", "F", "RGBA"])
def test_every_kind_of_pixel_becomes_a_png(mode: str):
    kind = "TIFF" if mode in ("CMYK", "F", "I") else "PNG"
    shown = open_graphic("a.tif", picture(mode, (2000, 9), 1 if mode != "CMYK" else (0, 0, 0, 0), kind))
    assert isinstance(shown, Image.Image)
    assert shown.mode in ("RGB", "L")
    assert shown.width == 1400


def test_tables_are_drawn_on_request_only():
    assert "evidence/tables/table1.png" not in files(TABLE, {})
    made = files(TABLE + "\n\n\\begin{tabular}{l}x\\\\y\\end{tabular}", {}, tables=True)
    shown = opened(made["evidence/tables/table1.png"])
    assert shown.convert("L").getextrema()[0] == 0
    assert "drawn from the cells" in told(made["evidence/tables/table1.md"], "Picture")
    assert "evidence/tables/unnumbered_tabular_1.png" in made


def test_a_table_in_a_script_without_font_is_not_drawn():
    made = files(TABLE.replace("1 & 2", "中文 & 2"), {}, tables=True)
    assert "evidence/tables/table1.png" not in made
    assert "no font" in told(made["evidence/tables/table1.md"], "Screenshot")


def test_signs_the_font_lacks_are_written_as_tex_writes_them():
    assert drawable("é × α ≤ ± 3") == "e x \\alpha \\leq ± 3"


def test_hostile_table_sizes_end_soon():
    rows = "\\\\".join("&".join(["word " * 30] * 90) for _ in range(200))
    body = f"\\begin{{table}}\\caption{{A}}\\begin{{tabular}}{{{'l' * 90}}}{rows}\\end{{tabular}}\\end{{table}}"
    made = files(body, {}, tables=True)
    assert "too wide" in told(made["evidence/tables/table1.md"], "Screenshot")


def fake_ghostscript(folder: Path, script: str) -> None:
    program = folder / "gs"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "reason"),
    [("exec /bin/sleep 60", "time it may take"), ("exec /usr/bin/yes", "could not draw"), ("exit 3", "could not draw")],
)
def test_a_ghostscript_that_fails_costs_the_picture_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
):
    fake_ghostscript(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reason in str(open_graphic("a.eps", LINE, seconds=0.3))


def test_postscript_without_ghostscript_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Ghostscript is not on this machine" in str(open_graphic("a.eps", LINE))


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")
def test_ghostscript_draws_what_the_bounding_box_cuts_out():
    head = b"\xc5\xd0\xd3\xc6" + (30).to_bytes(4, "little") + len(LINE).to_bytes(4, "little") + bytes(18)
    for content in (LINE, head + LINE + b"preview"):
        shown = open_graphic("a.eps", content)
        assert isinstance(shown, Image.Image)
        assert shown.size == (600, 300)
        assert shown.getpixel((300, 150)) == (0, 0, 0)
        assert shown.getpixel((100, 290)) != shown.getpixel((300, 150))


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")
@pytest.mark.parametrize(
    "program", [b"{} loop", b"(/etc/passwd) (r) file pop", b"{showpage} loop", b"%!garbage ((((", b"(x) run"]
)
def test_postscript_that_loops_or_reaches_out_ends(program: bytes):
    shown = open_graphic("a.eps", EPS + program, seconds=1.5)
    assert isinstance(shown, str) or shown.size == (600, 300)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "PDF"])
def test_broken_graphics_are_shown_or_refused_and_never_raise(kind: str):
    whole = picture("RGB", (40, 30), "red", kind)
    chosen = random.Random(kind)
    for _ in range(25):
        damaged = bytearray(whole[: chosen.randrange(8, len(whole) + 1)])
        for _ in range(chosen.randrange(4)):
            damaged[chosen.randrange(len(damaged))] = chosen.randrange(256)
        shown = open_graphic(f"a.{kind.lower()}", bytes(damaged))
        assert isinstance(shown, str) or max(shown.size) <= 1400
