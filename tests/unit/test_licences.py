"""Which licences let full text be served, and to whom."""

from __future__ import annotations

import pytest

from registry.licences import ServingPolicy, Terms, attribution, judge, read_licence

OPEN = (
    "http://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/licenses/by/3.0",
    "http://creativecommons.org/licenses/by-sa/4.0/",
    "http://creativecommons.org/publicdomain/zero/1.0/",
    "http://creativecommons.org/licenses/publicdomain/",
)
NONCOMMERCIAL = (
    "http://creativecommons.org/licenses/by-nc-sa/4.0/",
    "http://creativecommons.org/licenses/by-nc/4.0/",
)
CLOSED = (
    "http://creativecommons.org/licenses/by-nc-nd/4.0/",
    "http://creativecommons.org/licenses/by-nd/4.0/",
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "http://arxiv.org/licenses/assumed-1991-2003/",
    "https://example.org/creativecommons",
    "",
    None,
)


@pytest.mark.parametrize("address", OPEN)
def test_open_licences_serve_full_text_to_everybody(address: str) -> None:
    assert judge(address, ServingPolicy()).full


@pytest.mark.parametrize("address", NONCOMMERCIAL)
def test_noncommercial_licences_need_a_noncommercial_registry(address: str) -> None:
    assert not judge(address, ServingPolicy()).full
    assert judge(address, ServingPolicy(noncommercial=True)).full


@pytest.mark.parametrize("address", CLOSED)
def test_nd_arxiv_and_unknown_licences_never_serve_full_text_in_public(address: str | None) -> None:
    assert read_licence(address).terms is Terms.NONE
    assert not judge(address, ServingPolicy(noncommercial=True)).full


@pytest.mark.parametrize("address", [*OPEN, *NONCOMMERCIAL, *CLOSED])
def test_a_private_registry_serves_all_to_its_users(address: str | None) -> None:
    assert judge(address, ServingPolicy(private=True)).full


@pytest.mark.parametrize("address", [*OPEN, *NONCOMMERCIAL, *CLOSED])
def test_a_verdict_says_why_in_one_sentence(address: str | None) -> None:
    reason = judge(address, ServingPolicy()).reason
    assert reason[0].isupper()
    assert reason.endswith(".")


def test_a_licence_is_read_from_its_own_address_only() -> None:
    for address in (
        "https://example.org/?creativecommons.org/licenses/by/4.0/",
        "https://evilcreativecommons.org/licenses/by/4.0/",
        "see http://creativecommons.org/licenses/by/4.0/",
        "http://creativecommons.org/licenses/by-xx/4.0/",
    ):
        assert read_licence(address).terms is Terms.NONE, address


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "http://creativecommons.org/licenses/by/4.0/",
            ["under CC BY 4.0 (http://creativecommons.org/licenses/by/4.0/)"],
        ),
        ("http://creativecommons.org/licenses/by-sa/4.0/", ["CC BY-SA 4.0", "under the same licence"]),
        (
            "http://creativecommons.org/licenses/by-nc-sa/4.0/",
            ["CC BY-NC-SA 4.0", "same licence", "non-commercial use"],
        ),
        ("http://creativecommons.org/publicdomain/zero/1.0/", ["CC0"]),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", ["does not allow passing this on"]),
    ],
)
def test_an_attribution_names_work_people_source_terms_and_changes(address: str, parts: list[str]) -> None:
    said = attribution(address, title="On Trees", authors=["A. One", "B. Two"], source="https://arxiv.org/abs/1v2")
    assert said.startswith("From “On Trees” by A. One and B. Two (https://arxiv.org/abs/1v2)")
    assert "Changed: compiled from the paper's text" in said
    assert all(part in said for part in parts)


def test_of_many_authors_the_first_ten_are_named() -> None:
    said = attribution(OPEN[0], title="T", authors=[f"A{number}" for number in range(30)], source="s")
    assert "A9 and 20 others" in said
