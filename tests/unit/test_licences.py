"""Which licences let full text be served, and to whom."""

from __future__ import annotations

import pytest

from registry.licences import ServingPolicy, Terms, judge, read_licence

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
