"""arXiv's OAI-PMH sets, spelled ``group:archive:CATEGORY``, from the names that people use.

The spelling is its server's: ``cs:cs:LG``, ``physics:astro-ph:GA``; an archive that is its own category has no third
part (``physics:hep-lat``), and all of an archive is ``physics:cond-mat`` or, where group and archive are one, ``cs``.
"""

from __future__ import annotations

import re

from importers.arxiv_text import clean_categories
from registry.categories import CATEGORY_NAMES
from registry.errors import InvalidInput

EVERYTHING = "all"
_PHYSICS = frozenset(
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics quant-ph".split()
)
_SPELLED = re.compile(r"[A-Za-z-]+(?::[A-Za-z-]+){1,2}")


def oai_set(name: str) -> str | None:
    """The set for a category (cs.LG), an archive (cs, hep-th) or a set as OAI spells it; None for ``all`` of arXiv.

    Raises InvalidInput, with examples, for anything else.
    """
    if name.strip().lower() == EVERYTHING:
        return None
    if _SPELLED.fullmatch(name.strip()):
        return name.strip()
    names = clean_categories(name)
    if len(names) != 1 or len(name.split()) != 1 or names[0] not in CATEGORY_NAMES:
        raise InvalidInput(
            f"{name[:40]!r} names no part of arXiv; write a category (cs.LG), an archive (cs, hep-th), a set as OAI "
            "spells it (cs:cs:LG), or all"
        )
    archive, _, subject = names[0].partition(".")
    group = "physics" if archive in _PHYSICS else archive
    if subject:
        return f"{group}:{archive}:{subject}"
    return archive if group == archive and archive != "physics" else f"{group}:{archive}"
