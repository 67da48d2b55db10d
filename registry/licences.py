"""What a paper's licence lets this registry serve of its full text.

arXiv's metadata is CC0; full text is its authors', and a licence belongs to one version of a paper. Sources:
arXiv's licence help pages, Creative Commons' deeds. A compiled artifact is an adaptation, so ND forbids it altogether.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_CREATIVE_COMMONS = re.compile(
    r"^https?://(?:www\.)?creativecommons\.org/licen[sc]es/(?P<terms>[a-z-]+)(?:/(?P<version>\d\.\d))?(?:/|$)",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(
    r"^https?://(?:www\.)?creativecommons\.org/(?:publicdomain/|licenses/publicdomain)", re.IGNORECASE
)
_ARXIV_ONLY = re.compile(r"^https?://(?:www\.)?arxiv\.org/licenses/nonexclusive-distrib", re.IGNORECASE)
_NAMES = {"by": "CC BY", "by-sa": "CC BY-SA", "by-nc": "CC BY-NC", "by-nc-sa": "CC BY-NC-SA"}


class Terms(StrEnum):
    """What a licence allows a compiled artifact."""

    OPEN = "open"
    NONCOMMERCIAL = "noncommercial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence read: its short name for people, and its terms for us."""

    name: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class ServingPolicy:
    """What the operator declares: the registry is non-commercial; it is private and serves full text to its users."""

    noncommercial: bool = False
    private: bool = False


# A public registry of which nothing is declared: the strictest.
PUBLIC = ServingPolicy()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the full-text rendition is served, and why, in words for the page and the manifest."""

    full: bool
    reason: str


def read_licence(address: str | None) -> Licence:
    """Read a licence address as arXiv gives it; anything unknown allows nothing."""
    if not address:
        return Licence("unknown", Terms.NONE)
    if _PUBLIC_DOMAIN.search(address):
        return Licence("CC0" if "zero" in address.lower() else "public domain", Terms.OPEN)
    if _ARXIV_ONLY.search(address):
        return Licence("arXiv non-exclusive distribution", Terms.NONE)
    found = _CREATIVE_COMMONS.search(address)
    terms = found["terms"].lower() if found else ""
    if terms not in _NAMES:
        return Licence(f"CC {terms.upper()}" if found else "unknown", Terms.NONE)
    return Licence(_NAMES[terms], Terms.NONCOMMERCIAL if "-nc" in terms else Terms.OPEN)


def judge(address: str | None, policy: ServingPolicy) -> Verdict:
    """Whether the full-text rendition of a version under this licence is served under the operator's policy."""
    licence = read_licence(address)
    if policy.private:
        return Verdict(True, "The operator of this private registry serves full text to its users.")
    if licence.terms is Terms.OPEN:
        return Verdict(True, f"The paper's licence, {licence.name}, allows serving what was compiled from its text.")
    if licence.terms is Terms.NONCOMMERCIAL and policy.noncommercial:
        return Verdict(True, f"The paper's licence, {licence.name}, allows it, as this registry is non-commercial.")
    if licence.terms is Terms.NONCOMMERCIAL:
        return Verdict(False, f"The paper's licence, {licence.name}, allows it only to non-commercial registries.")
    if licence.name == "unknown":
        return Verdict(False, "The paper's licence is not known, so only what its metadata gives is served.")
    return Verdict(
        False, f"The paper's licence, {licence.name}, does not allow serving what was compiled from its text."
    )


def attribution(address: str | None, *, title: str, authors: Sequence[str], source: str) -> str:
    """What has to stand beside a full rendition that is served: whose the text is, under what terms, what was changed.

    ``source`` is the address of the paper's version at arXiv. Creative Commons' licences ask for title, authors,
    source, the licence's address and the changes; SA and NC for their terms.
    """
    licence = read_licence(address)
    whose = f"From “{title}” by {_people(authors)} ({source})"
    changed = "Changed: compiled from the paper's text by this registry, which neither authors nor arXiv endorse."
    if licence.terms is Terms.NONE:
        return f"{whose}. {changed} Its licence, {licence.name}, does not allow passing this on."
    found = _CREATIVE_COMMONS.search(address or "")
    version = f" {found['version']}" if found and found["version"] else ""
    terms = " This adaptation is under the same licence." if licence.name.endswith("-SA") else ""
    terms += " For non-commercial use only." if licence.terms is Terms.NONCOMMERCIAL else ""
    return f"{whose}, under {licence.name}{version} ({address}). {changed}{terms}"


def _people(authors: Sequence[str]) -> str:
    """Names for a sentence; of many the first ten."""
    named = list(authors[:10])
    if len(authors) > len(named):
        return f"{', '.join(named)} and {len(authors) - len(named)} others"
    return f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named) or "unknown authors"
