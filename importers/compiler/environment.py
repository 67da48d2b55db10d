"""``src/``: what the paper says of software, hardware, data, seeds and hyperparameters, and where its code is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from importers.compiler.ledger import UNSTATED, Ledger, heading, quote_line
from importers.compiler.paper_reading import PaperReading, Part, Said
from importers.compiler.terms import (
    DATASET_WORDS,
    FRAMEWORK_WORDS,
    LANGUAGE_WORDS,
    datasets_in,
    frameworks_in,
    hardware_in,
    languages_in,
    says_seed,
)

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
    rf"\b({_NAMES})\b(?:\s*\(?\$[^$]{{1,30}}\$\)?)?\s*(?:is|was|are|were|of|=|:|to|at|set to|is set to"
    rf"|was set to|equal to|fixed at|fixed to|with|as)*\s*(?:set to |about |approximately |around |up to "
    rf"|fixed (?:to|at) )?"
    r"(\$[^$]*\d[^$]*\$|\d[\d,.]*(?:\s?[e×x]\s?[-−]?\d+)?(?:\^[-−]?\d+)?(?:[kmb%])?)(?![\w])",
)
_COUNTED = re.compile(
    r"(?<![\w.$])(\d[\d,.]*[KMBk]?)[ -](layers|heads|attention heads|epochs|steps|iterations|warm-?up steps"
    r"|random seeds|seeds|experts|bits?|tokens|GPUs|runs)\b",
    re.IGNORECASE,
)
_BETAS = re.compile(
    r"\$([^$]*\\(?:beta|epsilon|lambda|gamma|alpha|eta|tau|sigma|mu|rho)[^$=]{0,12})=\s*([^$]*?\d[^$]*)\$"
)
_DIGIT = re.compile(r"\d")
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
_CODE = re.compile(
    r"github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co|zenodo\.org|figshare\.com|osf\.io"
    r"|anonymous\.4open|sourceforge|kaggle\.com|dataverse|pypi\.org|colab\.|code\.google|git\.io",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A hyperparameter as the paper sets it."""

    name: str
    value: str
    said: Said


def _setting_sentences(reading: PaperReading) -> list[Said]:
    """Sentences of method, experiments and appendix: where settings stand."""
    wanted = (Part.METHOD, Part.EXPERIMENTS, Part.ABLATION, Part.BACKGROUND, Part.DISCUSSION, Part.OTHER)
    return [said for said in reading.sentences if said.part in wanted or said.appendix]


def find_parameters(reading: PaperReading) -> list[Parameter]:
    """Hyperparameters with a value, each name and value once, in the order of the paper."""
    found: dict[tuple[str, str], Parameter] = {}
    for said in _setting_sentences(reading):
        text = said.text
        if said.words.isdisjoint(_SETTING_WORDS) or not (_DIGIT.search(text) or _OPTIMIZER.search(text)):
            continue
        for name, value in _assignments(text):
            key = (name.lower(), value)
            if key not in found and reading.quotes(said):
                found[key] = Parameter(name, value, said)
        if len(found) >= 60:
            break
    return list(found.values())


def _assignments(text: str) -> Iterable[tuple[str, str]]:
    if _DIGIT.search(text):
        lowered = text.lower()  # far cheaper to search than with case ignored; same length but for a few letters
        for match in _ASSIGNED.finditer(lowered if len(lowered) == len(text) else text):
            yield match[1], text[match.start(2) : match.end(2)].strip().rstrip(".,")
        for match in _COUNTED.finditer(text):
            yield match[2], match[1].rstrip(".,")
        for match in _BETAS.finditer(text) if "=" in text else ():
            yield f"${match[1].strip()}$", match[2].strip()
    if re.search(r"\b(?:optimi[sz]e[rd]?|train(?:ed|ing)?)\b", text):
        for match in _OPTIMIZER.finditer(text):
            yield "optimizer", match[1]


def write_configs(ledger: Ledger, parameters: Sequence[Parameter]) -> dict[str, str]:
    """``src/configs/training.md``, where the paper states a hyperparameter; nothing otherwise."""
    if not parameters:
        return {}
    by_name: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        by_name.setdefault(parameter.name.lower(), []).append(parameter)
    blocks = ["# Configuration stated in the paper"]
    for group in by_name.values():
        first = group[0]
        for parameter in group:
            ledger.enter(f"parameter: {first.name}", parameter.said)
        blocks.append(
            f"## {first.name}\n- **Value**: {'; '.join(parameter.value for parameter in group)}\n- "
            f"**Rationale**: {UNSTATED}\n"
            f"- **Search range**: {UNSTATED}\n- **Sensitivity**: {UNSTATED}\n"
            f"- **Source**: "
            f"{'; '.join(dict.fromkeys(quote_line(ledger.reading, parameter.said) for parameter in group[:4]))}"
        )
    return {"src/configs/training.md": "\n\n".join(blocks) + "\n"}


def write_environment(ledger: Ledger, *, theory: bool) -> str:
    """``src/environment.md``: one bullet a topic, each with the sentence that says so."""
    reading = ledger.reading
    sentences = [said for said in reading.sentences if said.part is not Part.RELATED]
    topics = (
        ("Language/runtime", languages_in, LANGUAGE_WORDS),
        ("Framework", frameworks_in, FRAMEWORK_WORDS),
        ("Hardware", hardware_in, None),
        ("Data sources", datasets_in, DATASET_WORDS),
    )
    lines = ["# Environment", ""]
    if theory:
        lines += ["The work is analytical as far as the source shows: it reports no training run.", ""]
    for topic, find, sieve in topics:
        named: list[str] = []
        first: Said | None = None
        for said in sentences if topic == "Language/runtime" else _setting_sentences(reading):
            if sieve is not None and said.words.isdisjoint(sieve):
                continue
            new = [name for name in find([said.text]) if name not in named]
            if new and reading.quotes(said):
                named.extend(new)
                first = first or said
        if first is None:
            lines.append(f"- **{topic}**: {UNSTATED}")
        else:
            ledger.enter(f"environment: {topic}", first)
            lines.append(f"- **{topic}**: {', '.join(named[:16])} ({quote_line(reading, first)})")
    lines.append(f"- **Key dependencies**: {UNSTATED}")
    lines.append(f"- **Protocols**: {UNSTATED}")
    seeds = next(
        (
            said
            for said in sentences
            if ("seed" in said.words or "seeds" in said.words) and says_seed(said.text) and reading.quotes(said)
        ),
        None,
    )
    if seeds is not None:
        ledger.enter("environment: Random seeds", seeds)
    lines.append(f"- **Random seeds**: {f'{seeds.text} ({quote_line(reading, seeds)})' if seeds else UNSTATED}")
    return "\n".join(lines) + "\n"


def code_addresses(reading: PaperReading) -> list[tuple[str, int, int]]:
    """Addresses of code and data that stand in the paper's own text, each once."""
    found: dict[str, tuple[str, int, int]] = {}
    for url, start, end in reading.document.urls:
        plain = url.strip().replace("\\_", "_").replace("\\%", "%").replace("\\#", "#")
        if _CODE.search(plain):
            plain = plain if "://" in plain else f"https://{plain}"
            found.setdefault(plain.rstrip("/.").lower(), (plain, start, end))
    return list(found.values())


def write_artifacts(ledger: Ledger, addresses: Sequence[tuple[str, int, int]], claims: Sequence[str]) -> dict[str, str]:
    """``src/artifacts.md``: where the paper says its code and data are; nothing where it says nothing."""
    if not addresses:
        return {}
    blocks = ["# Artifacts", "Pointers the paper gives; the repositories themselves were not read."]
    for url, start, end in addresses[:20]:
        place = ledger.reading.document.source.locate(start, end)
        ledger.enter_range(f"artifact: {url}", start, end, "link in the paper")
        name = re.sub(r"^https?://(?:www\.)?", "", url)
        nature = "data" if re.search(r"dataset|zenodo|figshare|dataverse|osf\.io", url, re.IGNORECASE) else "code"
        blocks.append(
            f"## {heading(name)}\n- **File(s) in repo**: {UNSTATED}; {url}\n- **Nature**: {nature}\n- **What "
            f"it does / contains**: {UNSTATED}\n"
            f"- **How to use / run**: {UNSTATED}\n- **Claims supported**: {UNSTATED}\n- **Source**: {place}"
        )
    return {"src/artifacts.md": "\n\n".join(blocks) + "\n"}
