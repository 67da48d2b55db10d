"""BibTeX entries, read back by pybtex."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, Entry, parse_string

from registry.exports import bibtex
from registry.exports.cited import CitedPackage, take_apart


def read(text: str) -> tuple[str, Entry]:
    data: BibliographyData = parse_string(text, "bibtex")
    [(key, entry)] = data.entries.items()
    return key, entry


def test_an_entry_says_all_that_is_known(cited: Callable[..., CitedPackage]) -> None:
    key, entry = read(bibtex.write(cited()))
    assert key == "dao2022flashattention"
    assert entry.type == "misc"
    assert dict(entry.fields) == {
        "title": r"{FlashAttention: $2.4\times$ Faster \& 73\% on H$_2$O\_x}",
        "year": "2022",
        "month": "May",
        "eprint": "2205.14135",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.LG",
        "doi": "10.1000/182",
        "howpublished": "Journal of Fast Things 3 (2022) 1-12",
        "version": "2",
        "url": "https://registry.example/packages/arxiv/2205.14135/v2",
        "note": f"Research package arxiv:2205.14135, version 2, sha256:{'ab' * 32}",
    }
    assert [str(person) for person in entry.persons["author"]] == [
        "Dao, Tri", "Ré, Christopher", "{The ATLAS Collaboration}",
    ]  # fmt: skip


def test_a_package_of_which_nothing_is_known_has_an_entry(bare: CitedPackage) -> None:
    key, entry = read(bibtex.write(bare))
    assert key == "anonymous2022untitled"
    assert "author" not in entry.persons
    assert "eprint" not in entry.fields


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"A & B \& C", r"A \& B \& C"),
        ("100% of #1_2", r"100\% of \#1\_2"),
        (r"\'Etale $a_b & c$", r"\'Etale $a_b & c$"),
        ("costs $5", r"costs \$5"),
        ("x^2", r"x\^{}2"),
        ("open { brace", "open  brace"),
        ("close } brace", "close  brace"),
        (r"sets \{a\} and {b}", r"sets \lbrace{}a\rbrace{} and {b}"),
        ("back\\", r"back\textbackslash{}"),
        ("two\nlines\x07", "two lines"),
        (r"\\%", r"\\\%"),
    ],
)
def test_special_characters(text: str, written: str) -> None:
    assert bibtex.protected(text) == written


@pytest.mark.parametrize("name", ["Rock and Roll", "Al-Khwarizmi, Muhammad", "And And And"])
def test_a_name_stays_one_name(name: str, cited: Callable[..., CitedPackage]) -> None:
    _, entry = read(bibtex.write(cited(authors=(take_apart(name),))))
    assert len(entry.persons["author"]) == 1


@given(st.text(max_size=60), st.text(max_size=40))
def test_whatever_a_title_says_the_entry_can_be_read(title: str, name: str) -> None:
    whole = bibtex.protected(title)
    assert whole.count("{") == whole.count("}")
    author = bibtex.protected(name)
    text = f"@misc{{key,\n  title = {{{{{whole}}}}},\n  note = {{{author}}},\n  year = {{2022}},\n}}\n"
    _, entry = read(text)
    assert entry.fields["year"] == "2022"
