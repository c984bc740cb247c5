"""Figures of results, with units on all axes, readable in greyscale and with colour blindness."""

from qubatt.plots.curves import CurveStyle, add_inset, draw_curves
from qubatt.plots.figure import new_figure, save_figure, styled
from qubatt.plots.maps import draw_change, draw_map, draw_zero
from qubatt.plots.plot import plot

__all__ = [
    "CurveStyle",
    "add_inset",
    "draw_change",
    "draw_curves",
    "draw_map",
    "draw_zero",
    "new_figure",
    "plot",
    "save_figure",
    "styled",
]
