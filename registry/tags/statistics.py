"""How often tags and phrases occur in a corpus: what makes one more telling than another.

Read from a data file that `benchmarks/tags/build_statistics.py` builds from arXiv metadata; it holds counts only.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NEUTRAL: Final = 0.25  # share of papers mentioning a telling phrase that have it in their title
PRIOR_PAPERS: Final = 8.0


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """What was counted over ``documents`` papers.

    ``tags``: in how many papers each tag's words stood. ``mentions``: for phrases of the vocabulary, how many papers
    had it anywhere and how many in the title. ``phrases``: established phrases of titles that no tag covers, with
    the number of papers. Phrases are folded words joined by a space.
    """

    documents: int
    tags: Mapping[str, int]
    mentions: Mapping[str, tuple[int, int]]
    phrases: Mapping[str, int]
    digest: str

    @classmethod
    def load(cls, path: Path) -> CorpusStatistics:
        """Counts in ``path``, a file of this project's own making."""
        content = path.read_bytes()
        counted = json.loads(content)
        return cls(
            documents=counted["documents"],
            tags=counted["tags"],
            mentions={phrase: (papers, titles) for phrase, (papers, titles) in counted["mentions"].items()},
            phrases=counted["phrases"],
            digest=hashlib.sha256(content).hexdigest(),
        )

    def rarity(self, tag: str) -> float:
        """0 for a tag in every paper, 1 for one in a single paper; a tag never counted is as rare as can be."""
        if self.documents < 2:
            return 1.0
        return 1 - math.log(max(1, self.tags.get(tag, 0))) / math.log(self.documents)

    def weight(self, phrase: str) -> float:
        """How much a mention of ``phrase`` tells of what a paper is about; 1 is usual, 0.1 to 2.

        Words that papers are about stand in titles; words that papers merely use stand in abstracts. So the weight
        is the share of the papers mentioning it that have it in the title, drawn towards `NEUTRAL` where few do.
        """
        papers, titles = self.mentions.get(phrase, (0, 0))
        share = (titles + NEUTRAL * PRIOR_PAPERS) / (papers + PRIOR_PAPERS)
        return min(2.0, max(0.1, share / NEUTRAL))
