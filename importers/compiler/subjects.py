"""What a sentence speaks of, said in the sentence: "we", "our", "it" and "this" resolved by listed rules, or given up.

    showing    "We analyze X, showing that it needs less"    to "X needs less"
    made       "We build X, a system that needs less"        to "X needs less"
    doing      "We extend X to Y, yielding Z"                to "Extending X to Y yields Z"
    guaranteed "We model X and prove a bound on Y"           to "There is a bound on Y"
    able       "We are able to run X on one machine"         to "It is possible to run X on one machine"
    observed   "We observe a gain on Y"                      to "There is a gain on Y"
    ours       "our model", "this method"                    to "the proposed model", "the proposed method"
    named      "this dataset" after "the ShareGPT dataset"   to "the ShareGPT dataset"
    sentence   "It", "The improvement" ...                   told together with the sentence before

Every rule leaves a `Change`, so that the sentence can be rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from importers.compiler.changes import Change
from importers.compiler.names import OwnName


@dataclass(frozen=True, slots=True)
class Settled:
    """A sentence with its subject in it. ``needs_before``: it leans on the sentence before; ``open``: something in it
    points at nothing that was found."""

    text: str
    changes: tuple[Change, ...]
    needs_before: bool
    open: bool


_ADVERBS = (
    r"(?:(?:also|further|furthermore|then|first|finally|next|additionally|therefore|thus|now|even|additionally"
    r"|empirically|theoretically|experimentally|successfully|can|are able to)\s+)*"
)
_SHOWING = re.compile(
    r"^(?:(?:[Ww]e|I|[Tt]his (?:paper|work|study))\b(?P<head>[^.;]{0,160}?))"
    r"(?:,?\s+(?:and|which|to)\s+(?:\w+ly\s+)?(?:shows?|showed|demonstrates?|demonstrated|finds?|found|proves?|proved"
    r"|observed?|verify|verified|confirm|confirmed|reveals?|establish)"
    r"|,\s+(?:\w+ly\s+)?(?:showing|proving|demonstrating|finding|revealing|establishing|confirming))\s+"
    r"(?:\w+ly\s+)?that\s+(?P<rest>.{25,})$"
)
_DOING = re.compile(
    rf"^(?:[Ww]e|I)\s+{_ADVERBS}(?P<verb>[a-z]+)\s+(?P<object>[^;:]{{5,160}}?)"
    r"(?:,?\s+and\s+(?:observed?|obtain(?:ed)?|see|get)\s+(?!that\b)|,\s+(?:thereby\s+"
    r"|thus\s+)?(?P<effect>yielding|resulting in|enabling|allowing|achieving|leading to|producing|reducing"
    r"|improving|increasing"
    r"|outperforming|obtaining|giving)\s+)(?P<rest>.{15,})$"
)
_BUILT = re.compile(
    rf"^(?:[^,]{{3,60}},\s+)?(?:[Ww]e|[Tt]his (?:paper|work))\s+{_ADVERBS}(?:propose|introduce|present|develop"
    rf"|design|build|implement"
    r"|describe|devise)s?\s+(?P<what>(?:[a-z]+-[a-z]+\s)?[A-Z$][^,;:]{1,40}"
    r"|[a-z]+[A-Z]\w*),\s+an?\s[^;:]{5,140}?,?\s(?:that|which)\s+"
    r"(?P<verb>(?:\w+ly\s+)?(?:achieves|reduces|improves|outperforms|requires|needs|runs|increases|doubles"
    r"|eliminates|scales"
    r"|saves|matches|surpasses|accelerates|preserves|recovers|attains|exceeds|cuts|lowers|halves|guarantees"
    r"|converges|is(?=\s+(?:(?:up to|about|over|at least|more than|significantly|much|as)\s+)?(?:[~≈]?\d|faster|slower"
    r"|smaller|cheaper|better|more accurate|fast as|accurate as|good as))))\s+"
    r"(?P<rest>.{15,})$"
)
_BUILT_SO = re.compile(
    rf"^(?:[Ww]e|[Tt]his (?:paper|work))\s+{_ADVERBS}(?:propose|introduce|present|release|provide|construct"
    rf"|collect|build|contribute)s?"
    r"\s+(?P<what>(?:the|an?)\s(?:new\s|novel\s|large-scale\s)?[^,;:]{3,60}?),?\s(?:that|which)\s+(?P<verb>is"
    r"|has|are|have)\s+"
    r"(?P<rest>(?=[^.;]*\b(?:than|times|first|largest|best|state-of-the-art|%)\b).{12,})$"
)
_MADE = re.compile(r"^(?:implement|propos|introduc|present|develop|design|devis|describ|buil[dt])")
_PLURAL = re.compile(r"^(?!an?\b|the\b).*[a-rt-z]s$")
_EFFECTS = {
    "yielding": "yields", "resulting in": "results in", "enabling": "enables", "allowing": "allows",
    "achieving": "achieves", "leading to": "leads to", "producing": "produces", "reducing": "reduces",
    "improving": "improves", "increasing": "increases", "outperforming": "outperforms", "obtaining": "obtains",
    "giving": "gives",
}  # fmt: skip
_GUARANTEED = re.compile(
    r"^(?:[Ww]e|I)\b[^.;]{0,120}?\b(?:prove|establish|derive|provide|give|obtain)\s*(?P<under>\((?:under|with"
    r"|for)\s[^()]{3,60}\))?"
    r"\s+(?P<what>an?\s(?:[\w/$-]+\s){0,4}?(?:guarantee|lower bound|upper bound|approximation ratio|convergence rate"
    r"|regret bound|error bound|bound)s?\b.{8,})$"
)
_CONDITIONS = re.compile(
    r"^(?:[Ww]e|I)\s+(?:\w+ly\s+|also\s+|then\s+)?(?:establish|derive|give|provide|prove|obtain|present|find)\s+"
    r"(?P<what>(?:[a-z]+\s){0,2}?(?:necessary and sufficient|sufficient|necessary)\s(?:[a-z]+\s)?conditions\s.{8,})$"
)
_ABLE = re.compile(
    r"^(?:[Ww]e|I)\s+(?:(?:are|were)\s+(?:also\s+|even\s+|then\s+|thus\s+)?able|managed?)\s+to\s+(?P<rest>(?!show"
    r"|demonstrate|prove|find)[a-z-]+\s.{12,})$"
)
_OBSERVED = re.compile(
    rf"^(?P<where>(?:On|In|For|At|With|Across|Under|Over)\s[^,]{{3,80}}?(?:,\s+|\s+(?=we\b)))?(?:[Ww]e|I)\s+{_ADVERBS}"
    r"(?:observed?|see|saw|noticed?|witness|obtain(?:ed)?|get|got|report(?:ed)?|show(?:ed)?|find|found|measured?)\s+"
    r"(?P<what>(?!that\b|how\b|out\b|the results?\b|results\b|our\b|in\b)(?:an?\s|[\d~≈]|\w+\s(?:\w+\s)?"
    r"(?:gains?|improvements?|reductions?|speed-?ups?|increases?|decreases?|degradations?|drops?)\b).{12,})$"
)
_METHODS = (
    r"(?:methods?|approach(?:es)?|models?|algorithms?|frameworks?|systems?|architectures?|networks?|techniques?|scheme"
    r"|schemes|strategy|strategies|design|procedure|pipeline|mechanism|module|estimator|estimators|policy|policies"
    r"|solution|kernels?|implementation|regularizer|loss|objective|agent|agents|classifier|tool|toolkit|protocol)"
)
_OUR = re.compile(r"\b(?P<our>[Oo]ur)\s+(?:own\s+)?(?:newly\s+)?(?P<proposed>proposed\s+)?(?P<next>\S+(?:\s\S+){0,2})")
_THESE_METHODS = re.compile(rf"\b(?P<this>[Tt]his|[Tt]hese)\s+(?:proposed |new |simple )?(?P<noun>{_METHODS})\b")
_STARTS = re.compile(
    r"^(?:(?:However|Moreover|Furthermore|In addition|Also|Additionally|Overall|Thus|Hence|Therefore|Notably|Finally"
    r"|Consequently|Besides|Meanwhile|Importantly|Interestingly|Indeed|In particular|Specifically"
    r"|At the same time),?\s+)?"
    r"(?:(?:It(?! is possible to\b)|They|This|These|Those|Such|That|Both(?= (?:of (?:them|these)|methods|models"
    r"|approaches)\b)"
    r"|The former|The latter|(?:Each|All|Most|Some|None|Many) of (?:these|them)"
    r"|Its|Their|Doing so|One such|Neither|Here|There(?! (?:is|are|exists?)))\b"
    r"|The (?:improvements?|gains?|effects?|differences?|gaps?|benefits?|advantages?|reductions?|speed-?ups?|same|rest"
    r"|others?|second|first|decline|increase|degradation|drop|overhead|result|reason)\b(?!\s+(?:of|in|from|over"
    r"|between"
    r"|due|for|on|by|to|that)\b)"
    r"|(?:Even )?(?:[Bb]y|[Ii]n|[Ww]ith|Through|[Ff]or|To|[Uu]sing|[Uu]nder|Despite|From|[Oo]n|At|Due to|Given"
    r"|Because of) (?:doing (?:so|this)"
    r"|(?:this|these|that|those|such)\b|the (?:former|latter)\b))"
)
_INSIDE = re.compile(r"\b(?:this|these|those|such an?)\s+(?P<noun>[a-z][\w-]+)\b")
_BOTH = re.compile(
    r"\b(?:both|the two|all three|all four|either|neither) (?:of (?:them|these)|methods|approaches|models"
    r"|algorithms|variants|systems"
    r"|settings|schemes|techniques|strategies|procedures|estimators)\b(?!\s*[(:])"
)
_HARMLESS = frozenset(
    "paper work study article case way end regard reason means purpose effect context time year setting point"
    " is are was were can may has have in of to and or".split()
)
_IT = re.compile(r"^(?:it|they)\b(?!\s+(?:is|was|are)\s+(?:\w+ly\s+)?(?:possible|necessary|important|sufficient|hard"
                 r"|easy|difficult|beneficial|crucial|essential|better|best|clear|enough|known|NP)\b)")  # fmt: skip


def settle(text: str, before: Sequence[str], names: tuple[OwnName, ...]) -> Settled:
    """The sentence with its subject in it; ``before`` are the sentences before it, nearest last."""
    changes: list[Change] = []
    left = False
    text, left = _showing(text, names, changes)
    text = _made(text, changes)
    text = _doing(text, changes)
    text = _guaranteed(text, changes)
    text = _able(text, changes)
    text = _observed(text, changes)
    text = _ours(text, changes)
    text = _these(text, before, changes)
    text, unsaid = _inside(text, before, changes)
    unsaid = unsaid or _both(text)
    leans = left or _STARTS.match(text[:1].upper() + text[1:]) is not None
    return Settled(text, tuple(changes), leans, unsaid)


def states_effect(text: str) -> bool:
    """Whether "we do X" goes on to say what X does or what was shown of it."""
    done = _DOING.match(text)
    if done is not None and (_MADE.match(done["verb"]) or _gerund(done["verb"])):
        return True
    return any(pattern.match(text) for pattern in (_SHOWING, _BUILT, _BUILT_SO, _GUARANTEED, _CONDITIONS))


def leans(text: str) -> bool:
    """Whether a sentence begins with something that only the sentence before says."""
    return _STARTS.match(text[:1].upper() + text[1:]) is not None


def _showing(text: str, names: tuple[OwnName, ...], changes: list[Change]) -> tuple[str, bool]:
    match = _SHOWING.match(text)
    if match is None:
        return text, False
    head, rest = match["head"], match["rest"]
    pronoun = _IT.match(rest)
    if pronoun:
        spoken = [own.name for own in names if re.search(rf"(?<![\w-]){re.escape(own.name)}(?![\w-])", head)]
        if not spoken:
            return text, True
        last = max(spoken, key=lambda name: head.rfind(name))
        rest = last + rest[pronoun.end() :]
    changes.append(Change("showing", text[: match.start("rest")].strip(), ""))
    return rest, False


def _made(text: str, changes: list[Change]) -> str:
    match = _BUILT.match(text) or _BUILT_SO.match(text)
    if match is None:
        return text
    after = f"{match['what']} {match['verb']} {match['rest']}"
    changes.append(Change("made", text[: match.start("verb")], f"{match['what']} "))
    return after


def _doing(text: str, changes: list[Change]) -> str:
    match = _DOING.match(text)
    if match is None or re.search(r"\b(?:that|and)\s+we\b", match["object"]):
        return text
    verb, what = match["verb"], match["object"]
    if _MADE.match(verb):
        subject = re.sub(r"^(?:both\s+)?", "", what)
    else:
        gerund = _gerund(verb)
        if not gerund:
            return text
        subject = f"{gerund} {what}"
    effect = _EFFECTS[match["effect"] or "giving"]
    if _MADE.match(verb) and _PLURAL.match(
        re.split(r"\b(?:which|that|for|of|to|with|in|based|using)\b", subject)[0].strip()
    ):
        effect = re.sub(r"^(\w+?)(?:s)( in| to)?$", r"\1\2", effect)
    after = f"{subject} {effect} {match['rest']}"
    changes.append(Change("doing", text[: match.start("rest")], after[: -len(match["rest"])]))
    return after[:1].upper() + after[1:]


_GERUNDS = {
    "use": "Using", "apply": "Applying", "extend": "Extending", "combine": "Combining", "train": "Training",
    "replace": "Replacing", "add": "Adding", "remove": "Removing", "integrate": "Integrating", "adapt": "Adapting",
    "optimize": "Optimizing", "optimise": "Optimising", "leverage": "Leveraging", "exploit": "Exploiting",
    "fuse": "Fusing", "scale": "Scaling", "reduce": "Reducing", "increase": "Increasing", "employ": "Employing",
    "adopt": "Adopting", "generalize": "Generalizing", "incorporate": "Incorporating", "augment": "Augmenting",
    "fine-tune": "Fine-tuning", "improve": "Improving", "simplify": "Simplifying", "restrict": "Restricting",
}  # fmt: skip


def _gerund(verb: str) -> str:
    return _GERUNDS.get(verb, "")


def _able(text: str, changes: list[Change]) -> str:
    match = _ABLE.match(text)
    if match is None:
        return text
    changes.append(Change("able", text[: match.start("rest")], "It is possible to "))
    return f"It is possible to {match['rest']}"


def _guaranteed(text: str, changes: list[Change]) -> str:
    match = _CONDITIONS.match(text)
    if match is not None:
        changes.append(Change("guaranteed", text[: match.start("what")], "There are "))
        return f"There are {match['what']}"
    match = _GUARANTEED.match(text)
    if match is None:
        return text
    under = f", {match['under'][1:-1]}," if match["under"] else ""
    changes.append(Change("guaranteed", text[: match.start("what")], f"There is{under} "))
    return f"There is{under} {match['what']}"


def _observed(text: str, changes: list[Change]) -> str:
    match = _OBSERVED.match(text)
    if match is None:
        return text
    where, what = match["where"] or "", match["what"]
    first = re.match(r"(?:an?\s|\W*\d[\d.,]*\W)", what)
    plural = not first and re.search(r"\b(?:gains|improvements|reductions|speed-?ups|increases|drops)\b", what[:60])
    there = f"{'there' if where else 'There'} {'are' if plural else 'is'} {what}"
    changes.append(Change("observed", text[: match.start("what")], f"{where}{there[: -len(what)]}"))
    return f"{where}{there}"


def _ours(text: str, changes: list[Change]) -> str:
    def spoken(match: re.Match[str]) -> str:
        method = match["proposed"] or re.match(rf"(?:[\w-]+\s)?{_METHODS}\b", match["next"])
        the = "The" if match["our"] == "Our" else "the"
        named = not method and match["next"][:1].isupper() and match["our"] == "our"
        after = match["next"] if named else f"{the} {'proposed ' if method else ''}{match['next']}"
        changes.append(Change("ours", match[0], after))
        return after

    return _OUR.sub(spoken, text)


def _these(text: str, before: Sequence[str], changes: list[Change]) -> str:
    """ "These models" of a paper that has just proposed something."""
    if _THESE_METHODS.search(text) is None:
        return text
    told = any(
        re.search(r"\b(?:[Ww]e|paper|work)\b[^.;]{0,60}\b(?:propos|introduc|present|develop)", one) for one in before
    )
    if not told:
        return text

    def spoken(match: re.Match[str]) -> str:
        after = f"{'The' if match['this'][0] == 'T' else 'the'} proposed {match['noun']}"
        changes.append(Change("ours", match[0], after))
        return after

    return _THESE_METHODS.sub(spoken, text)


def _both(text: str) -> bool:
    """Whether "both methods" stands where the sentence has named no two things before."""
    match = _BOTH.search(text)
    return match is not None and not re.search(r"\b(?:and|or|versus|vs)\b", text[: match.start()])


def _inside(text: str, before: Sequence[str], changes: list[Change]) -> tuple[str, bool]:
    """ "this dataset" by the name that stood before "dataset"; true if something stays unsaid."""
    unsaid = False
    for match in reversed(list(_INSIDE.finditer(text))):
        noun = match["noun"]
        if noun in _HARMLESS or match.start() == 0 or re.search(rf"\b{noun}\b", text[: match.start()]):
            continue
        stem = noun.rstrip("s")
        named = re.compile(rf"\b((?:[A-Z][\w./-]*\d*\s(?:and\s)?){{1,4}})(?i:{stem})s?\b")
        found = next((hit for one in reversed(before) for hit in [named.search(one)] if hit), None)
        if found is None or not re.search(r"[A-Z]\w*[A-Z0-9]|[a-z]", found[1]):
            unsaid = True
            continue
        words = re.sub(r"^(?:The|In|On|For|As|Our|A|An|This|These)\s", "", found[1]).strip()
        if not words:
            unsaid = True
            continue
        after = f"the {words} {noun}"
        changes.append(Change("named", match[0], after))
        text = text[: match.start()] + after + text[match.end() :]
    return text, unsaid
