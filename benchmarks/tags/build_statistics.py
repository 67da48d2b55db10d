"""Counts the corpus that the tagger's significance rests on, and writes registry/tags/data/corpus_statistics.json.

Run it after a change of the vocabulary: `python -m benchmarks.tags.build_statistics ../shared/data/arxiv/metadata`.
Only counts leave it: of tags, of the vocabulary's own phrases, and of short phrases that at least 8 titles share.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from benchmarks.tags.corpus import Record, read_corpus
from registry.tags.mentions import Place, find_mentions
from registry.tags.vocabulary import DATA, Vocabulary
from registry.tags.words import is_break, words

CORPUS = ("dengwei.jsonl.gz", "staeiou.jsonl.gz", "abs.jsonl.gz", "kaggle-sample.jsonl.gz")
LEAST_PAPERS = 4  # a vocabulary phrase in fewer papers is left to the prior
LEAST_TITLES = 8  # an established phrase stands in at least so many titles
MOST_TITLES = 600
STOP = frozenset(
    "a an the of for in on to with and or by from at as via using use based is are be can do does how what why when its"
    " their our we toward towards into under over between without within through new novel efficient approach method"
    " model study analysis some all not no via case one two three first second non self multi high low large small"
    " improved improving fast simple towards application framework system problem effect role about it this that than"
    " beyond against across during after before more most better good best general real time large scale world state"
    " art end open data learning network networks algorithm paper results result evidence evaluation performance"
    " comparative preliminary recent advance perspective introduction note proceeding workshop report part vol issue"
    " international conference extended abstract short full technical version revisited toward overview challenge"
    " future direction question comment reply remark property review survey tutorial experience lesson look"
    " aware black bound box computer context cost cross decision domain driven effective feed fine forward free"
    " grained higher horizon human input intelligence artificial language layer long lower machine making natural near"
    " need neural next off optimal order output pre range science specific spatio support temporal term trade trained"
    " trade type upper user wiz worst you case down top bottom pair wise end2end cs tool technique role rule step"
    " building making design implementation detection generation automatic information processing different".split()
)


def main() -> None:
    folder = Path(sys.argv[1])
    vocabulary = Vocabulary.load()
    counts = count([record for name in CORPUS for record in read_corpus(folder / name)], vocabulary)
    text = json.dumps(counts, indent=0, sort_keys=True, ensure_ascii=False)
    (DATA / "corpus_statistics.json").write_text(text + "\n", encoding="utf-8")
    print(f"{counts['documents']} papers, {len(counts['mentions'])} phrases, {len(counts['phrases'])} established")


def count(records: list[Record], vocabulary: Vocabulary) -> dict[str, object]:
    """Counts over ``records``; see `CorpusStatistics` for what each means."""
    tags, anywhere, in_title, established = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for record in records:
        title, abstract = words(record.title), words(record.abstract)
        found = find_mentions(title, abstract, record.categories, trie=vocabulary.trie, entries=vocabulary.entries)
        tags.update(found.keys())
        titles = {place.hit.phrase for mentions in found.values() for place in mentions.title}
        in_title.update(titles)
        anywhere.update(titles | {place.hit.phrase for mentions in found.values() for place in mentions.abstract})
        covered = [place for mentions in found.values() for place in mentions.title]
        established.update(_title_phrases(title.folded, covered))
    return {
        "documents": len(records),
        "tags": dict(tags),
        "mentions": {phrase: [n, in_title[phrase]] for phrase, n in anywhere.items() if n >= LEAST_PAPERS},
        "phrases": {phrase: n for phrase, n in established.items() if LEAST_TITLES <= n <= MOST_TITLES},
    }


def _title_phrases(folded: list[str], covered: list[Place]) -> set[str]:
    """Two- and three-word phrases of a title that hold no stop word and no word of a tag."""
    taken = {i for place in covered for i in range(place.start, place.end)}
    usable = [
        i not in taken and not is_break(word) and word not in STOP and len(word) > 2 and not word.isdigit()
        for i, word in enumerate(folded)
    ]
    return {
        " ".join(folded[i : i + length])
        for length in (2, 3)
        for i in range(len(folded) - length + 1)
        if all(usable[i : i + length])
    }


if __name__ == "__main__":
    main()
