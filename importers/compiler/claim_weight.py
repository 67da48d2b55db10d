"""How much a sentence reads as a claim of its paper: cue words for it, and what speaks against it.

Long, because the cue words and patterns are listed beside the two functions that weigh them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from importers.compiler.caseless import Caseless
from importers.compiler.chinese import chinese_weight, chinese_words, is_chinese
from importers.compiler.paper_reading import Part, Said
from importers.compiler.subjects import states_effect
from importers.compiler.values import values_in, without_pointers

_RESULT_WORDS = frozenset(
    """outperform outperforms outperformed outperforming surpass surpasses surpassed surpassing exceed exceeds
    exceeded exceeding achieve achieves achieved achieving attain attains attained improve improves improved
    improving improvement improvements reduce reduces reduced reducing reduction reductions decrease
    decreases decreased decreasing increase increases increased increasing speedup speedups speed-up speed-
    ups faster slower fewer significantly consistently competitive comparable match matches matched matching
    superior inferior better worse higher lower converge converges converged convergence generalize
    generalizes generalise generalises doubles accelerate accelerates accelerated eliminate eliminates
    preserve preserves preserved preserving robust robustly scale scales scaling fail fails failed degrade
    degrades degradation drop drops dropped hurt hurts benefit benefits gain gains enable enables enabling
    yield yields yielded yielding linear linearly quadratic quadratically sublinear negligible near-zero
    optimal lossless correlate correlates correlated correlation sufficient suffices necessary crucial
    critical dominates removes removing saves saving allows saturate saturates plateau plateaus beats halves
    collapses acquires remain remains recover recovers recovered prevents avoids requires state-of-the-art
    largest smallest best strongest stronger weaker cheaper larger smaller longer earlier efficient accurate
    superlinear exponentially identical equal equivalent invariant unbiased consistent stable holds hold
    depends easier harder simpler compatible near-optimal dominated versatile
    comparably statistically struggle struggles significant
    keeps lifts removes repairs blind ranks win wins rate rates save""".split()
)
_SHOW_WORDS = frozenset(
    """show shows showed shown showing demonstrate demonstrates demonstrated demonstrating find finds found finding
    proves prove proved proven proving observe observes observed observation observations establish
    establishes established verify verifies verified confirm confirms confirmed reveal reveals revealed
    revealing indicate indicates indicated indicating suggest suggests suggested suggesting see notice noticed
    conclude appears clear evident noteworthy turns fact""".split()
)
_SHOWN = Caseless(
    r"\b(?:we|i|experiments?|results?|evaluations?|analys[ei]s|ablations?|findings?|simulations?|study|observations?"
    r"|look)\b"
    r"(?:[^.;]|\.(?=\s?\d)){0,130}?\b(?:show|demonstrat|f(?:ind|ound)|prov(?:e|ing)|observ|establish|verif"
    r"|confirm|reveal|indicat"
    r"|suggest)\w*"
    r"|\bwe (?:\w+ )?(?:see|notice|conclude) that\b|\bit (?:appears|turns out|is (?:\w+ )?(?:clear|evident|noteworthy"
    r"|apparent)) that\b"
    r"|\bfact\b[^.;]{0,40} is that\b"
)
_THAN_WORDS = frozenset("than compared relative versus vs against baseline baselines while whereas".split())
_AS_WORDS = frozenset(
    "effective accurate good fast efficient expressive powerful strong robust stable reliable".split()
)
_AS = re.compile(
    r"\bas (?:\w+ly )?(?:effective|accurate|good|fast|efficient|expressive|powerful|strong|robust|stable|reliable)"
    r"(?:ly)? as\b"
)
_EXTREME_WORDS = frozenset("highest lowest best fastest largest smallest strongest".split())
_BEAT_WORDS = frozenset(
    "outperform outperforms outperformed outperforming surpass surpasses surpassed surpassing exceed exceeds exceeded "
    "exceeding beats beat".split()
)
_RECORD = re.compile(
    r"\b(?:all (?:previous|prior|existing|other)|previously (?:published|reported)|state[- ]of[- ]the[- ]art"
    r"|first (?:time|to)\b)"
)
_FIRST = re.compile(
    r"\bfor the first time\b|\bthe first (?:[\w-]+\s){0,4}(?:to (?:achieve|show|demonstrate|prove|solve|reach|run"
    r"|scale|support"
    r"|outperform)|(?:that|which) (?:can|achieves?|solves?|scales?|reach(?:es)?))\b"
)
_FOUND = re.compile(r"\b(?:show|find|found|observe|observed|reveal|indicate|suggest|demonstrate|confirm)s?\s+that\b")
_REPORTED = frozenset({Part.EXPERIMENTS, Part.ABLATION, Part.DISCUSSION})
_OWN_WORDS = frozenset("we our ours proposed us".split())
_MEASURE = re.compile(
    r"\d[\d.,]*\s?(?:%|×|x\b|percent|points?|-?fold|times\b|BLEU|dB\b|ms\b|GB\b|days?\b|hours?\b|orders? of)"
    r"|(?<![§\w.])(?<!§ )\d+\.\d+\b|\b\d+ of (?:the )?\d+\b"
)
_DIGIT = re.compile(r"\d")
_OWN = Caseless(
    r"\bthis (?:paper|work|method|approach|model|algorithm|system)\b",
    needs=("this ",),
)
_SETUP = re.compile(
    r"^(?:For|In|On|To|Following|During)?[^,]{0,60},?\s*\b(?:we|i)\b (?:(?:\w+ly|then|also|first|next|now|again"
    r"|further) "
    r")?(?:use|used|train|trained|evaluate|evaluated|consider|follow|adopt|set|compare|choose|select|employ|conduct"
    r"|perform|run|"
    r"describe|discuss|report|present|provide|propose|introduce|pre-train|pretrain|design|develop|build|create"
    r"|release|optimi[sz]e|adapt|define|denote|let|assume|review|study|investigate|measure|implement|apply|test"
    r"|sample|fine-tune|ran|chose|took|built|wrote|drew|plot|refer|focus|leave|begin|start|"
    r"summarize|vary|thank|list|introduce|give|note|collect|experiment|examine|only|select|tune|warm|have|tackle"
    r"|verify|add|find out|aim|ask|analy[sz]e|explore|compute|estimate|recall|repeat|proceed|split|formulate"
    r"|construct)(?:d|ed|n)?\b",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"^(?:\w+,\s+)?(?:To|In order to|Because|Since|For this purpose)\b(?:[^.;]|\.(?=\d)){5,220},\s+(?:\S+\s+"
    r"(?:\w+ly\s+)?(?:adopts?|uses?|employs?|introduces?|integrates?|incorporates?|includes?|applies"
    r"|leverages?)\b|we\s+(?!(?:find|found|show|observe|demonstrate|see"
    r"|prove)\b)(?![^.;]*\bfinding that))",
    re.IGNORECASE,
)
_CONFIGURED = Caseless(
    r"\b(?:was|were|is|are) "
    r"(?:used|trained|set|chosen|selected|configured|performed|initiali[sz]ed|tuned|conducted|fixed|sampled|drawn"
    r"|kept)\b"
    r"|\bused? (?:a |an |the )?(?:dropout|learning|batch|beam|optimi[sz]er|Adam|SGD)\b|\bremained? unchanged\b"
)
_POINTING = re.compile(
    r"^(?:(?:Our|The|This) (?:[\w-]+ ){0,4}?(?:analysis|experiments?|study|evaluation) (?:concerns?|examines?"
    r"|assess(?:es)?|focus(?:es)?"
    r"|considers?|investigates?|is (?:performed|conducted|done))\b"
    r"|(?:The )?(?:results?|details?|performance|comparisons?|summary)\b[^.]{0,60}\b(?:are|is) "
    r"(?:shown|reported|presented|given|listed|summari[sz]ed|provided|available|illustrated|depicted)\b"
    r"|[^.;]{10,150}\b(?:is|are) (?:also )?(?:shown|reported|presented|listed|given|summari[sz]ed|depicted|plotted"
    r"|provided) in "
    r"(?:the )?(?:Tables?|Figures?|Fig\.|Appendix|Section|supplement\w*)\b[^,;]{0,25}(?:,\s(?:with|where|for|along"
    r"|together)\b[^;]*)?$"
    r"|[^.;]{0,80}\b(?:Theorem|Lemma|Proposition|Corollary)s?\s\S+ (?:is|are) (?:stated|proved|proven|given|shown"
    r"|formulated)\b"
    r"|(?:Tables?|Figures?|Figs?\.|Sections?|Appendix)\s[^.]{0,20}\b(?:shows?|summari[sz]es?|lists?|reports?|presents?"
    r"|compares?|illustrates?|gives?|provides?|contains?|depicts?|describes?|plots?|displays?) (?!that))",
    re.IGNORECASE,
)
_HEDGE = Caseless(
    r"\b(?:may|might|could|would|future work|we hope|we believe|will be|in the future|we plan|we expect"
    r"|hypothesi[sz]e|conjecture|possibly|perhaps|potentially)\b"
)
_HEDGING = frozenset(
    """may might could would future hope believe will plan expect hypothesise hypothesize conjecture possibly perhaps
    potentially""".split()
)
_ANAPHORA = re.compile(
    r"^(?:This|These|It|Its|They|Their|Such|That|Those|Both|Here|The former|The latter|Note|Recall|There|The "
    r"(?:same|effect|second|other|reason|difference)"
    r"|In (?:the )?previous|Taken together|As (?:mentioned|discussed|noted)|Turning|For (?:this|these)"
    r"|In (?:this|these|both|such)|Each|As (?:such|a result)|To "
    r"(?:achieve|address|this|obtain|overcome|tackle|reduce|improve|enable|ensure))\b"
)
_SUPPOSES = re.compile(
    r"^(?:(?:Can|Could|Does|Do|Is|Are|How|What|Why)\b(?! not\b)"
    r"|(?:We have|Our|The|There are|This)\s(?:[\w-]+\s){0,4}?(?:objectives?|goals?|aims?|questions?"
    r"|purpose)\b|Assume|Suppose|Let|Consider|Recall|Remember|For later use|In what follows|Throughout"
    r"|One (?:has|needs) to"
    r"|We (?:now |next |then )?(?:state|recall|assume|suppose|restrict|stick|derive|write|call|say))\b"
)
_DEFINES = Caseless(
    r"\bwrite \$[^$]*\$ for\b|\bwe (?:\w+ly )?(?:define|denote|call|say that|write|refer to)\b|\b(?:is"
    r"|are) (?:called|said to be|denoted"
    r"|defined (?:as|by|to be|in)|referred to as|termed|dubbed)\b",
    needs=("write", "defin", "denote", "call", "say that", "refer", "said to be", "termed", "dubbed"),
)
_OTHERS_SHOW = re.compile(
    r"^(?:\w+,\s+)?(?:[Rr]ecent|[Pp]rior|[Pp]revious|[Ee]arlier|[Ee]xisting|[Ss]everal|[Mm]any|[Mm]ost|[Ss]ome"
    r"|[Oo]ther|[Rr]elated)"
    r"\s(?:[\w-]+\s){0,2}?(?:works?|studies|papers|research|results|methods|approaches|authors|literature|theory)\b"
)
_SHOWN_BEFORE = Caseless(
    r"\b(?:has|have) (?:also |recently |long |previously )?been (?:\w+ly )?(?:shown|proven|proved|demonstrated"
    r"|found|observed"
    r"|reported|considered)\b",
    needs=(" been ",),
)
_OTHERS = Caseless(
    r"\b(?:existing|prior|previous|recent|other|many|most|traditional|conventional|current|standard) (?:work"
    r"|works|approaches|methods|studies|models|systems|techniques|algorithms|research|theory|theories|results"
    r"|solutions|literature)\b"
)
# Forms that are verbs wherever they stand well: third persons and pasts of these stems, these bases, these pasts.
_STEMS = """
    outperform achiev improv reduc enabl requir exceed surpass yield allow eliminat converg generaliz
    generalis attain obtain provid produc prevent avoid preserv maintain remov degrad hurt fail depend remain
    becom lead giv mak keep need perform show demonstrat indicat suggest reveal prov confirm establish find
    observ compris exhibit suffic suffer recover match beat win grow decreas dominat correlat accelerat doubl
    halv sav incur tak com help tend vary support offer bring explain account serv deliver consum us train run
    learn capture contribut collaps repair spend handl solv play drop increas scale benefit rank gain lift
    result go stop reach hold lie lack involv includ contain consist cover span combin extend operat differ
    exist occur appear belong correspond represent act rely rel form carr follow address tackl encod predict
    generat process comput stor adapt detect identif select treat mean ensur facilitat promot encourag guid
    control compar fit fall ris induc caus mitigat impl
    """.split()
_BASES = """
    outperform achieve reduce enable exceed surpass allow eliminate converge generalize attain provide produce
    prevent preserve maintain degrade fail remain become perform suffice recover grow dominate correlate tend
    demonstrate indicate suggest reveal prove confirm need require lead exhibit improve depend find show
    observe match benefit hurt drop increase decrease beat help suffer collapse vary yield succeed learn
    matter work scale involve incur include contain consist cover rely differ exist occur appear belong make
    have use run take give get keep lie fall rise go come
    """.split()
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|does|do|did|will|may|might|must|cannot|isn't|aren't|doesn't|don't)\b"
    rf"|\b(?:{'|'.join(_STEMS)})(?:e?s|ies|ed|d)\b(?!\s+(?:of|in|over|from|for|by)\b)"
    rf"|(?<!to )\b(?:{'|'.join(_BASES)})\b"
    r"|\b(?:[Ww]e|I)\s(?:\w+ly\s)?[a-z]{3,}\b"
    r"|\b(?:found|led|made|gave|won|lost|fell|rose|grew|became|took|ran|beat|kept|held|drove|cost)\b"
)
_OFFERED = re.compile(
    r"^(?:[^,]{0,60},\s+)?(?:we|i|this (?:paper|work|article|report|study)|our (?:paper|work"
    r"|contributions?))\b(?:(?!\b(?:show|find|found|demonstrat|prov|observ|verif|confirm"
    r"|establish)\w*\b)[^.;,]){0,40}?"
    r"\b(?:propos\w+|present\w*|introduc\w+|develop\w*|describ\w+|design\w*|devis\w+|releas\w+|open-sourc\w+|outlin\w+"
    r"|formulat\w+|address\w*|tackl\w+|identif\w+|review\w*|survey\w*|provid\w+|offer\w*|contribut\w+|explor\w+"
    r"|investigat\w+|stud(?:y|ies|ied)|aim\w*|us(?:e|es|ed)|appl(?:y|ies|ied)|conduct\w*|perform\w*|examin\w+|adopt\w*"
    r"|consider\w*|discuss\w*|analy[sz]\w+)\b(?![^.;]*\b(?:show|prov|demonstrat|find|reveal|confirm"
    r"|verify)\w*\s+that\b)"
    r"(?![^.;]*\bthat (?:\w+ly )?(?:achieves|reduces|improves|outperforms|requires|needs|increases|eliminates"
    r"|saves|matches)\b)"
    r"(?![^.;]*,\s+(?:yielding|resulting|achieving|reducing|improving|outperforming|leading|enabling"
    r"|which (?:\w+ly )?\w+s\b))",
    re.IGNORECASE,
)
_NEWS = Caseless(
    r"\b(?:ha(?:s|ve) been (?:deployed|accepted|released|adopted)|(?:is|are|was|were|been) (?:publicly |freely "
    r"|now |made "
    r"|openly )*(?:available|open-sourced|deployed|released)|code (?:is|and)|source code|we (?:hope|thank|release)"
    r"|open-sourc\w+|github|promising directions?|future (?:works?|research|directions?|stud)"
    r"|work (?:still )?remains|currently (?:exploring|investigating|working))\b",
    needs=(
        "deployed",
        "accepted",
        "released",
        "adopted",
        "available",
        "open-sourc",
        "code",
        "we hope",
        "we thank",
        "we release",
        "github",
        "promising direction",
        "future",
        "remains",
        "currently",
    ),
)
_REPLY = Caseless(  # a letter to the referees that lies beside the paper
    r"(?:requested|suggested|asked|noted) by (?:the |both |all )?(?:reviewer|referee)"
    r"|(?:reviewer|referee)s? (?:asked|suggested|requested|pointed)|your (?:suggestion|comment)"
    r"|anonymous (?:reviewer|referee)"
    r"|^thanks to (?:the |our |all )?(?:\w+ )?(?:reviewer|referee|colleague|everyone)",
    needs=("reviewer", "referee", "your ", "thank"),
)
_VAGUE = Caseless(
    r"\b(?:effectiveness|usefulness|feasibility|potential|promise|promising|superiority|utility|applicability) of\b"
    r"|\b(?:is|are) (?:effective|promising|useful|helpful)\b"
)
_AIM = re.compile(
    r"^(?:\w+,\s+)?(?:[Tt]o|[Ii]n order to)\s+[a-z]+\b(?![^.;]*,\s+(?:we|the|our|it|this|these|both|all|only"
    r"|[A-Z$][\w$-]*|[a-z-]+s)\s)"
)
_SHOWS_A_THING = re.compile(
    r"^(?:[^,]{0,60},\s+)?(?:we|I)\s+(?:also\s+|further\s+|do not\s+|then\s+)?(?:show|present|report|provide"
    r"|list|plot|visuali[sz]e"
    r"|display|illustrate|depict|compare)\s+(?![^.;]{0,80}\bthat\b|empirically\b|theoretically\b|experimentally\b)",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:show|demonstrate|discuss|explain|describe|illustrate|study|explore|investigate)s?\s+(?:how|why|what)\b"
)
_EXAMPLE = re.compile(
    r"^(?:For (?:example|instance)|As an? (?:example|illustration)|Consider|In this example|Suppose)\b"
)
AGAINST = re.compile(r"\b(?:than|compared|while|whereas|versus|outperform\w*|over)\b")
_MATHS = re.compile(r"\$[^$]*\$")
_DRAWN = re.compile(r"\\(?:tikz|includegraphics|begin\s*\{|draw\b|xymatrix)")
_NOT_PROSE = re.compile(r"https?://|\bet al\b.*\bet al\b|\\[a-z]{4,}")
_PLACE = {
    Part.ABSTRACT: 2.5,
    Part.INTRODUCTION: 0.8,
    Part.EXPERIMENTS: 1.0,
    Part.ABLATION: 1.2,
    Part.DISCUSSION: 0.6,
    Part.CONCLUSION: 1.5,
    Part.METHOD: -1.5,
    Part.BACKGROUND: -3.0,
    Part.RELATED: -4.0,
    Part.LIMITATIONS: -1.5,
    Part.OTHER: -9.0,
}
LONGEST = 1_500  # characters of a sentence; what is longer is no sentence, and patterns would take long over it
THRESHOLD = 4.0
RESERVE = 2.7  # where a paper has few claims, sentences above this fill up to ``_FEW``
_STOP = frozenset(
    """a an the of in on at to for from by with and or but as is are was were be been it its this that these those
    we our us their they which who whose than then so such not no can also both all any each other more most
    very much into over under between up out only same using use used via per while when where if how new
    model models method methods approach paper work show shows result results table figure section including
    achieves achieve performance compared across respectively e.g i.e moreover further furthermore still even however
    specifically notably overall finally additionally""".split()
)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z-]{1,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its weight, its content words and its telling numbers."""

    said: Said
    weight: float
    words: frozenset[str]
    numbers: frozenset[str]


def weigh(said: Said, own: re.Pattern[str] | None, *, ours: bool) -> Candidate | None:
    """``ours``: an abstract's sentence after the point where it began to speak of this work."""
    text, sentence, place = said.text, said.sentence, _PLACE[said.part]
    if said.appendix or sentence.kind in _NO_CLAIMS or sentence.kind.startswith("theorem:") or place < -5:
        return None
    if is_chinese(text):
        return _weigh_chinese(said)
    count = text.count(" ") + 1
    if not 7 <= count <= 90 or len(text) > LONGEST or text.endswith(("?", ":")) or "$$" in text:
        return None
    present = said.words
    results = len(present & _RESULT_WORDS)
    shown = not present.isdisjoint(_SHOW_WORDS) and _SHOWN.within(text)
    compared = (
        not present.isdisjoint(_THAN_WORDS)
        or not present.isdisjoint(_BEAT_WORDS)
        or (not present.isdisjoint(_AS_WORDS) and "as" in present and _AS.search(text) is not None)
    )
    record = "first" in present and _FIRST.search(text) is not None
    if not results and not shown and not compared and not record and said.part is not Part.ABSTRACT:
        return None
    measured = _DIGIT.search(text) is not None and _MEASURE.search(without_pointers(text)) is not None
    if not results and not shown and not measured and not record:
        return None
    named = own is not None and own.search(text) is not None
    compared = compared or (measured and not present.isdisjoint(_EXTREME_WORDS))
    mine = named or ours or not present.isdisjoint(_OWN_WORDS) or _OWN.within(text)
    item = sentence.kind == "item" and said.part is Part.INTRODUCTION
    weight = place + min(results, 3) * 0.9 + 1.6 * shown + 1.3 * measured + 1.0 * compared
    weight += 1.8 * record + 0.5 * (shown and said.part in _REPORTED and _FOUND.search(text) is not None)
    weight += 0.7 * (compared and _RECORD.search(text) is not None)
    weight += 0.9 * mine + 0.5 * named + 0.5 * bool(sentence.refs) + 2.4 * item
    if weight < RESERVE:
        return None
    weight -= _doubts(said, mine=mine, shown=shown, measured=measured, compared=compared, item=item)
    weight -= 0.02 * max(0, count - 45)
    if weight < RESERVE:
        return None
    return Candidate(said, weight, content_words(text), telling_numbers(text))


def _weigh_chinese(said: Said) -> Candidate | None:
    weight = _PLACE[said.part] + chinese_weight(said.text)
    if weight < RESERVE:
        return None
    return Candidate(said, weight, content_words(said.text), telling_numbers(said.text))


_OUTLOOK = re.compile(
    r",?\s+which (?:could|can|may|might|will) (?:\w+\s){0,3}(?:guide|inspire|inform|help|benefit)\b[^.;]*(?=[.;]|$)"
)
_ITEM_MARK = re.compile(r"^\((?:\d{1,2}|[ivx]{1,4}|[a-h])\)\s+(?=[A-Z])")
_LABEL = re.compile(r"^[A-Z][^.:;]{3,90}:\s+(?=[Ww]e\b)")


def _doubts(said: Said, *, mine: bool, shown: bool, measured: bool, compared: bool, item: bool) -> float:
    """What speaks against a sentence being a claim of this paper."""
    text, sentence = said.text, said.sentence
    text = _ITEM_MARK.sub("", text) if text[:1] == "(" else text
    text = _OUTLOOK.sub("", text) if "which" in said.words else text
    label = _LABEL.match(text)
    text = text[label.end() :] if label else text
    early = said.part in (Part.INTRODUCTION, Part.ABSTRACT)
    procedure = (not shown or said.words.isdisjoint(_CONCLUDING)) and _SETUP.match(text) is not None
    offered = not compared and not measured and _OFFERED.match(text) is not None
    effect = (procedure or offered) and states_effect(text)
    doubts = (2.6 if compared else 4.0) * (procedure and not effect) + 3.0 * (_POINTING.match(text) is not None)
    hedged = not said.words.isdisjoint(_HEDGING) and _HEDGE.within(text)
    doubts += 1.4 * hedged + 1.5 * (_ANAPHORA.match(text) is not None)
    doubts += 2.2 * (bool(sentence.cites) and not mine and said.part not in (Part.EXPERIMENTS, Part.ABLATION))
    doubts += 5.0 * (_PURPOSE.match(text) is not None)
    doubts += 5.0 * (_AIM.match(text) is not None)
    doubts += 4.0 * (_SHOWS_A_THING.match(text) is not None and not compared and not measured)
    doubts += 9.0 * (sentence.kind == "item" and not is_clause(text))
    doubts += 5.0 * (offered and not effect)
    doubts += 4.0 * (not measured and _HOW.search(text) is not None)
    doubts += 4.0 * (_NEWS.within(text)) + 9.0 * (_REPLY.within(text))
    doubts += 2.0 * (not compared and not measured and _VAGUE.within(text))
    doubts += 2.0 * (_EXAMPLE.match(text) is not None and not AGAINST.search(text))
    doubts += 2.0 * (not shown and _CONFIGURED.within(text))
    doubts += 2.0 * (not mine and not compared and _OTHERS.within(text))
    doubts += 3.0 * (not mine and _SHOWN_BEFORE.within(text))
    supposed = not compared or text.startswith(("If ", "A ", "An ", "Given ", "For "))
    doubts += 4.0 * (not measured and supposed and _DEFINES.within(text))
    doubts += 4.0 * (_SUPPOSES.match(text) is not None)
    doubts += 1.5 * (not mine and not compared and text.startswith(("In contrast", "By contrast")))
    doubts += 5.0 * (_OTHERS_SHOW.match(text) is not None)
    doubts += 1.7 * (early and not item and not mine and not measured and not shown)
    return (
        doubts
        + 1.2 * (not text[:1].isupper() and not text[:1].isdigit())
        + 9.0 * (_NOT_PROSE.search(_MATHS.sub("", text)) is not None)
        + 9.0 * ("\\" in text and _DRAWN.search(text) is not None)
    )


def points_only(text: str) -> bool:
    """Whether a sentence only says what a table, a figure or a section holds."""
    return _POINTING.match(text) is not None


_CONCLUDING = ("that", "demonstrate", "demonstrating")
_NO_CLAIMS = frozenset({"footnote", "caption", "proof"})
_APART = re.compile(r"\([^()]*\)|\bto (?:\w+ly )?\w+|,\s+\w+ed (?:as|by|in|to|for|on|with)\b")


# "Reduce the cost of ...", a thing to do; "X, a tool that does Y, making Z", a thing with what it is.
_TO_DO = re.compile(
    r"^(?:Reduce|Improve|Increase|Decrease|Enable|Provide|Allow|Make|Support|Prevent|Avoid|Ensure|Give|Help|Lead"
    r"|Require|Define"
    r"|Propose|Design|Develop|Introduce|Present|Extend|Build|Create|Identify|Analy[sz]e|Evaluate|Compare)\s(?!of\b"
    r"|and\b|for\b)"
)
_THING = re.compile(r"^[^,.;:]{2,70},\s+an?\s[^.;:]*?\b(?:that|which|for|with|of)\b")
_GOES_ON = re.compile(
    r",\s+(?:(?:also|further|thus|significantly|substantially)\s)?(?:is|are|has|have|can|does|[a-z]{3,}(?:s"
    r"|ed))\b(?!\s+(?:as|by|in|to|for)\b)"
)


def is_clause(text: str) -> bool:
    """Whether a text has a finite verb outside its brackets: a statement, not the name of a thing."""
    if _TO_DO.match(text):
        return False
    thing = _THING.match(text)
    if thing and not _FINITE.search(text[: text.find(",")]) and not _GOES_ON.search(text, thing.end()):
        return False
    return _FINITE.search(_APART.sub("", text)) is not None


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """Lower-case stems of the words that carry meaning."""
    words = frozenset(filter(None, map(_meaning, _TOKEN.findall(text))))
    return words if text.isascii() else words | chinese_words(text)


@lru_cache(maxsize=20_000)
def _meaning(word: str) -> str:
    """The stem of a word in lower case; nothing for one that carries no meaning."""
    lowered = word.lower()
    return "" if lowered in _STOP else _stem(lowered)


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    for ending in (
        "ations",
        "ation",
        "ingly",
        "ings",
        "ing",
        "ments",
        "ment",
        "ness",
        "ies",
        "ers",
        "er",
        "ed",
        "es",
        "ly",
        "s",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def telling_numbers(text: str) -> frozenset[str]:
    """Results that tell one claim from another, with their unit: "2.4x", "15%", "0.7"; small integers tell nothing."""
    found = set()
    for value in values_in(text):
        for number, unit in _TOLD.findall(value.text):
            if value.kind == "result" and (unit or "." in number or len(number) > 2):
                plain = number.replace(",", "")
                plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
                found.add(plain + ("x" if unit and unit[0] in "×xt-" else unit[:1]))
    found.update(f"{count} {unit}" for count, unit in _SPELT.findall(text))
    return frozenset(found)


_SPELT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve)\s(?:GPU |TPU )?(hours?|days?|times"
    r"|orders)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?(%|×|x|times|-fold|points?)?")
