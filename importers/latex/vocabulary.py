"""LaTeX's own words: which commands are symbols, which are accents, which take arguments that are no text.

Symbol names come from pylatexenc's table; what is listed here is what that table has not, or has otherwise than a
reader of prose wants it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pylatexenc.latexencode import get_builtin_uni2latex_dict  # type: ignore[import-untyped]

from importers.latex.accents import ACCENTS, LETTERS

_OWN_SYMBOLS = {
    "%": "%", "&": "&", "_": "_", "#": "#", "$": "$", "{": "{", "}": "}", " ": " ", "\n": " ", ",": " ", ";": " ",
    ":": " ",
    "!": "", "/": "", "-": "", "@": "", ">": " ", "quad": " ", "qquad": " ", "enspace": " ", "thinspace": " ",
    "space": " ",
    "ldots": "...", "dots": "...", "textellipsis": "...", "cdots": "...", "textbackslash": "\\", "textasciitilde": "~",
    "textasciicircum": "^", "textunderscore": "_", "textless": "<", "textgreater": ">", "textbar": "|",
    "textbullet": "•",
    "textemdash": "—", "textendash": "–", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotesingle": "'", "textdegree": "°", "degree": "°", "textpm": "±", "texttimes": "×",
    "times": "×", "texttrademark": "™", "textregistered": "®", "copyright": "©", "textcopyright": "©", "S": "§",
    "P": "¶",
    "dag": "†", "ddag": "‡", "dagger": "†", "ddagger": "‡", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX",
    "LaTeXe": "LaTeX2e",
    "checkmark": "✓", "cmark": "✓", "xmark": "✗", "Checkmark": "✓", "XSolidBrush": "✗", "faCheck": "✓", "faTimes": "✗",
    "CIRCLE": "●", "Circle": "○", "LEFTcircle": "◐", "RIGHTcircle": "◑",
    "textmu": "μ", "micro": "μ", "euro": "€", "texteuro": "€",
    "pounds": "£", "textsterling": "£", "slash": "/", "textsuperscript": "", "newline": " ",
    "linebreak": " ",
    "break": " ", "hfill": " ", "hfil": " ", "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "etc": "etc.",
    "wrt": "w.r.t.", "percent": "%", "uparrow": "↑", "downarrow": "↓", "rightarrow": "→", "leftarrow": "←",
    "to": "→", "textrightarrow": "→",
    "textuparrow": "↑", "textdownarrow": "↓", "sim": "~", "approx": "≈", "pm": "±", "leq": "≤", "geq": "≥",
    "le": "≤", "ge": "≥",
    "infty": "∞", "bullet": "•", "cdot": "·", "star": "⋆", "textasteriskcentered": "*", "lq": "‘", "rq": "’",
    "nobreakspace": " ", "nodata": "...",
}  # fmt: skip

# Mandatory arguments that are no text, by command; optional ones before them are dropped as well.
DROPPED_ARGUMENTS = {
    name: count
    for count, names in (
        (
            1,
            """
            natexlab vspace hspace color rowcolor cellcolor columncolor rowcolors pagestyle thispagestyle
            bibliographystyle usetikzlibrary hypersetup geometry graphicspath input@path pgfplotsset tikzset
            captionsetup sisetup lstset hyphenation linespread selectlanguage fontfamily fontseries fontshape
            fontencoding phantom hphantom vphantom RequirePackage LoadClass NeedsTeXFormat ProvidesPackage
            ProvidesClass ProvidesFile pgfplotstableread date affil affiliation institute address email orcid
            thanks authornote authorrunning titlerunning runningtitle runninghead icmltitlerunning
            icmlkeywords keywords acmDOI acmISBN acmYear acmPrice copyrightyear setcopyright received
            subjclass dedicatory markright marginpar marginnote nocite includeonly newcounter stepcounter
            refstepcounter usecounter arabic alph Alph roman Roman value nolinebreak pagebreak newlength
            newsavebox usebox cmidrule cline bookmarksetup index glsadd shortauthors pagenumbering needspace tnote
            Needspace inst IEEEmembership IEEEspecialpapernotice noalign excludecomment includecomment
            theoremstyle DeclareGraphicsExtensions setlist enlargethispage addbibresource bibpunct citestyle
            setcitestyle newtotcounter definecolorset pgfdeclarelayer pgfsetlayers tcbuselibrary mdfsetup
            deleted AtBeginDocument AtEndDocument stretch settopmatter acmSubmissionID acmBooktitle acmVolume
            acmNumber acmArticle acmMonth startPage acmJournal vspace* hspace* fancyhf fancyhead fancyfoot
            orcidlink orcidID corref corauthref fnref thanksref altaffilmark affilnum IEEEauthorrefmark authorrefmark
            IEEEauthorblockA authorblockA ead cortext fntext tnotetext tnoteref emailAdd curraddr urladdr homepage
            altaffiliation authorsaddresses BibitemShut
            typeout message wlog errmessage errhelp preprint tablewidth tabletypesize tablecolumns tablenum TblrNote
            tablenotemark
            documentclass documentstyle lhead rhead chead lfoot rfoot cfoot pgfkeys bstctlcite keyword history todo
            """,
        ),
        (
            2,
            """
            setlength addtolength setcounter addtocounter PassOptionsToPackage
            DeclareUnicodeCharacter colorlet rule counterwithin counterwithout algrenewcommand numberwithin
            pdfbookmark renewbibmacro defbibheading settowidth settoheight adjustbox pgfmathsetmacro floatname
            addtocontents WarningFilter DeclareFieldFormat SetKwInOut SetKw SetKwFunction SetKwData SetKwInput
            markboth crefalias newtcolorbox altaffiltext PackageWarning ClassWarning PackageInfo ClassInfo
            GenericWarning PackageWarningNoLine ClassWarningNoLine
            """,
        ),
        (
            3,
            """
            definecolor addcontentsline crefname Crefname PackageError ClassError specialrule titlespacing
            DeclareFontFamily newfloat
            """,
        ),
        (
            4,
            """
            SetKwProg titleformat
            """,
        ),
        (
            5,
            """
            usefont
            """,
        ),
    )
    for name in names.split()
}
# A first argument that is no text, before one that is.
DROPPED_FIRST = frozenset(
    "textcolor colorbox scalebox resizebox rotatebox parbox raisebox fontsize fcolorbox foreignlanguage hyperlink "
    "adjustbox "
    "hypertarget makebox framebox turnbox tabincell bibinfo bibfield Eprint".split()
)
DROPPED_TWO_FIRST = frozenset({"resizebox", "fcolorbox", "fontsize"})
# Environments whose content is no prose.
DROPPED_ENVIRONMENTS = frozenset(
    "tikzpicture pgfpicture picture pspicture forest tikzcd axis groupplot xy scope CJKfilesonly filecontents "
    "comment CCSXML circuitikz feynmandiagram asy pgfonlayer tikzfigure diagram xymatrix animateinline".split()
)
THEOREM_ENVIRONMENTS = {
    "theorem": "Theorem", "thm": "Theorem", "lemma": "Lemma", "lem": "Lemma", "proposition": "Proposition",
    "prop": "Proposition",
    "corollary": "Corollary", "cor": "Corollary", "definition": "Definition", "defn": "Definition",
    "defi": "Definition",
    "assumption": "Assumption", "conjecture": "Conjecture", "claim": "Claim", "remark": "Remark", "example": "Example",
    "observation": "Observation", "fact": "Fact", "hypothesis": "Hypothesis", "property": "Property",
    "result": "Result",
    "restatable": "Theorem",
}  # fmt: skip
SECTION_LEVELS = {
    "part": 0, "chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5,
    "bfparagraph": 4, "newsec": 1, "subsec": 2, "subsubsec": 3,
}  # fmt: skip
TABULARS = frozenset(
    "tabular tabular* tabularx tabulary longtable xltabular longtabu tabu supertabular mpsupertabular tblr longtblr "
    "talltblr xtabular mpxtabular "
    "NiceTabular "
    "NiceTabular* NiceTabularX ctabular deluxetable deluxetable*".split()
)
FLOATS = {
    "table": "table", "table*": "table", "sidewaystable": "table", "sidewaystable*": "table", "wraptable": "table",
    "margintable": "table",
    "deluxetable": "table", "deluxetable*": "table", "SCtable": "table", "threeparttable": "", "figure": "figure",
    "figure*": "figure",
    "sidewaysfigure": "figure", "sidewaysfigure*": "figure", "wrapfigure": "figure", "marginfigure": "figure",
    "SCfigure": "figure",
    "teaserfigure": "figure", "floatingfigure": "figure", "wrapfloat": "figure",
}  # fmt: skip
DEFINITION_COMMANDS = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand def gdef edef xdef let newenvironment "
    "renewenvironment "
    "newtheorem DeclareMathOperator NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand newif "
    "DeclareDocumentCommand spnewtheorem declaretheorem newacronym newacro".split()
)


@cache
def symbols() -> dict[str, str]:
    """Control sequence name -> the characters it stands for."""
    found: dict[str, str] = {}
    for code, tex in get_builtin_uni2latex_dict().items():
        if re.fullmatch(r"\\[A-Za-z]+", tex):
            found.setdefault(tex[1:], chr(code))
    return found | LETTERS | _OWN_SYMBOLS


def is_accent(name: str) -> bool:
    """Whether a control sequence puts an accent on its argument."""
    return name in ACCENTS


def accented(name: str, letter: str) -> str:
    """The letter with the accent on it, one character where there is one."""
    bare = {"ı": "i", "ȷ": "j", "\\i": "i", "\\j": "j"}.get(letter, letter)
    if not bare:
        return ""
    return unicodedata.normalize("NFC", bare[0] + ACCENTS[name] + bare[1:])
