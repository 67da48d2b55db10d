"""The names a paper gives to its own things, and what it says each of them is.

A name is taken only where the paper introduces it itself (title, "we propose X", a macro for it); its description is
the paper's own words beside it. Used to state claims about mechanisms rather than about products.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importers.compiler.caseless import Caseless
from importers.compiler.changes import Change
from importers.compiler.paper_reading import PaperReading, Part, Said

_NAME = r"(?:[A-Z][\w-]*[A-Z0-9][\w-]*\+*|[A-Z][a-z]+[A-Z]\w*|[a-z]+[A-Z]\w*|[A-Z]{2,}[\w-]*|[A-Z][a-z]+Net)"
_PROPOSED = re.compile(
    r"\b(?:[Ww]e|[Tt]his (?:paper|work|article)|[Pp]aper|[Ww]ork)\b[^.;]{0,40}?\b(?:propose|introduce|present"
    r"|develop|design|describe|build|built|"
    rf"release|devise|name|call|dub|term)[sd]?\s+(?:\w+\s+){{0,3}}?({_NAME})(?![\w-])(?!\s+(?!that|which|to"
    rf"|as|for|by|with|and|in|on|is|are|where|based|using|whose|from|at|can|has)[a-z-]+\b)"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|call it|call this|name it|which we call"
    r"|we call)\s+(?:the\s+)?([A-Z][\w-]+\+*)(?![\w-])"
    r"(?!\s+(?!(?:that|which|to|as|for|by|with|and|in|on|is|are|where|based|using|whose)\b)[A-Za-z])"
)
_BRACKETED = re.compile(
    r"\b(?:[Ww]e|[Tt]his (?:paper|work))\b[^.;()]{0,20}?\b(?:propose|introduce|present|develop|design|describe)s?\b"
    r"(?:(?!\b(?:from|observations?|data|results?|limits?|measurements?)\b)[^.;(),]){3,70}\(([A-Z][\w-]{1,14}\+*)\)"
)
_COMMON = frozenset(
    "LLM LLMs GPU GPUs CPU CPUs AI ML NLP KV API APIs RNN RNNs CNN CNNs MLP MLPs GAN GANs RL SGD VAE DNN DNNs IO IID "
    "PDE ODE SVM PCA MSE "
    "SOTA TPU VLM VLMs MoE RAG BERT GPT ImageNet BLEU Transformer Transformers The In We Our This LSTM LSTMs ViT HBM "
    "SRAM QA MDP CoT Section Table Figure Model Method Ours Algorithm Theorem Lemma Appendix FP8 FP16 INT8 IB KL MMD "
    "PAC NP HTML SVG JSON SQL".split()
)
_CUT = re.compile(
    r"\s+(?:that|which|to|for|by|using|with|where|in|whose|inspired|based|capable|on|designed|from|trained"
    r"|when|and|while)\s+"
)
# The patterns match nothing without one of these.
_PROPOSING = (
    "propose", "introduce", "present", "develop", "design", "describe", "build", "built", "release", "devise", "name",
    "call", "dub", "term",
)  # fmt: skip
_CALLING = ("call", "named", "dubbed", "termed", "coined", "name it")
_VARIANT = re.compile(r"[- ]?(?:\w{1,2}|[\d.]+|[A-Z][a-z]*)")
_NAMING = Caseless(r"sys|name|ours?$|method|model|algo|tool|approach|framework")
_EMPTY = re.compile(
    r"^(?:new|novel|simple|first|only|best|same|main|our|proposed|very|highly|so-called|strong|powerful|innovative"
    r"|effective|efficient"
    r"|principled|general|practical|promising)\s+"
)
_SORT = re.compile(
    r"(?:method|approach|algorithm|framework|technique|system|model|architecture|scheme|strategy|network)"
)
_RELATIVE = re.compile(
    r"\s+(?:that|which)\s+((?:\w+ly\s+)?[a-z]+s\s[^,.;:()]{6,80}?)"
    r"(?=\s+(?:to|by|in|while|when|using|with|for|so|on|at|from|through|via)\b|[,.;:()]|$)"
)


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name of the paper's own; ``description`` is a noun phrase without article, empty if the paper gives none."""

    name: str
    description: str

    @property
    def head(self) -> str:
        """The last word of the description's noun: what sort of thing it is."""
        return self.description.partition(" that ")[0].split()[-1] if self.description else "method"


def own_names(reading: PaperReading) -> tuple[OwnName, ...]:
    """Names of the paper's own, longest first."""
    early = reading.of(Part.ABSTRACT, Part.INTRODUCTION)[:120]
    found: dict[str, None] = {}
    for name in (*_from_title(reading), *_from_macros(reading)):
        found.setdefault(name)
    for said in early:
        for pattern, needs in ((_PROPOSED, _PROPOSING), (_CALLED, _CALLING), (_BRACKETED, ("(",))):
            if not any(map(said.text.__contains__, needs)):
                continue
            for match in pattern.finditer(said.text):
                found.setdefault(match[1])
    found = {name: None for name in found if not _is_variant(name, found)}
    text = " ".join(said.text for said in early)
    names = [
        name
        for name in found
        if name not in _COMMON
        and not re.fullmatch(r"[A-Z][a-z]+-[A-Z]?[a-z]+|[A-Z]\d{1,2}", name)
        and len(name) > 1
        and text.count(name) > 0
    ][:8]
    described = [OwnName(name, _describe(name, early)) for name in names]
    return tuple(sorted(described, key=lambda own: (-len(own.name), own.name)))


def _is_variant(name: str, found: Iterable[str]) -> bool:
    """ "Runner-2" of "Runner": variants are told apart by their names, so they keep them."""
    return any(name != other and name.startswith(other) and _VARIANT.fullmatch(name, len(other)) for other in found)


def _from_title(reading: PaperReading) -> list[str]:
    before, colon, _ = reading.title.partition(":")
    before = before.strip()
    if colon and 0 < len(before.split()) <= 2 and re.search(r"[A-Z]", before):
        return [before]
    return []


def _from_macros(reading: PaperReading) -> list[str]:
    names = []
    for macro, body in reading.document.macros.items():
        if not _NAMING.within(macro):
            continue
        plain = re.sub(r"\\[a-zA-Z]+\s*|[{}$~_]", "", body).strip()
        if re.fullmatch(r"[A-Za-z][\w+-]{1,24}", plain) and re.search(r"[A-Za-z].*[A-Z0-9]", plain):
            names.append(plain)
    return names


def _describe(name: str, early: list[Said]) -> str:
    escaped = re.escape(name)
    after = re.compile(rf"\b{escaped}(?:\s*\([^)]*\))?(?:,|\s+is|\s+are|:)\s+(?:an?|the)\s+([^.;:()]{{6,140}})")
    before = re.compile(
        rf"\b(?:an?|the)\s+([^.;:(),]{{6,100}}?),?\s+(?:called|named|dubbed|termed|namely|which we call"
        rf"|we call|,)\s*{escaped}\b"
    )
    bracket = re.compile(
        rf"\b(?:propose|introduce|present|develop|design|describe)s?\s+(?:an?\s+"
        rf"|the\s+)?([^.;:(),]{{6,90}}?)\s*,\s*{escaped}\b"
    )
    spelt = re.compile(rf"\(\s*{escaped}\s*\)\s*,\s+(?:an?|the)\s+([^.;:()]{{6,140}})")
    for said in early:
        match = spelt.search(said.text)
        phrase = _noun_phrase(match[1]) if match else ""
        if phrase and name.lower() not in phrase.lower():
            return phrase
    holding = [re.sub(r"\s*\([^()]*\)", "", said.text) for said in early if name in said.text]
    for pattern in (after, before, bracket):
        for text in holding:
            match = pattern.search(text)
            if match:
                phrase = _noun_phrase(match[1])
                if phrase and name.lower() not in phrase.lower():
                    return phrase
    return ""


_KIND_OF = re.compile(r"^(?:new |novel )?(?:kind|type|form|class|sort|variant|family|set|series) of (?:an? )?")
_UNENDED = re.compile(
    r"\b(?:need|ability|use|number|set|amount|process|kind|type|way|lack|problem|task|cost|level|rate|power|range"
    r"|variety"
    r"|range|effect|impact|quality|performance)s?$"
)


def _noun_phrase(text: str) -> str:
    phrase = _CUT.split(_KIND_OF.sub("", text).split(",")[0], maxsplit=1)[0].strip()
    while _EMPTY.match(phrase):
        phrase = _EMPTY.sub("", phrase)
    if _SORT.fullmatch(phrase):
        clause = _RELATIVE.search(text)
        whole = clause is not None and not re.search(r"\d|\$|\bwe\b", clause[1]) and not _UNENDED.search(clause[1])
        return f"{phrase} that {clause[1].strip()}" if clause is not None and whole else ""
    phrase = re.sub(r"\s+\w+ly$", "", phrase)
    words = phrase.split()
    if not 2 <= len(words) <= 10 or re.search(r"\$|\b(?:is|are|we|can|between)\b|\d", phrase):
        return ""
    return phrase


_ARTICLE = re.compile(
    r"\b(?:(?:[Tt]he|[Aa]n?|[Oo]ur)\s+(?P<any>(?!of\b|in\b)[a-z][\w-]*\s+)?|(?:[Tt]his"
    r"|[Ii]ts)\s+)?(?P<adjectives>(?:[a-zA-Z]+-[a-z]+"
    r"|[Pp]roposed|[Vv]anilla|[Oo]riginal|[Ss]tandard|[Ff]ull|[Bb]asic|[Pp]lain|[Ss]parse|[Ee]xtended"
    r"|[Ii]mproved|[Tt]rained|(?:[Uu]n|[Pp]re-?|[Rr]e-?|[Ff]ine-)?(?:optimi[sz]|train|tun|modifi|prun|quanti[sz]"
    r"|compress|calibrat)ed|(?<![\s\S])[A-Za-z]+ed|(?<![\s\S])(?!(?:If|When|While|With|In|On|For|By|And|But"
    r"|As|At|Since|Because|Both|Only|Even"
    r"|Unlike|Like|Through|To|From|Without|Although|Though|Once|Whether|Thus|Then|Also|Here|Moreover"
    r"|[A-Z][a-z]+ing|[A-Z][a-z]+ly)\b)[A-Z][a-z]+)\s+)?$"
)
_NOUN_AFTER = re.compile(
    r"\s(?:[A-Z][\w-]*\d[\w-]*\s)?(?:models?|heads?|kernels?|attention|cache|layers?|blocks?|modules?|variants?"
    r"|algorithms?"
    r"|architectures?|frameworks?|systems?|family|policy|eviction|training|inference|embeddings?|implementation|loss"
    r"|regularizers?|optimizers?|encoders?|decoders?|agents?|tokens?|dataset|benchmark|performance|accuracy"
    r"|method|approach"
    r"|weights|pipeline|LLMs?|results(?! in\b)|gains|server|engine|compiler|scheduler|prototype|programs?"
    r"|controller|runtime)\b"
    r"|\s[A-Z][a-z]+[\w-]*\d*B?\b(?!\s(?:and|or)\b)"
)


def without_names(text: str, names: tuple[OwnName, ...], changes: list[Change]) -> str:
    """The paper's own names by what it says they are; two names that would read alike stay as they are."""
    said = [own for own in names if _finder(own).search(text)]
    said = [own for own in said if own.description or _acts(own, text)]
    if sum(not own.description for own in said) > 1:
        said = [own for own in said if own.description]
    for own in said:
        text = _renamed(text, own, changes)
    return text


_ACTS = re.compile(
    r"\s+(?:[a-z]+(?:s|ed|ly)|is|are|was|were|can|could|has|have|had|will|does|may|with|without|and|or|on|in|to"
    r"|for|by|over|than|at|as"
    r"|still|also|even|itself|from|under|across|when|while|which|that|but|using|versus)\b|\s*(?:[,.;:)—–]|$)|'s|’s"
)


def _acts(own: OwnName, text: str) -> bool:
    """Whether a name without description stands by itself everywhere: "X wins", but not "the X gradient"."""
    return all(
        match["owner"] or _ACTS.match(text, match.end()) or _NOUN_AFTER.match(text, match.end())
        for match in _finder(own).finditer(text)
    )


def _finder(own: OwnName) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(own.name)}(?P<owner>'s|’s)?(?![\w-])")


def _renamed(text: str, own: OwnName, changes: list[Change]) -> str:
    first, told = True, ""
    at = 0
    while match := _finder(own).search(text, at):
        before = _ARTICLE.search(text[: match.start()])
        start = before.start() if before else match.start()
        adjectives = f"{before['any'] or ''}{before['adjectives'] or ''}".lower() if before else ""
        whole = first or (told and not adjectives)  # after "the sparse X" plain "the X" is another thing
        noun = own.description if whole and own.description else own.head if own.description else "proposed method"
        if "proposed" in adjectives and not own.description:
            adjectives = ""
        owner = "'s" if match["owner"] or _NOUN_AFTER.match(text[match.end() :]) else ""
        if owner:
            noun = noun.partition(" that ")[0]
        the = "The" if start == 0 else "the"
        after = f"{the} {adjectives}{noun}{owner}"
        changes.append(Change("name", text[start : match.end()], after))
        text = text[:start] + after + text[match.end() :]
        at, first, told = start + len(after), False, told or adjectives
    return text
