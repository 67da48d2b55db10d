"""Tables: what TeX's accent and letter commands stand for in running text. Data only."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# Accent command -> the Unicode combining character that follows its base.
ACCENTS: Final = MappingProxyType(
    {
        "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
        '"': "\u0308", "h": "\u0309", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327",
        "k": "\u0328", "b": "\u0331", "t": "\u0361",
    }
)  # fmt: skip

# Command of a letter that ASCII has not -> the letter.
LETTERS: Final = MappingProxyType(
    {
        "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł",
        "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
        "NG": "Ŋ",
    }
)  # fmt: skip
