"""Keywords of a title and abstract, from their own words alone.

Candidates are runs of words between stop words and punctuation, as in RAKE (Rose et al. 2010, "Automatic Keyword
Extraction from Individual Documents"); a candidate counts if the title holds it, or the abstract holds it twice, or
it is spelt out beside its abbreviation. No corpus, no vocabulary: the same text always gives the same keywords.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

MAX_KEYWORDS = 10
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


def find_keywords(title: str, abstract: str) -> tuple[str, ...]:
    """At most ten keywords, most telling first: spelt out with an abbreviation, then by count, then by length."""
    title_runs, abstract_runs = _runs(title), _runs(abstract)
    counts = Counter(map(str.lower, title_runs + abstract_runs))
    in_title = {run.lower() for run in title_runs}
    spelt = {long_form.lower(): long_form for _, long_form, _ in find_abbreviations(abstract)}
    first_form: dict[str, str] = {}
    for run in [*spelt.values(), *abstract_runs, *title_runs]:
        first_form.setdefault(run.lower(), run)
    chosen = [
        key
        for key in first_form
        if key in spelt or (_telling(key) and not _long_run(key) and (key in in_title or counts[key] > 1))
    ]
    chosen.sort(key=lambda key: (key not in spelt, -counts[key] - (key in in_title), -key.count(" "), key))
    return tuple(first_form[key] for key in chosen[:MAX_KEYWORDS])


def _telling(key: str) -> bool:
    return " " in key or (len(key) > 3 and not key.isdigit())


def _long_run(key: str) -> bool:
    return key.count(" ") > 3


@lru_cache(maxsize=1 << 16)
def _ends_run(token: str) -> bool:
    return not token[0].isalnum() or token.lower() in _STOP


def _runs(text: str) -> list[str]:
    runs: list[str] = []
    run: list[str] = []
    for token in [*_TOKEN.findall(_MATHS.sub(" . ", text)), "."]:
        if not _ends_run(token):
            run.append(token)
        elif run:
            runs.append(" ".join(run))
            run = []
    return [run for run in runs if not run.replace(" ", "").isdigit()]


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
