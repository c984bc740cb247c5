"""Page layout: a grid of panels with legends and a strip with the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.legend import Legend

from qubatt.plots.axis_range import hatch_spans, is_geometric, set_span
from qubatt.plots.curves import (
    MAX_IN_LEGEND,
    CurveStyle,
    add_family_bar,
    axis_label,
    draw_curves,
    is_marked,
    wrapped,
)
from qubatt.plots.figure import Picture, styled
from qubatt.plots.late_marks import mark_on_curves, mark_on_map
from qubatt.plots.maps import draw_values
from qubatt.plots.panel import Panel, definition
from qubatt.plots.run_panels import draw_panel, legend_names
from qubatt.plots.strip import doubtful_points, draw_strip, trust, write_trust
from qubatt.results.contents import is_text
from qubatt.results.parameters import description

COLUMN_WIDTH, PAGE_WIDTH = 3.4, 7.0
"""Widths of a journal column and of a journal page, in inches."""

SMALL_TEXT: dict[str, Any] = {
    "font.size": 8.0,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 6.5,
    "legend.title_fontsize": 6.5,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.6,
}
"""Font sizes and line widths for figures as wide as a journal column or page."""

LEGEND_LINE = 0.125
"""Height of a legend line, in inches."""

PANEL_HEIGHTS = {1: 2.3, 2: 2.1, 3: 1.6}
"""Height of a panel without its legend, in inches, by the number of columns."""

LETTER_WIDTH = 0.054
"""Average width of a letter in a legend, in inches."""


class Sheet:
    """An empty grid of panels, with a strip below it if there is a status to show."""

    def __init__(
        self,
        count: int,
        dataset: xr.Dataset,
        lines: Sequence[int] = (),
        *,
        timed: bool = False,
        most: int = 3,
    ) -> None:
        self.columns = min(1 if count == 1 else 2 if count in (2, 4) else 3, most)
        self.rows = -(-count // self.columns)
        self.width = COLUMN_WIDTH if self.columns == 1 else PAGE_WIDTH
        self.letters = int((self.width - 0.75) / 0.0505)
        has_text = bool(trust(dataset)) or doubtful_points(dataset)[0] is not None
        height = PANEL_HEIGHTS[self.columns]
        heights = [
            height + LEGEND_LINE * max(lines[k : k + self.columns], default=0)
            for k in range(0, count, self.columns)
        ]
        strip = 0.15 if timed else 0.01
        text = 0.45 + 0.14 * timed + 0.12 * len(fill(trust(dataset), self.letters).splitlines())
        total = sum(heights) + (strip + text if has_text else 0.0)
        with styled(**SMALL_TEXT):
            self.figure = Picture(
                figsize=(self.width, total), layout="constrained", style=SMALL_TEXT
            )
            ratios = [*heights, *([strip] if has_text else [])]
            grid = self.figure.add_gridspec(len(ratios), self.columns, height_ratios=ratios)
            cells = [divmod(k, self.columns) for k in range(count)]
            self.panels = [self.figure.add_subplot(grid[cell]) for cell in cells]
            self.strip = self.figure.add_subplot(grid[-1, :]) if has_text else None
        if self.strip is not None and not timed:
            self.strip.set_axis_off()

    def finish(
        self, dataset: xr.Dataset, panels: Sequence[Panel], omitted: Sequence[str]
    ) -> Picture:
        """Wrap labels, list omitted quantities, and write the caption."""
        letters = int((PANEL_HEIGHTS[self.columns] - 0.4) / 0.066)
        for k, axes in enumerate(self.panels):
            axes.set_ylabel(wrapped(axes.get_ylabel(), letters))
            if k + self.columns < len(self.panels):
                axes.set_xlabel("")
        if omitted:
            text = f"Not shown: {', '.join(omitted)}."
            self.figure.supxlabel(fill(text, self.letters), fontsize=6.5, x=0.01, ha="left")
        texts = [definition(panel) for panel in panels]
        title = "\n".join(description(dataset)).replace("\n    ", " ").replace("\n  ", "; ")
        lines = [title if dataset.attrs else "", *texts, trust(dataset)]
        self.figure.caption = "\n".join(line for line in lines if line)
        return self.figure


def draw_courses(dataset: xr.Dataset, panels: list[Panel], omitted: list[str]) -> Picture:
    """Return panels of curves over one dimension, with the certificate in a strip below."""
    first = [next(iter(panel.curves.values())) for panel in panels]
    timed = {str(array.dims[0]) for array in first} <= {"time", "state_time"}
    names = [legend_names(panel, dataset) for panel in panels]
    columns = 1 if len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    room = (COLUMN_WIDTH if columns == 1 else PAGE_WIDTH) / columns - 0.55
    shapes = [_shape(entry, room) for entry in names]
    sheet = Sheet(len(panels), dataset, [lines for lines, _ in shapes], timed=timed)
    notes = [""]
    with styled(**SMALL_TEXT):
        for axes, panel, entry, shape in zip(sheet.panels, panels, names, shapes, strict=True):
            first_array = next(iter(panel.curves.values()))
            hatched = None if timed else matched(doubtful_points(dataset)[0], first_array)
            draw_panel(axes, panel, dataset, hatched)
            for array in () if timed else panel.curves.values():
                notes.append(mark_on_curves(axes, dataset, array, str(array.dims[0])))
            if entry:
                legend_above(axes, shape[1], _longest(room))
        if sheet.strip is not None and timed:
            draw_strip(sheet.strip, dataset, sheet.letters)
        elif sheet.strip is not None:
            hatched = matched(doubtful_points(dataset)[0], first[0])
            if hatched is not None:
                for axes in sheet.panels:
                    hatch_spans(axes, hatched)
            write(sheet, dataset, "hatched" if hatched is not None else "", max(notes))
        coordinates = [array[array.dims[0]] for array in first]
        for axes in [*sheet.panels, *([sheet.strip] if timed and sheet.strip else [])]:
            set_span(axes, coordinates)
    return sheet.finish(dataset, panels, omitted)


def draw_families(
    dataset: xr.Dataset, panels: list[Panel], omitted: list[str], x: str, family: str
) -> Picture:
    """Return one panel per quantity, with one curve per entry of `family`."""
    sheet = Sheet(len(panels), dataset)
    doubtful, _ = doubtful_points(dataset)
    notes = [""]
    with styled(**SMALL_TEXT):
        for axes, panel in zip(sheet.panels, panels, strict=True):
            ((_, array),) = panel.curves.items()
            over = x if x in array.coords else "state_time"
            style = CurveStyle(legend={}, ylabel=panel.label, marked=is_marked(array, over))
            hatched = matched(doubtful, array)
            draw_curves(axes, array, over, family, doubtful=hatched, curve_style=style)
            notes.append(mark_on_curves(axes, dataset, array, over))
            set_span(axes, [array[over]])
        shown = array[family]
        if shown.size > MAX_IN_LEGEND and not is_text(shown):
            add_family_bar(sheet.panels, shown)
        else:
            family_legend(sheet, shown)
        write(sheet, dataset, "hollow" if hatched is not None else "", max(notes))
    return sheet.finish(dataset, panels, omitted)


def draw_heat(
    dataset: xr.Dataset, panels: list[Panel], omitted: list[str], x: str, y: str
) -> Picture:
    """Return one map per quantity, with doubtful points hatched and late maxima marked."""
    sheet = Sheet(len(panels), dataset, [4] * len(panels))
    doubtful, _ = doubtful_points(dataset)
    notes = [""]
    with styled(**SMALL_TEXT):
        for axes, panel in zip(sheet.panels, panels, strict=True):
            ((_, array),) = panel.curves.items()
            array = array.sortby([dim for dim in (x, y) if not is_text(array[dim])])
            logarithmic = [dim for dim in (x, y) if is_geometric(array[dim])]
            hatched = matched(doubtful, array)
            mesh = draw_values(axes, array, x, y, doubtful=hatched, logarithmic=logarithmic)
            notes.append(mark_on_map(axes, dataset, array, x, y))
            bar = sheet.figure.colorbar(mesh, ax=axes, location="top", aspect=30)
            bar.set_label(wrapped(panel.label, 34))
            axes.set_xlabel(axis_label(array[x]))
            axes.set_ylabel(axis_label(array[y]))
        write(sheet, dataset, "hatched" if hatched is not None else "", max(notes))
    return sheet.finish(dataset, panels, omitted)


def write(sheet: Sheet, dataset: xr.Dataset, how: str, note: str = "") -> None:
    """Write the status of swept data and a note, and explain how doubtful points are marked."""
    if sheet.strip is None:
        return
    doubtful, why = doubtful_points(dataset)
    texts = [trust(dataset)]
    if doubtful is not None and bool(doubtful.any()):
        counted = "status" in dataset.variables or not doubtful.ndim  # included in `trust`
        count = "" if counted else f" at {int(doubtful.sum())} of {doubtful.size} points"
        texts.append(f"{f'{how}: ' if how else ''}{why}{count}")
    texts.append(note)
    write_trust(sheet.strip, "; ".join(word for word in texts if word), sheet.letters)


def matched(doubtful: xr.DataArray | None, array: xr.DataArray) -> xr.DataArray | None:
    """Return the doubtful points with the dimensions of an array in their order."""
    if doubtful is None or not {*doubtful.dims} <= {*array.dims}:
        return None
    hatched = doubtful.reset_coords(drop=True)
    hatched = hatched.sel({dim: array[dim].to_numpy() for dim in hatched.dims})
    return hatched.broadcast_like(array.reset_coords(drop=True)).transpose(*array.dims)


def family_legend(sheet: Sheet, family: xr.DataArray) -> None:
    """Place one legend above all panels."""
    handles, _ = sheet.panels[0].get_legend_handles_labels()
    values = family.to_numpy().tolist()
    texts = [f"{value:.4g}" if isinstance(value, int | float) else str(value) for value in values]
    title = axis_label(family)
    options: dict[str, Any] = {"ncols": len(texts), "alignment": "left"}
    sheet.figure.legend(
        handles, texts, loc="outside upper left", title=title, title_fontsize=7.0, **options
    )


def legend_above(axes: Axes, columns: int, letters: int) -> Legend:
    """Place the legend above a panel, outside of the axes."""
    handles, names = axes.get_legend_handles_labels()
    return axes.legend(
        handles,
        [wrapped(name, letters) for name in names],
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=columns,
        borderaxespad=0.1,
        borderpad=0.1,
        handlelength=2.0,
        handletextpad=0.5,
        columnspacing=1.0,
        labelspacing=0.2,
    )


def _shape(names: Sequence[str], room: float) -> tuple[int, int]:
    """Return the numbers of lines and columns of a legend in a panel of width `room`."""
    if not names:
        return 0, 1
    columns = max(1, min(len(names), int(room / (LETTER_WIDTH * max(map(len, names)) + 0.4))))
    lines = [wrapped(name, _longest(room)).count("\n") + 1 for name in names]
    return max(sum(lines[k::columns]) for k in range(columns)), columns


def _longest(room: float) -> int:
    """Return the number of letters per legend line in a panel of width `room`."""
    return int((room - 0.3) / LETTER_WIDTH)
