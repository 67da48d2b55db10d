"""Sentences of an abstract, verbatim and with their places; and what each sentence does.

A sentence is a slice of the text it came from, never a rewrite. What it does (states a result, a gap, the paper's own
contribution) is read from cue words alone, so that the reading is the same every time and anyone can check it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Flag, auto
from itertools import accumulate
from typing import NamedTuple

from importers.compiler.pieces import (
    BEEN_SHOWN,
    BEING,
    DIGIT,
    DO_VERB,
    GAP_START,
    GAP_WORD,
    GOES_ON,
    HARDNESS,
    INDICATES,
    INSIGHT_WORD,
    MEASURE,
    MEASURE_START,
    OWN,
    OWN_WORD,
    PASSIVE,
    SHOW_VERB,
    SHOWER,
    SHOWING,
    SHOWS,
    STOP,
    SUBJECT,
    THERE,
    Piece,
    read_pieces,
)

_WORD = re.compile(r"\S+")


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


class Sentence(NamedTuple):
    """``text`` equals the source from character ``start`` to ``end`` (zero-based, end exclusive)."""

    text: str
    start: int
    end: int
    role: Role


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of ``text`` in order. Full stops in abbreviations, initials, numbers and ``$maths$`` end none."""
    words = text.split()
    return sentences_of(text, words, read_pieces(words))


def sentences_of(text: str, words: Sequence[str], pieces: Sequence[Piece]) -> list[Sentence]:
    """The same from the text's words and their pieces, where the caller has them."""
    cues = [piece.cues for piece in pieces]
    starts = None if _is_evenly_spaced(text, words) else [match.start() for match in _WORD.finditer(text)]
    sentences: list[Sentence] = []
    first, start = 0, 0
    for after in _cuts(text, words, cues):
        if starts is None:
            said = " ".join(words[first:after])
        else:
            start = starts[first]
            said = text[start : starts[after - 1] + len(words[after - 1])]
        sentences.append(Sentence(said, start, start + len(said), _role(said, cues[first:after])))
        first, start = after, start + len(said) + 1
    return sentences


def _is_evenly_spaced(text: str, words: Sequence[str]) -> bool:
    """Whether nothing but single spaces stands between the words, and nothing around them."""
    return len(text) == sum(map(len, words)) + len(words) - 1 and " ".join(words) == text


def _cuts(text: str, words: Sequence[str], cues: list[int]) -> list[int]:
    """The number of the word that follows each sentence."""
    last = len(cues)
    cuts = [after for after, cue in enumerate(cues, 1) if cue & STOP and after < last and not cues[after] & GOES_ON]
    if "$" in text:
        dollars = list(accumulate(word.count("$") for word in words))
        cuts = [after for after in cuts if not dollars[after - 1] % 2]
    return [*cuts, last] if last else cuts


_WORK = r"(?:work|paper|article|study|letter|note|thesis|report|survey|chapter|talk|review)"
_OWN = re.compile(
    rf"\b(?:we|our|ours|us|this (?:position )?{_WORK}|the (?:present )?(?:paper|authors?|article)|here(?:in)?,"
    r"|i (?:propose|present|show|argue|prove|describe|introduce))\b|^here\b"
)
_SHOWN_BY = re.compile(
    r"\b(?:we|i|authors?|paper|work|study|article)\b[^.;]{0,40}?\b(?:show(?:s|ed|n)?|prov(?:e|es|ed|en)|demonstrat\w+"
    r"|f(?:ind|inds|ound)|establish\w*|observ(?:e|es|ed)|verif(?:y|ies|ied)|validat\w+|confirm\w*|conclud\w+|report\w*"
    r"|deriv(?:e|es|ed)|achiev\w+|obtain\w*|improve[sd]?|reduce[sd]?|reveal\w*|discover\w*|identif(?:y|ies|ied)"
    r"|characteri[sz]e[sd]?|determine[sd]?)\b"
)
_INDICATED = re.compile(
    r"\b(?:results?|experiments?|experimentation|evaluations?|simulations?|analys[ei]s|findings?|studies|tests?"
    r"|benchmarks?|ablations?|measurements?|comparisons?|proofs?|evidence|tasks?|datasets?)\b[^.;]{0,120}?\b(?:show"
    r"|demonstrat|indicat|suggest|reveal|confirm|prov|verif|highlight|validat|illustrat|establish|support)\w*"
)
_BEEN_SHOWN = re.compile(
    r"\b(?:is|are|was|were|be|been) (?:also )?(?:shown|proved|proven|found|demonstrated|established|observed"
    r"|verified)\b"
)
_HARDNESS = re.compile(r"\b(?:np|pspace|exptime|co-?np)-(?:hard|complete)|\bundecidable\b")
_EXISTS = re.compile(r"\bthere exists?\b")
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
    return _role(sentence, [piece.cues for piece in read_pieces(sentence.split())])


def _role(sentence: str, found: list[int]) -> Role:
    cues = 0
    for one in set(found):
        cues |= one
    lowered = sentence.lower()
    bits = 0
    if cues & OWN_WORD and (cues & OWN or _OWN.search(lowered)):
        bits |= _OWN_BIT
    if cues & SHOW_VERB and _is_shown(lowered, cues):
        bits |= _SHOWN_BITS
    if cues & DIGIT and _NUMBER.search(lowered):
        bits |= _MEASURED_BITS
    elif cues & MEASURE or (cues & MEASURE_START and _MEASURED_PHRASE.search(lowered)):
        bits |= _RESULT_BIT
    if cues & DO_VERB and cues & (SUBJECT | PASSIVE) and _CONTRIBUTION.search(lowered):
        bits |= _CONTRIBUTION_BIT
    if cues & GAP_WORD or (cues & GAP_START and _GAP_PHRASE.search(lowered)):
        bits |= _GAP_BIT
    if cues & INSIGHT_WORD and _INSIGHT.search(lowered):
        bits |= _INSIGHT_BIT
    return _ROLES[bits]


def _is_shown(lowered: str, cues: int) -> bool:
    return bool(
        (cues & HARDNESS and _HARDNESS.search(lowered))
        or (cues & SHOWER and cues & SHOWS and _SHOWN_BY.search(lowered))
        or (cues & SHOWING and cues & INDICATES and _INDICATED.search(lowered))
        or (cues & BEING and cues & BEEN_SHOWN and _BEEN_SHOWN.search(lowered))
        or (cues & THERE and _EXISTS.search(lowered))
    )
