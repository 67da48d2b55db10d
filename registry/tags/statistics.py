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


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """``documents`` papers were counted: in how many each tag's words stood, and each established phrase.

    ``phrases`` are keyed by folded words joined by a space.
    """

    documents: int
    tags: Mapping[str, int]
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
            phrases=counted["phrases"],
            digest=hashlib.sha256(content).hexdigest(),
        )

    def rarity(self, tag: str) -> float:
        """0 for a tag in every paper, 1 for one in a single paper; a tag never counted is as rare as can be."""
        if self.documents < 2:
            return 1.0
        return 1 - math.log(max(1, self.tags.get(tag, 0))) / math.log(self.documents)
