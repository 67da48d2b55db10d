"""``evidence/``: every table cell for cell, every figure by what the source says of it, and the index.

No number is read off a picture. Points that the source itself gives (pgfplots coordinates) are copied as they stand.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from importers.compiler.binding import column_name
from importers.compiler.claims import Claim, exhibit_name
from importers.compiler.figure_types import figure_type
from importers.compiler.illustration import Illustrations, why_none
from importers.compiler.ledger import UNSTATED, Ledger, cell, heading
from importers.compiler.paper_reading import PaperReading, Said
from importers.compiler.plots import Plot, read_plots
from importers.latex.document import Exhibit, Table
from importers.latex.prose import display

MAX_MISSING = 40
_EXHIBIT_LABEL = re.compile(r"(?:fig|tab|tbl|table|figure)s?[:._-]", re.IGNORECASE)


def loose_path(number: int) -> str:
    """Where a tabular outside any float is filed."""
    return f"evidence/tables/unnumbered_tabular_{number}.md"


def file_exhibits(reading: PaperReading) -> dict[int, str]:
    """A path for each exhibit of the paper: ``evidence/tables/table2.md``; unnumbered ones are counted apart."""
    paths: dict[int, str] = {}
    unnumbered = {"table": 0, "figure": 0}
    used: set[str] = set()
    for exhibit in reading.document.exhibits:
        if exhibit.number:
            stem = f"{exhibit.kind}{exhibit.number}"
        else:
            unnumbered[exhibit.kind] += 1
            stem = f"unnumbered_{exhibit.kind}_{'abcdefghijklmnopqrstuvwxyz'[(unnumbered[exhibit.kind] - 1) % 26]}"
        while stem in used:
            stem += "_continued"
        used.add(stem)
        paths[id(exhibit)] = f"evidence/{exhibit.kind}s/{stem}.md"
    return paths


def write_evidence(
    ledger: Ledger,
    claims: Sequence[Claim],
    paths: Mapping[int, str],
    made: Illustrations,
    printed: Mapping[str, str],
) -> dict[str, str]:
    """All evidence files but the pictures, by path; the index among them."""
    supports: dict[int, list[str]] = {}
    for claim in claims:
        for exhibit in claim.support.exhibits:
            supports.setdefault(id(exhibit), []).append(claim.id)
    files: dict[str, str] = {}
    rows: list[tuple[str, str, str, str]] = []
    mentions = _mentions(ledger.reading)
    for exhibit in ledger.reading.document.exhibits:
        path = paths[id(exhibit)]
        names = supports.get(id(exhibit), [])
        writer = _table_file if exhibit.kind == "table" else _figure_file
        files[path] = writer(ledger, exhibit, names, path, mentions.get(id(exhibit), []), made)
        place = ledger.reading.document.source.locate(exhibit.start, exhibit.end)
        ledger.enter_range(exhibit_name(exhibit), exhibit.start, exhibit.end, _section(ledger.reading, exhibit.section))
        short = path.removeprefix("evidence/")
        rows.append(
            (
                f"[{short}]({short})",
                f"{exhibit_name(exhibit)}, {place.path}:{place.line}",
                ", ".join(names) or "—",
                _caption(ledger, exhibit),
            )
        )
    for number, (table, section) in enumerate(ledger.reading.document.loose_tables, 1):
        path = loose_path(number)
        files[path] = _loose_file(ledger, table, section, number, made)
        place = ledger.reading.document.source.locate(table.start, table.end)
        short = path.removeprefix("evidence/")
        rows.append(
            (
                f"[{short}]({short})",
                f"unnumbered, {place.path}:{place.line}",
                "—",
                f"Table without caption in {_section(ledger.reading, section)}",
            )
        )
    for name, path in printed.items():
        short = path.removeprefix("evidence/")
        rows.append((f"[{short}]({short})", f"proof printed in the paper for {name}", name, f"Proof of {name}"))
    files["evidence/README.md"] = _index(rows, _missing(ledger.reading))
    return files


def _index(rows: Sequence[tuple[str, str, str, str]], missing: Sequence[str]) -> str:
    lines = [
        "# Evidence index",
        "",
        "| File | Source | Claims | Description |",
        "|------|--------|--------|-------------|",
    ]
    lines += [
        f"| {cell(file)} | {cell(source)} | {cell(names)} | {cell(heading(text, 160))} |"
        for file, source, names, text in rows
    ]
    if not rows:
        lines += ["", "The source holds no table and no figure."]
    if missing:
        lines += ["", "## Not filed", "", *missing]
    return "\n".join(lines) + "\n"


def _missing(reading: PaperReading) -> list[str]:
    """Figures and tables that the text refers to and the source does not hold, each with the sentence that does."""
    lost: dict[str, Said] = {}
    for said in reading.sentences:
        for label in said.sentence.refs:
            if label not in reading.document.labels and _EXHIBIT_LABEL.match(label) and reading.quotes(said):
                lost.setdefault(label, said)
    return [
        f"- `{label}`: the text refers to it ({reading.reference(said)}), but the source read holds no such float"
        for label, said in list(lost.items())[:MAX_MISSING]
    ]


def _section(reading: PaperReading, section: int | None) -> str:
    return "front matter" if section is None else reading.document.sections[section].sign


def _caption(ledger: Ledger, exhibit: Exhibit) -> str:
    return display(ledger.reading.document, exhibit.caption.text) if exhibit.caption else UNSTATED


def _mentions(reading: PaperReading) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for said in reading.sentences:
        for label in said.sentence.refs:
            exhibit = reading.exhibits_by_label.get(label)
            if exhibit is not None and len(found.setdefault(id(exhibit), [])) < 3:
                found[id(exhibit)].append(f"{reading.reference(said)} {reading.quoted(said)}")
    return found


def _screenshot(path: str, made: Illustrations, otherwise: str) -> list[str]:
    """The picture's name and what it is, or why there is none."""
    picture = path.removesuffix(".md") + ".png"
    if picture not in made.pictures:
        return [f"- **Screenshot**: {made.remarks.get(path, otherwise)}"]
    lines = [f"- **Screenshot**: {posixpath.basename(picture)}"]
    return lines + ([f"- **Picture**: {made.remarks[path]}"] if path in made.remarks else [])


def _head(ledger: Ledger, exhibit: Exhibit, path: str, made: Illustrations) -> list[str]:
    place = ledger.reading.document.source.locate(exhibit.start, exhibit.end)
    caption = _caption(ledger, exhibit)
    name = exhibit_name(exhibit)
    lines = [
        f"# {name}: {heading(caption, 100)}",
        "",
        f"- **Source**: {name} ({place.path}:{place.line}, characters {place.start}-{place.end}, "
        f"{_section(ledger.reading, exhibit.section)})",
        f"- **Caption**: {caption}",
        f"- **Label**: {', '.join(exhibit.labels) or UNSTATED}",
        *_screenshot(path, made, why_none(ledger.reading.document, exhibit)),
    ]
    return lines + [f"- **Part**: {display(ledger.reading.document, sub.text)}" for sub in exhibit.subcaptions]


def _table_file(
    ledger: Ledger, exhibit: Exhibit, names: list[str], path: str, mentions: list[str], made: Illustrations
) -> str:
    lines = [*_head(ledger, exhibit, path, made), "- **Extraction type**: raw_table", *_supports(names)]
    if not exhibit.tables:
        graphics = exhibit.graphics or ("no tabular in the source",)
        lines += [
            "",
            "The table's cells are not given as text in the source; it is typeset as:",
            "",
            "| Content |",
            "|---|",
        ]
        lines += [f"| {cell(name)} |" for name in graphics]
        if exhibit.drawing.strip():
            lines += ["", "```text", exhibit.drawing.strip().replace("```", "'''")[:6000], "```"]
    for number, table in enumerate(exhibit.tables, 1):
        lines += [""] if len(exhibit.tables) == 1 else ["", f"## Part {number}", ""]
        lines += _grid(ledger, table)
    if exhibit.notes:
        lines += ["", "## Notes below the table", "", *(f"- {note}" for note in exhibit.notes.split("\n"))]
    return "\n".join([*lines, *_mentioned(mentions)]) + "\n"


def _supports(names: list[str]) -> list[str]:
    return [f"- **Supports**: {', '.join(names)}"] if names else []


def _mentioned(mentions: list[str]) -> list[str]:
    return ["", "## What the paper says of it", "", *(f"- {mention}" for mention in mentions)] if mentions else []


def _grid(ledger: Ledger, table: Table) -> list[str]:
    width = len(table.rows[0]) if table.rows else 0
    lines = [f"- **Header rows**: {table.header_rows}"]
    if table.header_rows > 1:
        names = [column_name(table, column) or "—" for column in range(width)]
        lines.append(f"- **Columns**: {'; '.join(names)}")
    if table.cites:
        works = ledger.reading.document.works
        cited = [f"row {row + 1}: {works[key].label if key in works else key} [{key}]" for row, key in table.cites]
        lines.append(f"- **Cited in rows**: {'; '.join(dict.fromkeys(cited))}")
    lines += ["", _row(table.rows[0]) if table.rows else "| |", "|" + "---|" * max(1, width)]
    return lines + [_row(row) for row in table.rows[1:]]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def _loose_file(ledger: Ledger, table: Table, section: int | None, number: int, made: Illustrations) -> str:
    place = ledger.reading.document.source.locate(table.start, table.end)
    where = _section(ledger.reading, section)
    ledger.enter_range(f"Unnumbered tabular {number}", table.start, table.end, where)
    lines = [
        f"# Unnumbered tabular {number}",
        "",
        f"- **Source**: unnumbered tabular ({place.path}:{place.line}, characters {place.start}-{place.end}, {where})",
        f"- **Caption**: {UNSTATED}",
        *_screenshot(loose_path(number), made, "none: tables are drawn on request only"),
        "- **Extraction type**: raw_table",
        *_grid(ledger, table),
    ]
    return "\n".join(lines) + "\n"


def _figure_file(
    ledger: Ledger, exhibit: Exhibit, names: list[str], path: str, mentions: list[str], made: Illustrations
) -> str:
    caption = _caption(ledger, exhibit)
    plots = read_plots(exhibit.drawing)
    kind = figure_type(caption, exhibit, plots)
    if kind != "quantitative_plot" and any(
        re.search(r"\d", text) for table in exhibit.tables for row in table.rows for text in row
    ):
        kind = "mixed"
    method, confidence = ("exact_from_labels", "high") if plots else ("visual_description", "low")
    lines = [
        *_head(ledger, exhibit, path, made),
        f"- **File**: {', '.join(exhibit.graphics) or ('drawn in TeX' if exhibit.drawing.strip() else UNSTATED)}",
        f"- **Figure type**: {kind}",
        f"- **Extraction method**: {method}",
        f"- **Reading confidence**: {confidence}",
        *_supports(names),
        "",
    ]
    lines += _plot_body(plots, caption) if kind == "quantitative_plot" else _described(kind, caption)
    for number, table in enumerate(exhibit.tables, 1):
        if any(any(character.isalnum() for character in text) for row in table.rows for text in row):
            lines += [
                "",
                f"## Text set in the figure {number}" if len(exhibit.tables) > 1 else "## Text set in the figure",
                "",
            ]
            lines += _grid(ledger, table)
    return "\n".join([*lines, *_mentioned(mentions)]) + "\n"


def _plot_body(plots: Sequence[Plot], caption: str) -> list[str]:
    if not plots:
        return [
            f"- **Plot kind**: {UNSTATED}",
            f"- **Axes**: {UNSTATED} (whether linear or log is not said in the source either)",
            "- **Data points**: cannot be read from the source; the graphic is not digitised (confidence low)",
            f"- **Trend summary**: {caption}",
        ]
    lines: list[str] = []
    for number, plot in enumerate(plots, 1):
        lines += [
            f"## Axis {number}",
            "",
            f"- **Plot kind**: {plot.kind}",
            f"- **Axes**: x = {plot.x_label or UNSTATED} ({plot.x_scale}); y = {plot.y_label or UNSTATED} "
            f"({plot.y_scale})",
            "",
            "| Series | x | y |",
            "|---|---|---|",
            *(f"| {cell(name)} | {cell(x)} | {cell(y)} |" for name, x, y in plot.points),
            "",
        ]
    return [*lines, f"- **Trend summary**: {caption}"]


def _described(kind: str, caption: str) -> list[str]:
    if kind == "qualitative_sample":
        return [
            "## Visual description",
            "",
            f"- **Shows**: {caption}",
            f"- **Demonstrates**: {UNSTATED}",
            f"- **Supports**: {UNSTATED}",
        ]
    return [
        "## Visual description",
        "",
        f"- **Components**: {UNSTATED}",
        f"- **Connections**: {UNSTATED}",
        f"- **Annotations**: {UNSTATED}",
        f"- **What it conveys**: {caption}",
    ]
