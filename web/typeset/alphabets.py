"""Unicode's letters for maths styles (bold, double-struck, script …), superscripts and subscripts.

Browsers' MathML knows no ``mathvariant`` beyond ``normal``, so that styled letters must be characters of their own.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_NAMES: Final = {
    "bold": ("BOLD",),
    "italic": ("ITALIC",),
    "bold-italic": ("BOLD ITALIC", "BOLD"),
    "double-struck": ("DOUBLE-STRUCK",),
    "script": ("SCRIPT",),
    "bold-script": ("BOLD SCRIPT",),
    "fraktur": ("FRAKTUR",),
    "bold-fraktur": ("BOLD FRAKTUR",),
    "sans-serif": ("SANS-SERIF",),
    "bold-sans-serif": ("SANS-SERIF BOLD",),
    "monospace": ("MONOSPACE",),
}
_KEPT_UPRIGHT: Final = frozenset({"", "normal", "italic", "sans-serif", "monospace"})
_DIGITS: Final = dict(zip("0123456789", "ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE".split(), strict=True))

SUPERSCRIPTS: Final = dict(
    zip("0123456789+-−=()nijabcdefghklmoprstuvwxyzT*′∗", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱʲᵃᵇᶜᵈᵉᶠᵍʰᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ*′*", strict=True)
)
SUBSCRIPTS: Final = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def restyle(text: str, variant: str) -> str:
    """``text`` in Unicode's own letters for a MathML ``mathvariant``; what has none stays as it is.

    Italic, sans-serif and monospace are left to the page's fonts: a word set in such characters cannot be searched.
    """
    if variant in _KEPT_UPRIGHT or variant not in _NAMES:
        return text
    return "".join(_styled(character, variant) for character in text)


@lru_cache(maxsize=2048)
def _styled(character: str, variant: str) -> str:
    for style in _NAMES[variant]:
        for name in _candidates(character, style):
            try:
                return unicodedata.lookup(name)
            except KeyError:
                continue
    return character


def _candidates(character: str, style: str) -> tuple[str, ...]:
    if character in _DIGITS:
        return (f"MATHEMATICAL {style} DIGIT {_DIGITS[character]}",)
    if "GREEK" in (name := unicodedata.name(character, "")):
        return (f"MATHEMATICAL {style} " + name.removeprefix("GREEK ").replace("LETTER ", ""),)
    if not (character.isascii() and character.isalpha()):
        return ()
    case = "CAPITAL" if character.isupper() else "SMALL"
    letter = character.upper()
    holes = {"FRAKTUR": "BLACK-LETTER"}.get(style, style)  # letters that Unicode had before, e.g. ℝ and ℋ
    return (f"{holes} {case} {letter}", f"MATHEMATICAL {style} {case} {letter}")


def superscript(text: str) -> str | None:
    """``text`` in superscript characters; None if one of them has none."""
    return _raised(text, SUPERSCRIPTS)


def subscript(text: str) -> str | None:
    """``text`` in subscript characters; None if one of them has none."""
    return _raised(text, SUBSCRIPTS)


def _raised(text: str, table: dict[str, str]) -> str | None:
    raised = [table.get(character) for character in text]
    return None if None in raised else "".join(character for character in raised if character)
