"""What the full-text compile finds and binds in a small paper."""

from __future__ import annotations

import json

from importers.compiler.fulltext import FullCompilation, compile_source
from importers.latex.source import SourceTree
from registry.papers import ArxivPaper, Source

TABLE = (
    "\\begin{table}\\caption{Accuracy.}\\label{t}\\begin{tabular}{lr}Method & Acc\\\\ \\hline Base~\\cite{b} "
    "& 81.2\\\\ "
    "Ours & 91.7\\end{tabular}\\end{table}"
)


def compiled(body: str, *, paper: ArxivPaper | None = None, bib: str = "", preamble: str = "") -> FullCompilation:
    text = f"\\documentclass{{article}}\\title{{A Title of Work}}{preamble}\\begin{{document}}{body}\\end{{document}}"
    return compile_source(paper, SourceTree({"main.tex": text.encode(), "refs.bib": bib.encode()}))


def test_same_source_same_bytes():
    body = "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}" + TABLE
    assert compiled(body).artifact.digest == compiled(body).artifact.digest


def test_a_claim_is_bound_to_the_cell_its_number_stands_in():
    found = compiled(
        "\\begin{abstract}We show that our classifier achieves 91.7\\% accuracy, better than the "
        "baseline.\\end{abstract}" + TABLE
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "91.7 at row “Ours”, column “Acc”" in claims
    assert "Supports**: C01" in found.artifact.files["evidence/tables/table1.md"].decode()


def test_a_difference_that_stands_in_no_cell_is_bound_to_the_two_rows_it_lies_between():
    table = (
        "\\begin{table}\\caption{AUC.}\\label{t}\\begin{tabular}{lr}Method & AUC\\\\ \\hline Plain trees & 0.5970\\\\ "
        "Pruned trees & 0.6029\\\\ Pruned trees with moss & 0.6083\\end{tabular}\\end{table}"
    )
    found = compiled(
        "\\begin{abstract}We prune.\\end{abstract}\\section{Results}Pruned trees achieve 0.0059 absolute AUC gain over "
        f"plain trees. {table}"
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "difference: 0.0059 between rows “Plain trees” and “Pruned trees”, column “AUC”" in claims


def test_a_headline_stands_on_the_table_that_bears_its_proper_names():
    table = (
        "\\begin{table}\\caption{Seconds a tree.}\\begin{tabular}{lr}Saw & s\\\\ \\hline SawBot & 20.0\\\\ OakCut-2 & "
        "17.4\\end{tabular}\\end{table}"
    )
    found = compiled(
        "\\begin{abstract}We show that pruning is 15\\% faster with SawBot than with OakCut-2.\\end{abstract}"
        f"\\section{{Results}}We measure. {table}"
    )
    assert "Unnumbered table" not in (claims := found.artifact.files["logic/claims.md"].decode())
    assert (
        "Table 1 ([evidence/tables/table1.md](../evidence/tables/table1.md)), bears the names OakCut-2, SawBot"
        in claims
    )


def test_a_limit_of_the_method_bounds_headlines_that_speak_of_it_only():
    found = compiled(
        "\\begin{abstract}We show that pruning of wet leaves is 15\\% faster by saw.\\end{abstract}\\section{Results}"
        "Our saw is 3$\\times$ louder than felling. \\section{Limitations}Our current approach to pruning requires wet "
        "leaves."
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert claims.count("Stated limit: Our current approach to pruning requires wet leaves.") == 1


def test_results_told_under_results_and_discussion_are_results_of_a_run():
    found = compiled(
        "\\begin{abstract}We prune.\\end{abstract}\\section{Results and Discussion}We find that pruned trees "
        f"outperform shrubs by 12\\%. {TABLE}"
    )
    assert "**Proof**: [E01]" in found.artifact.files["logic/claims.md"].decode()


def test_what_is_to_be_done_and_what_a_thing_is_are_no_claims():
    found = compiled(
        "\\begin{abstract}We show that trees outperform woods by 12\\%.\\end{abstract}\\section{Introduction}"
        "\\begin{itemize}\\item Reduce the efficacy of saws that rely on water to improve growth by 3\\%."
        "\\item Prune, a design that prohibits decay and improves woods by 4\\%, enabling owners to find rot."
        "\\end{itemize}\\section{Results} As requested by both reviewers, we find that elms outperform oaks by 5\\%."
    )
    assert [claim.statement for claim in found.claims] == ["Trees outperform woods."]


def test_sections_that_pandoc_writes_and_sections_that_are_environments_are_sections():
    found = compiled(
        "\\begin{abstract}We prune.\\end{abstract}\\hypertarget{results}{%\n\\section{Results}\\label{results}}\n"
        "We find that trees outperform shrubs by 12\\%. We prune in spring.\\begin{section}{Ablation}We find that "
        "without saws pruned trees lose 3\\% of their gain. We use no saw.\\end{section}\\section*{References}"
        "Oaken, A. We find that elms outperform oaks by 5\\%. Woods, 2001."
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "(§1 Results" in claims
    assert "(§2 Ablation" in claims
    assert "elms" not in claims.lower()


def test_a_section_on_the_setup_is_no_run_but_tells_every_run_its_hardware():
    runs = "".join(
        f"\\subsection{{{name}}}We plant {name.lower()} in rows. We find that {name.lower()} grow 3\\% faster than "
        f"shrubs, as in Figure~\\ref{{{name}}}. We repeat it."
        f"\\begin{{figure}}\\caption{{{name}.}}\\label{{{name}}}\\end{{figure}}"
        for name in ("Oaks", "Elms")
    )
    found = compiled(
        "\\begin{abstract}We plant.\\end{abstract}\\section{Experiments}We plant trees. "
        "\\subsection{Experimental Setup}"
        f"We use one A100 GPU for all runs. We use seeds. We average.{runs}"
    )
    experiments = found.artifact.files["logic/experiments.md"].decode()
    assert [line for line in experiments.splitlines() if line.startswith("## ")] == ["## E01: Oaks", "## E02: Elms"]
    assert experiments.count("one A100 GPU for all runs") >= 2


def test_a_float_that_drifted_into_a_section_is_evidence_where_it_is_spoken_of():
    figure = "\\begin{figure}\\caption{Growth of oaks.}\\label{oaks}\\end{figure}"
    found = compiled(
        "\\begin{abstract}We plant.\\end{abstract}\\section{Experiments}We plant trees."
        "\\subsection{Oaks}We plant oaks. Figure~\\ref{oaks} shows that oaks grow 3\\% faster than shrubs. We stop."
        f"\\subsection{{Elms}}We plant elms. We find that elms grow 4\\% faster than shrubs. We repeat it. {figure}"
    )
    oaks, elms = found.artifact.files["logic/experiments.md"].decode().split("## E02: Elms")
    assert "figures/figure1.md" in oaks
    assert "figures/figure1.md" not in elms


def test_this_data_set_is_the_one_that_the_section_is_about_and_other_numbers_are_other_results():
    found = compiled(
        "\\begin{abstract}We prune.\\end{abstract}\\section{Comparison on the OakNet Dataset}Our trees achieve 0.59 "
        "absolute gain over shrubs in height. Our trees with moss achieve 0.83 absolute gain over shrubs in height. "
        "Compared with ferns, which do best on this dataset, our trees achieve 0.12 absolute gain."
    )
    assert [claim.statement for claim in found.claims] == [
        "The trees achieve absolute gain over shrubs in height.",
        "The trees with moss achieve absolute gain over shrubs in height.",
        "Compared with ferns, which do best on the OakNet dataset, the trees achieve absolute gain.",
    ]


def test_a_headline_that_two_runs_fit_as_weakly_is_bound_to_neither():
    runs = "".join(
        f"\\subsection{{{name}}}We plant {name.lower()} in rows of growth. We water {name.lower()}. We count them."
        for name in ("Oaks", "Elms")
    )
    found = compiled(
        "\\begin{abstract}We show that pruning by drones from orbit improves seasonal growth by 12\\%.\\end{abstract}"
        f"\\section{{Experiments}}We plant trees. {runs}"
    )
    assert "**Proof**: Not specified in paper" in found.artifact.files["logic/claims.md"].decode()


def test_the_name_of_a_cited_work_stays_where_it_owns_something():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%, consistent with \\cite{oak}'s finding."
        "\\end{abstract}",
        bib="@article{oak, author={Oaken, Ann}, title={On elms}, year={2020}}",
        preamble="\\bibliography{refs}",
    )
    assert "consistent with Oaken" in found.claims[0].statement
    assert "with's" not in found.claims[0].statement


def test_pointers_definitions_and_other_peoples_findings_are_no_claims():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\% on shade.\\end{abstract}\\section{Results}"
        "The check that our trees achieve comparable growth with earlier ones is shown in Table 1. If a wood is larger "
        "than a grove, we call it a stable forest of higher order. Elms have been shown to be efficient on large "
        "plots."
    )
    assert [claim.statement for claim in found.claims] == ["Trees outperform forests on shade."]


def test_the_same_claim_told_twice_is_one_claim_with_both_quotes():
    found = compiled(
        "\\begin{abstract}We show that pruned trees reduce memory by 42.5\\% compared to full trees.\\end{abstract}"
        "\\section{Conclusion}Pruned trees reduce memory by 42.5\\% compared to full trees in our experiments."
    )
    assert len(found.claims) == 1
    assert len(found.claims[0].quotes) == 2


def test_other_peoples_results_are_no_claims():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}"
        "\\section{Related Work}Existing methods outperform rules by 40\\% \\cite{b}. Prior work achieves "
        "77.7\\% accuracy."
    )
    assert [claim.statement for claim in found.claims] == ["Trees outperform forests."]


def test_theorems_are_claims_with_their_proofs():
    found = compiled(
        "\\begin{abstract}We study trees.\\end{abstract}\\section{Results}\\begin{lem}\\label{l}Every finite "
        "tree has a leaf.\\end{lem}"
        "\\begin{proof}Walk until you stop.\\end{proof}"
        "\\begin{thm}Let $T$ be a finite tree. By Lemma~\\ref{l}, it has two leaves.\\end{thm}",
        preamble="\\newtheorem{thm}{Theorem}\\newtheorem{lem}{Lemma}",
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "Every finite tree has a leaf." in claims
    assert "**Dependencies**: [C01]" in claims
    assert "Walk until you stop." in found.artifact.files["evidence/proofs/proof_C01.md"].decode()


def test_links_to_cited_works_carry_identifiers_and_kind():
    found = compiled(
        "\\begin{abstract}We study trees.\\end{abstract}\\section{Experiments}We compare with Base~\\cite{b} "
        "as a baseline.",
        bib="@article{b, title={Base}, author={Roe, A.}, year=2019, journal={arXiv preprint arXiv:1901.01234}}",
    )
    assert [(link.arxiv_id, link.kind) for link in found.links] == [("1901.01234", "baseline")]


def test_the_record_of_arxiv_comes_before_what_the_source_says():
    paper = ArxivPaper(
        arxiv_id="2205.14135",
        title="Real Title",
        source=Source.OAI,
        authors=("A. One",),
        primary_category="cs.LG",
        version=2,
    )
    front = compiled("\\begin{abstract}We study trees.\\end{abstract}", paper=paper).artifact.files["PAPER.md"].decode()
    assert 'title: "Real Title"' in front
    assert 'doi: "arXiv:2205.14135v2"' in front
    assert "year: 2022" in front


def test_provenance_gives_the_characters_of_every_quote():
    body = "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}"
    found = compiled(body)
    provenance = json.loads(found.artifact.files["provenance.json"])
    entry = provenance["statements"]["C01"][0]
    text = f"\\documentclass{{article}}\\title{{A Title of Work}}\\begin{{document}}{body}\\end{{document}}"
    assert (
        text[entry["start"] : entry["end"]] == entry["quotes"][0] == "We show that trees outperform forests by 12\\%."
    )


def test_what_the_paper_does_not_say_is_said_to_be_unsaid():
    files = compiled("\\begin{abstract}We study trees.\\end{abstract}").artifact.files
    assert "Not specified in paper" in files["src/environment.md"].decode()
    assert "src/configs/training.md" not in files
    assert "src/artifacts.md" not in files


def test_a_sentence_that_leans_is_told_with_the_one_before_and_rests_on_it():
    found = compiled(
        "\\begin{abstract}We show that paging improves the throughput of servers by 2.4$\\times$ compared to slabs. "
        "The improvement is more pronounced with longer sequences and larger models.\\end{abstract}"
    )
    assert [claim.statement for claim in found.claims] == [
        "Paging improves the throughput of servers compared to slabs.",
        "Paging improves the throughput of servers compared to slabs. The improvement is more pronounced with longer "
        "sequences and larger models.",
    ]
    assert "**Dependencies**: [C01]" in found.artifact.files["logic/claims.md"].decode()


def test_a_number_of_a_header_or_a_name_binds_nothing():
    table = (
        "\\begin{table}\\caption{Times.}\\begin{tabular}{lrr}Length & 512 & 1024\\\\ \\hline Record 1.1 & 20.0 "
        "& 31.5\\end{tabular}\\end{table}"
    )
    found = compiled(
        "\\begin{abstract}We show that trees of 512 nodes are faster than the record of version 1.1.\\end{abstract}"
        + table
    )
    assert "same value" not in found.artifact.files["logic/claims.md"].decode()


def test_noun_phrases_and_what_is_merely_offered_are_no_claims():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}\\section{Introduction}"
        "Our contributions are:\\begin{itemize}\\item A new family of faster and significantly more accurate trees."
        "\\item We propose several extensions that improve the utility of trees.\\item The system has been deployed, "
        "bringing significant improvement to the business.\\end{itemize}"
    )
    assert [claim.statement for claim in found.claims] == ["Trees outperform forests."]


def test_results_of_different_sections_stay_apart_in_the_same_words():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}\\section{Experiments}"
        "\\subsection{Ablation of the root}We find that the root loss consistently enhances the model on most "
        "benchmarks.\\subsection{Ablation of the leaf}We find that the leaf loss consistently enhances the model on "
        "most benchmarks."
    )
    assert [claim.statement.split()[1] for claim in found.claims[1:]] == ["root", "leaf"]


def test_purposes_pointers_and_plans_are_no_claims():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}\\section{Experiments}"
        "Next, to verify whether trees scale better than forests and to find out which of them is faster. "
        "We also show the best and the worst trees, in the same order. "
        "Because we observe in Section 5.5 that trees converge faster, we focus on the first ten epochs. "
        "Applying faster trees to other tasks is a promising direction for future work."
    )
    assert [claim.statement for claim in found.claims] == ["Trees outperform forests."]


def test_a_new_thing_is_claimed_by_what_sets_it_apart():
    found = compiled(
        "\\begin{abstract}We also introduce the LeafSet dataset which is 70\\% larger than TwigSet and has better "
        "labels.\\end{abstract}"
    )
    assert [claim.statement for claim in found.claims] == [
        "The LeafSet dataset is larger than TwigSet and has better labels."
    ]


def test_a_figure_number_is_no_value_and_no_quote_is_ever_broken():
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 6.1\\% - 9.8\\% (Fig.~\\ref{f}).\\end{abstract}"
        "\\begin{figure}\\includegraphics{a}\\caption{Trees.}\\label{f}\\end{figure}"
    )
    claims = found.artifact.files["logic/claims.md"].decode()
    assert "  - 6.1%; 9.8% ← main.tex" in claims
    assert "withheld" not in claims


def test_run_in_headings_with_tables_of_their_own_are_experiments_of_their_own():
    runs = "".join(
        f"\\paragraph{{{name}.}}We train trees on {name}. Table~\\ref{{{name}}} shows that trees on {name} are faster "
        f"than forests on {name}.\\begin{{table}}\\caption{{{name}.}}\\label{{{name}}}\\begin{{tabular}}{{lr}}M & T"
        f"\\\\\\hline Ours & {number}.5\\end{{tabular}}\\end{{table}}"
        for number, name in enumerate(("Oaks", "Pines", "Elms"), 1)
    )
    found = compiled(
        "\\begin{abstract}We show that trees outperform forests by 12\\%.\\end{abstract}\\section{Experiments}"
        f"\\paragraph{{Setup.}}We use one A100 GPU.{runs}"
    )
    experiments = found.artifact.files["logic/experiments.md"].decode()
    assert [line for line in experiments.splitlines() if line.startswith("## ")] == [
        "## E01: Oaks",
        "## E02: Pines",
        "## E03: Elms",
    ]
    assert experiments.count("one A100 GPU") >= 3
    claims = found.artifact.files["logic/claims.md"].decode()
    assert [name for name in ("[E01]", "[E02]", "[E03]") if f"**Proof**: {name}" in claims] == [
        "[E01]",
        "[E02]",
        "[E03]",
    ]


def test_a_chapter_of_runs_is_no_run_and_what_it_announces_is_proved_by_the_run_it_speaks_of():
    runs = "".join(
        f"\\subsection{{{name}}}We measure {name.lower()} on all plots. It is as Figure~\\ref{{{name}}} shows. We "
        f"repeat the {name.lower()} runs.\\begin{{figure}}\\caption{{{name} of trees.}}\\label{{{name}}}\\end{{figure}}"
        for name in ("Growth", "Drought")
    )
    said = "We use two meadows. " * 6
    found = compiled(
        "\\begin{abstract}We plant trees.\\end{abstract}\\section{Experiments}"
        f"{said}We find that drought lowers the height of our trees less than that of shrubs by 12\\%. {runs}"
    )
    experiments = found.artifact.files["logic/experiments.md"].decode()
    assert [line for line in experiments.splitlines() if line.startswith("## ")] == [
        "## E01: Growth",
        "## E02: Drought",
    ]
    assert experiments.count("We use two meadows.") >= 2
    assert "**Proof**: [E02]" in found.artifact.files["logic/claims.md"].decode()


def test_sentences_of_a_list_within_a_paragraph_are_claims_of_their_own():
    found = compiled(
        "\\begin{abstract}We plant trees.\\end{abstract}\\section{Results}We observe: (1) With little water our trees "
        "outperform shrubs by 12\\%; (2) Meanwhile, in shade our trees are 3$\\times$ slower than ferns."
    )
    assert [claim.statement for claim in found.claims] == [
        "With little water the trees outperform shrubs.",
        "In shade the trees are slower than ferns.",
    ]


def test_what_was_proved_rests_on_the_theorem_that_says_it_in_full():
    found = compiled(
        "\\begin{abstract}We analyze the cost of pruning, showing that pruning needs fewer cuts than felling "
        "for tall trees.\\end{abstract}\\section{Theory}\\begin{theorem}For tall trees of height $h$ pruning needs $h$ "
        "cuts while felling needs $h^2$ cuts.\\end{theorem}",
        preamble="\\newtheorem{theorem}{Theorem}",
    )
    assert "**Dependencies**: [C02]" in found.artifact.files["logic/claims.md"].decode()


def test_a_sentence_without_end_is_no_claim():
    endless = "about over up to 5\\% and by 3 of FlashAttention " * 2_000
    found = compiled(
        f"\\begin{{abstract}}We show that trees win {endless}.\\end{{abstract}}"
        f"\\section{{Results}}We find that {endless}."
    )
    assert found.claims == ()


def test_the_artifact_says_which_section_was_read_in_part():
    source = (
        "\\documentclass{article}\\title{T}\\def\\x{\\y\\y}\\def\\y{\\x\\x}\\begin{document}"
        "\\begin{abstract}We show that trees win by 5.1\\%.\\end{abstract}"
        "\\section{Method}Fine.\\section{Results}We show \\x{} gains.\\section{Conclusion}Done.\\end{document}"
    )
    compiled = compile_source(None, SourceTree({"main.tex": source.encode()}))
    lessened = {part: level for part, level in compiled.parts.items() if part.startswith("section:")}
    assert list(lessened) == ["section: §2 Results"]
    assert lessened["section: §2 Results"].startswith("partial (macro expansion stopped")
    assert compiled.level == "partial"
    assert "| section: §2 Results | partial (" in compiled.artifact.files["PAPER.md"].decode()
