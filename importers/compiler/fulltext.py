"""The full-text compile: a read LaTeX paper becomes a whole ARA. Pure: no network, no database, no clock.

Each part is written apart; one that fails falls back to less and says so, and what fails the self-check is not
emitted. The same source and record give the same bytes. Running it with bounded time and memory is
`importers.compiler.sandbox`'s work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from importers.compiler.binding import index_cells
from importers.compiler.claim_finding import FoundClaim, find_claims
from importers.compiler.claim_weight import content_words
from importers.compiler.claims import Claim, make_claims
from importers.compiler.claims_file import Bindings, write_claims
from importers.compiler.code_pointers import code_addresses, write_artifacts
from importers.compiler.concepts import find_concepts, find_notation, write_concepts
from importers.compiler.conditions import boundary_of, bounding
from importers.compiler.configs import find_parameters, tabled_parameters, write_configs
from importers.compiler.environment import write_environment
from importers.compiler.evidence import file_exhibits, write_evidence
from importers.compiler.experiments import Experiment, find_experiments, prove, write_experiments
from importers.compiler.exploration import write_tree
from importers.compiler.front_page import FrontMatter, write_front_page
from importers.compiler.illustration import Illustrate, Illustrations
from importers.compiler.keywords import MAX_KEYWORDS, find_keywords
from importers.compiler.ledger import UNSTATED, Ledger
from importers.compiler.metadata import CompiledClaim
from importers.compiler.names import own_names
from importers.compiler.paper_reading import PaperReading, Said, read_paper
from importers.compiler.problem import find_problem, write_problem
from importers.compiler.proofs import write_proofs
from importers.compiler.related_work import Link, find_links, write_related_work
from importers.compiler.self_check import Doubts, SourceWitness, doubts_of, quiet_guillemets, witness_of
from importers.compiler.solution import limits_of, write_solution
from importers.compiler.stated_keywords import stated_keywords
from importers.compiler.suggestions import apply_answer, bind_runs, mark
from importers.latex.document import Document
from importers.latex.reader import read
from importers.latex.source import SourceTree
from registry.ara.artifact import Artifact
from registry.categories import category_name
from registry.identifiers import ArxivId, parse_arxiv_id
from registry.papers import ArxivPaper

COMPILER = "fulltext/2"
LEAST_SENTENCES = 3  # what has fewer is a stub: nothing to be read in full
_VERBATIM = re.compile(r"(«[^»]*»|\[[^\]\n]*\]\([^)\n]*\)|\([^()\n]*characters \d+-\d+\))")
_STUBS = {
    "logic/claims.md": "# Claims\n\nThis part could not be compiled from the source.\n",
    "logic/problem.md": (
        f"# Problem\n\n## Observations\n\n{UNSTATED}\n\n## Gaps\n\n{UNSTATED}\n\n## Key Insight\n\n- "
        f"**Insight**: {UNSTATED}\n"
    ),
    "logic/concepts.md": "# Concepts\n\nThis part could not be compiled from the source.\n",
    "logic/experiments.md": "# Experiments\n\nThis part could not be compiled from the source.\n",
    "logic/related_work.md": "# Related work\n\nThis part could not be compiled from the source.\n",
    "logic/solution/constraints.md": f"# Constraints\n\n{UNSTATED}\n",
    "src/environment.md": f"# Environment\n\n{UNSTATED}\n",
    "evidence/README.md": (
        "# Evidence index\n\n| File | Source | Claims | Description |\n|------|--------|--------|-------------|\n"
    ),
}


@dataclass(frozen=True, slots=True)
class CitationLink:
    """A cited work that can be found again, and how the paper uses it; feeds the ranking."""

    key: str
    arxiv_id: str | None
    doi: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class FullCompilation:
    """An artifact with what was reached and what was given up. ``level``: full, partial, pdf or metadata.

    ``stated_keywords`` are the authors' own, none where the source names none; ``keywords`` goes on from them.
    """

    artifact: Artifact
    claims: tuple[CompiledClaim, ...]
    keywords: tuple[str, ...]
    level: str
    compiler: str
    parts: Mapping[str, str]
    notes: tuple[str, ...]
    links: tuple[CitationLink, ...] = ()
    stated_keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Keywords:
    """The authors' own, and those with what the text adds."""

    stated: tuple[str, ...]
    all: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """The parts as they come to be."""

    ledger: Ledger
    files: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def part(self, name: str, write: Callable[[], Mapping[str, str]], stub: str = "") -> None:
        """Write one part; if that fails, its stub stands and the part says so."""
        try:
            written = write()
        except Exception as error:  # noqa: BLE001 - one part must not take the whole artifact with it
            self.parts[name] = "failed"
            self.notes.append(f"{name} failed: {type(error).__name__}: {str(error)[:160]}")
            written = {stub: _STUBS[stub]} if stub else {}
        else:
            self.parts[name] = "full"
        self.files.update(written)


def compile_source(
    paper: ArxivPaper | None,
    source: SourceTree,
    *,
    illustrate: Illustrate | None = None,
    frugal: bool = False,
    answer: str | None = None,
) -> FullCompilation:
    """Compile a LaTeX tree. ``paper`` is arXiv's record, where there is one; ``illustrate`` makes the pictures.

    ``answer`` is what an optional model said of the claims of an earlier compile; it is taken as far as the source
    bears it out. ``frugal`` expands no macros and reads fewer files: the second try for a source that ate its first.
    Raises InvalidArtifact where the tree holds no TeX; nothing else on any source.
    """
    reading = read_paper(read(source, frugal=frugal))
    level = "partial" if frugal else "full"
    return compile_reading(paper, reading, illustrate=illustrate, level=level, answer=answer)


def compile_reading(
    paper: ArxivPaper | None,
    reading: PaperReading,
    *,
    illustrate: Illustrate | None = None,
    level: str = "full",
    answer: str | None = None,
) -> FullCompilation:
    """Compile a paper that was read; sentences that fail the self-check are left out and the claims made anew.

    ``level`` is the deepest this reading can reach.
    """
    witness = witness_of(reading.document)
    keywords = _keywords(paper, reading)
    made, failed = _illustrated(reading, illustrate)
    refused: set[int] = set()
    for _ in range(3):
        draft, claims = _write_all(reading, refused, made, level, answer, keywords.all)
        doubts = doubts_of(witness, draft.files)
        if doubts.none:
            break
        doubtful = {said.order for claim in claims for said in claim.sentences if _is_doubtful(reading, said, witness)}
        if not doubtful - refused:
            break
        refused |= doubtful
    _refuse(draft, doubts)
    draft.files = {path: quiet_guillemets(text, witness) for path, text in draft.files.items()}
    draft.notes.extend(failed)
    return _finish(paper, reading, draft, claims, made, level, keywords)


def _illustrated(reading: PaperReading, illustrate: Illustrate | None) -> tuple[Illustrations, list[str]]:
    """The pictures; a failure to make them costs the pictures only, and is noted."""
    if illustrate is None:
        return Illustrations(), []
    try:
        return illustrate(reading.document, file_exhibits(reading)), []
    except Exception as error:  # noqa: BLE001 - libraries that read untrusted pictures must not take the text with them
        return Illustrations(), [f"pictures failed: {type(error).__name__}: {str(error)[:160]}"]


def _is_doubtful(reading: PaperReading, said: Said, witness: SourceWitness) -> bool:
    return not all(witness.holds(quote) for quote in reading.quotes(said))


def _refuse(draft: _Draft, doubts: Doubts) -> None:
    """Files with a quote or number that the source does not hold are not emitted as they are."""
    for path, quote in doubts.quotes:
        draft.notes.append(f"self-check: a quote in {path} was not found in the source and is left out")
        draft.files[path] = draft.files[path].replace(f"«{quote}»", "[quote withheld by the self-check]")
    for path, number in doubts.numbers:
        draft.notes.append(f"self-check: the number {number} in {path} was not found in the source")
        draft.files[path] = _without_number(draft.files[path], number)


def _without_number(text: str, number: str) -> str:
    """The number withheld where we say it, never inside a quote, a path or a reference to a place."""
    found = re.compile(rf"(?<![\d.,]){re.escape(number)}(?![\d])")
    pieces = _VERBATIM.split(text)
    return "".join(piece if at % 2 else found.sub("[withheld]", piece) for at, piece in enumerate(pieces))


def _write_all(
    reading: PaperReading,
    refused: set[int],
    made: Illustrations,
    level: str,
    answer: str | None,
    keywords: tuple[str, ...],
) -> tuple[_Draft, list[Claim]]:
    ledger = Ledger(reading)
    draft = _Draft(ledger)
    document = reading.document
    paths = file_exhibits(reading)
    names = own_names(reading)
    found = [kept for claim in find_claims(reading, names) if (kept := _without(claim, refused)) is not None]
    claims = make_claims(reading, found, names, index_cells(document.exhibits))
    if level == "pdf":
        claims = [replace(claim, marks=(*claim.marks, "pdf-text", "lower-confidence")) for claim in claims]
    suggested = apply_answer(reading, claims, answer)
    claims = list(suggested.claims)
    draft.notes.extend(suggested.notes)
    experiments = find_experiments(reading, claims)
    proofs, bound = bind_runs(suggested, prove(reading, claims, experiments), experiments)
    if suggested.bindings:
        offered = len(suggested.bindings)
        draft.notes.append(f"the model offered {offered} bindings to experiments, {len(bound)} were taken")
        claims = [mark(claim) if claim.id in bound else claim for claim in claims]
    claims = [replace(claim, status="supported") if proofs.get(claim.id) else claim for claim in claims]
    printed = write_proofs(ledger, claims)
    addresses = code_addresses(reading)
    run = f"see {addresses[0].url} ([src/artifacts.md](../src/artifacts.md))" if addresses else UNSTATED
    problem = find_problem(reading, names)
    draft.part(
        "claims",
        lambda: {
            "logic/claims.md": write_claims(
                ledger,
                claims,
                Bindings(
                    proofs, experiments, paths, _boundaries(reading, claims), _dependencies(claims), keywords=keywords
                ),
            )
        },
        "logic/claims.md",
    )
    draft.part(
        "evidence",
        lambda: write_evidence(
            ledger,
            claims,
            paths,
            made,
            _paths_of(printed),
        ),
        "evidence/README.md",
    )
    draft.files.update(dict(printed.values()))
    draft.part(
        "experiments",
        lambda: {"logic/experiments.md": _experiments_file(ledger, experiments, claims, proofs, paths, run, printed)},
        "logic/experiments.md",
    )
    draft.part(
        "problem",
        lambda: {"logic/problem.md": write_problem(ledger, problem, [claim.id for claim in claims[:3]])},
        "logic/problem.md",
    )
    draft.part(
        "concepts",
        lambda: {"logic/concepts.md": write_concepts(ledger, find_concepts(reading, names), find_notation(reading))},
        "logic/concepts.md",
    )
    draft.part("solution", lambda: write_solution(ledger), "logic/solution/constraints.md")
    links = draft.links = find_links(reading, names)
    draft.part(
        "related work",
        lambda: {"logic/related_work.md": write_related_work(ledger, links, claims)},
        "logic/related_work.md",
    )
    theory = not any(not experiment.theorem for experiment in experiments)
    draft.part(
        "environment", lambda: {"src/environment.md": write_environment(ledger, theory=theory)}, "src/environment.md"
    )
    draft.part("configs", lambda: write_configs(ledger, find_parameters(reading), tabled_parameters(reading)))
    draft.part("artifacts", lambda: write_artifacts(ledger, addresses))
    draft.part(
        "exploration tree",
        lambda: {
            "trace/exploration_tree.yaml": write_tree(ledger, problem, claims, experiments, proofs, suggested.dead_ends)
        },
    )
    if "trace/exploration_tree.yaml" not in draft.files:
        draft.files["trace/exploration_tree.yaml"] = (
            "tree:\n  - id: N01\n    type: question\n    title: Research question\n    support_level: inferred\n"
        )
    draft.parts.update(_lessened(document))
    draft.notes.extend(document.notes)
    return draft, claims


def _lessened(document: Document) -> dict[str, str]:
    """The sections that could be read in part only, each with the first reason; the others are as full as the parts."""
    return {
        f"section: {document.sections[index].sign if index is not None else 'front matter'}": f"partial ({reason})"
        for index, reason in document.lessened.items()
    }


def _without(claim: FoundClaim, refused: set[int]) -> FoundClaim | None:
    kept = tuple(said for said in claim.sentences if said.order not in refused)
    return replace(claim, sentences=kept) if kept else None


def _boundaries(reading: PaperReading, claims: list[Claim]) -> dict[str, Said]:
    """For each claim the limit the paper states that speaks most of it; none where none does."""
    limits = bounding(limits_of(reading))
    found = {claim.id: boundary_of(claim.sentences, limits) for claim in claims}
    return {claim: said for claim, said in found.items() if said is not None}


def _dependencies(claims: list[Claim]) -> dict[str, list[str]]:
    """A theorem that refers to the label of another depends on it, a claim told with another's sentence on that."""
    labels: dict[str, str] = {}
    theorems = [(claim.id, content_words(claim.statement)) for claim in claims if claim.theorem]
    found: dict[str, list[str]] = {claim.id: list(claim.rests_on) for claim in claims}
    for claim in claims:
        if claim.theorem:
            for said in claim.sentences:
                for label in said.sentence.refs:
                    if (
                        label in labels
                        and labels[label] != claim.id
                        and labels[label] not in found.setdefault(claim.id, [])
                    ):
                        found[claim.id].append(labels[label])
            if claim.sentences[0].sentence.label:
                labels[claim.sentences[0].sentence.label] = claim.id
        elif theorems and any(_PROVES.search(text) for text in claim.texts):
            found[claim.id] += [name for name in _stated_by(claim, theorems) if name not in found[claim.id]]
    return {claim: known for claim, known in found.items() if known}


_PROVES = re.compile(
    r"\b(?:prov(?:e|es|ed|ing)|analy[sz]e\w*|theorem|guarantees?|(?:lower|upper) bounds?)\b", re.IGNORECASE
)


def _stated_by(claim: Claim, theorems: list[tuple[str, frozenset[str]]]) -> list[str]:
    """The theorems that say in full what a headline says was proved: most of their words in common, two at most."""
    wanted = content_words(" ".join(claim.texts))
    common = [(len(wanted & words), name) for name, words in theorems if len(wanted & words) >= 4]
    best = max((count for count, _ in common), default=0)
    return [name for count, name in common if count >= 0.7 * best][:2]


def _experiments_file(
    ledger: Ledger,
    experiments: list[Experiment],
    claims: list[Claim],
    proofs: Mapping[str, list[str]],
    paths: Mapping[int, str],
    run: str,
    printed: Mapping[str, tuple[str, str]],
) -> str:
    return write_experiments(ledger, experiments, claims, proofs, paths, run, _paths_of(printed))


def _paths_of(printed: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {claim: path for claim, (path, _) in printed.items()}


def _finish(
    paper: ArxivPaper | None,
    reading: PaperReading,
    draft: _Draft,
    claims: list[Claim],
    made: Illustrations,
    level: str,
    keywords: _Keywords,
) -> FullCompilation:
    whole = all(reached == "full" for reached in draft.parts.values())
    level = level if whole and len(reading.sentences) >= LEAST_SENTENCES else "partial"
    front = FrontMatter(
        title=paper.title if paper else reading.title,
        authors=paper.authors if paper and paper.authors else reading.document.authors,
        year=parse_arxiv_id(paper.arxiv_id).year if paper else None,
        identifier=f"arXiv:{ArxivId(paper.arxiv_id, paper.version)}" if paper else None,
        domain=_domain(paper),
        keywords=keywords.all,
        abstract=(paper.abstract if paper and paper.abstract else reading.abstract),
        level=level,
        compiler=COMPILER,
    )
    files = {path: draft.files[path] for path in sorted(draft.files)}
    members = [*files, "provenance.json"]
    page = write_front_page(front, [claim.statement for claim in claims], draft.parts, draft.notes, members)
    files["PAPER.md"] = quiet_guillemets(page)
    content = {path: text.encode() for path, text in files.items()}
    content["provenance.json"] = draft.ledger.as_json()
    content.update(made.pictures)
    return FullCompilation(
        artifact=Artifact(content),
        claims=tuple(_compiled(reading, claim) for claim in claims),
        keywords=keywords.all,
        level=level,
        compiler=COMPILER,
        parts=draft.parts,
        notes=tuple(draft.notes),
        links=_links(reading, draft.links),
        stated_keywords=keywords.stated,
    )


def _keywords(paper: ArxivPaper | None, reading: PaperReading) -> _Keywords:
    """What the authors state first, then what their title and abstract make most of; ten at most."""
    first: dict[str, str] = {}
    found = find_keywords(paper.title if paper else reading.title, reading.abstract)
    stated = stated_keywords(reading.document.source)
    for keyword in (*stated, *found):
        first.setdefault(keyword.casefold(), keyword)
    return _Keywords(stated, tuple(first.values())[:MAX_KEYWORDS])


def _domain(paper: ArxivPaper | None) -> str | None:
    if paper is None or paper.primary_category is None:
        return None
    return category_name(paper.primary_category) or paper.primary_category


def _links(reading: PaperReading, links: list[Link]) -> tuple[CitationLink, ...]:
    kinds = {link.work.key: link.kind for link in links}
    works = reading.document.works
    return tuple(
        CitationLink(key, works[key].arxiv_id, works[key].doi, kinds.get(key, "cites"))
        for key in reading.document.cited
        if key in works and (works[key].arxiv_id or works[key].doi)
    )


def _compiled(reading: PaperReading, claim: Claim) -> CompiledClaim:
    return CompiledClaim(
        id=claim.id,
        title=claim.title,
        statement=claim.statement,
        status=claim.status,
        quotes=tuple((quote, reading.reference(said)) for said in claim.sentences for quote in reading.quotes(said)),
    )
