"""The category table: every code named, old archives led to the category they became."""

from __future__ import annotations

import pytest

from registry.categories import (
    ARCHIVE_NAMES,
    CATEGORY_ALIASES,
    CATEGORY_NAMES,
    RENAMED_CATEGORIES,
    category_name,
    current_category,
)


@pytest.mark.parametrize(
    ("code", "name"),
    [("cs.LG", "Machine Learning"), ("hep-th", "High Energy Physics - Theory"), ("uncategorised", "No category known")],
)
def test_codes_have_names(code: str, name: str) -> None:
    assert category_name(code) == name


def test_a_class_of_another_scheme_has_none() -> None:
    assert category_name("68T05") is None
    assert category_name("I.2.6") is None


def test_the_taxonomy_is_whole() -> None:
    classes = [code for code in CATEGORY_NAMES if "." in code]
    assert len(classes) == 146
    assert {code.partition(".")[0] for code in classes} <= ARCHIVE_NAMES.keys()


def test_a_closed_archive_leads_to_a_category_in_use() -> None:
    assert current_category("cmp-lg") == "cs.CL"
    for old, new in RENAMED_CATEGORIES.items():
        assert old in CATEGORY_NAMES
        assert current_category(new) == new
        assert new in CATEGORY_NAMES


def test_aliases_are_two_codes_in_use() -> None:
    assert {*CATEGORY_ALIASES, *CATEGORY_ALIASES.values()} <= CATEGORY_NAMES.keys()
