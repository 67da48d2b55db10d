"""Sentences of an abstract, verbatim and with their places; and what each sentence does.

A sentence is a slice of the text it came from, never a rewrite. What it does (states a result, a gap, the paper's own
contribution) is read from cue words alone, so that the reading is the same every time and anyone can check it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto
from functools import reduce
from operator import or_

_END = re.compile(r"[.!?][\"')\]}”’]*(?=\s+\S)")
_WORD = re.compile(r"\s*(\S)\w*")
_LAST_WORD = re.compile(r"[\w.]*\Z")
_ABBREVIATIONS = frozenset(
    "e.g i.e et al etc cf vs resp approx fig figs eq eqs sec ref refs no nos vol thm prop dr mr mrs ms prof st "
    "w.r.t a.k.a s.t i.i.d viz ca a.s a.e jr sr inc ltd dept univ".split()
)


class Role(Flag):
    """What a sentence does; several may hold at once."""

    NONE = 0
    OWN = auto()  # speaks of this work
    RESULT = auto()  # claims something that could turn out false
    CONTRIBUTION = auto()  # says what this work does
    GAP = auto()  # says what is missing or hard
    INSIGHT = auto()  # says what the work rests on
    SHOWN = auto()  # says outright that something was shown, proved, found
    MEASURED = auto()  # gives a measured quantity (a percentage, a factor, a size)


# Flags are added up as plain numbers: operations on flags cost more than the searches they note.
_ROLES = [Role(bits) for bits in range(1 << len(Role))]
_OWN_BIT, _RESULT_BIT, _CONTRIBUTION_BIT, _GAP_BIT, _INSIGHT_BIT = (
    role.value for role in (Role.OWN, Role.RESULT, Role.CONTRIBUTION, Role.GAP, Role.INSIGHT)
)
_SHOWN_BITS, _MEASURED_BITS = (Role.SHOWN | Role.RESULT).value, (Role.MEASURED | Role.RESULT).value
_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` equals the source from character ``start`` to ``end`` (zero-based, end exclusive)."""

    text: str
    start: int
    end: int
    role: Role


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of ``text`` in order. Full stops in abbreviations, initials, numbers and ``$maths$`` end none."""
    sentences = []
    start = 0
    for end in [*_ends(text), len(text)]:
        while start < end and text[start].isspace():
            start += 1
        stop = end
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop > start:
            sentences.append(Sentence(text[start:stop], start, stop, read_role(text[start:stop])))
        start = end
    return sentences


def _ends(text: str) -> list[int]:
    return [match.end() for match in _END.finditer(text) if _is_end(text, match)]


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = _WORD.match(text, match.end())
    if following is None or following[1] in ",;:)" or following[0].strip().islower():
        return False
    if text.count("$", 0, match.start()) % 2:
        return False
    if text[match.start()] != ".":
        return True
    word = _LAST_WORD.search(text[max(0, match.start() - 12) : match.start()])
    last = word.group().lower() if word else ""
    return last not in _ABBREVIATIONS and not (len(last) == 1 and last.isalpha() and text[match.start() - 1].isupper())


# Which cue a word can take part in. Cheap sieve before the cue patterns, which see lower case only.
(
    _OWN_WORD,
    _SUBJECT,
    _SHOW_VERB,
    _FINDING,
    _MEASURE,
    _DO_VERB,
    _GAP_WORD,
    _INSIGHT_WORD,
    _PASSIVE,
    _MEASURE_START,
    _GAP_START,
) = (1 << bit for bit in range(11))
_STEMS: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _OWN_WORD,
        tuple(
            "we our ours us paper work article study letter note thesis report survey chapter talk review "
            "author authors here herein i".split()
        ),
        (),
    ),
    (
        _SUBJECT,
        tuple("we i author authors paper work study article thesis survey note letter report review".split()),
        (),
    ),
    (
        _SHOW_VERB,
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
        _FINDING,
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
        _MEASURE,
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
        _DO_VERB,
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
        _GAP_WORD,
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
        _INSIGHT_WORD,
        ("motivated", "inspired", "intuition", "missing", "conjecture"),
        ("insight", "idea", "observ", "hypothes", "argue", "posit", "note", "fact"),
    ),
    (_PASSIVE, tuple("is are was were be been".split()), ()),
    (_MEASURE_START, tuple("order orders art par than more if as without".split()), ()),
    (_GAP_START, tuple("little open existing not but".split()), ()),
)
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*")


class _Cues(dict[str, int]):
    """The cues of each word, found out once. Bounded: there are always new words."""

    def __missing__(self, word: str) -> int:
        if len(self) > _REMEMBERED:
            self.clear()
        cues = self[word] = sum(bit for bit, words, stems in _STEMS if word in words or word.startswith(stems))
        return cues


_CUES = _Cues()


_WORK = r"(?:work|paper|article|study|letter|note|thesis|report|survey|chapter|talk|review)"
_OWN = re.compile(
    rf"\b(?:we|our|ours|us|this (?:position )?{_WORK}|the (?:present )?(?:paper|authors?|article)|here(?:in)?,"
    r"|i (?:propose|present|show|argue|prove|describe|introduce))\b|^here\b"
)
_SHOWN = re.compile(
    r"\b(?:we|i|authors?|paper|work|study|article)\b[^.;]{0,40}?\b(?:show(?:s|ed|n)?|prov(?:e|es|ed|en)|demonstrat\w+"
    r"|f(?:ind|inds|ound)|establish\w*|observ(?:e|es|ed)|verif(?:y|ies|ied)|validat\w+|confirm\w*|conclud\w+|report\w*"
    r"|deriv(?:e|es|ed)|achiev\w+|obtain\w*|improve[sd]?|reduce[sd]?|reveal\w*|discover\w*|identif(?:y|ies|ied)"
    r"|characteri[sz]e[sd]?|determine[sd]?)\b"
    r"|\b(?:results?|experiments?|experimentation|evaluations?|simulations?|analys[ei]s|findings?|studies|tests?"
    r"|benchmarks?|ablations?|measurements?|comparisons?|proofs?|evidence|tasks?|datasets?)\b[^.;]{0,120}?\b(?:show"
    r"|demonstrat|indicat|suggest|reveal|confirm|prov|verif|highlight|validat|illustrat|establish|support)\w*"
    r"|\b(?:is|are|was|were|be|been) (?:also )?(?:shown|proved|proven|found|demonstrated|established|observed"
    r"|verified)\b"
    r"|\b(?:np|pspace|exptime|co-?np)-(?:hard|complete)|\bundecidable\b|\bthere exists?\b"
)
_MEASURED_PHRASE = re.compile(
    r"\b(?:orders? of magnitude|state of the art|on par|better than|higher than|lower than|more accurate|more efficient"
    r"|if and only if|as (?:well|good|accurate) as|without (?:retraining|loss|compromising|sacrificing))\b"
)
_NUMBER = re.compile(
    r"(?<![\w.])\d+(?:[.,]\d+)*\s*(?:\\?%|\\?\$?\\times|×|x\b|percent|points?\b|-?fold\b|times\b|bleu|db\b|ms\b"
    r"|[kmgt]b\b|[km]?hz\b|t?flops|orders?\b)"
)
_CONTRIBUTION = re.compile(
    r"\b(?:we|i|authors?|paper|work|study|article|thesis|survey|note|letter|report|review)\b[^.;]{0,60}?\b(?:propos\w+"
    r"|present\w*|introduc\w+|develop\w*|describ\w+|design\w*|investigat\w+|stud(?:y|ies|ied)|analy[sz]\w+|examin\w+"
    r"|explor\w+|address\w*|consider\w*|discuss\w*|survey\w*|review\w*|provid\w+|offer\w*|argu\w+|giv(?:e|es)|extend\w*"
    r"|implement\w*|releas\w+|formulat\w+|construct\w*|creat\w+|buil[dt]\w*|compar\w+|evaluat\w+|focus\w*|solv\w+"
    r"|appl(?:y|ies)|tackl\w+|formali[sz]\w+|collect\w*|train\w*|use[sd]?|outlin\w+|suggest\w*)\b"
    r"|\b(?:is|are) (?:proposed|presented|introduced|developed|described|studied|investigated|considered|discussed"
    r"|given)\b"
)
_GAP_PHRASE = re.compile(
    r"\b(?:little (?:is known|attention|work)|open (?:problems?|questions?)"
    r"|(?:no )?existing (?:methods?|approaches|works?|systems?|techniques)|not (?:well|fully|yet)|but often"
    r"|but (?:do|does|are|is) not)\b"
)
_INSIGHT = re.compile(
    r"\b(?:(?:key|main|core|central) (?:insight|idea|observation|intuition)"
    r"|(?:we|i) (?:argue|observe|hypothesi[sz]e|posit|note|conjecture) that"
    r"|based on the (?:observation|insight|idea|fact)"
    r"|motivated by|inspired by|missing principle|the idea is|the intuition)\b"
)


def read_role(sentence: str) -> Role:
    """What a sentence does, by its cue words."""
    lowered = sentence.lower()
    cues = reduce(or_, map(_CUES.__getitem__, _WORDS.findall(lowered)), 0)
    bits = 0
    if cues & _OWN_WORD and _OWN.search(lowered):
        bits |= _OWN_BIT
    if _is_shown(lowered, cues):
        bits |= _SHOWN_BITS
    if _DIGIT.search(lowered) and _NUMBER.search(lowered):
        bits |= _MEASURED_BITS
    elif cues & _MEASURE or (cues & _MEASURE_START and _MEASURED_PHRASE.search(lowered)):
        bits |= _RESULT_BIT
    if cues & _DO_VERB and cues & (_SUBJECT | _PASSIVE) and _CONTRIBUTION.search(lowered):
        bits |= _CONTRIBUTION_BIT
    if cues & _GAP_WORD or (cues & _GAP_START and _GAP_PHRASE.search(lowered)):
        bits |= _GAP_BIT
    if cues & _INSIGHT_WORD and _INSIGHT.search(lowered):
        bits |= _INSIGHT_BIT
    return _ROLES[bits]


def _is_shown(lowered: str, cues: int) -> bool:
    return bool(cues & _SHOW_VERB and cues & (_SUBJECT | _FINDING | _PASSIVE | _SHOW_VERB) and _SHOWN.search(lowered))
