"""Words of a title or abstract, folded so that spellings of one thing compare equal.

Case, plural, British and American spelling, hyphens, apostrophes, accents and TeX mark-up are folded away; every
word keeps its character range in the text as given. It knows no tags, and it is no stemmer: `caching` and `cache`
stay two words, because a vocabulary should say which of the two it means.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

# A word character that text does not otherwise use: it stands where TeX mark-up was, so that offsets stay true
# and `\textsc{F}lash` is still one word. Folding deletes it.
_FILLER: Final = "ʼ"
# Letters and digits of all scripts, as ranges: a third faster than the class of word characters.
_LETTERS: Final = (
    r"[0-9A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ufdff\U00010000-\U0010ffff]"
)
_TOKEN: Final = re.compile(
    rf"({_LETTERS}+(?:['’]{_LETTERS}+|\+\+|\#)*"  # a word; C++ and C# keep their signs
    r"|[;!?()\[\]—|]|[.,:](?!\w)|--+|(?<=\s)[-–](?=\s))"  # a break, which no phrase crosses
)
_BREAKS: Final = frozenset(".,;:!?()[]—|-–")
CACHE_LIMIT: Final = 400_000
LONGEST_CACHED: Final = 80  # characters: nothing longer comes twice, and a hostile text is full of it

_FILLERS: Final = re.compile(f"{_FILLER}+")
_TEX_ACCENT: Final = re.compile(r"""\\(?:["'`^~=.]\s?|[Hcvukr](?=\{))\{?\\?([A-Za-z])\}?""")
_TEX_STYLED: Final = re.compile(
    r"\\(?:text|math|emph|underline|mbox|hbox|boldsymbol|operatorname|ensuremath)[a-z]*\*?\s*\{"
)
_TEX_COMMAND: Final = re.compile(r"\\(?:([A-Za-z]+)\*?|.)", re.DOTALL)
_GREEK: Final = re.compile(
    "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|(?:var)?phi"
    "|chi|psi|omega|ell"
)

_IRREGULAR: Final = {
    "analyses": "analysis", "hypotheses": "hypothesis", "syntheses": "synthesis", "matrices": "matrix",
    "vertices": "vertex", "indices": "index", "indexes": "index", "simplices": "simplex", "automata": "automaton",
    "corpora": "corpus", "criteria": "criterion", "phenomena": "phenomenon", "formulae": "formula",
    "lens": "lens", "biases": "bias", "bias": "bias", "gas": "gas", "atlas": "atlas",
    "canvas": "canvas", "alias": "alias", "chaos": "chaos", "kubernetes": "kubernetes", "pandas": "pandas",
    "always": "always", "physics": "physics", "bayes": "bayes", "stokes": "stokes", "hodges": "hodges",
    "dielectrics": "dielectric", "children": "child", "mice": "mouse", "axes": "axis", "apis": "api",
    "gpus": "gpu", "cpus": "cpu", "tpus": "tpu", "npus": "npu", "fpus": "fpu", "dpus": "dpu", "menus": "menu",
    "news": "news", "series": "series",
    "centre": "center", "centred": "centered", "fibre": "fiber", "metre": "meter", "litre": "liter",
    "theatre": "theater", "defence": "defense", "offence": "offense", "licence": "license", "grey": "gray",
    "programme": "program", "artefact": "artifact", "aluminium": "aluminum", "sulphur": "sulfur",
    "judgement": "judgment", "ageing": "aging", "learnt": "learned", "storey": "story", "tyre": "tire",
}  # fmt: skip
_SINGULARS: Final = frozenset(_IRREGULAR.values())
_SPELLINGS: Final = (
    (re.compile(r"is(ation|ing|ed|er|able|e)$"), r"iz\1"),
    (
        re.compile(r"^(un|re|mis)?(behavi|col|neighb|fav|lab|arm|hon|vap|tum|hum|flav|harb|endeav|rum|vig)our"),
        r"\1\2or",
    ),
    (re.compile(r"(label|model|travel|signal|tunnel|cancel|channel|level|fuel|equal|marshal)l(ing|ed|er)"), r"\1\2"),
    (re.compile(r"(catal|dial|anal|mon|prol)ogue"), r"\1og"),
    (re.compile(r"(anal|catal|paral)ys(e|ed|ing|er)$"), r"\1yz\2"),
)


@dataclass(slots=True)
class Words:
    """The words of one text in order as written (``raw``), breaks included; ``prepared`` is the text without TeX."""

    prepared: str
    raw: list[str]
    _parts: list[str]
    _ends: list[int] = field(default_factory=list)

    @property
    def folded(self) -> list[str]:
        """The same words folded."""
        return list(map(FOLDED.__getitem__, self.raw))

    def range(self, first: int, after: int) -> tuple[int, int]:
        """Character range, in the text as given, from word ``first`` to before word ``after``."""
        if not self._ends:
            self._ends = list(accumulate(map(len, self._parts)))
        return self._ends[2 * first], self._ends[2 * after - 1]


class _FoldCache(dict[str, str]):
    """Folded words by words as written. Bounded: a registry sees new words for ever."""

    def __missing__(self, word: str) -> str:
        folded = _fold(word)
        if len(word) <= LONGEST_CACHED:
            if len(self) > CACHE_LIMIT:
                self.clear()
            self[word] = folded
        return folded


def words(text: str) -> Words:
    """Words of ``text``, in linear time."""
    prepared = _without_tex(text) if "\\" in text or "{" in text else text
    parts = _TOKEN.split(prepared)  # what is between words, and words, in turn
    return Words(prepared, parts[1::2], parts)


def fold(text: str) -> tuple[str, ...]:
    """Folded words of ``text`` without its breaks: equal for spellings of one phrase."""
    return tuple(word for word in words(text).folded if not is_break(word))


def is_break(word: str) -> bool:
    """Whether ``word`` (raw or folded) is punctuation that no phrase crosses."""
    return word[0] in _BREAKS


def slug(text: str) -> str:
    """Lower-case ASCII words of ``text`` joined by hyphens, the last word's plural as given. May be empty."""
    plain = (_plain(word) for word in words(text).raw if not is_break(word))
    return "-".join(part for part in (re.sub(r"[^a-z0-9]", "", word) for word in plain) if part)


def _plain(word: str) -> str:
    """``word`` in lower case without accents, apostrophes and mark-up."""
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "ʼ’")
    return word.replace("'", "").lower()


def _fold(word: str) -> str:
    """One word folded; never empty for a word that is not."""
    plain = _plain(word) or word
    for pattern, replacement in _SPELLINGS:
        plain = pattern.sub(replacement, plain)
    plain = _IRREGULAR.get(plain, plain)
    return plain if plain in _SINGULARS else _singular(plain)


def _singular(word: str) -> str:
    """``word`` without its plural ending. Both forms of a word land on one spelling, which need not be a word."""
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "ses", "zes")):
        return word[:-2]
    if word.endswith(("che", "she", "xe", "se", "ze")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_tex(text: str) -> str:
    """``text``, same length, with mark-up replaced by fillers (inside words) or spaces (between them)."""
    text = _TEX_ACCENT.sub(_keep_letter, text)
    text = _TEX_STYLED.sub(lambda match: _FILLER * len(match[0]), text)
    text = _TEX_COMMAND.sub(_command_words, text)
    text = text.replace("{", _FILLER).replace("}", _FILLER)
    return _FILLERS.sub(_within_word_only, text)


def _within_word_only(match: re.Match[str]) -> str:
    """Fillers kept where they stand inside a word; elsewhere spaces, so that no word begins or ends with one."""
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    return match[0] if before.isalnum() and after.isalnum() else " " * len(match[0])


def _keep_letter(match: re.Match[str]) -> str:
    at = match.start(1) - match.start()
    return _FILLER * at + match[1] + _FILLER * (len(match[0]) - at - 1)


def _command_words(match: re.Match[str]) -> str:
    name = match[1]
    return (
        " " + name + " " * (len(match[0]) - len(name) - 1) if name and _GREEK.fullmatch(name) else " " * len(match[0])
    )


FOLDED: Final = _FoldCache()
