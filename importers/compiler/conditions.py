"""The regime a claim is stated for, and the limit the paper states of it: the paper's own phrases, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from importers.compiler.caseless import Caseless
from importers.compiler.claim_weight import content_words
from importers.compiler.paper_reading import Part, Said
from importers.compiler.terms import conditions_in, datasets_in, hardware_in, metrics_in

_VERB = re.compile(
    r"\b(?:is|are|was|were|can|demonstrates?|maintains?|shows?|achieves?|improves?|reduces?|outperforms?|enables?|we"
    r"|allows?|yields?|leads?|gives?|has|have|performs?|trains?|requires?|supports?|process(?:es)?|than|brings?"
    r"|stays?|remains?|becomes?)\b"
)
_OUTCOME = re.compile(
    r"^(?:with (?:state-of-the-art|other|others|all|competitor|the (?:state|best|previous|other|same level)"
    r"|previous|prior"
    r"|existing|an? (?:large|significant|small|wide) (?:gap|margin)|significant|negligible|similar|comparable"
    r"|better|higher"
    r"|lower|respect|much|far|no|minimal|little|reference|less|more|fewer|near|a speed|an? average|improved|strong"
    r"|the exception|\d+(?:\.\d+)?(?:%|×| points))"
    r"|(?:on|in) (?:par|average|total|general|practice|particular|contrast|turn|terms|order|the (?:first|former"
    r"|latter|other"
    r"|literature|paper|order|sense|form|context of|last|next)|(?:this|these|that|those|such|which)\b|addition|both)"
    r"|for (?:the first|end-to-end|more than|example|instance|each|better|faster|improv|significan|future"
    r"|further|this|these)"
    r"|(?:at|in) (?:the (?:cost|same time|expense)|least|most|best|all\b|an? (?:\w+ )?(?:order|fraction|cost))"
    r"|over (?!a range|the range|time|long|short|all |multiple|several|\w+ (?:tasks|data ?sets|seeds|runs|samples))"
    r"|without (?:any|loss|sacrific|compromis|affect|hurting|degrad|significant|the need)"
    r"|(?:when|if) (?:compared|we compare|compar)|using (?:the same|this|our|only|less|fewer)|after all|during this)",
    re.IGNORECASE,
)
_COMPARING = re.compile(
    r"(?:[Cc]ompared|[Cc]omparison|comparable|competitive|consistent|compatible|correlat\w+|together|combined"
    r"|along|replac\w+"
    r"|associated|deal\w*|interact\w*|begin\w*|start\w*|equipped|improv\w+|gains?|reductions?|improvements?"
    r"|increase|difference|based|rel(?:y|ies|ied|ying)|depend\w*|builds?|built|focus\w*|conditioned|bas[ei]s)\s+\Z"
)
_TAIL = re.compile(
    r"\s*(?:—.*|\bwithout\b.*|\bwhile\b.*|\bin (?:approximately|about|under|less than|roughly)\b.*"
    r"|\bby\s+(?:up to |about "
    r"|over )?\d.*|\bresulting\b.*|\byielding\b.*"
    r"|\band (?:scales|runs|reaches|is|are|has|shows|does|remains|achieves|keeps|works|performs|even)\b.*)$"
)
_HANGING = re.compile(r"\s+(?:and|or|but|with|of|in|on|for)\s*$")
_LIMITING = Caseless(
    r"\b(?:limit\w*|only|cannot|can not|not|no|fails?|failed|restrict\w*|requires?|assum\w+|drawback|caveat|future"
    r"|currently|yet|beyond|scope|may|might|unless|lack\w*|worse|slower|degrad\w*|difficult\w*|costly|overhead|however"
    r"|although|unclear|untested|remains?)\b"
)
_GENERAL = re.compile(
    r"\b(?:our|this|the (?:proposed|current|present))\s+(?:\w+\s)?(?:study|work|experiments?|results?|evaluation"
    r"|analysis|paper|data ?sets?|benchmarks?)\b|\bwe (?:only|do not|did not|focus"
    r"|limit|restrict|leave|assume)\b",
    re.IGNORECASE,
)
_OF_METHOD = re.compile(
    r"\b(?:our|this|the (?:proposed|current|present))\s+(?:[\w-]+\s){0,2}(?:approach|method|implementation|system"
    r"|technique"
    r"|framework|algorithm|model)\b",
    re.IGNORECASE,
)
_HEADLINES = frozenset({Part.ABSTRACT, Part.INTRODUCTION, Part.CONCLUSION})
_ANNOUNCES = re.compile(
    r"^(?:We|This section|In this section|Here|Finally|Next)\b[^.;]{0,40}\b(?:discuss|describe|list|outline"
    r"|present|summari[sz]e)"
)
_BOUNDS = Caseless(
    r"\b(?:limit(?:ed|ations?|s)?|restrict\w*|drawback|caveat|future work|assum\w+|beyond the scope|untested"
    r"|only (?:consider|evaluat|test|stud|appl|use|report|cover)\w*|not (?:consider|evaluat|test|support|appl"
    r"|scale|handle|cover"
    r"|address)\w*)\b"
)
_OVERCOME = Caseless(
    r"\b(?:overcom|address|bypass|circumvent|eliminat|alleviat|mitigat|enhanc|outperform|tackl|resolv|solv"
    r"|unlike|without)\w*|\bnot limited to\b|\bassume the following\b"
)
_SOCIAL = Caseless(r"\b(?:societal|social|ethic\w*|negative impact|misuse|carbon)\b")
_CLAUSE = re.compile(
    r"\b((?:when(?:ever)?|if|as long as|provided"
    r" that)\s+(?!compared)[^,.;:()]{6,90}?)(?=[,.;:(]|$)",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(?:not|only|no|cannot|limited|requires?|focus\w*|restrict\w*|leave)\b")
_NOTHING = re.compile(
    r"(?:for|on|in|with|at|over|across|under) (?:an?|the|each|all|some|any|both) (?:data ?sets?|models?|tasks?"
    r"|methods?|settings?"
    r"|experiments?|results?|benchmarks?|networks?|layers?)$"
    r"|(?:for|on|in|with|of) (?:an?|the) (?:(?!of\b)[a-z-]+ ){0,3}(?:models?|methods?|approach(?:es)?|algorithms?)$",
    re.IGNORECASE,
)
_OURS = re.compile(r"\bour\b")
_COMMON = frozenset(
    "perform accuracy train data dataset task approach system large quality propos learn evaluat".split()
)


def regime(texts: Sequence[str]) -> list[str]:
    """The conditions that sentences state themselves, in their words, outcomes and comparisons left out."""
    kept: list[str] = []
    clauses = [match[1] for text in texts for match in _CLAUSE.finditer(text)]
    phrases = [phrase for phrase in conditions_in(texts) if not re.match(r"(?:when|if|as long)", phrase, re.IGNORECASE)]
    for phrase in [*phrases, *clauses]:
        cut = _HANGING.sub("", _TAIL.sub("", phrase)).strip()
        if cut.startswith(("in ", "In ")) and metrics_in([cut]):
            continue  # "in CIDEr score" says what was measured
        if any(_is_compared(cut, text) for text in texts):
            continue
        if (
            cut.count(" ") < 1
            or (phrase not in clauses and _VERB.search(cut))
            or _NOTHING.match(cut)
            or _OUTCOME.match(cut)
            or ("$" in cut and cut.count("$") % 2)
        ):
            continue
        if not any(cut.lower() in other.lower() for other in kept):
            kept.append(cut)
    return [_OURS.sub("the paper's", phrase) for phrase in kept[:4]]


def _is_compared(phrase: str, text: str) -> bool:
    """Whether it stands right after a word that compares: "compared with the best"."""
    at = text.find(phrase)
    while at >= 0:
        if _COMPARING.search(text, max(0, at - 80), at):
            return True
        at = text.find(phrase, at + 1)
    return False


def setting(texts: Sequence[str], shared: Sequence[str] = ()) -> str:
    """The data and hardware that an experiment's sentences name, else those on the set-up that it shares with other
    runs: "data ShareGPT; hardware A100"; may be empty."""
    data = (datasets_in(texts) or datasets_in(shared))[:4]
    hardware = (hardware_in(texts) or hardware_in(shared))[:2]
    named = [f"data {', '.join(data)}"] if data else []
    return "; ".join([*named, *([f"hardware {', '.join(hardware)}"] if hardware else [])])


def boundary_of(sentences: Sequence[Said], limits: Sequence[Said]) -> Said | None:
    """The limit that speaks most of what the claim speaks of; for a headline else a limit of the work as a whole."""
    own = {said.order for said in sentences}
    wanted = content_words(" ".join(said.text for said in sentences)) - _COMMON
    best: tuple[int, int, Said] | None = None
    for said in limits:
        if said.order in own:
            continue
        common = len(wanted & content_words(said.text))
        if common >= 4 and (best is None or common > best[0]) and _may_bound(said.text):
            best = (common, said.order, said)
    if best is not None:
        return best[2]
    if not any(said.part in _HEADLINES for said in sentences):
        return None
    scopes = [
        (len(wanted & content_words(one.text)), -one.order, one)
        for one in limits
        if one.order not in own and not _SOCIAL.within(one.text)
    ]
    kept = [scope for scope in scopes if _states_scope(scope[2], common=scope[0])]
    return max(kept)[2] if kept else None


def bounding(limits: Sequence[Said]) -> list[Said]:
    """Of the limits a paper states those that can bound a claim of it."""
    return [said for said in limits if said.part == "limitations" or _bounds(said.text)]


def _may_bound(text: str) -> bool:
    return _LIMITING.within(text) and not _ANNOUNCES.match(text) and not _SOCIAL.within(text)


def _bounds(text: str) -> bool:
    """Whether a sentence outside the limitations states one, rather than one that was overcome."""
    return _BOUNDS.within(text) and not _OVERCOME.within(text)


def _states_scope(said: Said, *, common: int) -> bool:
    """Whether it limits the work as a whole, or the method that a claim with ``common`` words of it speaks of."""
    return bool(
        said.part == "limitations"
        and _NEGATIVE.search(said.text)
        and not _ANNOUNCES.match(said.text)
        and (_GENERAL.search(said.text) or (common >= 2 and _OF_METHOD.search(said.text)))
    )
