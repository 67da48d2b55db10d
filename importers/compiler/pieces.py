"""What stands between two white spaces, punctuation included, and what it can mean: found out once a piece.

Abstracts are made of the same words over and over. Which cue of a sentence a piece takes part in (a sieve before
patterns that cost more, `importers.compiler.sentences`) and what of a run of keywords it is
(`importers.compiler.keywords`) is one look-up a piece for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

_Found = TypeVar("_Found")
_REMEMBERED = 1 << 17
_LONGEST = 80  # characters of what is remembered: nothing longer comes twice, and a hostile text is full of it
_ABBREVIATIONS = frozenset(
    "e.g i.e et al etc cf vs resp approx fig figs eq eqs sec ref refs no nos vol thm prop dr mr mrs ms prof st "
    "w.r.t a.k.a s.t i.i.d viz ca a.s a.e jr sr inc ltd dept univ".split()
)

# What a word can take part in. Cheap sieve before the patterns of `sentences`, which see lower case only.
(
    OWN_WORD,
    SUBJECT,
    SHOW_VERB,
    FINDING,
    MEASURE,
    DO_VERB,
    GAP_WORD,
    INSIGHT_WORD,
    PASSIVE,
    MEASURE_START,
    GAP_START,
    OWN,
    DIGIT,
    SHOWER,
    SHOWS,
    SHOWING,
    INDICATES,
    BEING,
    BEEN_SHOWN,
    THERE,
    HARDNESS,
    STOP,
    GOES_ON,
) = (1 << bit for bit in range(23))
_STEMS: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        OWN_WORD,
        tuple(
            "we our ours us paper work article study letter note thesis report survey chapter talk review "
            "author authors here herein i".split()
        ),
        (),
    ),
    (
        SUBJECT,
        tuple("we i author authors paper work study article thesis survey note letter report review".split()),
        (),
    ),
    (
        SHOW_VERB,
        ("found", "find", "finds", "there"),
        (
            "show",
            "prov",
            "demonstrat",
            "establish",
            "observ",
            "verif",
            "validat",
            "confirm",
            "conclud",
            "report",
            "deriv",
            "achiev",
            "obtain",
            "improve",
            "reduce",
            "reveal",
            "discover",
            "identif",
            "characteri",
            "determin",
            "indicat",
            "suggest",
            "highlight",
            "illustrat",
            "support",
            "undecidable",
            "np-",
            "pspace",
            "exptime",
            "iff",
        ),
    ),
    (
        FINDING,
        ("experimentation",),
        (
            "result",
            "experiment",
            "evaluation",
            "simulation",
            "analys",
            "finding",
            "studies",
            "test",
            "benchmark",
            "ablation",
            "measurement",
            "comparison",
            "proof",
            "evidence",
            "task",
            "dataset",
        ),
    ),
    (
        MEASURE,
        tuple(
            "improves improved improving reduces reduced reducing "
            "decreases decreased decreasing increases increased increasing speedup speedups speed-up speed-ups "
            "faster fewer state-of-the-art sota significantly consistently competitive comparable matches superior "
            "converges generalizes generalises double doubles accelerate accelerates eliminate eliminates exceeds "
            "exceeded exceeding".split()
        ),
        ("outperform", "surpass", "achiev", "attain"),
    ),
    (
        DO_VERB,
        tuple(
            "study studies studied provides provide give gives train trains use used uses build built apply applies "
            "given".split()
        ),
        (
            "propos",
            "present",
            "introduc",
            "develop",
            "describ",
            "design",
            "investigat",
            "analy",
            "examin",
            "explor",
            "address",
            "consider",
            "discuss",
            "survey",
            "review",
            "provid",
            "offer",
            "argu",
            "extend",
            "implement",
            "releas",
            "formulat",
            "construct",
            "creat",
            "compar",
            "evaluat",
            "focus",
            "solv",
            "tackl",
            "formali",
            "collect",
            "outlin",
            "suggest",
        ),
    ),
    (
        GAP_WORD,
        tuple(
            "however although despite lack lacks lacking limited limitation limitations limits expensive costly "
            "fail fails unable cannot unclear unknown scarce scarcity slow memory-hungry bottleneck "
            "bottlenecks".split()
        ),
        (
            "remain",
            "challeng",
            "suffer",
            "difficult",
            "hinder",
            "prohibitive",
            "under-explored",
            "underexplored",
            "unexplored",
            "inefficien",
            "struggl",
            "vulnerab",
        ),
    ),
    (
        INSIGHT_WORD,
        ("motivated", "inspired", "intuition", "missing", "conjecture"),
        ("insight", "idea", "observ", "hypothes", "argue", "posit", "note", "fact"),
    ),
    (PASSIVE, tuple("is are was were be been".split()), ()),
    (MEASURE_START, tuple("order orders art par than more if as without".split()), ()),
    (GAP_START, tuple("little open existing not but".split()), ()),
)


# Words and beginnings of words that the patterns of `sentences` want at these places, wherever a hyphen lets one begin.
_PARTS: tuple[tuple[int, str, str], ...] = (
    (OWN, "we our ours us", ""),
    (SHOWER, "we i author authors paper work study article", ""),
    (
        SHOWS,
        "find finds found",
        "show prov demonstrat establish observ verif validat confirm conclud report deriv achiev obtain improve reduce "
        "reveal discover identif characteri determine",
    ),
    (
        SHOWING,
        "studies evidence",
        "result experiment evaluation simulation analys finding test benchmark ablation measurement comparison proof "
        "task dataset",
    ),
    (
        INDICATES,
        "",
        "show demonstrat indicat suggest reveal confirm prov verif highlight validat illustrat establish support",
    ),
    (BEING, "is are was were be been", ""),
    (BEEN_SHOWN, "shown proved proven found demonstrated established observed verified", ""),
    (THERE, "there", ""),
    (HARDNESS, "undecidable", "hard complete"),
)
_SHORTEST = 3  # no beginning of a word in these tables is shorter


def _by_word(table: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for bit, words in table:
        for word in words:
            found[word] = found.get(word, 0) | bit
    return found


def _by_beginning(table: Iterable[tuple[int, Iterable[str]]]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for bit, stems in table:
        for stem in stems:
            found.setdefault(stem[:_SHORTEST], []).append((stem, bit))
    return found


_WHOLE = _by_word((bit, words) for bit, words, _ in _STEMS)
_BEGINNINGS = _by_beginning((bit, stems) for bit, _, stems in _STEMS)
_PART_WHOLE = _by_word((bit, words.split()) for bit, words, _ in _PARTS)
_PART_BEGINNINGS = _by_beginning((bit, stems.split()) for bit, _, stems in _PARTS)
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*")
_OWN_WORDS = re.compile(r"\b(?:we|our|ours|us)\b")
_STOP = re.compile(r"[.!?](?=[\"')\]}”’]*\Z)")
_LAST_WORD = re.compile(r"[\w.]*\Z")
_FIRST_WORD = re.compile(r"\S\w*")


class Piece(NamedTuple):
    """``cues``: bits of what it can take part in; ``kept``: its words, line breaks where one ends a run of keywords."""

    cues: int
    kept: str


def _remember(cache: dict[str, _Found], text: str, found: _Found) -> None:
    if len(text) <= _LONGEST:
        if len(cache) > _REMEMBERED:
            cache.clear()
        cache[text] = found


class _Words(dict[str, int]):
    """The cues of each word in lower case, found out once. Bounded: there are always new words."""

    def __missing__(self, word: str) -> int:
        cues = _WHOLE.get(word, 0) | _begun(word, _BEGINNINGS)
        for part in word.split("-"):
            cues |= _PART_WHOLE.get(part, 0) | _begun(part, _PART_BEGINNINGS)
        _remember(self, word, cues)
        return cues


def _begun(word: str, beginnings: dict[str, list[tuple[str, int]]]) -> int:
    cues = 0
    for stem, bit in beginnings.get(word[:_SHORTEST], ()):
        if word.startswith(stem):
            cues |= bit
    return cues


class _Pieces(dict[str, Piece]):
    """Each piece as written, found out once. Bounded."""

    def __missing__(self, text: str) -> Piece:
        piece = self._read(text)
        _remember(self, text, piece)
        return piece

    def _read(self, text: str) -> Piece:
        """Most are a word, or one and its punctuation mark."""
        lowered = text.lower()
        if text.isalpha() and text.isascii():
            cues = _WORD_CUES[lowered]
            return Piece(cues | GOES_ON if text == lowered else cues, "\n" if lowered in _STOP_WORDS else f" {text}")
        if text[-1] in ".,;:" and text[-2:-1].isalpha():
            word = self.get(text[:-1]) or self._read(text[:-1])
            cues = word.cues & ~STOP
            return Piece(cues | STOP if text[-1] == "." and _stops(text) else cues, f"{word.kept}\n")
        return Piece(_cues(text, lowered), kept(text))


def _cues(text: str, lowered: str) -> int:
    cues = DIGIT if _DIGIT.search(text) else 0
    for word in _WORDS.findall(lowered):
        cues |= _WORD_CUES[word]
    if cues & OWN and not _OWN_WORDS.search(lowered):  # as in "we2": no word of its own
        cues &= ~OWN
    if _stops(text):
        cues |= STOP
    if text[0] in ",;:)" or _FIRST_WORD.match(text)[0].islower():  # type: ignore[index]
        cues |= GOES_ON
    return cues


def _stops(text: str) -> bool:
    """Whether a sentence may end behind it: at a full stop that belongs to no abbreviation or initial, at ! or ?."""
    stop = _STOP.search(text)
    if stop is None or stop[0] != ".":
        return stop is not None
    word = _LAST_WORD.search(text[max(0, stop.start() - 12) : stop.start()])
    last = word.group().lower() if word else ""
    return last not in _ABBREVIATIONS and not (len(last) == 1 and last.isalpha() and text[stop.start() - 1].isupper())


_STOP_WORDS = frozenset(
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
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+/'’-]*[A-Za-z0-9+]|[A-Za-z]|[^\sA-Za-z0-9]")


class _Kept(dict[str, str]):
    """Each token behind a space, or a line break where it ends a run. Bounded: a registry sees new words for ever."""

    def __missing__(self, token: str) -> str:
        ends = not token[0].isalnum() or token.lower() in _STOP_WORDS
        kept = "\n" if ends else f" {token}"
        _remember(self, token, kept)
        return kept


def kept(text: str) -> str:
    """The words of ``text`` that keywords may be made of, each behind a space, and line breaks for all others."""
    return "".join(map(_KEPT.__getitem__, _TOKEN.findall(text)))


_KEPT = _Kept()
_WORD_CUES = _Words()
_PIECES = _Pieces()


def read_pieces(words: Iterable[str]) -> list[Piece]:
    """What each of these, a text split at its white space, can mean."""
    return list(map(_PIECES.__getitem__, words))
