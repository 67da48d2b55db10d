"""Names taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.exports.cited import take_apart
from registry.exports.spdx import spdx


@pytest.mark.parametrize(
    ("name", "family", "given_name", "suffix"),
    [
        ("Tri Dao", "Dao", "Tri", ""),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig", ""),
        ("Yann Le Cun", "Cun", "Yann Le", ""),
        ("Maria de la Cruz", "de la Cruz", "Maria", ""),
        ("Martin Luther King Jr.", "King", "Martin Luther", "Jr."),
        ("Beethoven, Ludwig van", "Beethoven", "Ludwig van", ""),
        ("J. R. R. Tolkien", "Tolkien", "J. R. R.", ""),
        ("Christopher  Ré", "Ré", "Christopher", ""),
        ("van Gogh", "Gogh", "van", ""),
    ],
)
def test_persons(name: str, family: str, given_name: str, suffix: str) -> None:
    found = take_apart(name)
    assert (found.family, found.given, found.suffix, found.is_whole) == (family, given_name, suffix, False)


@pytest.mark.parametrize("name", ["The ATLAS Collaboration", "Plato", "BigScience Project", "Doe,"])
def test_groups_and_single_names_stay_whole(name: str) -> None:
    assert take_apart(name).is_whole


@given(st.text(max_size=80))
def test_no_name_breaks_it_and_no_word_is_lost(name: str) -> None:
    found = take_apart(name)
    parts = " ".join((found.given, found.family, found.suffix)).replace(",", " ").split()
    assert sorted(parts) == sorted(name.replace(",", " ").split())


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0", "CC-BY-NC-ND-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", None),
        ("http://creativecommons.org/licenses/by/9.0/", None),
        (None, None),
        ("rubbish", None),
    ],
)
def test_licences_by_their_spdx_names(address: str | None, identifier: str | None) -> None:
    assert spdx(address) == identifier
