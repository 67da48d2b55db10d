"""From a paper's sentence to a claim's Statement: run numbers and own names out, by listed rules that can be undone.

Each rule that fires leaves a record of what stood there, so that the sentence can be rebuilt; where the rules would
leave no sentence, the sentence stands as it is (contracts). The verbatim sentence always stands as a quote beside it.

    frame      "We show that", "As shown in Table 2,", "Moreover,": the report, not the claim
    bracket    brackets that hold a number
    amount     "by 15%", "from 21.2 to 27.2", "of 28.4", "in 3.5 days"
    factor     "2.4x" before faster, speedup, higher ...
    measure    "15%" before the noun it measures
    value      "achieves 28.4 BLEU" to "achieves the reported BLEU"
    name       the paper's own name to the paper's own words for what it is
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from importers.compiler.names import OwnName


@dataclass(frozen=True, slots=True)
class Change:
    """One rule's work: what stood there before and what stands there now."""

    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Generalised:
    """A statement and how it came about; ``numbers_left`` if a run number stands in it still."""

    statement: str
    changes: tuple[Change, ...]
    numbers_left: bool


_NUM = r"[~≈<>≥≤+−-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[KMT]\b)?"
_UNIT = (
    r"(?:\s?(?:%|×|x(?=[\s,.;)]|$)|percent(?:age)?(?: "
    r"points?)?|points?|pp\b|-?fold|times|BLEU|dB|ms|GB|MB|TB|K|k|M|B|s|seconds?|minutes?|hours?|"
    r"days?|GPUs?|tokens?|parameters|layers|steps|epochs|bits?|TFLOPs?(?:/s)?|FLOPs?|mAP|F1|AUC|nats|samples|orders? "
    r"of magnitude|(?:m|b|tr)illion)(?![\w]))"
)
_METRIC = r"(?:BLEU|ROUGE|F1|mAP|AUC|dB|points?|accuracy|perplexity|score|PPL|TPS|FPS|win|pass|error|EM|IoU|AP|FID)"
_ABOUT = (
    r"(?:(?:up to|as (?:much|many|low|high|little|few) as|about|around|over|more than|at least|less "
    r"than|approximately|roughly|nearly|almost|an average of|"
    r"an additional|only|just|at most|under|below|above|between|by|a mere|another|exactly|within)\s+)*"
)
_AMOUNT = (
    rf"{_ABOUT}(?:(?<![\w.-])|(?<=[~≈<>≥≤+−]))(?:an?\s+)?{_NUM}{_UNIT}?(?:\s*(?:–|—|-|to|and|or|/|±|→|vs\.?"
    rf"|versus)\s*{_NUM}{_UNIT}?)*(?![\w-]|\.\d)"
)
_DEGREE = (
    r"(?:faster|slower|higher|lower|smaller|larger|fewer|more|less|better|worse|speed-?\s?ups?|improvements?"
    r"|reductions?|gains?|increases?|decreases?|greater|"
    r"cheaper|longer|shorter|throughput|compression|acceleration|savings?|lower)"
)
_FRAMES = (
    re.compile(
        r"^(?:Moreover|Furthermore|In addition|Finally|Specifically|In particular|As a "
        r"result|Notably|Overall|Interestingly|However|Also|Additionally|Besides|"
        r"Meanwhile|Consequently|Thus|Hence|Therefore|Indeed|First(?:ly)?|Second(?:ly)?|Third(?:ly)?|Last(?:ly)?|In "
        r"summary|In conclusion|To summarize|Here|More importantly|"
        r"Importantly|Remarkably|Surprisingly|For example|For instance|In "
        r"contrast|Crucially|Empirically|Experimentally|On average|Altogether|In practice),?\s+"
    ),
    re.compile(
        r"^(?:As|From|In)\s+(?:(?:shown|seen|illustrated|reported|can be seen|depicted|summarized|we can "
        r"see|observed|demonstrated|presented)\s+)?(?:in|from|by)?\s*"
        r"(?:the\s+)?(?:Table|Figure|Fig\.?|Tab\.?|Section|Sec\.?|Appendix|Tables|Figures)\s*(?:\d[\w.]*"
        r"|\[[^\]]*\]|[A-Z]\b)?"
        r"(?:\s*(?:and|,|–|-)\s*(?:(?:Table|Figure)\s)?(?:\d[\w.]*"
        r"|\[[^\]]*\]))*(?:\s*\([^)]*\))?(?:\s+rows?\s*\([A-Z]\))?,?\s+"
    ),
    re.compile(
        r"^(?:(?:Our|The|These|Extensive|All|Empirical|Experimental|Comprehensive|Both"
        r"|Preliminary)?\s*(?:[\w-]+\s+){0,3}?(?:experiments?|results?|evaluations?|analys[ie]s|findings?|"
        r"simulations?|ablations?|studies|benchmarks?|Table [\w.]+|Figure [\w.]+|Fig\. [\w.]+)(?: "
        r"[^,.;]{0,90}?)?\s+(?:clearly\s+|also\s+|further\s+)?"
        r"(?:show|demonstrate|indicate|reveal|suggest|confirm|prove|verify|find)s?\s+that)\s+"
    ),
    re.compile(
        r"^(?:[Ww]e|I)\s+(?:can\s+)?(?:(?:also|further|then|first|finally|empirically|theoretically|experimentally"
        r"|formally|thus|now|next|even|therefore|additionally)\s+)*"
        r"(?:show|demonstrate|find|found|observe|observed|prove|proved|verify|establish|confirm|see|note|discover"
        r"|conclude|argue|report|showed|demonstrated|highlight|notice)\s+"
        r"(?:(?:empirically|theoretically|both|experimentally|in [^,]{3,40}|here|for the first time),?\s+)*that,?\s+"
    ),
    re.compile(
        r"^(?:From|In) the (?:table|figure|results?|plot)s?(?: above| below)?,?\s+(?:we\s+(?:can\s+)?(?:see"
        r"|observe|find|note)\s+that\s+|it can be (?:seen|observed) that\s+)?"
    ),
    re.compile(r"^as expected,\s+"),
    re.compile(
        r"^(?:It (?:is|was|can be|has been) (?:shown|found|seen|observed|proved|demonstrated)|This (?:shows"
        r"|indicates|suggests|demonstrates|confirms|implies|means)|This result (?:shows|suggests"
        r"|indicates)) that\s+"
    ),
)
_BRACKET = re.compile(rf"\s*[(\[][^()\[\]]*?(?<![\w.-]){_NUM}(?![\w-])[^()\[\]]*[)\]]")
_POINTER = re.compile(
    r"\s*[(\[](?:see\s+|cf\.?\s+|e\.g\.,?\s+)?(?:also\s+)?(?:Table|Figure|Fig\.?|Section|Sec\.?|Appendix|§"
    r"|Eq\.?|Equation|Theorem|Lemma)\s*[^()]{0,60}[)\]]"
)
_INLINE_POINTER = re.compile(
    r"(?:,?\s+(?:as\s+)?(?:shown|displayed|depicted|illustrated|reported|summari[sz]ed|presented|given|listed|seen))?"
    r"\s+(?:in|of|from|on)\s+(?:Table|Figure|Fig\.?|[Ss]ections?|Sec\.|Appendix|Tables|Figures|Eq\.)\s+"
    r"(?:\d[\d.]*[a-z]?(?<!\.)|\[[^\]]*\]|[A-Z](?=[\s,.]))(?:\s+and\s+\d[\d.]*(?<!\.))?,?(?=[\s.;:)]|$)"
)


def _share(match: re.Match[str]) -> str:
    return "a share of the " if re.search(r"\d.*\d", match[0]) and "%" not in match[0] else "a share of "


_RULES: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ("bracket", _POINTER, ""),
    ("bracket", _INLINE_POINTER, ""),
    ("bracket", _BRACKET, ""),
    ("share", re.compile(rf"{_ABOUT}(?<![\w.-])\d+/\d+\s+(?:of\s+)?the\b"), "a fraction of the"),
    (
        "share",
        re.compile(
            rf"{_ABOUT}(?<![\w.-]){_NUM}\s?(?:%|percent)?(?:\s*(?:–|-"
            rf"|to)\s*{_NUM}\s?%?)?\s+of (?:the )?(?:{_NUM}\s+)?(?=[a-z])"
        ),
        _share,
    ),
    (
        "value",
        re.compile(
            rf"\b(achiev\w+|obtain\w*|reach\w*|attain\w*|scor\w+|surpass\w*|exceed\w*"
            rf"|hit\w*)\s+{_ABOUT}(?:an? )?{_NUM}\s?%?(?:\s*(?:±|/|–)\s*{_NUM}%?)*\s+(?={_METRIC}\b)"
        ),
        lambda match: f"{match[1]} the reported ",
    ),
    (
        "value",
        re.compile(
            rf"\b(achiev\w+|obtain\w*|reach\w*|attain\w*|scor\w+|surpass\w*|exceed\w*"
            rf"|hit\w*)\s+{_AMOUNT}(?=\s*(?:[,.;]|on\b|in\b|for\b|at\b|with\b|and\b|$))"
        ),
        lambda match: f"{match[1]} the reported value",
    ),
    (
        "factor",
        re.compile(rf"(?:an?\s+)?{_ABOUT}(?<![\w.-]){_NUM}\s?(?:times|×|x|-fold)(?![\w])\s+(?=[A-Z])"),
        "a multiple of the ",
    ),
    ("factor", re.compile(rf"{_AMOUNT}\s+(?=(?:[\w-]+\s+){{0,2}}?{_DEGREE}\b)"), ""),
    (
        "amount",
        re.compile(
            rf"\s+(?:by|from|of|to|at|in|with|within|for)\s+(?:a (?:factor|margin|total|maximum"
            rf"|score|value) of\s+"
            rf"|an? )?{_AMOUNT}(?=\s*(?:[,.;:)]|$|and\b|on\b|over\b|in\b|for\b|compared\b|relative\b|while\b|with\b"
            rf"|when\b|at\b|but\b|than\b|as\b|respectively\b|against\b|across\b|absolute\b|using\b|without\b"
            rf"|through\b|which\b|from\b|to\b|after\b|before\b|during\b|under\b|per\b|is\b|are\b|was\b|by\b))"
        ),
        "",
    ),
    (
        "value",
        re.compile(
            rf"\b(achiev\w+|obtain\w*|reach\w*|attain\w*|yield\w*|scor\w+|gets?|has|have"
            rf"|gain\w*)\s+(?:an?\s+)?{_AMOUNT}\s+(?=[A-Za-z])"
        ),
        lambda match: f"{match[1]} the reported ",
    ),
    (
        "measure",
        re.compile(rf"\b(requir\w+|us(?:es|ed|ing)|needs?|takes?|costs?)\s+{_ABOUT}{_NUM}\s+(?=[A-Z])"),
        lambda match: f"{match[1]} the reported ",
    ),
    ("measure", re.compile(rf"(?<![\w.-]){_NUM}\s?%\s+(?=[A-Za-z])"), ""),
    ("measure", re.compile(rf"(?<![\w.-])(?:an?\s+)(?:{_AMOUNT})[\s-]+(?=[A-Za-z])"), "a "),
    (
        "measure",
        re.compile(
            rf"(?<!\bof\s)(?<!\bat\s)(?<!\bin\s)(?<!\bto\s)(?<!\bby\s)(?<!with\s)(?<!from\s)(?<!fo"
            rf"r\s){_AMOUNT}\s+(?"
            rf"=(?:of|[a-z]))"
        ),
        "",
    ),
    ("amount", re.compile(rf"\s*{_AMOUNT}(?=\s*[,.;]|\s*$)"), ""),
)
_DANGLING = re.compile(
    r"\s+(?:by|from|of|to|at|with|and|or|up|about|around|over|an?|the|only|than|as)(?=\s*[,.;:]|\s*$)"
)
_LEFT = re.compile(rf"(?<![\w.-]){_NUM}(?![\w-])")
_KEPT_NUMBER = re.compile(
    r"\b(?!(?:Section|Table|Figure|Fig|Appendix|Theorem|Lemma|Equation|Algorithm|Of|In|At|The|By|To|With|For"
    r"|From|Over|Only)\b)"
    r"(?:[A-Z][\w-]*|Llama|version|v)\s(?:\d+(?:\.\d+)?[KMBb]?|(?:19|20)\d\d)\b(?!\s*(?:%|×|BLEU|points))"
    r"|\b\d+(?:\.\d+)?B\b"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|can|does|do|has|have|will|may|[a-z]{3,}(?:s|es|ed))\b|\b(?:outperform|achieve|improve"
    r"|reduce|enable|show|converge|require|increase|exceed|match|yield)\b"
)
_WE = re.compile(
    r"^(?:[Ww]e|I)\s+(?:also\s+|thus\s+|further\s+)?(achieve|obtain|improve|reduce|outperform|increase"
    r"|accelerate|match|attain|surpass|exceed|gain|speed up)\b"
)


def without_pointers(text: str) -> str:
    """Text without "in Section 2.1" and "(see Table 3)"."""
    return _INLINE_POINTER.sub("", _POINTER.sub("", text))


def generalise(sentence: str, names: tuple[OwnName, ...]) -> Generalised:
    """The sentence as a statement about what it is about; rules of the table above, in order."""
    changes: list[Change] = []
    text = _strip_frames(sentence.rstrip(), changes)
    kept = _protect(text)
    bare = kept
    number_changes: list[Change] = []
    if _LEFT.search(kept) or _POINTER.search(kept) or _INLINE_POINTER.search(kept):
        for rule, pattern, replacement in _RULES:
            bare = _apply(rule, pattern, replacement, bare, number_changes)
        bare = _mend(bare)
    if _reads(bare):
        changes.extend(Change(change.rule, _unprotect(change.before), change.after) for change in number_changes)
    else:
        bare = kept
    text = _unprotect(bare)
    text = _replace_names(text, names, changes)
    text = _DANGLING.sub("", " ".join(text.split()).strip(" ,;"))
    text = text[:1].upper() + text[1:]
    if text and text[-1] not in ".!?":
        text += "."
    return Generalised(text, tuple(changes), bool(_LEFT.search(_protect(text))))


def _strip_frames(text: str, changes: list[Change]) -> str:
    for _ in range(4):
        before = text
        for pattern in _FRAMES:
            match = pattern.match(text)
            if match and len(text) - match.end() > 25:
                changes.append(Change("frame", match[0].strip(), ""))
                text = text[match.end() :]
        if text == before:
            break
    if changes and changes[-1].before.lower().startswith("our ") and text[:3] == "it ":
        text = f"The proposed method {text[3:]}"
    match = _WE.match(text)
    if match:
        verb = match[1]
        third = (
            verb.replace("speed up", "speeds up")
            if verb == "speed up"
            else verb + ("es" if verb.endswith(("ss", "ch")) else "s")
        )
        changes.append(Change("frame", match[0], f"The proposed method {third}"))
        text = f"The proposed method {third}{text[match.end() :]}"
    return text


def _protect(text: str) -> str:
    """Numbers that are part of a name ("Llama 2", "WMT 2014") and all of maths made invisible to the rules."""
    named = _KEPT_NUMBER.sub(lambda match: match[0].translate(_HIDE), text)
    return _MATHS.sub(lambda match: match[0].translate(_HIDE), named) if "$" in named else named


_MATHS = re.compile(r"\$[^$]*\$")
_HIDDEN = "0123456789()[]"
_HIDE = {ord(character): 0xE100 + place for place, character in enumerate(_HIDDEN)}
_SHOW = {0xE100 + place: character for place, character in enumerate(_HIDDEN)}


def _unprotect(text: str) -> str:
    return text.translate(_SHOW)


def _apply(
    rule: str,
    pattern: re.Pattern[str],
    replacement: str | Callable[[re.Match[str]], str],
    text: str,
    changes: list[Change],
) -> str:
    def replace(match: re.Match[str]) -> str:
        if not re.search(r"\d|[\[§]|Table|Figure|Section|Appendix|Fig", match[0]):
            return match[0]
        after = replacement if isinstance(replacement, str) else replacement(match)
        changes.append(Change(rule, match[0].strip(), after.strip()))
        return after if after or not match[0].startswith(" ") or not match[0].endswith(" ") else " "

    return pattern.sub(replace, text)


def _mend(text: str) -> str:
    for _ in range(3):
        text = _DANGLING.sub("", text)
    text = re.sub(r"\s+([,.;:])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]\s*\.", ".", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\b(?:and|or),?\s+(?=[,.;])", "", text)
    return re.sub(
        r"\b[Aa]n? ([aeiou])", lambda match: f"an {match[1]}" if match[0][0] == "a" else f"An {match[1]}", text
    )


def _reads(text: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", text)
    return (
        len(words) >= 3 and bool(_VERB.search(text)) and text.count("(") == text.count(")") and text.count("$") % 2 == 0
    )


def _replace_names(text: str, names: tuple[OwnName, ...], changes: list[Change]) -> str:
    for own in names:
        pattern = re.compile(rf"(?<![\w-]){re.escape(own.name)}(?:'s|’s)?(?![\w-])")
        seen = 0

        def spoken(match: re.Match[str], own: OwnName = own) -> str:
            nonlocal seen
            seen += 1
            owner = "'s" if match[0].endswith(("'s", "’s")) else ""
            if own.description and seen == 1:
                after = f"the {own.description}{owner}"
            else:
                after = f"the {own.head if own.description else 'proposed method'}{owner}"
            changes.append(Change("name", match[0], after))
            return after

        text = pattern.sub(spoken, text)
    return re.sub(
        r"\b[Tt]he [Tt]he\b|\b(?:an?|our|Our|An?) the\b", lambda match: "The" if match[0][0].isupper() else "the", text
    )
