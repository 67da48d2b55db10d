"""Running text as people read it, and as sentences that know their characters.

``display`` turns the marks of a paragraph into words and its maths into Unicode where that is exact; ``sentences_of``
cuts a paragraph without losing where each sentence stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from importers.latex.document import MARK_CLOSE, MARK_OPEN, Document, Paragraph

_MARK = re.compile(rf"{MARK_OPEN}(.):([^{MARK_CLOSE}]*){MARK_CLOSE}")
_PARENTHETIC = re.compile(rf"\s*[(\[]?{MARK_OPEN}c:[^{MARK_CLOSE}]*{MARK_CLOSE}[)\]]?(?!['’]s\b)")
_CITING = f"{MARK_OPEN}c:"
_MATH = re.compile(r"\$\$?([^$]*)\$\$?")
_MATH_NAME = re.compile(
    r"\\(?:mathsf|mathtt|textsf|texttt|textsc)\s*\{([A-Z](?:[A-Za-z0-9 -]|_\d|_\{\d\})*|[a-z]{3,})\}"
)
_ARGUMENT_MARKS = re.compile("[\ue004-\ue006]")  # of arguments that were not given
_NUMERIC_MATH = re.compile("[\\d\\s.,:%+\\-–/=<>()\ue002≈≤≥±×·→↑↓°^*|]*")
_MATH_WORDS = {
    r"\times": "×", r"\%": "%", r"\sim": "\ue002", r"\approx": "≈", r"\leq": "≤", r"\geq": "≥", r"\le": "≤",
    r"\ge": "≥", r"\pm": "±",
    r"\cdot": "·", r"\to": "→", r"\rightarrow": "→", r"\uparrow": "↑", r"\downarrow": "↓", r"\,": " ", r"\;": " ",
    r"\:": " ", r"\!": "",
    r"\ ": " ", r"\lt": "<", r"\gt": ">", r"{,}": ",", r"\circ": "°", r"\mathbf": "", r"\mathrm": "", r"\bf": "",
    r"\rm": "",
    r"\scriptstyle": "", r"\textstyle": "", r"\mathtt": "", r"\scriptscriptstyle": "",
    r"\textbf": "", r"\text": "", r"\boldsymbol": "", r"\bm": "", r"\displaystyle": "", r"\textrm": "",
    r"\mathit": "", r"\ldots": "...",
    r"\dots": "...", r"\approxeq": "≈", r"\lesssim": "≲", r"\gtrsim": "≳", r"\div": "÷", r"\ast": "*", r"\ll": "≪",
    r"\gg": "≫",
}  # fmt: skip
_MATH_WORD = re.compile(r"\\[a-zA-Z]+|\\.|\{,\}")
_END = re.compile(r"[.!?。！？](?:(?<=[。！？])|[\"')\]}”’]*(?=\s+\S))")
# A list within a paragraph whose items are sentences: "...: (1) With X it is faster; (2) Without ..."
_ITEM_END = re.compile(r"[;:](?=\s+(?:and\s+)?\((?:\d{1,2}|[ivx]{1,4}|[a-h])\)\s+[A-Z\x02])")
_ABBREVIATIONS = frozenset(
    "e.g i.e et al etc cf vs resp approx fig figs eq eqs eqn eqns sec secs ref refs no nos vol thm prop dr mr mrs ms "
    "prof st "
    "w.r.t a.k.a s.t i.i.d viz ca a.s a.e jr sr inc ltd dept univ tab app alg def lem cor ch chap pp eg ie wrt min "
    "max avg "
    "std temp incl".split()
)
# What may begin a sentence with a small letter: a name ("vLLM", "iPad"), the number of an item ("ii. Training").
_NAME = re.compile(r"[a-z]{1,3}[A-Z]|[ivx]{1,4}[.)]\s?[A-Z]")
MAX_SENTENCE = 6_000
_GAP = 80  # characters of commands between two words of one sentence; more means that something stands between
_LAST_WORD = re.compile(r"[\w.]*\Z")
_NUMBER = re.compile(r"(?<![\w.])[+\-−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: as it stands with marks (``marked``), as it reads (``text``), and its characters."""

    marked: str
    text: str
    start: int
    end: int
    section: int | None
    kind: str
    group: int
    spans: tuple[tuple[int, int], ...]
    cites: tuple[str, ...]
    textual_cites: tuple[str, ...]
    refs: tuple[str, ...]
    first: bool
    label: str = ""


def sentences_of(document: Document, paragraph: Paragraph) -> list[Sentence]:
    """The sentences of a paragraph in order. Stops in abbreviations, numbers, initials and maths end none."""
    pieces = paragraph.pieces
    text = paragraph.text
    if not text.strip():
        return []
    offsets, length = [], 0
    for piece in pieces:
        offsets.append(length)
        length += len(piece[0])
    found: list[Sentence] = []
    start = 0
    for end in [*_ends(_masked(pieces)), len(text)]:
        cut = text[start:end]
        left = len(cut) - len(cut.lstrip())
        stop = start + len(cut.rstrip())
        if stop - start - left > MAX_SENTENCE:
            document.note(f"passages of more than {MAX_SENTENCE} characters without a full stop are no sentences here")
        elif stop > start + left:
            where = (_position(pieces, offsets, start + left), _position(pieces, offsets, stop - 1) + 1)
            spans = _spans(pieces, offsets, (start + left, stop), where)
            found.append(_sentence(document, paragraph, text[start + left : stop], spans, first=not found))
        start = end
    return found


def _sentence(
    document: Document, paragraph: Paragraph, marked: str, spans: tuple[tuple[int, int], ...], *, first: bool
) -> Sentence:
    cites: list[str] = []
    textual: list[str] = []
    refs: list[str] = []
    if MARK_OPEN in marked:
        for kind, value in _MARK.findall(marked):
            keys = [key.strip() for key in value.split(",") if key.strip()]
            if kind == "r":
                refs.extend(key.partition("|")[0] for key in keys)
            else:
                cites.extend(keys)
                textual.extend(keys if kind == "t" else ())
    text = display(document, marked)
    return Sentence(
        marked=marked,
        text=text,
        start=spans[0][0],
        end=spans[-1][1],
        spans=spans,
        section=paragraph.section,
        kind=paragraph.kind,
        group=paragraph.group,
        cites=tuple(cites),
        textual_cites=tuple(textual),
        refs=tuple(refs),
        first=first,
        label=paragraph.label,
    )


def _spans(
    pieces: tuple[tuple[str, int, int], ...], offsets: list[int], cut: tuple[int, int], where: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    """The stretches of source a sentence stands in: several where a float or a footnote stands in its middle."""
    if 0 < where[1] - where[0] <= cut[1] - cut[0] + _GAP:
        return (where,)
    first, last = bisect_right(offsets, cut[0]) - 1, bisect_right(offsets, cut[1] - 1) - 1
    spans: list[list[int]] = []
    for index in range(first, last + 1):
        _, start, end = pieces[index]
        start = where[0] if index == first else start
        end = where[1] if index == last else end
        if spans and 0 <= start - spans[-1][1] <= _GAP:
            spans[-1][1] = max(spans[-1][1], end)
        elif not spans or start >= spans[-1][1] or end <= spans[-1][0]:
            spans.append([start, end])
    return tuple((start, end) for start, end in spans if end > start) or (where,)


def _masked(pieces: tuple[tuple[str, int, int], ...]) -> str:
    return "".join([_mask(text) if text[:1] in ("$", MARK_OPEN) else text for text, _, _ in pieces])


def _mask(text: str) -> str:
    """No stop inside maths or a mark ends a sentence; one at the end of a display does."""
    if text.startswith("$$") and text.rstrip("$ ").endswith("."):
        return "\x02" * (len(text) - 1) + "."
    return "\x02" * len(text)


def _position(pieces: tuple[tuple[str, int, int], ...], offsets: list[int], at: int) -> int:
    """The source position of character ``at``: exact in plain text, the piece's last character in anything else."""
    index = bisect_right(offsets, at) - 1
    text, start, end = pieces[index]
    inside = at - offsets[index]
    if len(text) == end - start:
        return start + inside
    return start if inside == 0 and at != offsets[index] + len(text) - 1 else max(start, end - 1)


def _ends(text: str) -> list[int]:
    ends = [match.end() for match in _END.finditer(text) if _is_end(text, match.start(), match.end())]
    if "(" not in text or (";" not in text and ":" not in text):
        return ends
    listed = [match.end() for match in _ITEM_END.finditer(text)]
    return sorted({*ends, *listed}) if listed else ends


def _is_end(text: str, stop: int, after: int) -> bool:
    if text[stop] in "。！？":
        return True
    rest = text[after : after + 12].lstrip()
    if not rest or rest[0] in ",;:)" or (rest[0].islower() and text[stop] == "." and not _NAME.match(rest)):
        return False
    if text[stop] != ".":
        return True
    word = _LAST_WORD.search(text[max(0, stop - 12) : stop])
    last = word.group().lower() if word else ""
    return last not in _ABBREVIATIONS and not (len(last) == 1 and last.isalpha() and text[stop - 1].isupper())


def display(document: Document, marked: str) -> str:
    """Text as it reads: citations in brackets left out, references as "Table 2", dashes and quotes as characters."""
    text = marked
    if MARK_OPEN in text:
        text = _PARENTHETIC.sub("", text) if _CITING in text else text
        text = _MARK.sub(lambda match: _spoken(document, match[1], match[2]), text)
    if "$" in text:
        text = text.replace("\\ensuremath", "") if "\\ensuremath" in text else text
        text = _MATH.sub(_plain_math, text)
    return tidy(text)


def tidy(text: str) -> str:
    """White space folded, TeX's dashes and quotes as characters."""
    if "--" in text or "``" in text or "''" in text or "~" in text:
        text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”").replace("~", " ")
    if text.isascii():
        plain = " ".join(text.split())
    else:
        plain = " ".join(text.replace("\u00ad", "").split()).replace("\ue002", "~")
        plain = _ARGUMENT_MARKS.sub("", plain).replace("«", "“").replace("»", "”")  # guillemets mark our quotes
    return plain.replace(" ,", ",").replace(" .", ".").replace(" ;", ";").replace("( ", "(").replace(" )", ")")


def _spoken(document: Document, kind: str, value: str) -> str:
    keys = [key.strip() for key in value.split(",") if key.strip()]
    if kind in "tc":  # of those in brackets only the ones that own something are spoken: "[3]'s finding"
        works = [document.works.get(key) for key in keys]
        return " and ".join(work.label if work else key for work, key in zip(works, keys, strict=True))
    spoken = []
    for key in keys:
        label, _, command = key.partition("|")
        target = document.labels.get(label)
        if target is None:
            spoken.append(f"[{label}]")
        elif command in ("cref", "autoref"):
            spoken.append(f"{target[0].capitalize()} {target[1] or f'[{label}]'}")
        else:
            spoken.append(target[1] or f"[{label}]")
    return " and ".join(spoken)


def _plain_math(match: re.Match[str]) -> str:
    plain = plain_number_math(match[1])
    if plain is None and "\\" in match[1] and (word := _MATH_NAME.fullmatch(match[1].strip())):
        return re.sub(r"[_{}]", "", word[1])
    return match[0] if plain is None else plain


def plain_number_math(tex: str) -> str | None:
    """Maths that is only numbers, signs and units, as characters; None where that would lose anything."""
    if len(tex) > 120 or tex[:1].isalpha():  # a letter stays one
        return None
    text = _MATH_WORD.sub(lambda match: _MATH_WORDS.get(match[0], match[0]), tex)
    text = text.replace("{", "").replace("}", "").replace("~", " ")
    if not _NUMERIC_MATH.fullmatch(text):
        return None
    return " ".join(text.split())


def numbers_in(text: str) -> list[str]:
    """The numbers of a text as written, signs and names (GPT-2, H100) left out."""
    return [match[0].lstrip("+-−") for match in _NUMBER.finditer(text)]
