"""Keywords of a title and abstract, from their own words alone.

Candidates are runs of words between stop words and punctuation, as in RAKE (Rose et al. 2010, "Automatic Keyword
Extraction from Individual Documents"); a candidate counts if the title holds it, or the abstract holds it twice, or
it is spelt out beside its abbreviation. No corpus, no vocabulary: the same text always gives the same keywords.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

MAX_KEYWORDS = 10
_REMEMBERED = 1 << 17
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+/'’-]*[A-Za-z0-9+]|[A-Za-z]|[^\sA-Za-z0-9]")
_MATHS = re.compile(r"\$[^$]*\$|\\[A-Za-z]+|[{}]")
_ABBREVIATED = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{0,9}[A-Z0-9]s?)\)")
_STOP = frozenset(
    """
    a about above across after against all along also although always am among an and another any are as at
    based be because been before being below best better between beyond both but by can cannot case certain
    could crucial current demonstrate despite different do does due during each easy effective efficient
    either else enable et even every existing explore few find first following for from fully further
    furthermore general given good had has have having he her here hence high highly his how however i if
    important improve improved improves in including increasing indeed instead into investigate is it its
    itself key large last latter less let like long low main make many may mean means method methods might
    more moreover most much must near need needs new next no non nor not notably note novel now number obtain
    of off often old on once one only or order other others our out over own paper particular per perform
    possible present presented previous previously problem problems propose proposed provide provides rather
    recent recently result results same second see several shall she should show shown shows significant
    significantly similar simple since single small so some specific specifically still strong study such task
    tasks than that the their them themselves then there thereby therefore these they third this those though
    three through throughout thus to together too toward towards two under understanding unlike until up upon
    us use used useful using various versus very via view was way we well were what when where whereas whether
    which while who whose why wide widely will with within without work works would yet you your approach
    approaches analysis introduce introduces achieve achieves consider considered develop developed describe
    describes e.g i.e s t et al
    """.split()
)


def find_keywords(
    title: str, abstract: str, abbreviations: Sequence[tuple[str, str, int]] | None = None
) -> tuple[str, ...]:
    """At most ten keywords, most telling first: spelt out with an abbreviation, then by count, then by length.

    ``abbreviations`` are those of the abstract, if the caller has found them already.
    """
    runs = [*_runs(abstract), *(in_title_runs := _runs(title))]
    keys = [run.lower() for run in runs]
    counts = Counter(keys)
    in_title = set(keys[len(keys) - len(in_title_runs) :])
    found = find_abbreviations(abstract) if abbreviations is None else abbreviations
    spelt = {long_form.lower(): long_form for _, long_form, _ in found}
    first_form = {**dict(zip(reversed(keys), reversed(runs), strict=True)), **spelt}
    candidates = in_title.union(key for key, count in counts.items() if count > 1).difference(spelt)
    chosen = [*spelt, *(key for key in candidates if _telling(key) and not _long_run(key))]
    chosen.sort(key=lambda key: (key not in spelt, -counts[key] - (key in in_title), -key.count(" "), key))
    return tuple(first_form[key] for key in chosen[:MAX_KEYWORDS])


def _telling(key: str) -> bool:
    return " " in key or (len(key) > 3 and not key.isdigit())


def _long_run(key: str) -> bool:
    return key.count(" ") > 3


class _Kept(dict[str, str]):
    """Each token as it stands, or a line break where it ends a run. Bounded: a registry sees new words for ever."""

    def __missing__(self, token: str) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
        ends = not token[0].isalnum() or token.lower() in _STOP
        kept = self[token] = "\n" if ends else token
        return kept


_KEPT = _Kept()


def _runs(text: str) -> list[str]:
    """Runs of words, joined by spaces: tokens hold no white space, so that line breaks may part the runs."""
    plain = _MATHS.sub(" . ", text) if "$" in text or "\\" in text or "{" in text or "}" in text else text
    lines = " ".join(map(_KEPT.__getitem__, _TOKEN.findall(plain))).split("\n")
    runs = [run for line in lines if (run := line.strip())]
    return [run for run in runs if not (run[0].isdigit() and run.replace(" ", "").isdigit())]


def _long_form(words: list[str], letters: str) -> str | None:
    for size in range(1, min(len(letters), len(words)) + 1):
        tail = words[-size:]
        initials = "".join(part[0] for word in tail for part in word.split("-") if part).lower()
        if initials == letters and all(re.fullmatch(r"[A-Za-z][A-Za-z'-]*", word) for word in tail):
            return " ".join(tail)
    return None


def find_abbreviations(text: str) -> list[tuple[str, str, int]]:
    """Each abbreviation that is spelt out before it, as in "key-value cache (KVC)", in the order of the text.

    A triple: the abbreviation, its long form, and the character (zero-based) where the bracket opens.
    """
    found = []
    for match in _ABBREVIATED.finditer(text):
        words = re.split(r"\s+", text[max(0, match.start() - 120) : match.start()].strip())
        long_form = _long_form(words, match[1].rstrip("s").replace("-", "").lower())
        if long_form:
            found.append((match[1], long_form, match.start()))
    return found
