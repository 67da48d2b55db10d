"""A read paper as the compiler sees it: its sentences with their part of the paper, and how to quote them.

Which part a section is (introduction, method, results ...) is read from its title, else from the section above it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum

from importers.compiler.caseless import Caseless
from importers.latex.document import Document, Exhibit, Paragraph, Section
from importers.latex.prose import Sentence, display, sentences_of
from importers.latex.source import Location


class Part(StrEnum):
    """What a section is for."""

    ABSTRACT = "abstract"
    INTRODUCTION = "introduction"
    BACKGROUND = "background"
    RELATED = "related"
    METHOD = "method"
    EXPERIMENTS = "experiments"
    ABLATION = "ablation"
    DISCUSSION = "discussion"
    LIMITATIONS = "limitations"
    CONCLUSION = "conclusion"
    OTHER = "other"


_TITLES: tuple[tuple[Part, Caseless], ...] = tuple(
    (part, Caseless(pattern))
    for part, pattern in (
        (
            Part.OTHER,
            r"致谢|附录|参考文献|^references?$|^bibliography$|^literature cited$|acknowledg|author contribution"
            r"|ethic|broader impact|checklist|reproducibility statement|funding",
        ),
        (
            Part.LIMITATIONS,
            r"局限|不足|limitation|threats to validity|failure (?:case|mode)|when .{0,20}fails|shortcoming",
        ),
        (Part.ABLATION, r"消融|模型变体|ablation|sensitivity|what matters|component analysis|design choice"),
        (Part.RELATED, r"相关工作|相关研究|文献|related|prior work|previous work|literature|state of the art$"),
        (
            Part.INTRODUCTION,
            r"介绍|引言|绪论|前言|^introduction|^intro\b|motivation|^overview$|^executive summary|contributions?\b",
        ),
        (Part.CONCLUSION, r"结论|总结|展望|conclu|summary|future work|closing"),
        (
            Part.DISCUSSION,
            r"讨论|^(?!.*(?:result|experiment|evaluation|finding)).*discussion|takeaway|lessons|implications",
        ),
        (
            Part.EXPERIMENTS,
            r"实验|结果|评估|评测|性能"
            r"|experiment|result|evaluation|empirical|benchmark|performance|case stud|simulat(?:ion|ed)"
            r"|analysis of|comparison"
            r"|numerical|findings|validation|measurement|applications?$|training details|setup|validating|evaluating",
        ),
        (
            Part.BACKGROUND,
            r"背景|预备|符号|定义$|background|preliminar|notation|problem (?:setup|setting|statement|formulation)"
            r"|definitions?$",
        ),
        (
            Part.METHOD,
            r"方法|模型|架构|算法|method|approach|model|architecture|algorithm|design|system|implementation|framework"
            r"|theor|proof",
        ),
    )
)


_ANY_TITLE = Caseless("|".join(f"(?:{pattern.plain.pattern})" for _, pattern in _TITLES))
_WORD = re.compile(r"[a-z][a-z0-9+#@-]*")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, the part of the paper it stands in, and its words in lower case (a cheap first sieve)."""

    sentence: Sentence
    part: Part
    order: int
    appendix: bool
    words: frozenset[str]
    text: str = field(init=False, repr=False, compare=False)  # as the sentence reads; asked for everywhere

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.sentence.text)


@dataclass(slots=True)
class PaperReading:
    """The document, its sentences in order, and what its labels stand for."""

    document: Document
    title: str
    abstract: str
    sentences: list[Said]
    parts: list[Part]
    exhibits_by_label: dict[str, Exhibit]
    _quotes: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _references: dict[int, str] = field(default_factory=dict)
    _named: list[tuple[Exhibit, frozenset[str]]] | None = None

    def of(self, *parts: Part) -> list[Said]:
        """Sentences of these parts, in order."""
        wanted = set(parts)
        return [said for said in self.sentences if said.part in wanted]

    def section_of(self, said: Said) -> Section | None:
        """The section a sentence stands in."""
        index = said.sentence.section
        return None if index is None else self.document.sections[index]

    def naming(self) -> list[tuple[Exhibit, frozenset[str]]]:
        """Each exhibit with the proper names of its caption and rows that at most one other exhibit bears."""
        if self._named is None:
            told = [(exhibit, _names_in(exhibit)) for exhibit in self.document.exhibits]
            counts = Counter(name for _, names in told for name in names)
            self._named = [(one, frozenset(name for name in names if counts[name] <= 2)) for one, names in told]
        return self._named

    def where(self, said: Said) -> str:
        """How a reader finds it: "§4.2 Results" or "Abstract"."""
        if said.part is Part.ABSTRACT:
            return "Abstract"
        section = self.section_of(said)
        return section.sign if section else "front matter"

    def location(self, said: Said) -> Location:
        """File, characters and line."""
        start, end = said.sentence.spans[0][0], said.sentence.spans[-1][1]
        return self.document.source.locate(start, end if end > start else said.sentence.spans[0][1])

    def paragraph_text(self, paragraph: Paragraph) -> str:
        """A paragraph as it reads."""
        return display(self.document, paragraph.text)

    def quotes(self, said: Said) -> tuple[str, ...]:
        """Its characters, verbatim, white space folded."""
        known = self._quotes.get(said.order)
        if known is None:
            source = self.document.source
            known = tuple(quote for start, end in said.sentence.spans for quote in source.quotes(start, end))
            self._quotes[said.order] = known
        return known

    def quoted(self, said: Said) -> str:
        """Its quotes between guillemets."""
        return " ".join(f"«{quote}»" for quote in self.quotes(said))

    def reference(self, said: Said) -> str:
        """File, line, section and characters on one line."""
        known = self._references.get(said.order)
        if known is None:
            place = self.location(said)
            known = f"{place.path}:{place.line} ({self.where(said)}, characters {place.start}-{place.end})"
            self._references[said.order] = known
        return known


# "BERT-large", "MLPerf", "WMT14": what stands for one thing only. Plain capitals ("GPU") are anybody's.
PROPER_NAME = re.compile(
    r"(?<![\w-])(?![A-Z]+s\b)(?:[A-Z][a-z]+[A-Z]\w*|[A-Z]{2,12}\w{0,12}[a-z]\w*|[A-Z][A-Za-z]*\d+\w*"
    r"|[A-Z]\w+-[A-Za-z\d]+)(?![\w-])"
)


def _names_in(exhibit: Exhibit) -> frozenset[str]:
    rows = (cell for table in exhibit.tables for row in table.rows[:60] for cell in row[:2] if len(cell) < 60)
    caption = exhibit.caption.text if exhibit.caption else ""
    return frozenset(PROPER_NAME.findall(" ".join([caption, *rows])))


def read_paper(document: Document) -> PaperReading:
    """Cut a document into sentences and say which part each stands in."""
    parts = _parts(document)
    sentences: list[Said] = []
    for paragraph in document.paragraphs:
        section = paragraph.section
        part = Part.INTRODUCTION if section is None else parts[section]
        if paragraph.kind == "abstract":
            part = Part.ABSTRACT
        appendix = section is not None and document.sections[section].appendix
        for sentence in sentences_of(document, paragraph):
            words = frozenset(_WORD.findall(sentence.text.lower()))
            sentences.append(Said(sentence, part, len(sentences), appendix, words))
    sentences = _with_abstract(sentences, document)
    return PaperReading(
        document=document,
        title=document.title,
        abstract=" ".join(said.text for said in sentences if said.part is Part.ABSTRACT),
        sentences=sentences,
        parts=parts,
        exhibits_by_label={label: exhibit for exhibit in document.exhibits for label in exhibit.labels},
    )


def _with_abstract(sentences: list[Said], document: Document) -> list[Said]:
    """Where no abstract is marked as one: text before the first section is taken for it."""
    if any(said.part is Part.ABSTRACT for said in sentences) or not document.sections:
        return sentences
    return [replace(said, part=Part.ABSTRACT) if said.sentence.section is None else said for said in sentences]


def _own_part(title: str) -> Part | None:
    if not _ANY_TITLE.within(title):
        return None
    return next((part for part, pattern in _TITLES if pattern.within(title)), None)


def _parts(document: Document) -> list[Part]:
    parts: list[Part] = []
    numbered = [section for section in document.sections if section.level <= 1]
    for section in document.sections:
        own = _own_part(section.title)
        above = parts[section.parent] if section.parent is not None else None
        if own is None or (
            section.level > 2 and above in (Part.INTRODUCTION, Part.RELATED) and own is not Part.LIMITATIONS
        ):
            own = above
        if above in (Part.EXPERIMENTS, Part.ABLATION) and own in (Part.METHOD, Part.BACKGROUND):
            own = above
        if own is None:
            first = bool(numbered) and section is numbered[0]
            own = Part.INTRODUCTION if first else Part.METHOD
        parts.append(own)
    return parts
