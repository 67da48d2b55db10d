"""Points that the source itself gives."""

from __future__ import annotations

from importers.compiler.plots import read_plots

DRAWING = (
    "\\begin{axis}[xlabel={Budget},ylabel={Pass rate (\\%)},xmode=log]\\addplot[red] coordinates {(1,66.7) (10,100)};"
    "\\addlegendentry{ours}\\addplot coordinates {(1,50)};\\end{axis}"
)


def test_coordinates_are_copied_with_series_and_scales():
    (plot,) = read_plots(DRAWING)
    assert plot.points == (("ours", "1", "66.7"), ("ours", "10", "100"), ("series without a name", "1", "50"))
    assert (plot.x_label, plot.y_label, plot.x_scale, plot.y_scale) == ("Budget", "Pass rate (%)", "log", "linear")


def test_plots_from_files_give_no_points():
    assert read_plots("\\begin{axis}\\addplot table {data.csv};\\end{axis}") == []
