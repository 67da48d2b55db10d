"""Tables: what TeX commands mean in running text, besides accents and letters. Data only.

Symbols that maths and text share come from latex2mathml's own table, so that both agree.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from latex2mathml.symbols_parser import SYMBOLS

from importers.latex.accents import LETTERS
from web.typeset.nodes import Style

WORDS: Final = MappingProxyType(
    {
        "S": "§",
        "P": "¶",
        "dag": "†",
        "ddag": "‡",
        "copyright": "©",
        "pounds": "£",
        "euro": "€",
        "texteuro": "€",
        "textsterling": "£",
        "textyen": "¥",
        "textdollar": "$",
        "textregistered": "®",
        "texttrademark": "™",
        "textcopyright": "©",
        "textdegree": "°",
        "textcelsius": "°C",
        "degree": "°",
        "degrees": "°",
        "deg": "°",
        "textless": "<",
        "textgreater": ">",
        "textbar": "|",
        "textbackslash": "\u2216",
        "textasciitilde": "~",
        "textasciicircum": "ˆ",
        "textunderscore": "_",
        "textquoteright": "’",
        "textquoteleft": "‘",
        "textquotedblleft": "“",
        "textquotedblright": "”",
        "textquotesingle": "'",
        "guillemotleft": "«",
        "guillemotright": "»",
        "flqq": "«",
        "frqq": "»",
        "lq": "‘",
        "rq": "’",
        "textendash": "–",
        "textemdash": "—",
        "textellipsis": "…",
        "ldots": "…",
        "dots": "…",
        "textbullet": "•",
        "textmu": "µ",
        "textperthousand": "‰",
        "textsection": "§",
        "textalpha": "α",
        "textbeta": "β",
        "slash": "/",
        "infinity": "∞",
        "checkmark": "✓",
        "cmark": "✓",
        "xmark": "✗",
        "quad": " ",
        "qquad": " ",
        "space": " ",
        "newline": " ",
        "linebreak": " ",
        "par": " ",
        "TeX": "TeX",
        "LaTeX": "LaTeX",
        "BibTeX": "BibTeX",
        "ie": "i.e.",
        "eg": "e.g.",
        "etc": "etc.",
        "etal": "et al.",
        "wrt": "w.r.t.",
        "ge": "≥",
        "le": "≤",
        "ne": "≠",
        "to": "→",
        "gets": "←",
        "star": "⋆",
        "box": "□",
        "lbrace": "{",
        "rbrace": "}",
        "backslash": "\u2216",
        "percent": "%",
        "eps": "ε",
        "varepsilon": "ε",
        "epsilon": "ϵ",
        "varphi": "φ",
        "phi": "ϕ",
    }
)

SPACES: Final = MappingProxyType(
    {" ": " ", ",": "\u202f", ";": " ", ":": " ", ">": " ", "!": "", "-": "", "/": "", "@": "", "\n": " ", "\t": " "}
)

STYLES: Final = MappingProxyType(
    {
        "emph": Style.EMPHASIS,
        "textit": Style.EMPHASIS,
        "textsl": Style.EMPHASIS,
        "mathit": Style.EMPHASIS,
        "underline": Style.EMPHASIS,
        "uline": Style.EMPHASIS,
        "textbf": Style.STRONG,
        "mathbf": Style.STRONG,
        "texttt": Style.CODE,
        "mathtt": Style.CODE,
        "lstinline": Style.CODE,
        "verb": Style.CODE,
        "code": Style.CODE,
        "textsc": Style.SMALL_CAPITALS,
        "textsuperscript": Style.SUPERSCRIPT,
        "textsubscript": Style.SUBSCRIPT,
        "sp": Style.SUPERSCRIPT,
    }
)

# Switches hold to the end of their group: {\em so}.
SWITCHES: Final = MappingProxyType(
    {
        "em": Style.EMPHASIS,
        "it": Style.EMPHASIS,
        "sl": Style.EMPHASIS,
        "itshape": Style.EMPHASIS,
        "slshape": Style.EMPHASIS,
        "bf": Style.STRONG,
        "bfseries": Style.STRONG,
        "tt": Style.CODE,
        "ttfamily": Style.CODE,
        "sc": Style.SMALL_CAPITALS,
        "scshape": Style.SMALL_CAPITALS,
    }
)

# Say nothing to a reader; those in the second table take so many arguments with them.
SILENT: Final = frozenset(
    "rm sf cal normalfont upshape mdseries sffamily rmfamily tiny scriptsize footnotesize small normalsize large Large "
    "LARGE huge Huge centering noindent indent xspace protect relax displaystyle textstyle scriptstyle boldmath "
    "unboldmath smallskip medskip bigskip newpage clearpage maketitle left right big Big bigl bigr Bigl Bigr limits "
    "nolimits allowbreak nobreak ignorespaces unskip leavevmode strut item onecolumn twocolumn raggedright sloppy null "
    "hfill vfill break".split()
)
SILENT_WITH_ARGUMENTS: Final = MappingProxyType(
    {
        **dict.fromkeys(
            "cite citep citet Citet citeauthor citeyear citealt newcite textcite citealp Citep "
            "parencite autocite supercite footcite nocite onlinecite".split(),
            1,
        ),
        **dict.fromkeys(
            "ref eqref autoref cref Cref pageref label index thanks vspace hspace color pagecolor".split(), 1
        ),
        **dict.fromkeys("includegraphics bibliographystyle bibliography pagestyle thispagestyle input".split(), 1),
        **dict.fromkeys("setlength addtolength setcounter".split(), 2),
    }
)

# Show only their last argument; the number says how many they take.
SHOW_LAST: Final = MappingProxyType({"textcolor": 2, "colorbox": 2, "fcolorbox": 3, "raisebox": 2, "scalebox": 2})

MATHS_COMMANDS: Final = MappingProxyType(
    {
        **dict.fromkeys("frac tfrac dfrac binom stackrel overset underset".split(), 2),
        **dict.fromkeys(
            "sqrt tilde widetilde bar hat widehat dot ddot vec check breve acute grave overline overbrace underbrace "
            "mathcal mathscr mathbb mathfrak mathds Bbb boldsymbol bm pmb operatorname".split(),
            1,
        ),
    }
)

# Words that siunitx's \SI and \qty put after a number.
UNITS: Final = MappingProxyType(
    {
        "percent": "%", "degree": "°", "celsius": "°C", "degreeCelsius": "°C", "meter": "m", "metre": "m", "gram": "g",
        "second": "s", "minute": "min", "hour": "h", "hertz": "Hz", "watt": "W", "volt": "V", "ampere": "A",
        "joule": "J", "newton": "N", "pascal": "Pa", "kelvin": "K", "mole": "mol", "ohm": "Ω", "byte": "B",
        "bit": "bit", "bits": "bit", "electronvolt": "eV", "tesla": "T", "liter": "L", "litre": "L", "per": "/",
        "nano": "n", "micro": "µ", "milli": "m", "centi": "c", "deci": "d", "kilo": "k", "mega": "M", "giga": "G",
        "tera": "T",
        "peta": "P", "pico": "p", "femto": "f", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "square": "", "cubic": "",
        "squared": "²", "cubed": "³",
    }
)  # fmt: skip

FUNCTIONS: Final = frozenset(
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh min max inf sup lim liminf limsup arg "
    "argmin argmax det dim gcd hom ker deg Pr polylog rank tr diag sign mod".split()
)


def symbol(name: str) -> str | None:
    """The character that the command ``\\name`` prints in text or maths; None if it prints none we know."""
    word = WORDS.get(name) or LETTERS.get(name)
    if word is not None:
        return word
    code = SYMBOLS.get("\\" + name)
    return chr(int(code, 16)) if code else None
