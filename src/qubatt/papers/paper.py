"""Parts of a reproduced paper: figures, parameters and tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, final

import xarray as xr
from matplotlib.figure import Figure

from qubatt.papers.claim import Claim
from qubatt.papers.scans import Scans

Datasets = Mapping[str, xr.Dataset]
"""Data of a figure by name; ``"figure"`` is the drawn data."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a figure, and whether the paper states it."""

    name: str
    value: str
    origin: Literal["stated", "not stated"]
    reason: str = ""
    """Reason for the choice, if the paper does not state the value."""


@dataclass(frozen=True)
class Table:
    """A table of the report with numbers of a figure."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """Explanation below the table."""


class PaperFigure(ABC):
    """A figure with its data, drawing and claims.

    Attributes
    ----------
    key : str
        Number of the figure in the paper, or a word for an additional figure.
    title : str
        Short title.
    caption : str
        Caption below the drawing.
    """

    key: str
    title: str
    caption: str = ""

    @final
    @property
    def name(self) -> str:
        """Name of the figure: "Fig. 2", or "Beyond the paper" for an additional figure."""
        return f"Fig. {self.key}" if self.key.isdigit() else "Beyond the paper"

    @final
    @property
    def stem(self) -> str:
        """Common stem of the names of its files."""
        return f"figure{self.key}" if self.key.isdigit() else self.key

    @abstractmethod
    def compute(self, scans: Scans, readings: Sequence[str]) -> Datasets:
        """Return the data, computing those that are not cached."""

    @abstractmethod
    def draw(self, data: Datasets) -> dict[str, Figure]:
        """Return drawings by file stem, starting with the figure itself."""

    @abstractmethod
    def judge(self, data: Datasets) -> list[Claim]:
        """Return the claims of the figure with their verdicts."""

    @abstractmethod
    def parameters(self, data: Datasets) -> list[Parameter]:
        """Return the parameters of the drawing, in the order of the caption."""

    @abstractmethod
    def tables(self, data: Datasets) -> list[Table]:
        """Return the tables of the report, possibly none."""


@dataclass(frozen=True)
class Paper:
    """A paper that can be reproduced.

    Attributes
    ----------
    key : str
        Key in the registry and in the bibliography.
    figures : tuple of PaperFigure
        Figures in the order of the paper.
    readings : mapping of str to str
        Interpretations of ambiguous definitions in the paper, each with a description.
    notes : tuple of str
        Introductory notes of the report.
    """

    key: str
    figures: tuple[PaperFigure, ...]
    readings: Mapping[str, str]
    notes: tuple[str, ...] = ()
