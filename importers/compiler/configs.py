"""``src/configs/``: the hyperparameters that the paper sets, in its sentences and in its tables of settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from importers.compiler.caseless import Caseless
from importers.compiler.claims import exhibit_name
from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.latex.document import Exhibit, Table
from importers.latex.prose import display

MAX_PARAMETERS = 60
MAX_TABLE_ROWS = 40
_NAMES = (
    r"learning rate|batch size|mini-?batch size|weight decay|dropout(?: rate| probability)?|momentum|warm-?up(?: "
    r"steps)?|number of (?:layers|heads|epochs|steps|iterations|experts|parameters|samples|seeds|agents|blocks)|"
    r"(?:hidden|embedding|model|latent|feature) (?:size|dimension(?:ality)?)|sequence length|context "
    r"(?:length|window)|maximum (?:length|sequence length)|beam (?:size|width)|temperature|top-?[pk]|label smoothing|"
    r"gradient clipping|clipping (?:threshold|norm)|discount factor|replay buffer(?: size)?|block size|chunk "
    r"size|window size|kernel size|stride|vocabulary(?: size)?|token budget|group size|bit-?width|rank|length "
    r"penalty|step size|"
    r"(?:training )?(?:epochs|steps|iterations)|resolution|noise level|attention heads|seeds?|max(?:imum)? tokens"
)
_ASSIGNED = re.compile(
    rf"\b({_NAMES})\b(?:\s*\(?\$[^$]{{1,30}}\$\)?)?\s*(?P<how>(?:is|was|are|were|of|=|:|to|at|set to|is set to"
    rf"|was set to|equal to|fixed at|fixed to|with|\s)*)\s*(?:set to |about |approximately |around |up to "
    rf"|fixed (?:to|at) )?"
    r"(\$[^$]*\d[^$]*\$|\d[\d,.]*(?:\s?[e×x]\s?[-−]?\d+)?(?:\^[-−]?\d+)?(?:[kmb%])?(?:\s(?:million|billion"
    r"|thousand))?)(?![\w])",
)
_COUNTED = Caseless(
    r"(?<![\w.$])(\d[\d,.]*[KMBk]?)[ -](layers|heads|attention heads|epochs|steps|iterations|warm-?up steps"
    r"|random seeds|seeds|experts|bits?|tokens|GPUs|runs)\b",
    needs=("layers", "heads", "epochs", "steps", "iterations", "seeds", "experts", "bit", "tokens", "gpus", "runs"),
)
_BETAS = re.compile(
    r"\$([^$=]*\\(?:beta|epsilon|lambda|gamma|alpha|eta|tau|sigma|mu|rho)[^$=]{0,12})=\s*([^$]*?\d[^$]*)\$"
)
_DIGIT = re.compile(r"\d")
_TRAINS = re.compile(r"\b(?:optimi[sz]e[rd]?|train(?:ed|ing)?)\b")
_SETTING_WORDS = frozenset(
    """rate size batch mini-batch minibatch decay dropout momentum warm-up warmup number dimension dimensionality
    length window width temperature top-k top-p smoothing clipping threshold factor buffer vocabulary budget
    bit-width rank penalty step steps epochs epoch iterations resolution level heads seeds seed tokens
    layers experts bits bit gpus runs optimizer optimiser adam adamw sgd rmsprop adagrad adafactor lamb lars
    l-bfgs muon lion nesterov gradient optimize optimized optimizing beta epsilon lambda alpha gamma set""".split()
)
_OPTIMIZER = re.compile(
    r"\b(AdamW?|SGD|RMSProp|Adagrad|Adafactor|LAMB|LARS|L-BFGS|Muon|Lion|Nesterov(?: momentum)?"
    r"|gradient descent|AdaMax)\b"
)
_PLAIN_VALUE = re.compile(
    r"[\d.,\s+\-−–^*/()%{}$e]*\d[\d.,\s+\-−–^*/()%{}$eKMBkmb]*"
    r"|[^a-zA-Z]*(?:\\(?:times|cdot|text|mathrm|,)[^a-zA-Z]*)+(?:e[-−]?\d+)?[^a-zA-Z]*"
)
_SEVERAL = re.compile(r"(?<=\d),\s*(?=\\(?:beta|epsilon|lambda|gamma|alpha|eta|tau|sigma|mu|rho))")
_TUNED = re.compile(
    r"\b(?:tun\w+|grid|search\w*|sweep\w*|swept|select\w*|chosen|choose|var(?:y|ied))\b[^.;]{0,60}?"
    r"(?:from|in|over|among|between|of)\s*(\$?\\?\{[^{}]{1,80}\\?\}\$?|\[[^\[\]]{1,60}\])",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|to (?:avoid|prevent|stabili[sz]e|ensure|reduce|mitigate)|so that|in order to|due to)\b[^.;]*",
    re.IGNORECASE,
)
_SENSITIVE = re.compile(
    r"\b(?:insensitive to|sensitive to|robust to|little (?:effect|impact|difference))\b", re.IGNORECASE
)
_SETS = re.compile(r"\b(?:set|sets|setting|fix|fixed|fixing|initiali[sz]ed?|limit(?:ed)?|increased?)\b")
_SETTINGS_TABLE = Caseless(
    r"hyper-?\s?param|(?:training|model|experimental|implementation|optimi[sz]ation|default|architecture)s? (?:details"
    r"|settings?|set-?up|config\w*|sizes|dimensions|specifications?|parameters)"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A hyperparameter as the paper sets it."""

    name: str
    value: str
    said: Said


@dataclass(frozen=True, slots=True)
class TabledParameter:
    """A hyperparameter in a row of a table of settings; ``value`` says the column where there are several."""

    name: str
    value: str
    exhibit: Exhibit
    table: Table


def setting_sentences(reading: PaperReading) -> list[Said]:
    """Sentences of method, experiments and appendix: where settings stand."""
    wanted = (Part.METHOD, Part.EXPERIMENTS, Part.ABLATION, Part.BACKGROUND, Part.DISCUSSION, Part.OTHER)
    return [said for said in reading.sentences if said.part in wanted or said.appendix]


def find_parameters(reading: PaperReading) -> list[Parameter]:
    """Hyperparameters with a value, each name and value once, in the order of the paper."""
    found: dict[tuple[str, str], Parameter] = {}
    for said in setting_sentences(reading):
        text = said.text
        if said.words.isdisjoint(_SETTING_WORDS) or not (_DIGIT.search(text) or _OPTIMIZER.search(text)):
            continue
        for name, value in _assignments(text):
            key = (name.lower(), value)
            if key not in found and reading.quotes(said):
                found[key] = Parameter(name, value, said)
        if len(found) >= MAX_PARAMETERS:
            break
    return list(found.values())


def _is_set(match: re.Match[str], lowered: str) -> bool:
    """Whether a name and a value joined by nothing but "to" are joined by "set … to"; else it may only lead there."""
    if match["how"].split() != ["to"]:
        return True
    return _SETS.search(lowered, max(0, match.start() - 60), match.start()) is not None


def _assignments(text: str) -> Iterable[tuple[str, str]]:
    if _DIGIT.search(text):
        lowered = text.lower()  # far cheaper to search than with case ignored; same length but for a few letters
        for match in _ASSIGNED.finditer(lowered if len(lowered) == len(text) else text):
            if _is_set(match, lowered):
                yield match[1], text[match.start(3) : match.end(3)].strip().rstrip(".,")
        for match in _COUNTED.finditer(text):
            yield match[2], match[1].rstrip(".,")
        for match in _BETAS.finditer(_SEVERAL.sub("$, $", text)) if "=" in text and "\\" in text else ():
            if _PLAIN_VALUE.fullmatch(match[2].strip()):
                yield f"${match[1].strip()}$", match[2].strip()
    if ("train" in text or "optimi" in text) and _TRAINS.search(text):
        for match in _OPTIMIZER.finditer(text):
            yield "optimizer", match[1]


def tabled_parameters(reading: PaperReading) -> list[TabledParameter]:
    """Rows of the tables that say they hold settings: the first cell names, the others are the values."""
    found: list[TabledParameter] = []
    for exhibit in reading.document.exhibits:
        caption = display(reading.document, exhibit.caption.text) if exhibit.caption else ""
        section = reading.document.sections[exhibit.section].title if exhibit.section is not None else ""
        first = re.split(r"(?<=[.:])\s", caption, maxsplit=1)[0]
        if _SETTINGS_TABLE.within(first) or (_SETTINGS_TABLE.within(section) and not caption):
            for table in exhibit.tables:
                found.extend(_rows(exhibit, table))
    return found[:MAX_TABLE_ROWS]


def _rows(exhibit: Exhibit, table: Table) -> Iterable[TabledParameter]:
    heads = table.rows[table.header_rows - 1] if table.header_rows else ()
    for row in table.rows[table.header_rows :]:
        name, values = row[0].strip(), [value.strip() for value in row[1:]]
        if not re.search(r"[A-Za-z]{2}|\$", name) or not any(values) or len(name) > 80:
            continue
        if len(values) > 1 and len(heads) == len(row):
            told = "; ".join(f"{head}: {value}" for head, value in zip(heads[1:], values, strict=True) if value)
        else:
            told = "; ".join(dict.fromkeys(value for value in values if value))
        if re.search(r"\d", told) or _OPTIMIZER.search(told):
            yield TabledParameter(name, told, exhibit, table)


def write_configs(
    ledger: Ledger, parameters: Sequence[Parameter], tabled: Sequence[TabledParameter] = ()
) -> dict[str, str]:
    """``src/configs/training.md``, where the paper states a hyperparameter; nothing otherwise."""
    if not parameters and not tabled:
        return {}
    by_name: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        by_name.setdefault(parameter.name.lower(), []).append(parameter)
    blocks = ["# Configuration stated in the paper", *(_block(ledger, group) for group in by_name.values())]
    for row in tabled:
        place = ledger.reading.document.source.locate(row.table.start, row.table.end)
        name = heading(row.name)
        ledger.enter_range(f"parameter: {name}", row.table.start, row.table.end, exhibit_name(row.exhibit))
        blocks.append(
            f"## {name}\n- **Value**: {row.value}\n- **Rationale**: {UNSTATED}\n- **Search range**: {UNSTATED}\n"
            f"- **Sensitivity**: {UNSTATED}\n- **Source**: {exhibit_name(row.exhibit)} ({place.path}:{place.line})"
        )
    return {"src/configs/training.md": "\n\n".join(blocks) + "\n"}


def _block(ledger: Ledger, group: Sequence[Parameter]) -> str:
    first = group[0]
    for parameter in group:
        ledger.enter(f"parameter: {first.name}", parameter.said)
    texts = [parameter.said.text for parameter in group]
    sources = dict.fromkeys(quote_line(ledger.reading, parameter.said) for parameter in group[:4])
    return (
        f"## {first.name}\n- **Value**: {'; '.join(parameter.value for parameter in group)}\n"
        f"- **Rationale**: {_found(_REASON, texts)}\n- **Search range**: {_found(_TUNED, texts, 1)}\n"
        f"- **Sensitivity**: {_found(_SENSITIVE, texts)}\n- **Source**: {'; '.join(sources)}"
    )


def _found(pattern: re.Pattern[str], texts: Iterable[str], group: int = 0) -> str:
    """What the first sentence that says so says, in its words."""
    return next((match[group].strip() for text in texts if (match := pattern.search(text))), UNSTATED)
