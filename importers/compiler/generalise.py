"""From a paper's sentence to a claim's Statement: run numbers and own names out, by listed rules that can be undone.

Each rule that fires leaves a record of what stood there, so that the sentence can be rebuilt; where the rules would
leave no sentence, the sentence stands as it is (contracts). The verbatim sentence always stands as a quote beside it.

    frame      "We show that", "As shown in Table 2,", "Moreover,": the report, not the claim
    showing, doing, observed, ours, named: see `importers.compiler.subjects`
    variant    "X-2: X is trained"                           to "With X-2, X is trained"
    compared   "X achieves 28 BLEU on Y, outperforming Z"    to "In BLEU on Y, X outperforms Z"
    aside      "to the best of our knowledge"
    outlook    "which could help guide future work"
    pointer    "mentioned above"
    bracket    brackets that hold a number
    amount     "by 15%", "from 21.2 to 27.2", "of 28.4", "in 3.5 days"
    factor     "2.4x" before faster, speedup, higher ...
    measure    "15%" before the noun it measures
    value      "achieves 28.4 BLEU" to "achieves the reported BLEU"
    reading    "..., suggesting that this matters" where "this" is not said
    further    "improves this to 3x"                         to "improves it"
    small      "only 0.2 lower" to "only slightly lower", "with less than 20% budget" to "with a small budget"
    level      "when X falls below 20%" to "when X falls below the reported level"
    range      "goes from 1.3x in A to 2.3x in B" to "goes from a lower value in A to a higher value in B"
    stand-in   what deleting would leave broken ("speedup of 3x on A" to "the reported factor")
    name       the paper's own name to the paper's own words for what it is

Numbers that were set ("4 bits", "64 nodes", "175 billion parameters") say what the statement is about and stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from importers.compiler.changes import Change
from importers.compiler.chinese import is_chinese, leans_chinese, restate_chinese
from importers.compiler.frames import strip_frames
from importers.compiler.names import OwnName, without_names
from importers.compiler.subjects import settle
from importers.compiler.values import EXTENT, NUMBERED_THING, hide_pointers, values_in


@dataclass(frozen=True, slots=True)
class Generalised:
    """A statement and how it came about; ``numbers_left`` if a run number stands in it still, ``stand_ins`` words that
    stand for one.

    ``leans``: it needs the sentence before to be understood; ``open``: it points at something that was not found.
    """

    statement: str
    changes: tuple[Change, ...]
    numbers_left: bool
    leans: bool = False
    open: bool = False
    stand_ins: int = 0


_NUM = r"[~≈<>≥≤+−-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[KMT]\b)?"
_UNIT = (
    r"(?:\s?(?:%|×|x(?=[\s,.;)]|$)|percent(?:age)?(?: "
    r"points?)?|points?|pp\b|-?fold|times|BLEU|dB|ms|GB|MB|TB|K|k|M|B|s|seconds?|minutes?|hours?|"
    r"days?|GPUs?|tokens?|parameters|layers|steps|epochs|bits?|TFLOPs?(?:/s)?|FLOPs?|mAP|F1|AUC|nats|samples|orders? "
    r"of magnitude|(?:m|b|tr)illion)(?![\w]))"
)
_METRIC = r"(?:BLEU|ROUGE|F1|mAP|AUC|dB|points?|accuracy|perplexity|score|PPL|TPS|FPS|win|pass|error|EM|IoU|AP|FID)"
_ABOUT = (
    r"(?:(?<![\w])(?:(?i:less than|fewer than|more than|over|about|around|nearly|almost|up to)"
    r"|as (?:much|many|low|high|little|few) as|up(?=\s+\d)|about|around|over|more than|at least|less "
    r"than|approximately|roughly|nearly|almost|an average of|"
    r"an additional|[~≈<>≥≤](?=\s)|only|just|at most|under|below|above|between|by|a mere|another|exactly|within)\s+)*"
)
_AMOUNT = (  # atomic: a list of amounts is taken whole or not at all
    rf"(?>{_ABOUT}(?:(?<![\w.-])|(?<=[~≈<>≥≤+−]))(?:an?\s+)?{_NUM}{_UNIT}?(?:\s*(?:–|—|-|to|and|or|/|±|→|vs\.?"
    rf"|versus)\s*{_NUM}{_UNIT}?)*(?:,\s*(?:and\s+|or\s+)?{_NUM}{_UNIT})*)(?![\w-]|\.\d)"
)
_DEGREE = (
    r"(?:faster|slower|higher|lower|smaller|larger|fewer|more|less|better|worse|speed-?\s?ups?|improvements?"
    r"|reductions?|gains?|increases?|decreases?|greater|"
    r"cheaper|longer|shorter|throughput|compression|acceleration|savings?|lower)"
)
_COMPARATIVE = (
    r"(?:faster|slower|higher|lower|smaller|larger|fewer|more|less|better|worse|greater|cheaper|longer|shorter)"
)
_BRACKET = re.compile(rf"\s*[(\[][^()\[\]]*?(?<![\w.-]){_NUM}(?![\w-])[^()\[\]]*[)\]]")
_POINTER = re.compile(
    r"\s*[(\[](?:see\s+|cf\.?\s+|e\.g\.,?\s+|as\s+)?(?:also\s+)?(?:(?:shown|illustrated|depicted|reported|given"
    r"|listed)\s+"
    r"(?:in|by)\s+)?(?:[Tt]able|[Ff]igure|[Ff]ig\.?|[Ss]ection|Sec\.?|[Aa]ppendix|[Rr]ows?|[Cc]olumns?|§"
    r"|Eq\.?|Equation|Theorem|Lemma)\s*(?:[^()]|\([^()]{0,12}\)){0,60}[)\]]"
)
_INLINE_POINTER = re.compile(
    r"(?P<lead>,)?(?:\s+(?:as\s+)?(?:shown|displayed|depicted|illustrated|reported|summari[sz]ed|presented|given"
    r"|listed|seen"
    r"|observed|demonstrated|described|discussed|outlined|evidenced))?"
    r"\s+(?:in|of|from|on)\s+(?:this\s+|the\s+)?"
    r"(?:(?:left|right|top|bottom|upper|lower|middle)\s(?:panels?|plots?|rows?)\s(?:of|in)\s)?"
    r"(?:[Tt]ables?|[Ff]igures?|[Ff]igs?\.?|[Ss]ections?|Sec\.|[Aa]ppendix|Eq\.)\s+"
    r"(?:\d[\d.]*[a-z]?(?<!\.)|\[[^\]]*\]|[A-Z](?=[\s,.]))(?:\s+and\s+\d[\d.]*(?<!\.))?(?(lead),?)(?=[\s.,;:)]|$)"
)


def _share(match: re.Match[str]) -> str:
    counted = re.search(r"\d.*\d", match[0]) and "%" not in match[0]
    only = "only " if re.search(r"\bonly\b", match[0]) else ""
    the = "the " if counted or re.search(r"\bof the\b", match[0]) else ""
    small = "small " if re.search(r"\b(?:less|fewer) than\b|\b(?:under|below|a mere)\b|[<≤]", match[0].lower()) else ""
    return f"{only}a {small}share of {the}"


_RULES: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ("bracket", _BRACKET, ""),
    ("share", re.compile(rf"{_ABOUT}(?<![\w.-])\d+/\d+\s+(?:of\s+)?the\b"), "a fraction of the"),
    (
        "share",
        re.compile(
            rf"{_ABOUT}(?<![\w.-]){_NUM}\s?(?:%|percent)?(?:\s*(?:–|-"
            rf"|to)\s*{_NUM}\s?%?)?\s+of (?:the |its )?(?:{_NUM}\s+)?(?=[A-Za-z])"
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
    ("measure", re.compile(rf"{_ABOUT}(?<![\w.-]){_NUM}\s?%(?:\s*[–-]\s*{_NUM}\s?%)?\s+(?=[A-Za-z])"), ""),
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
_NUMBER_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|several)"
_RULES = (
    (
        "range",
        re.compile(
            rf"\bfrom\s+(?P<low>{_AMOUNT})(?P<where>\s+(?:in|on|for|with|at"
            rf"|under)\s[^,.;]{{2,40}}?)\s+to\s+(?P<high>{_AMOUNT})"
        ),
        lambda match: _range(match),
    ),
    (
        "range",
        re.compile(
            rf"{_ABOUT}(?P<low>{_NUM})\s(?P<noun>[a-z]+s),?\s+(?:instead of|rather than|as opposed to"
            rf"|compared (?:to|with))\s+"
            rf"{_ABOUT}(?P<high>{_NUM})\s(?P=noun)\b"
        ),
        lambda match: _fewer(match),
    ),
    (
        "amount",
        re.compile(
            rf",?\s+(?:by|in|within|after|for|with)\s+{_ABOUT}(?:an?\s+)?(?:factor of\s+)?{_NUMBER_WORD}"
            r"(?:\s(?:GPU |TPU |CPU )?(?:hours?|days?|minutes?|seconds?|weeks?|orders of magnitude|times|points)\b"
            r"|(?<=factor of two)|(?<=factor of three)|(?<=factor of four)|(?<=factor of five)|(?<=factor of ten))"
        ),
        "",
    ),
    (
        "range",
        re.compile(
            rf"\b(?:rang(?:es?|ed|ing)|var(?:y|ies|ied|ying))\s+(?:between|from)\s+{_NUM}{_UNIT}?\s+(?:and"
            rf"|to)\s+{_NUM}{_UNIT}?"
        ),
        lambda match: f"{'lying' if match[0].split()[0].endswith('ing') else 'lies'} within the reported bounds",
    ),
    (
        "further",
        re.compile(
            rf"\b((?:improves?|increases?|raises?|boosts?|pushes|reduces?|lowers?))\s+(?:this"
            rf"|it)\s+(?:further\s+)?to\s+"
            rf"(?:an?\s+)?{_ABOUT}{_NUM}{_UNIT}?(?:\s+speed-?ups?)?"
        ),
        lambda match: f"{match[1]} it",
    ),
    (
        "small",
        re.compile(rf"\b(losing|loses?)\s+(?:only|just|merely)\s+{_AMOUNT}\s+(?=(?:for|at|on|in|with)\b)"),
        lambda match: f"{match[1]} only a little ",
    ),
    # How small it is, or under what condition, stays said where the number goes.
    ("small", re.compile(rf"\b(?:only|just|merely)\s+{_AMOUNT}\s+(?={_COMPARATIVE}\b)"), "only slightly "),
    ("small", re.compile(rf"\ban?\s+(?:less|fewer|lower) than\s+{_NUM}{_UNIT}?[\s-]+(?=[a-z])"), "a small "),
    (
        "small",
        re.compile(
            rf"\b([Ww]ith|[Uu]sing|[Aa]t|[Uu]nder|[Gg]iven)\s+(?:only\s+)?(?:less|fewer) than\s+{_NUM}\s?%\s+"
            r"(?!of\b)(?=[A-Za-z])"
        ),
        lambda match: f"{match[1]} a small ",
    ),
    (
        "small",
        re.compile(
            rf"\b(los(?:es?|ing)|sacrific(?:es?|ing)|costs?|costing|adds?|adding|incurs?|incurring)\s+"
            rf"(?:only|just|merely|less than)\s+{_NUM}{_UNIT}?\s+(?!of\b)(?=[a-z])"
        ),
        lambda match: f"{match[1]} only a little ",
    ),
    (
        "level",
        re.compile(
            rf"\b[Aa]t\s+(?:the\s+|an?\s+)?{_ABOUT}{_NUM}\s?(?:%|percent|per cent|σ)?[-\s]+"
            r"(?:confidence(?:[- ]level)?|C\.?\s?L\.?(?=[\s,.;)]|$)|credibility|significance(?: level)?)"
        ),
        "at the stated confidence level",
    ),
    (
        "level",
        re.compile(rf"\bat (?:the|an?)\s+{_ABOUT}{_NUM}\s?(?:%|percent|per cent)?[-\s]+level\b"),
        "at the reported level",
    ),
    (
        "level",
        re.compile(
            rf"\b((?:[Ww]hen(?:ever)?|[Ii]f|[Oo]nce|[Uu]nless|[Uu]ntil|as long as)\s(?:[\w-]+\s){{1,8}}?"
            rf"(?:below|above|under|over|beyond|exceeds?|reaches))\s+{_NUM}{_UNIT}?(?=\s*[,.;]|$)"
        ),
        lambda match: f"{match[1]} the reported level",
    ),
    *_RULES,
)
_FIRST_RULES = 13  # those that keep a word for what they take out
_PLAIN_WORD = (
    r"(?!(?:on|in|for|with|of|at|to|by|and|or|but|when|while|rather|than|per|from|over|under|as|is|are|was"
    r"|after|before"
    r"|across|using|compared|relative|versus|that|which)\b)[a-z]"
)
_STAND_INS: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    *_RULES[:_FIRST_RULES],
    *(rule for rule in _RULES if rule[0] in ("bracket", "share")),
    ("factor", re.compile(rf"{_AMOUNT}\s+(?={_COMPARATIVE}\b)"), ""),
    (
        "stand-in",
        re.compile(rf"(?:\b(?:an?|the) )?(?>{_AMOUNT})(?=\s+{_PLAIN_WORD})"),
        lambda match: _stand_in(match, ""),
    ),
    ("stand-in", re.compile(rf"(?:\bthe )?{_AMOUNT}"), lambda match: _stand_in(match, "value")),
)
_WORDED = re.compile(
    rf"\b{_NUMBER_WORD}\s(?:GPU |TPU |CPU )?(?:hours?|days?|minutes?|seconds?|orders of|times|points)\b"
    rf"|factor of [a-z]+"
)
_BROKEN = re.compile(
    r"\b(?:The|A|An|the|an?),|[+−]\s?[a-z]|=\s*\$\s*(?:the reported|and\b|or\b|with\b|[,.;])|\badding\s*(?=[,.;]|$)|"
    r"\b(?:already|still|nearly|almost|at|by|of|from|with|for|only|is|are|was|be|than|rather|loses|losing|taking"
    r"|takes|requires?"
    r"|reach(?:es)?|uses|using|needs?|≈|≤|≥|between|within|to be|down to)\s*(?=[,.;:]|$)"
    r"|^(?:At|With|In|By|For|From|To|On|Of),"
    r"|\b(?:losing|taking|takes|using|uses|requires?|reach|reaches|exceeds?|exceeded|exceeding|consumes?|needs"
    r"|drops|loses|gets"
    r"|obtains?|than|of|by|at|only)\s+(?:for|per|on|in|at|than|rather|and|or|while|when|with|to|from)\b"
    r"|,[a-z]|\bruns? (?:min|minutes|hours|ms)\b|\bis (?:minutes|hours|seconds)\b|\borders of (?!magnitude)"
    r"|\b(?:reaching|reaches|by|at)\s(?:lower|higher|faster|slower|better|worse)\s(?:for|on|in|at|with)\b"
    r"|\b(?:only|just)\s+[a-z]+ed\s*(?=[,.;])|\bbecause\s+[a-z]+ed\b"
    r"|[≈≤≥~<>]\s+[a-z]|\b(?!that\b|had\b)([a-z]+) \1\b|\b(?:an?|the)\s+(?:of|in|on|and|for|to|at|than|per|that"
    r"|which)\b"
    r"|\b(?:is|are|was|were)\s+(?:on|in|for|and|at|when|with)\b(?! (?:par|line|average|the|general|contrast|addition"
    r"|time|all))"
    r"|\brang(?:es?|ing)(?:\s+(?:and|across|over|in|for|on)\b|\s*[,.;])"
    r"|\b(?:this|it) to (?:an? )?(?:speed-?up|gain|improvement|reduction|increase)s?\b"
    r"|\s-\s+[a-z]+\s|\b(?:and|or)\s+(?:for|of|per)\b"
)
_BACKWARDS = re.compile(  # "the policies mentioned above": they are not above the statement
    r",?\s+(?:(?:as\s+)?(?:mentioned|described|discussed|introduced|defined|listed|outlined|explained|presented)"
    r"\s+(?:above|earlier|before|previously|below))\b"
    r"|,?\s+as we (?:will |shall |have )?(?:shown?|see|seen|demonstrated?|discuss(?:ed)?)"
    r"(?: (?:below|later|next|before|above))?(?=[,.;])"
    r"|,?\s+(?:as )?(?:shown|demonstrated|illustrated|depicted|seen|reported) in \[[a-z]+:[^\]]{1,40}\]"
)
_BACKWARD_WORDS = ("as we", ":", "above", "earlier", "before", "previously", "below")
_OUTLOOK = re.compile(
    r",?\s+which (?:could|can|may|might|will) (?:\w+\s){0,3}(?:guide|inspire|inform) [^.,;]*(?:future|further)[^.,;]*"
)
_KNOWLEDGE = re.compile(r"(?:^To|,?\s+to) (?:the best (?:of )?)?(?:our|my|the authors'?) knowledge\b,?(?=\s|[.;])")
_POINTING = ("able", "ig", "ection", "Sec", "ppendix", "§", "Eq", "eq", "Theorem", "Lemma", "row", "olumn")
_READING = re.compile(  # what the authors make of it, where it points at something that is not said
    r",\s+(?:suggesting|indicating|implying|highlighting|showing|demonstrating|pointing|underscoring|confirming"
    r"|revealing"
    r"|which (?:suggests|indicates|shows|means|implies|confirms))\b[^;]*$"
)
_FORMULA_BRACKET = re.compile(  # "(by $\\Delta = 5.8$)", "($\\mu = 5.65$ Pa·s)", "(as discussed in §4.3)"
    r"\s*\((?:[^()$]|\$[^$()]*\$){0,80}?\$[^$()]{1,60}[=<>\\][^$()]{0,40}\d\.\d[^$()]{0,60}\$(?:[^()$]|\$[^$()]*\$){0,80}\)"
    r"|\s*\((?:as |see )?(?:discussed |shown |described )?(?:in )?(?:[A-Z][a-z]+ [A-Z][a-z]+ )?"
    r"(?:§|[Ss]ections? )\s?\d[\d.]*\)"
)
_FORMULA_VALUE = re.compile(  # "the optimum is $\\gamma = 5.57$", "needs at least $p \\sim 0.25$"
    r"\b(?P<before>is|was|at least|at most|yields?|yielded|gives?|gave|equals|obtains?|obtained)\s+"
    r"\$(?P<symbol>\\?[A-Za-z][\w{}^\\]{0,30}?)\s*(?:=|\\approx|\\sim|\\simeq)\s*[-+]?\d+\.\d+\$"
    r"(?!\s*(?:and|or|to|,)\s*(?:and\s*)?\$)"
)
_STATISTIC = re.compile(  # "($p < 10^{-6}$)", "($r = 0.4$, $n = 12$)"
    r"\s*\(\$\s*(?:p|r|n|N|t|F|d|\\rho|\\tau|\|\\rho\|)\s*(?:<|=|>|\\approx|\\leq?"
    r"|\\geq?)[^$]*\$(?:[,;]\s*\$[^$]*\$)*\)"
)
_FLAGGED = re.compile(
    r"[~≈<>≤≥−-]?\d[\d,]*(?:\.\d|\s?(?:%|percent|points?|×|x\b|times|fold|steps|iterations|epochs|seeds|runs|trials"
    r"|samples|ms|seconds|hours|minutes)\b)"
)
_SPEAKER = re.compile(r"^(?:We|I|Our)\b")
_DANGLING = re.compile(
    r"\s+(?:by|from|of|to|at|with|and|or|up|about|around|over|an?|the|only|than|as)(?=\s*[,.;:]|\s*$)"
)
_DIGIT = re.compile(r"\d")
_LEFT = re.compile(
    rf"(?<![\w.-]){_NUM}(?![\w-])|(?<![\w.])\d[\d.]*\s?[–-]\s?\d[\d.]*\s?[×%]|(?<![\w.])\d[\d.]*(?:x|-fold)\b"
)
_KEPT_NUMBER = re.compile(
    r"\b(?!(?:Section|Table|Figure|Fig|Appendix|Theorem|Lemma|Equation|Algorithm|Of|In|At|The|By|To|With|For"
    r"|From|Over|Only)\b)"
    r"(?:[A-Z][\w-]*|Llama|version|v)\s(?:\d+(?:\.\d+)?[KMBb]?|(?:19|20)\d\d)\b(?!\s*(?:%|×|BLEU|points))"
    rf"|\b\d+(?:\.\d+)?B\b|{NUMBERED_THING}|(?<![\w/])[A-Za-z][\w-]*/\d+\b|\^[-−]?\d+"
    r"|(?<![\w.])\d[\d,]*(?:\.\d+)?\s?(?:nm|[μµ]m|mm|cm|m|km|pc|kpc|Mpc|Gpc|AU|eV|keV|MeV|GeV|TeV|kHz|MHz|GHz|kg"
    r"|mg|Pa|kPa|MPa|mV"
    r"|kW|MW|Myr|Gyr|mas|arcsec|arcmin\w*|degrees|°C)(?![\w/^-])"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|can|does|do|has|have|will|may|[a-z]{3,}(?:s|es|ed))\b|\b(?:outperform|achieve|improve"
    r"|reduce|enable|show|converge|require|increase|exceed|match|yield)\b"
)


def without_pointers(text: str) -> str:
    """Text without "in Section 2.1" and "(see Table 3)"."""
    return _INLINE_POINTER.sub("", _POINTER.sub("", text))


def generalise(sentence: str, names: tuple[OwnName, ...], before: Sequence[str] = ()) -> Generalised:
    """The sentence as a statement about what it is about; rules of the table above, in order.

    ``before``: the sentences before it, nearest last, in which what it points at is looked for.
    """
    if is_chinese(sentence):
        statement, made = restate_chinese(sentence.rstrip(), before)
        return Generalised(statement, made, numbers_left=False, leans=leans_chinese(statement))
    changes: list[Change] = []
    sentence = _apply_any("outlook", _OUTLOOK, sentence, changes) if " which " in sentence else sentence
    if " knowledge" in sentence:
        sentence = _apply_any("aside", _KNOWLEDGE, sentence, changes).strip()
    text = _compared(strip_frames(sentence.rstrip(), changes), changes)
    settled = settle(text, before, names)
    tail = _READING.search(text) if settled.open else None
    if tail:
        shorter = settle(f"{text[: tail.start()]}.", before, names)
        if not shorter.open:
            settled = shorter
            changes.append(Change("reading", tail[0], "."))
    changes.extend(settled.changes)
    text = _without_numbers(strip_frames(settled.text, changes), changes)
    text = without_names(text, names, changes)
    if any(map(text.__contains__, _BACKWARD_WORDS)):
        text = _apply_any("pointer", _BACKWARDS, text, changes)
    text = _DANGLING.sub("", " ".join(text.split()).strip(" ,;")).replace(",,", ",")
    text = text[:1].upper() + text[1:]
    if text and text[-1] not in ".!?":
        text += "."
    unsaid = settled.open or _SPEAKER.match(text) is not None
    return Generalised(
        text,
        tuple(changes),
        _DIGIT.search(text) is not None and _LEFT.search(_protect(text)) is not None,
        settled.needs_before,
        unsaid,
        text.count("the reported"),
    )


_BEATING = re.compile(
    rf"^(?P<who>[^,;]{{3,90}}?)\s(?:achiev|obtain|reach|attain"
    rf"|scor)\w*\s+(?:an?\s+)?{_ABOUT}{_NUM}\s?%?\s+(?P<metric>{_METRIC}(?:\sscore)?)\s+"
    r"(?P<on>(?:on|in|for)\s[^,;]{3,90}),\s+(?P<verb>improving (?:up)?on|improving over|outperforming|surpassing"
    r"|exceeding|beating)\s+"
    r"(?P<whom>.{8,})$"
)
_VARIANT_LABEL = re.compile(r"^([A-Z]\w*-\d\w?):\s+(?=[A-Z]\w*\s(?:is|are|can|has|uses)\b)")
_BEATS = {"outperforming": "outperforms", "surpassing": "surpasses", "exceeding": "exceeds", "beating": "beats"}


def _compared(text: str, changes: list[Change]) -> str:
    """ "X achieves 28 BLEU on Y, outperforming Z" as "In BLEU on Y, X outperforms Z": what the number means stays."""
    variant = _VARIANT_LABEL.match(text)
    if variant:
        changes.append(Change("variant", variant[0], f"With {variant[1]}, "))
        return f"With {variant[1]}, {text[variant.end() :]}"
    match = _BEATING.match(text)
    if match is None:
        return text
    who = (
        match["who"]
        if re.match(r"[A-Z]\w*[A-Z0-9]|[A-Z][a-z]+\b(?<!Our)(?<!The)", match["who"])
        else _lower(match["who"])
    )
    verb = _BEATS.get(match["verb"], match["verb"].replace("improving", "improves"))
    after = f"In {match['metric']} {match['on']}, {who} {verb} "
    changes.append(Change("compared", text[: match.start("whom")], after))
    return f"{after}{match['whom']}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _without_numbers(text: str, changes: list[Change]) -> str:
    """Run numbers deleted; where that would break the sentence, a word for each; else the sentence as it is."""
    text = _apply("bracket", _STATISTIC, "", text, changes)
    text = _unpointed(text, changes)
    if "(" in text and any(map(text.__contains__, ("$", "§", "ection"))):
        text = _apply("bracket", _FORMULA_BRACKET, "", text, changes)
    text = _apply("value", _FORMULA_VALUE, _reported_symbol, text, changes) if "$" in text else text
    kept = _protect(text)
    if not (_LEFT.search(kept) or _WORDED.search(kept)):
        return text
    for rules in (_RULES, _STAND_INS):
        made: list[Change] = []
        bare = kept
        for rule, pattern, replacement in rules:
            bare = _apply(rule, pattern, replacement, bare, made)
        bare = _mend(bare)
        if _reads(bare.replace("the reported", "")) and not _breaks(kept, bare):
            changes.extend(Change(change.rule, _unprotect(change.before), change.after) for change in made)
            return _unprotect(bare)
    return text


def _unpointed(text: str, changes: list[Change]) -> str:
    """Without "(see Table 2)" and "in Figure 3", where that leaves a sentence."""
    if not any(map(text.__contains__, _POINTING)):
        return text
    made: list[Change] = []
    bare = _mend(_apply("bracket", _INLINE_POINTER, "", _apply("bracket", _POINTER, "", text, made), made))
    if not made or not _reads(bare) or _breaks(text, bare):
        return text
    changes.extend(made)
    return bare


def _breaks(before: str, after: str) -> bool:
    """Whether taking numbers out left what did not read so before."""
    return any(after[match.start() : match.end() + 2] not in before for match in _BROKEN.finditer(after))


def _protect(text: str) -> str:
    """Numbers of names ("Llama 2", "WMT 2014"), numbers that were set and all of maths made invisible to the rules."""
    for value in values_in(text):
        if value.kind == "input" and not _FLAGGED.match(text[value.start : value.end + 14]):
            text = text[: value.start] + text[value.start : value.end].translate(_HIDE) + text[value.end :]
    text = EXTENT.sub(lambda match: match[0].translate(_HIDE), text)
    text = hide_pointers(text, _HIDE)
    named = _KEPT_NUMBER.sub(lambda match: match[0].translate(_HIDE), text)
    return _MATHS.sub(lambda match: match[0].translate(_HIDE), named) if "$" in named else named


_MATHS = re.compile(r"\$[^$]*\$")
_HIDDEN = "0123456789()[]×"
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
        if not re.search(r"\d|[\[§]|[Rr]ow|[Cc]olumn|able|igure|Figure|Section|Appendix|Fig", match[0]):
            return match[0]
        after = replacement if isinstance(replacement, str) else replacement(match)
        changes.append(Change(rule, match[0].strip(), after.strip()))
        return after if after or not match[0].startswith(" ") or not match[0].endswith(" ") else " "

    return pattern.sub(replace, text)


def _reported_symbol(match: re.Match[str]) -> str:
    return f"{match['before']} the reported ${match['symbol']}$"


def _apply_any(rule: str, pattern: re.Pattern[str], text: str, changes: list[Change]) -> str:
    """What matches taken out, numbers or none."""
    changes.extend(Change(rule, match[0].strip(), "") for match in pattern.finditer(text))
    return pattern.sub("", text)


def _mend(text: str) -> str:
    for _ in range(3):
        text = _DANGLING.sub("", text)
    text = re.sub(r"\s+([,.;:])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]\s*\.", ".", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\b(?:and|or),?\s+(?=[,.;])", "", text)
    text = _FOUND_TO_BE.sub("", text)
    return re.sub(
        r"\b[Aa]n? ([aeiou])", lambda match: f"an {match[1]}" if match[0][0] == "a" else f"An {match[1]}", text
    )


_FOUND_TO_BE = re.compile(r",?\s+and (?:we|it is) f(?:ind|ound) (?:the |its )?[^,.;]{3,80}? to be the reported \w+")


def _reads(text: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", text)
    return (
        len([word for word in words if word != "value"]) >= 3
        and bool(_VERB.search(text))
        and text.count("(") == text.count(")")
        and text.count("$") % 2 == 0
    )


def _range(match: re.Match[str]) -> str:
    """Which end is higher is the paper's own numbers' word."""
    low, high = (float("".join(_FIRST.findall(match[side].replace(",", ""))[:1])) for side in ("low", "high"))
    first, second = ("a lower", "a higher") if low < high else ("a higher", "a lower")
    return f"from {first} value{match['where']} to {second} value"


def _fewer(match: re.Match[str]) -> str:
    low, high = (float("".join(_FIRST.findall(match[side].replace(",", ""))[:1])) for side in ("low", "high"))
    return f"{'fewer' if low < high else 'more'} {match['noun']}"


_FIRST = re.compile(r"\d+(?:\.\d+)?")


def _stand_in(match: re.Match[str], noun: str) -> str:
    """ "minutes" for "5 minutes", "the reported factor" for "3x", "the reported value" for "28.4"."""
    unit = re.search(r"(points?|BLEU)$|(hour|day|minute|second)s?$", match[0])
    if unit and unit[2]:
        return f"{unit[2]}s"
    if unit:
        return f"the reported {unit[1]}"
    if re.search(r"\d\s?(?:ms|s)$", match[0]):
        within = re.match(r"(?:within|under|below|over|at least|at most|more than|less than)\s", match[0])
        return f"{within[0] if within else ''}the reported time"
    if re.search(r"[×x]$|times|fold", match[0]):
        return "the reported factor of" if not noun else "the reported factor"
    return f"the reported {noun or 'value of' if re.search(r'%$', match[0]) else noun}".rstrip()
