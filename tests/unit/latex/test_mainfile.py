"""Which file is the paper."""

from __future__ import annotations

import pytest

from importers.latex.mainfile import find_main
from importers.latex.source import SourceTree

PAPER = b"\\documentclass{article}\\begin{document}\\title{T}\\begin{abstract}A\\end{abstract}\\end{document}"


@pytest.mark.parametrize(
    ("files", "main"),
    [
        ({"paper.tex": PAPER, "sec.tex": b"text"}, "paper.tex"),
        ({"template.tex": PAPER, "zz.tex": PAPER}, "zz.tex"),
        ({"iclr2023_conference.tex": PAPER, "main.tex": PAPER}, "main.tex"),
        ({"a.tex": PAPER, "b.tex": PAPER, "00README.XXX": b"b.tex toplevelfile\n"}, "b.tex"),
        (
            {
                "a.tex": PAPER,
                "b.tex": PAPER,
                "00README.json": b'{"sources": [{"filename": "b.tex", "usage": "toplevel"}]}',
            },
            "b.tex",
        ),
        ({"old/main.tex": PAPER, "ms.tex": PAPER}, "ms.tex"),
        ({"plain.tex": b"\\input harvmac \\Title{x} text \\bye", "macros.tex": b"\\def\\a{b}" * 200}, "plain.tex"),
        ({"paper": PAPER}, "paper"),
        ({"whole.tex": PAPER + b"\\input{part}", "part.tex": PAPER}, "whole.tex"),
    ],
)
def test_the_likeliest_file_is_taken(files: dict[str, bytes], main: str):
    assert find_main(SourceTree(files)) == main
