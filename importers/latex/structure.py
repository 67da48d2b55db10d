"""Commands and environments that give a paper its shape: files, title, sections, lists, theorems, algorithms.

Numbers are counted as LaTeX's article class would; theorem numbers are not, for they depend on counters that classes
share in ways of their own, and a wrong number is worse than none.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from importers.latex.authors import author_text
from importers.latex.definitions import DEFINITION_HANDLERS
from importers.latex.document import Listing, Section
from importers.latex.floats import begin_float, close_floats, end_float
from importers.latex.inline import handle_display
from importers.latex.macros import Macro, text_of
from importers.latex.source import strip_comments
from importers.latex.stream import place
from importers.latex.table_notes import NOTE_ENVIRONMENTS, read_notes
from importers.latex.tabular import read_tabular
from importers.latex.tokens import BRACKET, CS, DISPLAY, END, MATH_ENVIRONMENTS, OPEN, PAR, TEXT, Token, tokenize
from importers.latex.vocabulary import (
    DROPPED_ENVIRONMENTS,
    FLOATS,
    SECTION_LEVELS,
    TABULARS,
    THEOREM_ENVIRONMENTS,
)

if TYPE_CHECKING:
    from importers.latex.reader import Handler, Reader

_ENVIRONMENT_ARGUMENTS = {
    "minipage": 1, "subfigure": 1, "subtable": 1, "subfigure*": 1, "multicols": 1, "multicols*": 1, "adjustbox": 1,
    "spacing": 1, "list": 2, "CJK": 2, "CJK*": 2,
    "adjustwidth": 2, "changemargin": 2, "scaletikzpicturetowidth": 1, "wrapfigure": 2, "wraptable": 2,
    "wrapfloat": 3, "tabbing": 0,
    "column": 1, "textblock": 1, "picture": 0, "savenotes": 0, "restatable": 2, "floatingfigure": 1, "turn": 1,
    "rotate": 1,
    "scope": 0, "measuredfigure": 0, "SCfigure": 0, "SCtable": 0, "overpic": 1, "otherlanguage": 1,
    "otherlanguage*": 1, "selectlanguage": 1,
}  # fmt: skip
_LISTS = frozenset(
    "itemize enumerate description compactitem compactenum inparaenum asparaenum asparaitem easylist itemize* "
    "enumerate* "
    "tightitemize tightenumerate inparaitem steps".split()
)
_ABSTRACTS = frozenset({"abstract", "onecolabstract", "Abstract", "abstract*"})
_ALGORITHMS = frozenset({"algorithm", "algorithm*", "algorithm2e", "procedure", "algorithmic", "algo", "pseudocode"})
_CLASS_STYLES = re.compile(  # styles of venues and packages: nothing of the paper in them
    r"(neurips|nips|iclr|icml|acl|emnlp|naacl|eacl|coling|cvpr|iccv|eccv|wacv|bmvc|aaai|ijcai|ieee|llncs|acmart"
    r"|natbib|fancyhdr|algorithm"
    r"|eso|usenix|arxiv|jmlr|colm|interspeech|spconf|tmlr|aistats|uai|jhep|revtex|elsart|elsarticle|mnras|aas|svjour"
    r"|sn-jnl|mlsys|icassp"
    r"|times|hyperref|subfig|caption|booktabs|multirow|cleveref|remreset|pstricks|epsf|tikz|pgf|xcolor|amsmath"
    r"|lineno|corl|kdd|www|osdi|conference|style$)",
    re.IGNORECASE,
)
_TITLES = "title icmltitle mlsystitle aistatstitle uaititle jmlrtitle acmltitle Title papertitle".split()
_SUPPLEMENT = re.compile(r"\s*(?:supplement|appendix|online appendix|response to)", re.IGNORECASE)
MAX_SECTIONS = 2_000
_LOCAL_STYLE_BYTES = 60_000


def handle_input(reader: Reader, token: Token) -> None:
    r"""\input{file}, \include{file}, \subfile{file}, also \input file."""
    tokens = _file_argument(reader)
    if any(part[:2] == (CS, "jobname") for part in tokens):
        _open_own(reader, tokens)
        return
    _open(reader, "".join(value for kind, value, _, _ in tokens if kind in (TEXT, CS)).strip())


def _open_own(reader: Reader, tokens: list[Token]) -> None:
    r"""\input{\jobname.bbl}: a file that TeX writes itself, read where the source has it and missed nowhere."""
    following = reader.stream.peek()
    if len(tokens) == 1 and following is not None and following[0] == TEXT:
        ending = following[1].split(" ")[0].partition("\n")[0]
        tokens = [*tokens, (TEXT, ending, *following[2:])]
        reader.stream.raw()
        reader.stream.push([(TEXT, following[1][len(ending) :], following[2] + len(ending), following[3])])
    stem = posixpath.splitext(posixpath.basename(reader.document.main))[0]
    name = "".join(stem if part[:2] == (CS, "jobname") else part[1] for part in tokens).strip()
    path = reader.source.find(name, folder=reader.folder)
    if path is not None and path != reader.document.main:
        _open(reader, name)


def _file_argument(reader: Reader) -> list[Token]:
    stream = reader.stream
    stream.skip_space()
    following = stream.peek()
    if following is not None and following[0] == TEXT:
        stream.raw()
        name, _, rest = (
            following[1].lstrip().partition("\n") if "\n" in following[1] else following[1].lstrip().partition(" ")
        )
        if rest:
            stream.push([(TEXT, rest, following[3] - len(rest), following[3])])
        return [(TEXT, name.strip(), following[2], following[3])]
    return stream.argument()


def _open(reader: Reader, name: str) -> None:
    path = reader.source.find(name, folder=reader.folder)
    if path is None:
        reader.note(f"missing file: {name[:80]} (named by \\input)")
    elif path.lower().endswith(
        (".tex", ".ltx", ".bbl", ".txt", ".sty", ".pgf", ".tikz", ".table")
    ) or "." not in posixpath.basename(path):
        reader.open_file(path)


def handle_import(reader: Reader, token: Token) -> None:
    r"""\import{folder}{file}."""
    folder, name = reader.stream.word(), reader.stream.word()
    _open(reader, posixpath.join(folder, name))


def handle_package(reader: Reader, token: Token) -> None:
    r"""\usepackage[..]{a,b}: remembered; a small style file of the paper's own is read for its macros."""
    reader.stream.optional()
    for name in reader.stream.word().split(","):
        name = name.strip()
        if not name:
            continue
        reader.document.packages.append(name)
        path = reader.source.find(name, folder=reader.folder, suffixes=(".sty",))
        if path is None or _CLASS_STYLES.search(posixpath.basename(name)):
            continue
        if len(reader.source.tree.files[path]) <= _LOCAL_STYLE_BYTES:
            _read_definitions(reader, path)


def _read_definitions(reader: Reader, path: str) -> None:
    loaded = reader.source.load(path)
    held = reader.stream.isolate(tokenize(loaded.text, loaded.base))
    try:
        while (token := reader.stream.raw()) is not None:
            handler = DEFINITION_HANDLERS.get(token[1]) if token[0] == CS else None
            if handler is not None and not token[1].startswith(("if", "fi", "else")):
                handler(reader, token)
    finally:
        reader.stream.restore(held)


def handle_title(reader: Reader, token: Token) -> None:
    r"""\title[short]{long}; where several stand, the last one that says something."""
    written = up_to(reader, "endtitle") if token[1] == "title" else None
    reader.stream.optional()
    tokens = reader.stream.argument() if written is None else written
    following = reader.stream.peek()
    if token[1] == "Title" and following is not None and following[0] == OPEN:
        tokens = reader.stream.argument()  # harvmac's: \Title{number of the preprint}{title}
    title = reader.text_of(tokens)
    later = bool(reader.document.title) and (reader.document.sections or _SUPPLEMENT.match(title))
    if title.strip() and not later:
        reader.document.title = title
        reader.title_tokens = tokens  # typeset at \\maketitle: by then a macro in it may be defined


def handle_author(reader: Reader, token: Token) -> None:
    r"""\author[..]{names}: the marked text; who is who is read in `importers.latex.finish`."""
    written = up_to(reader, "endauthor") if token[1] == "author" else None
    reader.stream.optional()
    with reader.aside():
        tokens = reader.stream.argument() if written is None else written
    names = author_text(reader, tokens)
    following = reader.stream.peek()
    if following is not None and following[0] == OPEN and names and "," not in names:  # IUCr's {given}{family}
        with reader.aside():
            names = f"{names} {author_text(reader, reader.stream.argument())}"
    if names:
        reader.document.authors += (names,)


def handle_section(reader: Reader, token: Token) -> None:
    r"""\section*[short]{title} and its kin."""
    command = token[1].rstrip("*")
    starred = token[1].endswith("*") or reader.stream.star()
    reader.stream.optional()
    tokens = reader.stream.argument()
    _begin_section(reader, token, SECTION_LEVELS[command], tokens, starred=starred)


def _begin_section(reader: Reader, token: Token, level: int, tokens: list[Token], *, starred: bool) -> None:
    end = tokens[-1][3] if tokens else token[3]
    reader.flush()
    if reader.inline_depth or not reader.in_body:
        return
    close_floats(reader)
    title = reader.text_of(tokens) if len(reader.document.sections) < MAX_SECTIONS else ""
    add_section(reader, level, title, (token[2], end), starred=starred)


def handle_plain_section(reader: Reader, token: Token) -> None:
    r"""plain TeX's \beginsection title, up to the blank line or \par."""
    tokens: list[Token] = []
    while (following := reader.stream.peek()) is not None and len(tokens) < 60:
        if following[0] == PAR or following[:2] == (CS, "par"):
            break
        tokens.append(following)
        reader.stream.raw()
    _begin_section(reader, token, 1, tokens, starred=True)


def up_to(reader: Reader, ending: str) -> list[Token] | None:
    r"""AMS-TeX's way of an argument: everything up to \endtitle; None, and nothing taken, where a brace begins one or
    that command does not come."""
    stream = reader.stream
    stream.skip_space()
    following = stream.peek()
    if following is None or following[0] in (OPEN, BRACKET):
        return None
    taken: list[Token] = []
    while (token := stream.raw()) is not None and len(taken) < 2_000 and token[0] != PAR:
        if token[:2] == (CS, ending):
            return taken
        taken.append(token)
    stream.push(taken if token is None else [*taken, token])
    return None


def handle_heading(reader: Reader, token: Token) -> None:
    r"""AMS-TeX's \head title\endhead and \subhead title\endsubhead."""
    tokens = up_to(reader, f"end{token[1]}")
    if tokens is not None:
        _begin_section(reader, token, 2 if token[1].startswith("sub") else 1, tokens, starred=True)


def add_section(reader: Reader, level: int, title: str, where: tuple[int, int], *, starred: bool) -> None:
    """Begin a section; later text belongs to it."""
    number = ""
    if not starred and level <= 3:
        number = _count_section(reader, level)
        reader.anchor = ("section", number)
    elif level >= 4 and reader.section is not None:
        reader.anchor = ("section", reader.anchor[1] if reader.anchor[0] == "section" else "")
    sections = reader.document.sections
    if len(sections) >= MAX_SECTIONS:
        reader.note(f"headings after the {MAX_SECTIONS}th were not kept")
        return
    above = sections[-1] if sections else None
    while above is not None and above.level >= level:
        above = sections[above.parent] if above.parent is not None else None
    parent = above.index if above is not None else None
    if level <= 1:
        reader.stream.begin_section()
    sections.append(Section(len(sections), level, title, number, *where, reader.appendix, parent))
    reader.section = len(sections) - 1
    if reader.kind in ("body", "abstract") and not reader.environments:
        reader.kind = "abstract" if title.strip().lower() in ("abstract", "summary") and level <= 1 else "body"


def _count_section(reader: Reader, level: int) -> str:
    counters = reader.counters
    counters[level] += 1
    counters[level + 1 :] = [0] * (len(counters) - level - 1)
    if level == 0:
        return ""
    if reader.appendix and not counters[1]:
        return ""  # a sub-section of no section: LaTeX has no letter for it
    first = chr(ord("A") + (counters[1] - 1) % 26) if reader.appendix else str(counters[1])
    return ".".join([first, *map(str, counters[2 : level + 1])])


def handle_appendix(reader: Reader, token: Token) -> None:
    r"""\appendix: sections are lettered from here."""
    if not reader.appendix:
        reader.appendix = True
        reader.counters = [0] * 7


def handle_label(reader: Reader, token: Token) -> None:
    r"""\label{name}: names the float, theorem or section it stands in."""
    name = reader.stream.word()
    if not name:
        return
    if reader.floats:
        reader.floats[-1].labels.append(name)
        return
    if reader.kind.startswith("theorem:"):
        reader.label = reader.label or name
        reader.document.labels.setdefault(name, (reader.kind.partition(":")[2].lower(), ""))
        return
    reader.document.labels.setdefault(name, reader.anchor)


def handle_twocolumn(reader: Reader, token: Token) -> None:
    r"""\twocolumn[title matter]: what is in the brackets is read."""
    matter = reader.stream.optional()
    if matter:
        reader.stream.push(matter)


def handle_csname(reader: Reader, token: Token) -> None:
    r"""\csname...\endcsname: a made-up name; passed over."""
    for _ in range(50):
        following = reader.stream.raw()
        if following is None or following[:2] == (CS, "endcsname"):
            break


def handle_item(reader: Reader, token: Token) -> None:
    r"""\item[..]: a new entry of the list."""
    if reader.inline_depth:
        reader.pieces.append((" ", token[2], token[2]))
        return
    reader.flush()
    heading = reader.stream.optional()
    if reader.kind in ("body", "item", "abstract"):
        reader.kind = "item"
    if heading:
        reader.pieces.extend(reader.render(heading))
        reader.pieces.append((" ", token[3], token[3]))


def handle_abstract(reader: Reader, token: Token) -> None:
    r"""\abstract{text}, as some classes want it; \begin{abstract} is an environment."""
    following = reader.stream.peek()
    written = up_to(reader, "endabstract") if following is not None and following[0] != OPEN else None
    if following is None or (following[0] != OPEN and written is None):
        return
    tokens = reader.stream.argument() if written is None else written
    reader.flush()
    held = (reader.kind, reader.in_body)
    reader.kind, reader.in_body = "abstract", True
    state = reader.stream.isolate(tokens)
    reader.run()
    reader.flush()
    reader.stream.restore(state)
    reader.kind, reader.in_body = held


def handle_par(reader: Reader, token: Token) -> None:
    r"""\par and the like end a paragraph."""
    reader.flush()


def handle_end_input(reader: Reader, token: Token) -> None:
    r"""\endinput."""
    reader.stream.end_file()


def handle_bye(reader: Reader, token: Token) -> None:
    r"""\bye: plain TeX's end."""
    reader.flush()
    reader.finished = True


def handle_bibliography(reader: Reader, token: Token) -> None:
    r"""\bibliography{a,b}, \addbibresource{a.bib}."""
    reader.stream.optional()
    reader.bibliographies.extend(name.strip() for name in reader.stream.word().split(",") if name.strip())


def begin_environment(reader: Reader, token: Token) -> None:
    r"""\begin{name}."""
    name = token[1]
    known = reader.macros.environments.get(name)
    if known is not None and name not in FLOATS:
        _begin_user_environment(reader, token, known)
        return
    bare = name.rstrip("*")
    theorem = reader.macros.theorems.get(name) or THEOREM_ENVIRONMENTS.get(bare.lower())
    if name == "document":
        if not reader.in_body:
            reader.pieces = []
        reader.in_body = True
    elif name in TABULARS:
        read_tabular(reader, token)
    elif FLOATS.get(name):
        begin_float(reader, token)
    elif name in NOTE_ENVIRONMENTS:
        read_notes(reader, _content(reader, token))
    elif name in DROPPED_ENVIRONMENTS:
        _drop_environment(reader, token)
    elif name in MATH_ENVIRONMENTS:
        _read_maths(reader, token)
    elif name in _ALGORITHMS:
        _read_algorithm(reader, token)
    elif name == "thebibliography":
        _drop_bibliography(reader, token)
    elif theorem or name == "proof":
        _begin_theorem(reader, token, theorem or "Proof")
    elif name in _LISTS or name in _ABSTRACTS:
        _begin_block(reader, token)
    elif bare in SECTION_LEVELS:  # \begin{section}{Title}: TeX runs \section
        handle_section(reader, token)
    else:
        _begin_plain(reader, token)


def _begin_user_environment(reader: Reader, token: Token, known: tuple[Macro, tuple[Token, ...]]) -> None:
    macro, ending = known
    values: list[list[Token]] = []
    for index in range(macro.arguments):
        given = reader.stream.optional() if index == 0 and macro.optional is not None else reader.stream.argument()
        values.append(list(macro.optional or ()) if given is None else given)
    if len(reader.user_environments) > 50:
        reader.note("environments nested too deeply were read as text")
        return
    end_macro = Macro(macro.name, macro.arguments, None, ending, "")
    reader.user_environments.append((token[1], place(end_macro, token, values)))
    reader.stream.push(place(macro, token, values) or [(TEXT, "", token[2], token[3])])


def _begin_block(reader: Reader, token: Token) -> None:
    reader.stream.optional()
    reader.flush()
    reader.environments.append((token[1], reader.kind, reader.heading))
    reader.group += 1
    if token[1] in _ABSTRACTS:
        reader.kind, reader.in_body = "abstract", True


def _begin_theorem(reader: Reader, token: Token, title: str) -> None:
    reader.flush()
    heading = reader.stream.optional()
    if token[1] == "restatable":
        name = reader.stream.word()
        reader.stream.argument()
        title = reader.macros.theorems.get(name) or THEOREM_ENVIRONMENTS.get(name, title)
    reader.environments.append((token[1], reader.kind, reader.heading))
    reader.group += 1
    reader.kind = "proof" if title == "Proof" else f"theorem:{title}"
    reader.heading = reader.text_of(heading) if heading else ""
    reader.label = ""


def _begin_plain(reader: Reader, token: Token) -> None:
    name = token[1]
    reader.stream.optional()
    for _ in range(_ENVIRONMENT_ARGUMENTS.get(name, 0)):
        reader.stream.optional()
        reader.stream.argument()
    if reader.floats and name.startswith(("subfigure", "subtable")):
        reader.floats[-1].inner += 1
    if name == "appendices":
        handle_appendix(reader, token)


def end_environment(reader: Reader, token: Token) -> None:
    r"""\end{name}."""
    name = token[1]
    if reader.user_environments and reader.user_environments[-1][0] == name:
        _, ending = reader.user_environments.pop()
        if ending:
            reader.stream.push(ending)
    elif name == "document" and reader.source.file_at(token[2]).path != reader.document.main:
        reader.flush()  # of a file that can also be typeset by itself (subfiles, standalone): only that file ends
        reader.stream.end_file()
    elif name == "document":
        reader.flush()
        reader.finished = True
    elif FLOATS.get(name) and reader.floats and reader.floats[-1].environment == name:
        end_float(reader, token)
    elif reader.environments and any(open_name == name for open_name, _, _ in reader.environments):
        reader.flush()
        while reader.environments:
            open_name, reader.kind, reader.heading = reader.environments.pop()
            if open_name == name:
                break
        reader.label = ""
    elif reader.floats and name.startswith(("subfigure", "subtable")):
        reader.floats[-1].inner = max(0, reader.floats[-1].inner - 1)
    elif not reader.inline_depth and name in ("quote", "quotation", "center"):
        reader.flush()


def _drop_environment(reader: Reader, token: Token) -> None:
    tokens = _content(reader, token)
    if reader.floats and tokens:
        reader.floats[-1].drawing.append(strip_comments(reader.source.raw(token[2], tokens[-1][3])))


def _drop_bibliography(reader: Reader, token: Token) -> None:
    """The list is read from the characters of its file in `importers.latex.bibliography`."""
    reader.flush()
    reader.listing_tokens.append(token)
    _content(reader, token)


def _content(reader: Reader, token: Token) -> list[Token]:
    tokens = _wrapped_content(reader, token[1])
    tokens = reader.stream.to_end(token[1]) if tokens is None else tokens
    if tokens is None:
        reader.note(f"{token[1]} without an end")
        return []
    return tokens


def _wrapped_content(reader: Reader, name: str) -> list[Token] | None:
    """The content of an environment that one of the paper's own opens and closes; None where it is not so."""
    if not reader.user_environments:
        return None
    own, ending = reader.user_environments[-1]
    at = next((index for index, part in enumerate(ending) if part[:2] == (END, name)), None)
    tokens = None if at is None else reader.stream.to_end(own)
    if at is None or tokens is None:
        return None
    reader.user_environments.pop()
    reader.stream.push([*ending[at + 1 :], (TEXT, "", *ending[at][2:])])
    return [*tokens, *ending[:at]]


def _read_maths(reader: Reader, token: Token) -> None:
    """Maths whose begin came out of a macro, so that it was not one token."""
    tokens = _content(reader, token)
    if tokens:
        body = f"\\begin{{{token[1]}}}{text_of(tokens)}\\end{{{token[1]}}}"
        handle_display(reader, (DISPLAY, body, token[2], max(tokens[-1][3], token[3])))


def _read_algorithm(reader: Reader, token: Token) -> None:
    reader.flush()
    tokens = _content(reader, token)
    caption, label = "", ""
    for index, (kind, value, _, _) in enumerate(tokens):
        if kind == CS and value in ("caption", "label", "captionof"):
            held = reader.stream.isolate(tokens[index + 1 :])
            argument = reader.stream.argument()
            reader.stream.restore(held)
            if value == "label" and not label:
                label = "".join(part[1] for part in argument).strip()
            elif value == "caption" and not caption:
                caption = reader.text_of(argument)
    end = tokens[-1][3] if tokens else token[3]
    if label:
        reader.document.labels.setdefault(label, ("algorithm", ""))
    if reader.in_body:
        text = reader.source.raw(token[2], end) + f"\\end{{{token[1]}}}"
        reader.document.listings.append(Listing("algorithm", caption, label, text, reader.section, token[2], end))


STRUCTURE_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("input", "include", "subfile", "InputIfFileExists"), handle_input),
    **dict.fromkeys(("import", "subimport"), handle_import),
    **dict.fromkeys(("usepackage", "RequirePackage"), handle_package),
    **dict.fromkeys(
        (
            "title",
            "icmltitle",
            "mlsystitle",
            "aistatstitle",
            "uaititle",
            "jmlrtitle",
            "acmltitle",
            "Title",
            "papertitle",
        ),
        handle_title,
    ),
    **dict.fromkeys(
        ("author", "Author", "icmlauthor", "mlsysauthor", "authors", "cauthor", "addauthor"), handle_author
    ),
    **dict.fromkeys((*SECTION_LEVELS, *(f"{name}*" for name in SECTION_LEVELS)), handle_section),
    "beginsection": handle_plain_section,
    **dict.fromkeys(("head", "subhead", "heading", "subheading"), handle_heading),
    "appendix": handle_appendix,
    "label": handle_label,
    "twocolumn": handle_twocolumn,
    "csname": handle_csname,
    "item": handle_item,
    "abstract": handle_abstract,
    **dict.fromkeys(("par", "medskip", "bigskip", "newpage", "clearpage", "pagebreak", "smallskip"), handle_par),
    "endinput": handle_end_input,
    "bye": handle_bye,
    **dict.fromkeys(("bibliography", "addbibresource"), handle_bibliography),
}
